"""Losses on scores: values against the loops, gradients against differences of the loops, bounds, edges."""

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import find, given, settings
from hypothesis.errors import NoSuchExample
from strategies import cases, visible

from suprank_edu import naive
from suprank_edu.losses import (
    black_box_ap,
    smooth_ap,
    smooth_h_ap,
    smooth_ndcg,
    smooth_recall,
    soft_bin_ap,
    sup_ap,
    sup_h_ap,
    sup_ndcg,
    sup_recall,
)
from suprank_edu.relevance import relevance_from_weights
from suprank_edu.steps import PUBLISHED, PUBLISHED_INAT, Heaviside, Sigmoid, SupStep

KS = (1, 3, 20)
OTHER = SupStep(0.05, 20.0, 0.1, 0.6, 2.0)


def other(t):
    return naive.sup_step(t, 0.05, 20.0, 0.1, 0.6, 2.0)


# name: (the library on (Q, G) tensors, the definition on one query's lists)
LOSSES = {
    "sup_ap": (sup_ap, naive.sup_ap),
    "sup_ap, level 2, other step": (
        lambda s, v, valid=None: sup_ap(s, v, step=OTHER, min_level=2, valid=valid),
        lambda s, v: naive.sup_ap(s, v, other, min_level=2),
    ),
    "sup_recall": (sup_recall, naive.sup_recall),
    "sup_recall, level 2, other ks": (
        lambda s, v, valid=None: sup_recall(s, v, ks=KS, temperature=0.3, min_level=2, valid=valid),
        lambda s, v: naive.sup_recall(s, v, min_level=2, ks=KS, temperature=0.3),
    ),
    "sup_ndcg": (sup_ndcg, naive.sup_ndcg),
    "sup_ndcg, other step": (
        lambda s, v, valid=None: sup_ndcg(s, v, step=OTHER, valid=valid),
        lambda s, v: naive.sup_ndcg(s, v, other),
    ),
    "sup_h_ap": (sup_h_ap, naive.sup_h_ap),
    "sup_h_ap, alpha 2": (
        lambda s, v, valid=None: sup_h_ap(s, v, alpha=2.0, valid=valid),
        lambda s, v: naive.sup_h_ap(s, v, relevances=naive.relevance(v, 2.0)),
    ),
    "smooth_ap": (smooth_ap, naive.smooth_ap),
    "smooth_ap, level 2, tau 0.1": (
        lambda s, v, valid=None: smooth_ap(s, v, tau=0.1, min_level=2, valid=valid),
        lambda s, v: naive.smooth_ap(s, v, 0.1, min_level=2),
    ),
    "smooth_recall": (smooth_recall, naive.smooth_recall),
    "smooth_recall, level 2, other ks": (
        lambda s, v, valid=None: smooth_recall(s, v, tau=0.1, ks=KS, temperature=0.3, min_level=2, valid=valid),
        lambda s, v: naive.smooth_recall(s, v, 0.1, 2, KS, 0.3),
    ),
    "smooth_ndcg": (smooth_ndcg, naive.smooth_ndcg),
    "smooth_h_ap": (smooth_h_ap, naive.smooth_h_ap),
    "smooth_h_ap, alpha 0.5, tau 0.1": (
        lambda s, v, valid=None: smooth_h_ap(s, v, tau=0.1, alpha=0.5, valid=valid),
        lambda s, v: naive.smooth_h_ap(s, v, 0.1, naive.relevance(v, 0.5)),
    ),
    "soft_bin_ap": (soft_bin_ap, naive.soft_bin_ap),
    "soft_bin_ap, level 2, 7 bins": (
        lambda s, v, valid=None: soft_bin_ap(s, v, bins=7, min_level=2, valid=valid),
        lambda s, v: naive.soft_bin_ap(s, v, 7, min_level=2),
    ),
    "black_box_ap": (black_box_ap, naive.black_box_ap),
    "black_box_ap, level 2, margin 0.1": (
        lambda s, v, valid=None: black_box_ap(s, v, margin=0.1, min_level=2, valid=valid),
        lambda s, v: naive.black_box_ap(s, v, 0.1, min_level=2),
    ),
}
EVERY_LOSS = pytest.mark.parametrize("name", LOSSES)
# Its value is a staircase: what its gradient is instead of a derivative is in test_rivals.py.
SLOPING = [name for name in LOSSES if not name.startswith("black_box")]
NAMES = [name for name in LOSSES if "," not in name]
ONE_OF_EACH = pytest.mark.parametrize("name", NAMES)


