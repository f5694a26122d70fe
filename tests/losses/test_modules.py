"""Losses on embeddings: the call contract, against the losses on scores, the loops and plain formulas."""

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import assume, given
from strategies import Batch, batches, label_trees, unit_embeddings
from torch.nn.functional import normalize

from suprank_edu import naive
from suprank_edu.losses import (
    AtColumn,
    BlackBoxAPLoss,
    CalibrationLoss,
    ProxyLoss,
    RankLoss,
    SmoothAPLoss,
    SmoothHAPLoss,
    SmoothNDCGLoss,
    SmoothRecallLoss,
    SoftBinAPLoss,
    SupAPLoss,
    SupHAPLoss,
    SupNDCGLoss,
    SupRecallLoss,
    happier,
    road_ndcg,
    road_recall,
    roadmap,
)
from suprank_edu.losses.base import own_scores
from suprank_edu.steps import PUBLISHED, Sigmoid, SupStep

# name: (the module, the definition of one query from scores, levels and L)
pytestmark = pytest.mark.filterwarnings("ignore:`labels`. no query of the batch:UserWarning")
MODULES = {
    "SupAP": (SupAPLoss, lambda s, v, top: naive.sup_ap(s, v, min_level=top)),
    "SupRecall": (SupRecallLoss, lambda s, v, top: naive.sup_recall(s, v, min_level=top)),
    "SupNDCG": (SupNDCGLoss, lambda s, v, top: naive.sup_ndcg(s, v)),
    "SupHAP": (SupHAPLoss, lambda s, v, top: naive.sup_h_ap(s, v)),
    "SmoothAP": (SmoothAPLoss, lambda s, v, top: naive.smooth_ap(s, v, min_level=top)),
    "SmoothRecall": (SmoothRecallLoss, lambda s, v, top: naive.smooth_recall(s, v, min_level=top)),
    "SmoothNDCG": (SmoothNDCGLoss, lambda s, v, top: naive.smooth_ndcg(s, v)),
    "SmoothHAP": (SmoothHAPLoss, lambda s, v, top: naive.smooth_h_ap(s, v)),
    "SoftBinAP": (SoftBinAPLoss, lambda s, v, top: naive.soft_bin_ap(s, v, min_level=top)),
    "BlackBoxAP": (BlackBoxAPLoss, lambda s, v, top: naive.black_box_ap(s, v, min_level=top)),
}
ONE_LEVEL = {"SupAP", "SupRecall", "SmoothAP", "SmoothRecall", "SoftBinAP", "BlackBoxAP"}
EVERY_MODULE = pytest.mark.parametrize("name", MODULES)


def by_loops(definition, embeddings, labels, ref_emb=None, ref_labels=None, hide=None):
    """One query at a time, what it does not see taken out of its lists; also whether it sees a positive."""
    gallery = embeddings if ref_emb is None else ref_emb
    gallery_labels = labels if ref_labels is None else ref_labels
    scores, losses = embeddings @ gallery.T, []
    for query in range(len(embeddings)):
        seen = [g for g in range(len(gallery)) if hide is None or not hide[query, g]]
        levels = naive.shared_levels(labels[query].tolist(), gallery_labels[seen].tolist())
        losses.append(definition(scores[query, seen].tolist(), levels, labels.shape[1]))
    return losses


def diagonal(batch):
    return torch.eye(len(batch.labels), dtype=torch.bool)


@given(batch=batches())
def test_a_query_ranks_the_rest_of_its_batch(batch):
    for name, (module, definition) in MODULES.items():
        found = module(reduction="none")(batch.embeddings, batch.labels)
        expected = by_loops(definition, batch.embeddings, batch.labels, hide=diagonal(batch))
        assert found.tolist() == pytest.approx(expected, abs=1e-9), name


@given(batch=batches())
def test_include_self_makes_it_its_own_positive(batch):
    for name, (module, definition) in MODULES.items():
        found = module(include_self=True, reduction="none")(batch.embeddings, batch.labels)
        expected = by_loops(definition, batch.embeddings, batch.labels)
        assert found.tolist() == pytest.approx(expected, abs=1e-9), name


