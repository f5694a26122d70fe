"""Calibration, proxies, their sums with a rank loss, and losses of pytorch-metric-learning at one label column."""

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from every_loss import random_batch
from hypothesis import assume, given
from strategies import Batch, batches
from torch.nn.functional import normalize

from suprank_edu import naive
from suprank_edu.losses import (
    AtColumn,
    CalibrationLoss,
    ProxyLoss,
    RankLoss,
    SupAPLoss,
    SupNDCGLoss,
    SupRecallLoss,
    happier,
    road_ndcg,
    road_recall,
    roadmap,
)
from suprank_edu.steps import PUBLISHED, SupStep

pytestmark = pytest.mark.filterwarnings("ignore:`labels`. no query of the batch:UserWarning")


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("make", [CalibrationLoss, lambda: ProxyLoss(4, 8), lambda: roadmap(), lambda: happier(4, 8)])
@pytest.mark.filterwarnings("ignore:.*a norm is off 1")  # of the float32 copy of what was rounded
def test_the_other_terms_run_in_float32_inside_autocast_too(make, dtype):
    embeddings, labels = random_batch()
    loss = make()
    with torch.autocast("cpu", dtype=dtype):
        found = loss(embeddings.to(dtype), labels)
    assert found.dtype == torch.float32
    assert found.isfinite()
    assert found.item() == pytest.approx(loss(embeddings.to(dtype).float(), labels).item(), abs=1e-5)


def calibration_by_loops(batch: Batch, pos_margin=0.9, neg_margin=0.6, column=0):
    scores, relevant = [], []
    for i in range(len(batch.labels)):
        for j in range(len(batch.labels)):
            if i != j:
                scores.append((batch.embeddings[i] @ batch.embeddings[j]).item())
                relevant.append(int(batch.labels[i, column] == batch.labels[j, column]))
    return naive.calibration(scores, relevant, pos_margin, neg_margin)


@given(batch=batches())
def test_calibration_against_the_loops(batch):
    for column in range(batch.labels.shape[1]):
        found = CalibrationLoss(0.8, 0.3, column=column)(*batch).item()
        assert found == pytest.approx(calibration_by_loops(batch, 0.8, 0.3, column), abs=1e-9)


def test_calibration_normalises():
    embeddings, labels = random_batch()
    assert CalibrationLoss()(3 * embeddings, labels).item() == pytest.approx(
        CalibrationLoss()(embeddings, labels).item()
    )


@given(st.data(), batches(max_levels=1))
def test_calibration_sees_only_valid_pairs(data, batch):
    size = len(batch.labels)
    rows = st.lists(st.booleans(), min_size=size, max_size=size)
    valid = torch.tensor(data.draw(st.lists(rows, min_size=size, max_size=size)))
    scores, relevant = [], []
    for i in range(size):
        for j in range(size):
            if i != j and valid[i, j]:
                scores.append((batch.embeddings[i] @ batch.embeddings[j]).item())
                relevant.append(int(batch.labels[i, 0] == batch.labels[j, 0]))
    # pytorch-metric-learning takes one pair of either kind for none, see test_traps.py
    assume(sum(relevant) > 1 or len(relevant) - sum(relevant) > 1 or not relevant)
    found = CalibrationLoss()(batch.embeddings, batch.labels, valid=valid).item()
    assert found == pytest.approx(naive.calibration(scores, relevant), abs=1e-9)


@given(batch=batches())
def test_proxies_against_the_loops(batch):
    loss = ProxyLoss(num_classes=9, embedding_size=4, temperature=0.1).double()
    proxies = normalize(loss.loss.W.detach(), dim=0)  # pytorch-metric-learning keeps them as (D, C)
    similarities = (batch.embeddings @ proxies).tolist()
    rows = zip(similarities, batch.labels[:, 0].tolist(), strict=True)
    expected = [naive.proxy(row, label, temperature=0.1) for row, label in rows]
    assert loss(*batch).item() == pytest.approx(sum(expected) / len(expected), abs=1e-6)


def test_proxies_learn_and_are_saved():
    embeddings, labels = random_batch()
    loss = ProxyLoss(num_classes=4, embedding_size=8)
    loss(embeddings, labels).backward()
    (parameter,) = loss.parameters()
    assert parameter.grad.abs().sum() > 0
    other = ProxyLoss(num_classes=4, embedding_size=8)
    other.load_state_dict(loss.state_dict())
    assert other(embeddings, labels).item() == loss(embeddings, labels).item()


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 4], r"`labels`: got classes from 0 to 4, expected 0\.\.3"),
        ([-1, 2], r"`labels`: got classes from -1 to 2, expected 0\.\.3"),
    ],
)
def test_a_label_without_a_proxy_is_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        ProxyLoss(num_classes=4, embedding_size=2)(torch.eye(2), torch.tensor(labels))