def by_loops(definition, case):
    return [definition(*visible(case, query)[:2]) for query in range(len(case.scores))]


@given(case=cases())
@settings(max_examples=max(60, settings.default.max_examples))
def test_values_are_those_of_the_loops(case):
    for name, (loss, definition) in LOSSES.items():
        found = loss(case.scores, case.levels, valid=case.valid)
        assert found.shape == (len(case.scores),)
        assert found.tolist() == pytest.approx(by_loops(definition, case), abs=1e-9), name


def test_a_bool_level_is_one_level_and_reaches_no_other():
    levels = torch.tensor([[False, True, False]])
    scores = torch.tensor([[0.3, 0.2, 0.1]])
    for loss in (sup_ap, sup_recall, smooth_ap, smooth_recall, soft_bin_ap, black_box_ap):
        for lowest in (1, 2):
            kind = {"min_level": lowest} | ({"ks": (1,)} if "recall" in loss.__name__ else {})
            assert torch.equal(loss(scores, levels, **kind), loss(scores, levels.long(), **kind)), (loss, lowest)


@pytest.mark.parametrize("name", SLOPING)
@pytest.mark.parametrize("seed", range(3))
def test_gradients_are_the_differences_of_the_loops(name, seed):
    loss, definition = LOSSES[name]
    rng = np.random.default_rng(seed)
    scores = torch.tensor(rng.normal(0, 0.1, (2, 9)), requires_grad=True)  # no two differ by exactly 0 or delta
    levels = torch.tensor(rng.integers(0, 4, (2, 9)))
    (gradient,) = torch.autograd.grad(loss(scores, levels).sum(), scores)
    width = 1e-6
    for query in range(2):
        row, row_levels = scores[query].tolist(), levels[query].tolist()
        for k in range(9):
            up, down = row.copy(), row.copy()
            up[k], down[k] = row[k] + width, row[k] - width
            expected = (definition(up, row_levels) - definition(down, row_levels)) / (2 * width)
            assert gradient[query, k].item() == pytest.approx(expected, abs=1e-5, rel=1e-5)


@pytest.mark.parametrize("name", [name for name in NAMES if name in SLOPING])
def test_gradcheck(name):
    loss, _ = LOSSES[name]
    options = {"smooth": {"tau": 0.05}, "sup": {"step": SupStep(tau=0.05)}}.get(name.partition("_")[0], {})
    rng = np.random.default_rng(7)
    scores = torch.tensor(rng.uniform(0, 0.3, (3, 7)), requires_grad=True)
    levels, valid = torch.tensor(rng.integers(0, 3, (3, 7))), torch.tensor(rng.random((3, 7)) > 0.2)
    assert torch.autograd.gradcheck(lambda s: loss(s, levels, valid=valid, **options), scores)


@given(case=cases(max_queries=2), random=st.randoms(use_true_random=False))
def test_shuffling_the_gallery_changes_nothing(case, random):
    order = list(range(case.scores.shape[1]))
    random.shuffle(order)
    moved = None if case.valid is None else case.valid[:, order]
    for name, (loss, _) in LOSSES.items():
        kept = loss(case.scores, case.levels, valid=case.valid).tolist()
        shuffled = loss(case.scores[:, order], case.levels[:, order], valid=moved)
        assert shuffled.tolist() == pytest.approx(kept, abs=1e-12), name


@EVERY_LOSS
def test_queries_do_not_touch_one_another(name):
    loss, _ = LOSSES[name]
    rng = np.random.default_rng(3)
    scores, levels = torch.tensor(rng.normal(0, 0.1, (5, 12))), torch.tensor(rng.integers(0, 4, (5, 12)))
    levels[1], levels[2] = 0, 3  # no positive, only positives
    together = loss(scores, levels)
    for query in range(5):
        alone = loss(scores[query : query + 1], levels[query : query + 1])
        torch.testing.assert_close(together[query : query + 1], alone)