@given(st.data())
def test_references_are_the_gallery_and_nothing_of_them_is_hidden(data):
    items = data.draw(st.integers(3, 10))
    embeddings, labels = data.draw(unit_embeddings(items)), data.draw(label_trees(items, max_levels=3))
    cut = data.draw(st.integers(1, items - 1))
    parts = embeddings[:cut], labels[:cut], embeddings[cut:], labels[cut:]
    for name, (module, definition) in MODULES.items():
        loss = module(reduction="none")
        found = loss(parts[0], parts[1], ref_emb=parts[2], ref_labels=parts[3])
        assert found.tolist() == pytest.approx(by_loops(definition, *parts), abs=1e-9), name


@given(st.data(), batches())
def test_valid_hides_pairs_beside_the_query_itself(data, batch):
    size = len(batch.labels)
    rows = st.lists(st.booleans(), min_size=size, max_size=size)
    valid = torch.tensor(data.draw(st.lists(rows, min_size=size, max_size=size)))
    for name, (module, definition) in MODULES.items():
        found = module(reduction="none")(batch.embeddings, batch.labels, valid=valid)
        hide = diagonal(batch) | ~valid
        expected = by_loops(definition, batch.embeddings, batch.labels, hide=hide)
        assert found.tolist() == pytest.approx(expected, abs=1e-9), name


@given(st.data(), batches())
def test_pairs_and_triplets_restrict_the_sums_to_what_is_listed(data, batch):
    """Miners of pytorch-metric-learning hand over (a, p, a, n) or (a, p, n)."""
    size = len(batch.labels)
    column = st.lists(st.integers(0, size - 1), min_size=5, max_size=5)
    anchor, positive, other_anchor, negative = (torch.tensor(data.draw(column)) for _ in range(4))
    for indices, anchors in (
        ((anchor, positive, other_anchor, negative), other_anchor),
        ((anchor, positive, negative), anchor),
    ):
        hide = torch.ones(size, size, dtype=torch.bool)
        hide[anchor, positive] = False
        hide[anchors, negative] = False
        hide |= diagonal(batch)
        for name, (module, definition) in MODULES.items():
            found = module(reduction="none")(batch.embeddings, batch.labels, indices)
            expected = by_loops(definition, batch.embeddings, batch.labels, hide=hide)
            assert found.tolist() == pytest.approx(expected, abs=1e-9), name


def test_a_miner_of_pytorch_metric_learning_fits():
    from pytorch_metric_learning.miners import BatchHardMiner, MultiSimilarityMiner

    embeddings, labels = random_batch()
    for miner in (MultiSimilarityMiner(), BatchHardMiner()):
        found = SupAPLoss()(embeddings, labels[:, 0], miner(embeddings, labels[:, 0]))
        assert found.isfinite()
        assert found > 0


def test_a_miner_that_found_nothing_leaves_nothing_to_lose():
    embeddings, labels = random_batch()
    nothing = torch.tensor([])  # float32, as some miners have it
    embeddings.requires_grad_()
    loss = SupAPLoss()(embeddings, labels, (nothing, nothing, nothing))
    assert loss.item() == 0
    loss.backward()
    assert torch.equal(embeddings.grad, torch.zeros_like(embeddings))


@given(batch=batches())
def test_the_mean_is_over_queries_that_have_a_positive(batch):
    for name, (module, _) in MODULES.items():
        one_by_one = module(reduction="none")(batch.embeddings, batch.labels)
        same = (batch.labels[:, None] == batch.labels[None]) & ~diagonal(batch)[..., None]  # (N, N, L)
        positive = same[..., 0] if name in ONE_LEVEL else same.any(dim=2)
        count = int(positive.any(dim=1).sum())
        expected = one_by_one.sum().item() / count if count else 0.0
        assert module()(batch.embeddings, batch.labels).item() == pytest.approx(expected, abs=1e-12), name


@given(batch=batches(max_levels=1), random=st.randoms(use_true_random=False))
def test_shuffling_the_rows_changes_nothing(batch, random):
    order = list(range(len(batch.labels)))
    random.shuffle(order)
    for name, (module, _) in MODULES.items():
        kept, shuffled = module()(*batch), module()(batch.embeddings[order], batch.labels[order])
        assert shuffled.item() == pytest.approx(kept.item(), abs=1e-9), name


@given(batch=batches())
def test_label_column_picks_the_level_of_the_positives(batch):
    for module in (MODULES[name][0] for name in ONE_LEVEL):
        for column in range(batch.labels.shape[1]):
            found = module(column=column)(*batch)
            alone = module()(batch.embeddings, batch.labels[:, column])  # 1-D labels
            assert found.item() == pytest.approx(alone.item(), abs=1e-12)


