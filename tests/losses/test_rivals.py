"""What is particular to the papers' rivals: bins that tell nothing apart, and a gradient where there is no slope."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from strategies import cases, visible

from suprank_edu import naive
from suprank_edu.losses import BlackBoxAPLoss, SupAPLoss, black_box_ap, soft_bin_ap

ONE_QUERY = {"max_queries": 1, "max_levels": 1}


def slopes(loss, scores, levels, **options):
    scores = torch.as_tensor(scores, dtype=torch.float64).detach().requires_grad_()
    return torch.autograd.grad(loss(scores, torch.as_tensor(levels), **options).sum(), scores)[0]


# SoftBin -------------------------------------------------------------------------------------------------------------


def test_a_perfect_ranking_within_a_bin_costs_something_and_a_bin_apart_nothing():
    levels, width = torch.tensor([[1, 0]]), 2 / 19
    close, apart = torch.tensor([[0.50, 0.49]]), torch.tensor([[0.50, 0.50 - 2 * width]])
    assert soft_bin_ap(close, levels).item() > 0.2
    assert soft_bin_ap(apart, levels).item() == pytest.approx(0, abs=1e-6)


def test_two_items_at_one_centre_are_told_apart_by_nothing():
    """Both lie in the first bin alone: precision ½ there, whichever is a little ahead."""
    for scores in ([1.0, 1.0], [1.0, 1.5], [1.5, 1.0]):
        assert soft_bin_ap(torch.tensor([scores]), torch.tensor([[1, 0]])).item() == pytest.approx(0.5)


def test_it_is_no_bound_a_negative_just_ahead_of_two_positives_costs_less_than_in_ap():
    scores, levels = torch.tensor([[1.0, 0.999, 0.998]], dtype=torch.float64), torch.tensor([[0, 1, 1]])
    lost = 1 - naive.average_precision(scores[0].tolist(), levels[0].tolist())
    assert lost == pytest.approx(1 - (1 / 2 + 2 / 3) / 2)
    found = soft_bin_ap(scores, levels).item()
    assert found == pytest.approx(1 - 2 / 3, abs=0.02)
    assert found < lost - 0.05


@given(case=cases(masks=False))
def test_every_item_is_counted_once_over_the_bins(case):
    """With positives only, precision is 1 in every bin, so what is missing from 1 is what the bins have lost."""
    everything = torch.ones_like(case.levels)
    assert soft_bin_ap(case.scores, everything).tolist() == pytest.approx([0.0] * len(case.scores), abs=1e-12)


@given(case=cases(grid="spread", **ONE_QUERY, masks=False))
def test_very_many_bins_give_ap(case):
    """Scores lie 0.001 apart on their grid: bins a tenth of that apart hold one score each."""
    scores, levels, _ = visible(case, 0)
    assume(any(levels))
    assume(all(a != b for a, same in zip(scores, levels, strict=True) if same for b in scores if b is not a))
    exact = naive.average_precision(scores, levels)
    assert soft_bin_ap(case.scores, case.levels, bins=20_001).item() == pytest.approx(1 - exact, abs=1e-6)


# BlackBox ------------------------------------------------------------------------------------------------------------


@given(case=cases(masks=False))
def test_the_value_is_one_minus_the_exact_ap_behind_the_margin(case):
    relevant = case.levels > 0
    found = black_box_ap(case.scores, case.levels, margin=0.25)  # exact in binary, so are most of these scores
    shifted = case.scores - torch.where(relevant, 0.125, -0.125)
    for query in range(len(case.scores)):
        if relevant[query].any():
            exact = naive.average_precision(shifted[query].tolist(), relevant[query].int().tolist())
            assert found[query].item() == pytest.approx(1 - exact, abs=1e-12)


@given(case=cases(max_queries=1))
def test_the_gradient_of_one_query_is_that_of_the_loops(case):
    for options in ({}, {"interpolation": 0.05, "margin": 0.1}):
        found = slopes(black_box_ap, case.scores, case.levels, valid=case.valid, **options)[0]
        scores, levels, items = visible(case, 0)
        expected = torch.zeros_like(found)
        expected[items] = torch.tensor(naive.black_box_slopes(scores, levels, **options), dtype=found.dtype)
        torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)


@given(case=cases())
def test_lambda_is_that_of_the_mean_over_queries_with_a_positive(case):
    """As in the published code: the interpolation of each of Q queries looks λ/Q far."""
    seen = [visible(case, query) for query in range(len(case.scores))]
    counted = sum(any(levels) for _, levels, _ in seen)
    assume(counted)
    found = slopes(black_box_ap, case.scores, case.levels, valid=case.valid)
    for row, (scores, levels, items) in zip(found, seen, strict=True):
        expected = naive.black_box_slopes(scores, levels, interpolation=4 / counted)
        assert row[items].tolist() == pytest.approx(expected, abs=1e-12)


def interpolated(scores: np.ndarray, slope: np.ndarray, strength: float) -> float:
    """The function that is differentiated (Vlastelica et al., ICLR 2020): piecewise linear, and close to the loss.

    The black box takes scores to the ranks ρ (as shares) of least s·ρ. With the loss linear in ρ, of slope g, it is
    g·ρ' − (s·ρ − s·ρ')/λ, where ρ' are the ranks of s + λ g.
    """

    def ranks(values: np.ndarray) -> np.ndarray:
        return np.array(naive.rank(values.tolist())) / len(values)

    before, after = ranks(scores), ranks(scores + strength * slope)
    return float(slope @ after - (scores @ before - scores @ after) / strength)


@pytest.mark.parametrize("strength", [0.05, 0.3, 4.0])
@pytest.mark.parametrize("seed", range(3))
def test_the_gradient_is_the_derivative_of_the_interpolated_loss(strength, seed):
    rng = np.random.default_rng(seed)
    scores, levels = rng.normal(0, 0.01, 9), rng.permutation([1, 1, 1, 0, 0, 0, 0, 0, 0])
    relevant = levels.tolist()
    ranks, plus = np.array(naive.rank(scores.tolist())), np.array(naive.rank_plus(scores.tolist(), relevant))
    slope = levels * len(scores) / 3 * plus / ranks**2  # of the loss, by ranks as shares; constant near these scores
    found = slopes(black_box_ap, scores[None], levels[None], interpolation=strength, margin=0)[0]
    assert found.abs().sum() > 0
    for k in range(len(scores)):
        up, down = scores.copy(), scores.copy()
        up[k], down[k] = scores[k] + 1e-7, scores[k] - 1e-7
        difference = (interpolated(up, slope, strength) - interpolated(down, slope, strength)) / 2e-7
        assert found[k].item() == pytest.approx(difference, abs=1e-5)


@given(case=cases(**ONE_QUERY, grid="spread", masks=False))
def test_positives_are_pulled_up_others_pushed_down_and_in_sum_nothing_moves(case):
    """Ranks are a permutation where nothing is tied: what some win the others lose."""
    assume(len(set(case.scores[0].tolist())) == case.scores.shape[1])
    found = slopes(black_box_ap, case.scores, case.levels, margin=0.0005)[0]
    assert found.sum().item() == pytest.approx(0, abs=1e-12)
    assert (found[case.levels[0] == 0] >= 0).all()
    assert found.abs().max() < 1 / 4 + 1e-12  # no rank moves by more than all of the gallery


def test_a_ranking_that_is_perfect_behind_the_margin_has_no_gradient_and_within_the_margin_one():
    levels = [[1, 1, 0, 0]]
    assert not slopes(black_box_ap, [[0.9, 0.8, 0.7, 0.1]], levels).any()
    assert slopes(black_box_ap, [[0.9, 0.8, 0.79, 0.1]], levels).any()
    assert not slopes(black_box_ap, [[0.9, 0.8, 0.79, 0.1]], levels, margin=0).any()


def test_a_weight_before_the_loss_is_a_weight_before_its_gradient():
    """A black box that looked as far as its incoming gradient says would be blind under a gradient scaler."""
    scores, levels = torch.tensor([[0.1, 0.2, 0.15]]), torch.tensor([[1, 0, 0]])
    kept = slopes(black_box_ap, scores, levels)
    torch.testing.assert_close(slopes(lambda s, v: 1000 * black_box_ap(s, v), scores, levels), 1000 * kept)


def test_a_badly_ranked_positive_is_still_pulled_where_a_sigmoid_is_flat():
    embeddings = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.96, 0.28]], requires_grad=True)
    for loss in (BlackBoxAPLoss(), SupAPLoss()):
        (gradient,) = torch.autograd.grad(loss(embeddings, torch.tensor([0, 0, 1])), embeddings)
        assert gradient[1, 0] < 0  # towards the query