UPPER_BOUNDS = [
    (SupStep(), naive.sup_step),
    (PUBLISHED, lambda t: naive.sup_step(t, offset=1.44)),
    (Heaviside(), naive.heaviside),
    (SupStep(0.1, 0.0, 0.0, 0.5, 1.0), lambda t: naive.sup_step(t, 0.1, 0.0, 0.0, 0.5, 1.0)),
]


@pytest.mark.parametrize("step", [step for step, _ in UPPER_BOUNDS], ids=str)
@given(case=cases(masks=False))
def test_sup_losses_bound_one_minus_their_metrics(step, case):
    assert step.upper_bounds_heaviside
    bounds = sup_ap(case.scores, case.levels, step=step), sup_ndcg(case.scores, case.levels, step=step)
    h_ap_bound = sup_h_ap(case.scores, case.levels, step=step)
    for query in range(len(case.scores)):
        scores, levels, _ = visible(case, query)
        relevant = [int(level > 0) for level in levels]
        if any(relevant):
            assert bounds[0][query] >= 1 - naive.average_precision(scores, relevant) - 1e-9
            assert bounds[1][query] >= 1 - naive.ndcg(scores, levels) - 1e-9
            assert h_ap_bound[query] >= 1 - naive.h_ap(scores, levels) - 1e-9


@given(case=cases(masks=False))
def test_with_the_exact_step_sup_losses_are_one_minus_their_metrics(case):
    found = sup_ap(case.scores, case.levels, step=Heaviside())
    for query in range(len(case.scores)):
        scores, levels, _ = visible(case, query)
        if any(levels):
            exact = naive.average_precision(scores, [int(level > 0) for level in levels])
            assert found[query].item() == pytest.approx(1 - exact)


def breaks_the_bound(loss):
    """A query whose loss is below 1 − AP by more than rounding."""

    def broken(case):
        scores, levels, _ = visible(case, 0)
        relevant = [int(level > 0) for level in levels]
        return any(relevant) and loss(case)[0] < 1 - naive.average_precision(scores, relevant) - 1e-3

    return broken


ONE_QUERY = cases(max_queries=1, max_items=4, max_levels=1, masks=False)
NO_BOUND = {
    "Smooth-AP": lambda case: smooth_ap(case.scores, case.levels),
    "Sup-AP with the sigmoid": lambda case: sup_ap(case.scores, case.levels, step=Sigmoid()),
    "Sup-AP with start 0, offset 1": lambda case: sup_ap(case.scores, case.levels, step=PUBLISHED_INAT),
}
SEARCH = settings(max_examples=200, database=None, deadline=None, derandomize=True)


@pytest.mark.parametrize("name", NO_BOUND)
def test_a_search_finds_where_the_others_fall_below_one_minus_ap(name):
    case = find(ONE_QUERY, breaks_the_bound(NO_BOUND[name]), settings=SEARCH)
    assert case.scores.shape[1] >= 2


def test_the_same_search_finds_nothing_against_the_bound():
    with pytest.raises(NoSuchExample):
        find(ONE_QUERY, breaks_the_bound(lambda case: sup_ap(case.scores, case.levels)), settings=SEARCH)


def test_counter_examples_by_hand():
    """One negative 0.005 above the only positive: AP ½, and the sigmoid counts it as 0.62."""
    scores, levels = torch.tensor([[0.5, 0.505]], dtype=torch.float64), torch.tensor([[1, 0]])
    count = naive.sigmoid(0.005)
    assert smooth_ap(scores, levels).item() == pytest.approx(1 - 1 / (1 + count))
    assert sup_ap(scores, levels, step=PUBLISHED_INAT).item() == pytest.approx(1 - 1 / (1 + count))
    assert sup_ap(scores, levels).item() == pytest.approx(1 - 1 / (1.5 + count))
    assert smooth_ap(scores, levels).item() < 0.5 < sup_ap(scores, levels).item()