def test_proxies_of_a_coarser_column():
    embeddings, labels = random_batch()
    loss = ProxyLoss(num_classes=2, embedding_size=8, column=1)
    assert loss(embeddings, labels).isfinite()  # column 0 has labels up to 3, column 1 up to 1


@given(batch=batches(), weight=st.sampled_from([0.0, 0.1, 0.5, 1.0]))
def test_the_sum_weighs_its_two_terms(batch, weight):
    found = RankLoss(SupAPLoss(), CalibrationLoss(), weight=weight)(*batch).item()
    rank, pairs = SupAPLoss()(*batch).item(), CalibrationLoss()(*batch).item()
    assert found == pytest.approx((1 - weight) * rank + weight * pairs, abs=1e-12)


@pytest.mark.parametrize(
    ("loss", "rank", "pairs", "weight"),
    [
        (roadmap(), SupAPLoss(step=SupStep(offset=1.44)), CalibrationLoss(), 0.1),
        (road_recall(), SupRecallLoss(step=SupStep(offset=1.44)), CalibrationLoss(), 0.5),
        (road_ndcg(), SupNDCGLoss(step=SupStep(offset=1.44)), CalibrationLoss(), 0.1),
        (roadmap(weight=0.3), SupAPLoss(step=SupStep(offset=1.44)), CalibrationLoss(), 0.3),
    ],
)
def test_the_papers_sums_by_name(loss, rank, pairs, weight):
    embeddings, labels = random_batch()
    expected = (1 - weight) * rank(embeddings, labels) + weight * pairs(embeddings, labels)
    assert loss(embeddings, labels).item() == pytest.approx(expected.item(), abs=1e-6)


@pytest.mark.parametrize(("make", "weight"), [(roadmap, 0.1), (road_recall, 0.5), (road_ndcg, 0.1), (happier, 0.1)])
def test_with_classes_they_take_proxies(make, weight):
    embeddings, labels = random_batch()
    loss = make(4, 8)
    assert isinstance(loss.decomposability_loss, ProxyLoss)
    assert loss.rank_loss.step == PUBLISHED
    expected = (1 - weight) * loss.rank_loss(embeddings, labels) + weight * loss.decomposability_loss(
        embeddings, labels
    )
    assert loss(embeddings, labels).item() == pytest.approx(expected.item(), abs=1e-6)


def test_references_go_to_the_terms_that_take_them():
    embeddings, labels = random_batch()
    references, ref_labels = random_batch(seed=1)
    memory = {"ref_emb": references, "ref_labels": ref_labels}
    pairs = RankLoss(SupAPLoss(), CalibrationLoss(), 0.5)(embeddings, labels, **memory)
    expected = SupAPLoss()(embeddings, labels, **memory) + CalibrationLoss()(embeddings, labels, **memory)
    assert pairs.item() == pytest.approx(expected.item() / 2, abs=1e-6)
    proxies = ProxyLoss(4, 8)
    found = RankLoss(SupAPLoss(), proxies, 0.5)(embeddings, labels, **memory)
    expected = SupAPLoss()(embeddings, labels, **memory) + proxies(embeddings, labels)
    assert found.item() == pytest.approx(expected.item() / 2, abs=1e-6)


def test_at_level_hands_one_column_to_a_loss_of_pytorch_metric_learning():
    from pytorch_metric_learning.losses import ArcFaceLoss, FastAPLoss, MultiSimilarityLoss, TripletMarginLoss

    embeddings, labels = random_batch()
    references, ref_labels = random_batch(seed=1)
    for loss in (TripletMarginLoss(), FastAPLoss(), MultiSimilarityLoss(), ArcFaceLoss(4, 8)):
        for column in (0, 1):
            found = AtColumn(loss, column=column)(embeddings, labels)
            assert found.item() == pytest.approx(loss(embeddings, labels[:, column]).item(), abs=1e-6)
    loss = MultiSimilarityLoss()
    found = AtColumn(loss, column=1)(embeddings, labels, ref_emb=references, ref_labels=ref_labels)
    expected = loss(embeddings, labels[:, 1], ref_emb=references, ref_labels=ref_labels[:, 1])
    assert found.item() == pytest.approx(expected.item(), abs=1e-6)


def test_the_parameters_of_the_loss_inside_are_found():
    from pytorch_metric_learning.losses import ArcFaceLoss

    assert len(list(AtColumn(ArcFaceLoss(4, 8), column=0).parameters())) == 1
    assert len(list(happier(4, 8).parameters())) == 1


def test_proxies_refuse_embeddings_of_another_size():
    with pytest.raises(ValueError, match=r"`embeddings`: got 8 dimensions, expected 5"):
        ProxyLoss(4, 5)(*random_batch())


def test_proxies_take_labels_of_any_integer_dtype():
    loss = ProxyLoss(np.int64(3), np.int64(3))
    expected = loss(torch.eye(3), torch.arange(3))
    for dtype in (torch.uint8, torch.int32, torch.uint16, torch.uint64):
        assert torch.equal(loss(torch.eye(3), torch.arange(3).to(dtype)), expected)