def random_batch(items=12, size=8, seed=0, dtype=torch.float32):
    generator = torch.Generator().manual_seed(seed)
    embeddings = normalize(torch.randn(items, size, generator=generator, dtype=dtype), dim=1)
    fine = torch.arange(items) // 3
    return embeddings, torch.stack([fine, fine // 2], dim=1)


@pytest.mark.parametrize("name", [name for name in MODULES if name != "BlackBoxAP"])  # its value is a staircase
def test_gradcheck_through_the_normalisation(name):
    module, _ = MODULES[name]
    options = {"step": SupStep(tau=0.1)} if name.startswith("Sup") else {"tau": 0.1}
    loss = module(**{} if name == "SoftBinAP" else options)
    embeddings, labels = random_batch(6, 3, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda x: loss(normalize(x, dim=1), labels), embeddings.requires_grad_())


@EVERY_MODULE
def test_gradients_reach_queries_and_references(name):
    module, _ = MODULES[name]
    embeddings, labels = random_batch()
    references, ref_labels = random_batch(seed=1)
    embeddings.requires_grad_(), references.requires_grad_()
    module()(embeddings, labels, ref_emb=references, ref_labels=ref_labels).backward()
    assert embeddings.grad.abs().sum() > 0
    assert references.grad.abs().sum() > 0


@EVERY_MODULE
def test_a_batch_without_any_positive_gives_0_with_a_zero_gradient(name):
    module, _ = MODULES[name]
    embeddings = random_batch()[0].requires_grad_()
    loss = module()(embeddings, torch.arange(12))
    assert loss.item() == 0
    loss.backward()
    assert torch.equal(embeddings.grad, torch.zeros_like(embeddings))


@EVERY_MODULE
def test_one_image_alone_gives_0(name):
    module, _ = MODULES[name]
    embeddings = torch.tensor([[1.0, 0.0]], requires_grad=True)
    loss = module()(embeddings, torch.tensor([4]))
    assert loss.item() == 0
    loss.backward()
    assert not embeddings.grad.any()


@pytest.mark.parametrize("module", [SupHAPLoss, SmoothHAPLoss, SupNDCGLoss])
def test_the_query_may_be_the_only_item_of_its_fine_class(module):
    """Hidden, it still shares more levels with itself than any visible item does."""
    embeddings, _ = random_batch(4)
    loss = module()(embeddings, torch.tensor([[0, 7], [1, 7], [2, 7], [3, 8]]))
    assert loss.isfinite()


@EVERY_MODULE
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.filterwarnings("ignore:.*a norm is off 1")  # of the float32 copy of what was rounded
def test_autocast_gives_a_finite_float32_loss_and_finite_gradients(name, dtype):
    module, _ = MODULES[name]
    network = torch.nn.Linear(8, 8)
    inputs, labels = random_batch(24)
    with torch.autocast("cpu", dtype=dtype):
        embeddings = normalize(network(inputs), dim=1).to(dtype)
        loss = module()(embeddings, labels)
    assert loss.dtype == torch.float32
    assert loss.isfinite()
    alone = module()(embeddings.detach().float(), labels)
    assert loss.item() == pytest.approx(alone.item(), abs=1e-6)  # nothing inside ran in half precision
    loss.backward()
    assert network.weight.grad.isfinite().all()
    assert network.weight.grad.abs().sum() > 0


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


@EVERY_MODULE
def test_the_inputs_are_left_alone(name):
    module, _ = MODULES[name]
    embeddings, labels = random_batch()
    valid = torch.rand(12, 12, generator=torch.Generator().manual_seed(2)) > 0.3
    before = embeddings.clone(), labels.clone(), valid.clone()
    module()(embeddings.requires_grad_(), labels, valid=valid).backward()
    assert torch.equal(embeddings.detach(), before[0])
    assert torch.equal(labels, before[1])
    assert torch.equal(valid, before[2])


@EVERY_MODULE
def test_int32_labels_are_integers_too(name):
    module, _ = MODULES[name]
    embeddings, labels = random_batch()
    assert module()(embeddings, labels.int()).item() == module()(embeddings, labels).item()


@EVERY_MODULE
def test_double_precision_stays_double(name):
    module, _ = MODULES[name]
    assert module()(*random_batch(dtype=torch.float64)).dtype == torch.float64


def test_a_sup_loss_takes_its_step():
    embeddings, labels = random_batch(dtype=torch.float64)
    for module in (SupAPLoss, SupRecallLoss, SupNDCGLoss, SupHAPLoss):
        loss = module(step=SupStep(0.05, 20.0, 0.1, 0.6, 2.0), reduction="none")
        name = module.__name__.removesuffix("Loss")
        definition = {
            "SupAP": lambda s, v: naive.sup_ap(s, v, step, 2),
            "SupRecall": lambda s, v: naive.sup_recall(s, v, step, 2),
            "SupNDCG": lambda s, v: naive.sup_ndcg(s, v, step),
            "SupHAP": lambda s, v: naive.sup_h_ap(s, v, step),
        }[name]

        def step(t):
            return naive.sup_step(t, 0.05, 20.0, 0.1, 0.6, 2.0)

        hide = torch.eye(12, dtype=torch.bool)
        expected = by_loops(lambda s, v, _, definition=definition: definition(s, v), embeddings, labels, hide=hide)
        assert loss(embeddings, labels).tolist() == pytest.approx(expected, abs=1e-9), name


@pytest.mark.parametrize("module", [SupHAPLoss, SmoothHAPLoss])
def test_h_ap_losses_take_alpha_or_weights_of_the_label_columns(module):
    embeddings, labels = random_batch(dtype=torch.float64)
    definition = naive.sup_h_ap if module is SupHAPLoss else naive.smooth_h_ap
    for options, relevances in (
        ({"alpha": 2.0}, lambda v: naive.relevance(v, 2.0)),
        ({"weights": [0.7, 0.3]}, lambda v: naive.relevance_from_weights(v, [0.7, 0.3])),
    ):
        expected = by_loops(
            lambda s, v, _, relevances=relevances: definition(s, v, relevances=relevances(v)),
            embeddings,
            labels,
            hide=torch.eye(12, dtype=torch.bool),
        )
        found = module(**options, reduction="none")(embeddings, labels)
        assert found.tolist() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("module", [SupHAPLoss, SmoothHAPLoss])
def test_a_query_without_any_relevant_item_stays_out_of_the_mean(module):
    embeddings = normalize(torch.tensor([[1.0, 0.0], [0.8, 0.6], [0.6, 0.8], [0.0, 1.0]], dtype=torch.float64), dim=1)
    labels = torch.tensor([[0, 0], [0, 0], [1, 0], [2, 0]])  # the last two have positives of the coarse level only
    each = module(weights=[1.0, 0.0], reduction="none")(embeddings, labels)
    assert each[2:].tolist() == [0, 0]
    assert module(weights=[1.0, 0.0])(embeddings, labels) == pytest.approx(each[:2].mean().item())
    assert module(weights=[0.0, 1.0])(embeddings, labels) == pytest.approx(
        module(weights=[0.0, 1.0], reduction="none")(embeddings, labels).mean().item()
    )


@pytest.mark.parametrize("module", [SupHAPLoss, SmoothHAPLoss])
@pytest.mark.parametrize("weights", [[1.0], [0.5, 0.3, 0.2]])
def test_h_ap_losses_want_one_weight_per_label_column(module, weights):
    """With one too many, column 0 got the weight of column 1, and so on, without a word."""
    loss = module(weights=weights)
    for labels in (random_batch()[1], torch.tensor([[i, i // 6] for i in range(12)])):  # no two of one fine class
        with pytest.raises(ValueError, match=rf"`weights`: got {len(weights)}, expected 2, one per label column"):
            loss(random_batch()[0], labels)


@pytest.mark.parametrize("module", [SupHAPLoss, SmoothHAPLoss])
def test_weights_may_come_from_a_generator(module):
    assert module(weights=(weight for weight in (0.7, 0.3))).weights == (0.7, 0.3)


# calibration and proxies ---------------------------------------------------------------------------------------------


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


# sums ----------------------------------------------------------------------------------------------------------------


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


# other losses at one level -------------------------------------------------------------------------------------------


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


# what is refused -----------------------------------------------------------------------------------------------------


ONE = torch.tensor([1])


@EVERY_MODULE
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"embeddings": torch.zeros(0, 8), "labels": torch.zeros(0, dtype=torch.long)},
         r"`embeddings`: got shape \(0, 8\), expected at least one row and one column"),
        ({"embeddings": torch.zeros(8)}, r"`embeddings`: got shape \(8,\), expected \(N, D\)"),
        ({"embeddings": [[1.0]]}, r"`embeddings`: got list, expected a torch.Tensor of shape \(N, D\)"),
        ({"embeddings": torch.zeros(12, 8, dtype=torch.long)}, r"`embeddings`: got dtype torch.int64, expected a fl"),
        ({"embeddings": torch.full((12, 8), float("nan"))}, r"`embeddings`: got NaN or infinity in 12 of 12 rows"),
        ({"labels": torch.arange(11)}, r"`labels`: got shape \(11,\), expected \(12,\) or \(12, L\), one row per emb"),
        ({"labels": torch.zeros(12)}, r"`labels`: got dtype torch.float32, expected an integer dtype"),
        ({"labels": list(range(12))}, r"`labels`: got list, expected an integer torch.Tensor"),
        ({"labels": torch.tensor([[0, 0], [0, 1]] * 6)}, r"`labels`: got class 0 of column 0 under two classes"),
        ({"ref_emb": torch.eye(8)}, r"`ref_labels`: got None, expected `ref_emb` and `ref_labels` together"),
        ({"ref_labels": torch.arange(8)}, r"`ref_emb`: got None, expected `ref_emb` and `ref_labels` together"),
        ({"ref_emb": torch.eye(4), "ref_labels": torch.zeros(4, 2, dtype=torch.long)},
         r"`ref_emb`: got shape \(4, 4\), expected \(G, 8\), as wide as `embeddings`"),
        ({"ref_emb": torch.eye(8), "ref_labels": torch.zeros(7, 2, dtype=torch.long)},
         r"`ref_labels`: got shape \(7, 2\), expected \(8,\) or \(8, L\)"),
        ({"ref_emb": torch.eye(8), "ref_labels": torch.arange(8)}, r"`ref_labels`: got 1 columns, expected 2"),
        ({"ref_emb": torch.eye(8) / 0, "ref_labels": torch.zeros(8, 2, dtype=torch.long)},
         r"`ref_emb`: got NaN or infinity in 8 of 8 rows, expected finite values"),
        ({"valid": torch.ones(12, 11, dtype=torch.bool)}, r"`valid`: got shape \(12, 11\), expected \(12, 12\)"),
        ({"valid": torch.ones(12, 12)}, r"`valid`: got torch.float32, expected a bool torch.Tensor"),
        ({"indices_tuple": (torch.arange(2), torch.arange(2))}, r"`indices_tuple`: got 2 entries, expected 4 index"),
        ({"indices_tuple": 5}, r"`indices_tuple`: got int, expected 4 index tensors"),
        ({"indices_tuple": (ONE, ONE, [0])}, r"`indices_tuple`: got 3 entries, expected 4 index tensors"),
        ({"indices_tuple": (ONE, ONE + 11, ONE)}, r"`indices_tuple`: got row numbers that do not exist, expected anc"),
        ({"indices_tuple": (ONE - 2, ONE, ONE)}, r"`indices_tuple`: got row numbers that .* anchors in 0\.\.11 and"),
        ({"indices_tuple": (ONE, ONE.repeat(2), ONE)}, r"`indices_tuple`: got 1 anchors for 2 items, expected as many"),
        ({"indices_tuple": (ONE, ONE, ONE.float())}, r"`indices_tuple`: got torch.float32 of shape \(1,\), expec"),
        ({"indices_tuple": (ONE, ONE, ONE[None])}, r"`indices_tuple`: got torch.int64 of shape \(1, 1\), expected int"),
    ],
)  # fmt: skip
def test_bad_arguments_are_named(name, change, message):
    module, _ = MODULES[name]
    embeddings, labels = random_batch()
    with pytest.raises(ValueError, match=message):
        module()(**{"embeddings": embeddings, "labels": labels, **change})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SupAPLoss(column=-1), r"`column`: got -1, expected"),
        (lambda: SupAPLoss(step=SupStep(tau=0.0)), r"`tau`: got 0.0, expected a finite number above 0"),
        (lambda: SmoothAPLoss(tau=-1.0), r"`tau`: got -1.0, expected"),
        (lambda: SupAPLoss(reduction="sum"), r"`reduction`: got 'sum', expected 'mean' or 'none'"),
        (lambda: SupRecallLoss(ks=[0]), r"`ks`: got \(0,\), expected one or more integers of at least 1"),
        (lambda: SupRecallLoss(temperature=0.0), r"`temperature`: got 0.0, expected"),
        (lambda: SupHAPLoss(alpha=-1.0), r"`alpha`: got -1.0, expected at least 0"),
        (lambda: SupHAPLoss(weights=[0.0, 0.0]), r"`weights`: got \(0.0, 0.0\), expected"),
        (lambda: CalibrationLoss(pos_margin=float("nan")), r"`pos_margin`: got nan, expected a finite number"),
        (lambda: CalibrationLoss(column=-1), r"`column`: got -1, expected"),
        (lambda: ProxyLoss(0, 8), r"`num_classes`: got 0, expected an integer of at least 1"),
        (lambda: ProxyLoss(4, 0), r"`embedding_size`: got 0, expected an integer of at least 1"),
        (lambda: ProxyLoss(4, 8, temperature=0.0), r"`temperature`: got 0.0, expected a finite number above 0"),
        (
            lambda: RankLoss(SupAPLoss, CalibrationLoss()),
            r"`rank_loss`: got the class SupAPLoss, expected a torch.nn.Mod",
        ),
        (lambda: RankLoss(SupAPLoss(), None), r"`decomposability_loss`: got None, expected a torch.nn.Module"),
        (lambda: AtColumn(torch.sum, column=0), r"`loss`: got <built-in method sum.*expected a torch.nn.Module"),
        (lambda: RankLoss(SupAPLoss(), CalibrationLoss(), weight=1.5), r"`weight`: got 1.5, expected at most 1"),
        (lambda: RankLoss(SupAPLoss(), CalibrationLoss(), weight=-0.1), r"`weight`: got -0.1, expected at least 0"),
        (lambda: roadmap(num_classes=4), r"`embedding_size`: got None, expected `num_classes` and `embedding_size`"),
        (lambda: roadmap(embedding_size=4), r"`num_classes`: got None, expected `num_classes` and `embedding_size`"),
    ],
)
def test_bad_options_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("module", [SupAPLoss, SupRecallLoss, SmoothAPLoss, SmoothRecallLoss, CalibrationLoss])
def test_a_label_column_that_does_not_exist_is_named(module):
    with pytest.raises(ValueError, match=r"`column`: got 2, expected a label column in 0\.\.1"):
        module(column=2)(*random_batch())