def test_a_tie_with_a_negative_costs_as_much_as_the_metric_says():
    scores, levels = torch.tensor([[0.5, 0.5]]), torch.tensor([[1, 0]])
    assert sup_ap(scores, levels).item() == 0.5  # H⁻(0) = H(0) = 1: rank 2


@EVERY_LOSS
def test_no_positive_gives_0_and_a_zero_gradient(name):
    loss, _ = LOSSES[name]
    scores = torch.rand(3, 5, dtype=torch.float64, requires_grad=True)
    found = loss(scores, torch.zeros(3, 5, dtype=torch.long))
    assert found.tolist() == [0, 0, 0]
    found.sum().backward()
    assert torch.equal(scores.grad, torch.zeros_like(scores))


@EVERY_LOSS
def test_no_visible_positive_is_no_positive(name):
    loss, _ = LOSSES[name]
    scores, levels = torch.rand(2, 5, requires_grad=True), torch.tensor([[3, 0, 3, 0, 0]] * 2)
    found = loss(scores, levels, valid=torch.stack([levels[0] == 0, levels[1] > 9]))  # the last sees nothing at all
    assert found.tolist() == [0, 0]
    found.sum().backward()
    assert torch.equal(scores.grad, torch.zeros_like(scores))


@pytest.mark.parametrize("loss", [sup_ap, sup_ndcg, sup_h_ap, smooth_ap, soft_bin_ap, black_box_ap])
def test_all_positives_of_one_level_with_distinct_scores_leave_nothing_to_lose(loss):
    scores = torch.tensor([[0.9, 0.1, -0.5, -0.9]], dtype=torch.float64)
    assert loss(scores, torch.full((1, 4), 2)).item() == pytest.approx(0, abs=1e-6)


@EVERY_LOSS
def test_one_item_alone(name):
    loss, definition = LOSSES[name]
    found = loss(torch.tensor([[0.3]], dtype=torch.float64), torch.tensor([[3]]))
    assert found.item() == pytest.approx(definition([0.3], [3]))


@EVERY_LOSS
def test_the_gradient_pulls_a_misranked_positive_up_and_pushes_the_negative_down(name):
    loss, _ = LOSSES[name]
    scores = torch.tensor([[0.50, 0.52, 0.10]], dtype=torch.float64, requires_grad=True)
    loss(scores, torch.tensor([[3, 0, 0]])).sum().backward()
    assert scores.grad[0, 0] < 0 < scores.grad[0, 1]


def test_the_gradient_of_a_bad_mistake_lives_on_with_h_minus_and_dies_with_the_sigmoid():
    levels = torch.tensor([[1, 0]])
    pulls = {}
    for loss in (sup_ap, smooth_ap):
        scores = torch.tensor([[0.1, 0.9]], requires_grad=True)
        loss(scores, levels).sum().backward()
        pulls[loss] = scores.grad[0, 1].item()
    assert pulls[sup_ap] > 1e-2
    assert pulls[smooth_ap] == 0


@EVERY_LOSS
def test_the_inputs_are_left_alone(name):
    loss, _ = LOSSES[name]
    rng = np.random.default_rng(5)
    scores, levels = torch.tensor(rng.normal(0, 0.1, (3, 8))), torch.tensor(rng.integers(0, 4, (3, 8)))
    valid = torch.tensor(rng.random((3, 8)) > 0.3)
    before = scores.clone(), levels.clone(), valid.clone()
    loss(scores.requires_grad_(), levels, valid=valid).sum().backward()
    assert torch.equal(scores.detach(), before[0])
    assert torch.equal(levels, before[1])
    assert torch.equal(valid, before[2])


@given(case=cases())
def test_float32_is_close_to_float64(case):
    for name, (loss, _) in LOSSES.items():
        if "other step" in name or "black_box" in name:
            continue  # it jumps at delta or margin: 0.6 − 0.5 is above 0.1 in one dtype and below it in the other
        exact = loss(case.scores, case.levels, valid=case.valid).tolist()
        single = loss(case.scores.float(), case.levels, valid=case.valid)
        assert single.dtype == torch.float32
        assert single.tolist() == pytest.approx(exact, abs=1e-4), name


