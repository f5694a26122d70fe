"""Losses on embeddings: the call contract, against the losses on scores, the loops and plain formulas."""

import hypothesis.strategies as st
import pytest
import torch
from every_loss import MODULES, ONE_LEVEL, by_loops, diagonal, random_batch
from hypothesis import given
from strategies import batches, label_trees, unit_embeddings
from torch.nn.functional import normalize

from suprank_edu import naive
from suprank_edu.losses import (
    SmoothAPLoss,
    SmoothHAPLoss,
    SupAPLoss,
    SupHAPLoss,
    SupNDCGLoss,
    SupRecallLoss,
)
from suprank_edu.steps import SupStep

pytestmark = pytest.mark.filterwarnings("ignore:`labels`. no query of the batch:UserWarning")


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


def test_levels_beyond_the_highest_are_refused():
    labels = torch.zeros(4, 63, dtype=torch.int64)
    with pytest.raises(ValueError, match="`labels`: got 63 columns, expected at most 62"):
        SupHAPLoss()(normalize(torch.rand(4, 3), dim=1), labels)


@pytest.mark.parametrize("module", [SupHAPLoss, SmoothHAPLoss])
def test_weights_may_come_from_a_generator(module):
    assert module(weights=(weight for weight in (0.7, 0.3))).weights == (0.7, 0.3)


def test_scores_are_taken_as_they_come():
    """No hidden normalisation: scaled embeddings give the loss of the scaled scores."""
    embeddings, labels = random_batch(dtype=torch.float64)
    loss = SmoothAPLoss(tau=0.04)
    with pytest.warns(UserWarning, match="unit vectors"):
        found = loss(2 * embeddings, labels)
    assert found.item() == pytest.approx(SmoothAPLoss(tau=0.01)(embeddings, labels).item(), abs=1e-9)