def test_proxies_refuse_embeddings_of_another_size():
    with pytest.raises(ValueError, match=r"`embeddings`: got 8 dimensions, expected 5"):
        ProxyLoss(4, 5)(*random_batch())


def test_batches_without_a_positive_warn_once():
    """Of 16 images of 1,000 classes, plainly shuffled, 232 batches of 250 had none, and the loss was 0 without a word."""
    import warnings

    embeddings, apart, paired = torch.eye(4), torch.arange(4), torch.tensor([0, 0, 1, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss = SupAPLoss()
        loss(embeddings, paired)
        with pytest.raises(UserWarning, match=r"no query of the batch has a positive.*MPerClassBatches"):
            loss(embeddings, apart)
        assert loss(embeddings, apart) == 0
        SupHAPLoss()(embeddings, torch.stack([apart, paired], dim=1))  # positives at the coarser column alone
        with pytest.raises(UserWarning, match="no query"):
            SupAPLoss()(embeddings, paired, valid=torch.zeros(4, 4, dtype=torch.bool))


@EVERY_MODULE
@pytest.mark.filterwarnings("ignore:`embeddings`:UserWarning")
def test_embeddings_whose_scores_overflow_are_refused(name):
    module, _ = MODULES[name]
    embeddings, labels = random_batch()
    with pytest.raises(ValueError, match=r"`embeddings`: got norms of 1\.8e\+19 or more, whose scores overflow"):
        module()(1e20 * embeddings, labels)
    assert module()(1e20 * embeddings.double(), labels).isfinite()


@pytest.mark.cpu
def test_embeddings_that_are_not_unit_vectors_warn_once():
    import warnings

    embeddings, labels = random_batch()
    loss = SupAPLoss()
    with pytest.warns(UserWarning, match=r"`embeddings`: a norm is off 1 by 1, expected unit vectors") as caught:
        loss(2 * embeddings, labels)
    assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match="unit vectors") as caught:
        RankLoss(SupAPLoss(), CalibrationLoss())(2 * embeddings, labels)
    assert caught[0].filename == __file__, "also from deeper inside"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss(2 * embeddings, labels)
        SupAPLoss()(embeddings * 1.0005, labels)  # within a thousandth


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_rounding_to_half_precision_is_no_reason_to_warn(dtype):
    embeddings, labels = random_batch(items=96)
    SupAPLoss()(normalize(embeddings.to(dtype), dim=1), labels)


def test_scores_are_taken_as_they_come():
    """No hidden normalisation: scaled embeddings give the loss of the scaled scores."""
    embeddings, labels = random_batch(dtype=torch.float64)
    loss = SmoothAPLoss(tau=0.04)
    with pytest.warns(UserWarning, match="unit vectors"):
        found = loss(2 * embeddings, labels)
    assert found.item() == pytest.approx(SmoothAPLoss(tau=0.01)(embeddings, labels).item(), abs=1e-9)


def test_scores_of_a_batch_against_itself_have_first_and_second_gradients_also_in_autocast():
    x = torch.randn(4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()
    torch.testing.assert_close(own_scores(x), x @ x.T)
    assert torch.autograd.gradcheck(own_scores, x)
    assert torch.autograd.gradgradcheck(own_scores, x)
    single = x.detach().float().requires_grad_()
    weights = torch.rand(4, 4, generator=torch.Generator().manual_seed(1))  # not symmetric
    scores = own_scores(single)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        (gradient,) = torch.autograd.grad((scores * weights).sum(), single)
    torch.testing.assert_close(gradient, ((weights + weights.T) @ single).detach())


@pytest.mark.parametrize("loss", [CalibrationLoss(), AtColumn(CalibrationLoss().loss, 0), roadmap()])
def test_pairs_of_rows_that_do_not_exist_are_refused(loss):
    """A single one of them: pytorch-metric-learning takes so few pairs for none and looks at no number."""
    row = torch.tensor([0])
    with pytest.raises(ValueError, match="`indices_tuple`: got row numbers that do not exist"):
        loss(torch.eye(3), torch.arange(3), (row, row + 99, row))


def test_proxies_take_labels_of_any_integer_dtype():
    loss = ProxyLoss(np.int64(3), np.int64(3))
    expected = loss(torch.eye(3), torch.arange(3))
    for dtype in (torch.uint8, torch.int32, torch.uint16, torch.uint64):
        assert torch.equal(loss(torch.eye(3), torch.arange(3).to(dtype)), expected)


@pytest.mark.parametrize("step", [Sigmoid(), None, 0.01])
@pytest.mark.parametrize(
    "make",
    [
        *(SupAPLoss, SupRecallLoss, SupNDCGLoss, SupHAPLoss),
        *(roadmap, road_recall, road_ndcg, lambda **options: happier(3, 8, **options)),
    ],
)
def test_a_sup_loss_takes_no_other_step(make, step):
    """A Sigmoid has a tau too, and once became a SupStep of that tau."""
    with pytest.raises(ValueError, match="`step`: got .* expected a SupStep"):
        make(step=step)


@pytest.mark.parametrize(
    "loss",
    [
        SupAPLoss(SupStep(tau=0.02, offset=1.44), column=1, include_self=True),
        SupRecallLoss(ks=(1, 10), temperature=0.5, reduction="none"),
        SupNDCGLoss(PUBLISHED),
        SupHAPLoss(alpha=2.0, weights=(0.7, 0.3)),
    ],
    ids=lambda loss: type(loss).__name__,
)
def test_a_loss_prints_the_call_that_makes_it_again(loss):
    assert vars(eval(repr(loss))) == vars(loss)


@pytest.mark.parametrize("module", [SmoothAPLoss, SmoothRecallLoss, SmoothNDCGLoss, SmoothHAPLoss])
def test_a_smooth_loss_prints_its_step(module):
    assert "step=Sigmoid(tau=0.05)" in repr(module(tau=0.05))


def test_sums_and_held_losses_print_what_they_were_made_with():
    assert repr(roadmap(weight=0.25)).count("weight=0.25") == 1
    assert "\n  (rank_loss): SupAPLoss(column=0, include_self=False" in repr(roadmap())
    assert repr(CalibrationLoss(0.8, 0.5, 2)).startswith("CalibrationLoss(\n  pos_margin=0.8, neg_margin=0.5, column=2")
    assert repr(ProxyLoss(4, 8, 0.1)).startswith(
        "ProxyLoss(\n  num_classes=4, embedding_size=8, column=0, temperature=0.1"
    )
    assert repr(AtColumn(torch.nn.Identity(), 1)).startswith("AtColumn(\n  column=1")