@EVERY_LOSS
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_scores_give_finite_float32_losses_and_gradients(name, dtype):
    loss, _ = LOSSES[name]
    scores = torch.linspace(-1, 1, 3000).view(1, -1).to(dtype).requires_grad_()
    levels = torch.arange(3000).view(1, -1) % 4
    found = loss(scores, levels)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, loss(scores.detach().float(), levels))
    found.sum().backward()
    assert scores.grad.isfinite().all()


@given(case=cases())
def test_levels_may_come_as_bools(case):
    relevant = case.levels > 0
    for loss, _ in map(LOSSES.get, NAMES):
        kept = loss(case.scores, relevant.long(), valid=case.valid)
        assert torch.equal(loss(case.scores, relevant, valid=case.valid), kept)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int8, torch.int16, torch.int32])
@given(case=cases())
def test_levels_may_come_as_any_integers(dtype, case):
    """A hidden item was marked by level -1, which is 255 in uint8: it became the best of all positives."""
    for name, (loss, _) in LOSSES.items():
        kept = loss(case.scores, case.levels, valid=case.valid)
        assert torch.equal(loss(case.scores, case.levels.to(dtype), valid=case.valid), kept), name


@given(
    case=cases(max_levels=4),
    weights=st.one_of(st.permutations([1, 0, 0, 0]), st.lists(st.integers(0, 3), min_size=4, max_size=4).filter(any)),
)
def test_h_ap_losses_with_relevances_of_ones_own(case, weights):
    """A weight of 0 makes a level not relevant, though its items still stand above lower ones in `rank_s`."""
    relevances = relevance_from_weights(case.levels, weights, case.valid)
    for loss, definition in ((sup_h_ap, naive.sup_h_ap), (smooth_h_ap, naive.smooth_h_ap)):
        found = loss(case.scores, case.levels, relevances=relevances, valid=case.valid)
        for query in range(len(case.scores)):
            scores, levels, items = visible(case, query)
            expected = definition(scores, levels, relevances=relevances[query, items].tolist())
            assert found[query].item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("loss", [sup_h_ap, smooth_h_ap])
def test_a_query_whose_relevances_are_all_0_has_no_positive(loss):
    """All weight on the fine level, and only a coarse item to find: nothing to gain, so nothing to lose."""
    scores, levels = torch.tensor([[0.9, 0.5, 0.1]], requires_grad=True), torch.tensor([[1, 0, 1]])
    found = loss(scores, levels, relevances=relevance_from_weights(levels, [1.0, 0.0]))
    assert found.tolist() == [0]
    found.sum().backward()
    assert torch.equal(scores.grad, torch.zeros_like(scores))


@given(case=cases(max_levels=4), weights=st.lists(st.integers(1, 9), min_size=4, max_size=4))
def test_sup_h_ap_under_weights_is_at_least_the_weighted_sum_of_level_losses(case, weights):
    """The bound of E15 for the relevance that grows with the level."""
    relevances = relevance_from_weights(case.levels, weights, case.valid)
    found = sup_h_ap(case.scores, case.levels, relevances=relevances, valid=case.valid)
    for query in range(len(case.scores)):
        scores, levels, items = visible(case, query)
        if any(levels):
            exact = naive.h_ap(scores, levels, relevances[query, items].tolist())
            assert found[query] >= 1 - exact - 1e-6


SCORES, LEVELS = torch.rand(2, 3), torch.ones(2, 3, dtype=torch.long)
ONES = torch.ones(2, 3)


@ONE_OF_EACH
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scores": SCORES[0]}, r"`scores`: got shape \(3,\), expected \(Q, G\)"),
        ({"scores": SCORES[:0]}, r"`scores`: got shape \(0, 3\), expected at least one row and one column"),
        ({"scores": SCORES / 0}, r"`scores`: got NaN or infinity, expected finite values"),
        ({"scores": LEVELS}, r"`scores`: got dtype torch.int64, expected a floating-point dtype"),
        ({"levels": LEVELS[:1]}, r"`levels`: got shape \(1, 3\), expected \(2, 3\), the shape of the scores"),
        ({"levels": SCORES}, r"`levels`: got dtype torch.float32, expected integers or bools"),
        ({"levels": LEVELS.tolist()}, r"`levels`: got list, expected an integer torch.Tensor"),
        ({"valid": LEVELS}, r"`valid`: got torch.int64, expected a bool torch.Tensor"),
        ({"valid": LEVELS[:1] > 0}, r"`valid`: got shape \(1, 3\), expected \(2, 3\), queries by gallery items"),
    ],
)
def test_bad_arguments_are_named(name, change, message):
    loss, _ = LOSSES[name]
    with pytest.raises(ValueError, match=message):
        loss(**{"scores": SCORES, "levels": LEVELS, **change})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: smooth_ap(SCORES, LEVELS, tau=0.0), r"`tau`: got 0.0, expected a finite number above 0"),
        (lambda: soft_bin_ap(SCORES, LEVELS, bins=1), r"`bins`: got 1, expected an integer in 2..65536"),
        (lambda: soft_bin_ap(SCORES, LEVELS, bins=2.5), r"`bins`: got 2.5, expected an integer in 2..65536"),
        (lambda: soft_bin_ap(SCORES, LEVELS, bins=2**31), r"`bins`: got 2147483648, expected an integer in 2..65536"),
        (
            lambda: black_box_ap(SCORES, LEVELS, interpolation=0),
            r"`interpolation`: got 0, expected a finite number abo",
        ),
        (lambda: black_box_ap(SCORES, LEVELS, margin=-0.1), r"`margin`: got -0.1, expected at least 0"),
        (lambda: sup_ap(SCORES, LEVELS, min_level=0), r"`min_level`: got 0, expected a level in 1..62"),
        (lambda: sup_recall(SCORES, LEVELS, ks=()), r"`ks`: got \(\), expected one or more integers of at least 1"),
        (lambda: sup_recall(SCORES, LEVELS, ks=(0,)), r"`ks`: got \(0,\), expected"),
        (lambda: sup_recall(SCORES, LEVELS, temperature=-1.0), r"`temperature`: got -1.0, expected"),
        (lambda: sup_h_ap(SCORES, LEVELS, alpha=-1.0), r"`alpha`: got -1.0, expected a number in 0..20"),
        (lambda: sup_h_ap(SCORES, LEVELS, relevances=SCORES[:1]), r"`relevances`: got .*\(1, 3\).*\(2, 3\)"),
        (lambda: sup_h_ap(SCORES, LEVELS, relevances=LEVELS), r"`relevances`: got torch.int64"),
        (lambda: sup_h_ap(SCORES, LEVELS, relevances=SCORES), r"`relevances`: got different values within a level"),
        (lambda: sup_h_ap(SCORES, LEVELS, relevances=SCORES.tolist()), r"`relevances`: got list, expected a torch.Te"),
        (
            lambda: sup_h_ap(SCORES, LEVELS, relevances=-ONES),
            r"`relevances`: got -1, expected finite values of at least",
        ),
        (lambda: smooth_h_ap(SCORES, LEVELS, relevances=ONES / 0), r"`relevances`: got inf, expected finite values of"),
        (
            lambda: sup_h_ap(SCORES, LEVELS, relevances=0 * ONES / 0),
            r"`relevances`: got nan, expected finite values of",
        ),
        (lambda: sup_ap(SCORES, LEVELS, step=0.01), r"`step`: got 0.01, expected a step of suprank_edu.steps"),
        (lambda: sup_h_ap(SCORES, LEVELS, step=None), r"`step`: got None, expected a step of suprank_edu.steps"),
        (lambda: sup_ndcg(SCORES, LEVELS, step=SupStep), r"`step`: got the class SupStep, expected a step of supran"),
        (lambda: sup_recall(SCORES, LEVELS, step=torch.relu), r"`step`: got .*relu.*, expected a step of suprank_edu"),
    ],
)
def test_bad_options_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("loss", [sup_ndcg, sup_h_ap, smooth_ndcg, sup_ap])
@pytest.mark.parametrize("level", [-1, 63])
def test_levels_that_no_gain_can_hold_are_refused(loss, level):
    with pytest.raises(ValueError, match="`levels`: got levels from .* expected 0..62"):
        loss(torch.tensor([[0.9, 0.8]]), torch.tensor([[level, 1]]))
