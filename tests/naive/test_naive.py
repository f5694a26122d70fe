"""The oracle against closed forms, other libraries, and what the papers say of the definitions."""

import ast
import itertools
import math
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given
from sklearn.metrics import average_precision_score, ndcg_score
from strategies import Case, cases, visible

from suprank_edu import naive


def one_query(**kwargs):
    return cases(max_queries=1, masks=False, **kwargs).map(lambda case: visible(case, 0)[:2])


def no_ties(scores):
    return len(set(scores)) == len(scores)


@given(one_query(max_levels=1, grid="spread"))
def test_ap_and_ndcg_agree_with_scikit_learn_where_nothing_is_tied(query):
    scores, levels = query
    assume(no_ties(scores) and any(levels) and len(scores) > 1)
    assert naive.average_precision(scores, levels) == pytest.approx(average_precision_score(levels, scores))
    # scikit-learn's gain is the level itself: 2^1 − 1 = 1 when there is one level
    assert naive.ndcg(scores, levels) == pytest.approx(ndcg_score([levels], [scores]))
    for k in range(1, len(scores) + 1):
        assert naive.ndcg(scores, levels, at=k) == pytest.approx(ndcg_score([levels], [scores], k=k))


@given(one_query(grid="spread"))
def test_without_ties_a_cut_at_everything_changes_nothing(query):
    scores, levels = query
    relevant = [int(level > 0) for level in levels]
    assume(no_ties(scores) and any(relevant))
    everything = len(scores)
    ap = naive.average_precision(scores, relevant)
    assert naive.average_precision(scores, relevant, at=everything) == pytest.approx(ap)
    assert naive.ndcg(scores, levels, at=everything) == pytest.approx(naive.ndcg(scores, levels))
    assert naive.recall_at_k(scores, relevant, everything) == 1


@given(one_query())
def test_a_cut_beyond_the_gallery_is_the_gallery_except_in_the_divisor_of_precision(query):
    scores, levels = query
    relevant, size = [int(level > 0) for level in levels], len(levels)
    assume(any(relevant))
    for metric in (naive.average_precision, naive.recall_at_k, naive.hit_rate_at_k):
        assert metric(scores, relevant, size + 5) == metric(scores, relevant, size)
    assert naive.ndcg(scores, levels, size + 5) == naive.ndcg(scores, levels, size)
    assert naive.precision_at_k(scores, relevant, size + 5) == sum(relevant) / (size + 5)


@given(one_query(grid="ties"))
def test_nobody_gains_by_a_tie(query):
    """Every way of breaking the ties of the list gives a metric at least as high as the tied one."""
    scores, levels = query
    relevant = [int(level > 0) for level in levels]
    assume(any(relevant) and len(scores) <= 5)
    tied = naive.ap_at_r(scores, relevant), naive.asi(scores, levels), naive.ndcg(scores, levels)
    for order in itertools.permutations(range(len(scores))):
        broken = [s - 1e-6 * place for s, place in zip(scores, order, strict=True)]
        assert naive.ap_at_r(broken, relevant) >= tied[0] - 1e-12
        assert naive.asi(broken, levels) >= tied[1] - 1e-12
        assert naive.ndcg(broken, levels) >= tied[2] - 1e-12


def test_positives_tied_with_one_another_cost_nothing_in_a_list_and_something_in_ndcg():
    assert naive.average_precision([0.5, 0.5, 0.1], [1, 1, 0]) == 1  # rank⁺ and rank are both 2
    assert naive.ap_at_r([0.5, 0.5, 0.1], [1, 1, 0]) == 1
    assert naive.ndcg([0.5, 0.5, 0.1], [1, 1, 0], at=3) == 1
    assert naive.ndcg([0.5, 0.5, 0.1], [1, 1, 0]) < 1  # both have rank 2


def test_a_relevant_item_with_a_negative_score_counts():
    assert naive.average_precision([0.1, -0.5, -0.2, -0.3], [1, 1, 0, 0]) == 0.75


@given(one_query(max_levels=1))
def test_h_ap_with_one_level_is_ap(query):
    scores, levels = query
    assume(any(levels))
    assert naive.h_ap(scores, levels) == pytest.approx(naive.average_precision(scores, levels))


@given(one_query(max_levels=4), st.lists(st.integers(1, 9), min_size=4, max_size=4))
def test_h_ap_under_relevance_from_weights_is_the_weighted_sum_of_level_aps(query, weights):
    scores, levels = query
    assume(any(levels))
    present = [p for p in range(1, 5) if any(level >= p for level in levels)]
    total = sum(weights[4 - p] for p in present)  # weights[c] belongs to level L − c
    expected = 0.0
    for p in present:
        relevant = [int(level >= p) for level in levels]
        expected += weights[4 - p] / total * naive.average_precision(scores, relevant)
    relevances = naive.relevance_from_weights(levels, weights)
    assert naive.h_ap(scores, levels, relevances) == pytest.approx(expected)


@given(one_query(max_levels=3))
def test_h_ap_is_1_exactly_for_decreasing_relevance_without_ties_between_different_ones(query):
    scores, levels = query
    relevances = naive.relevance(levels)
    assume(any(relevances))
    decreasing = all(
        scores[j] > scores[k]
        for j in range(len(scores))
        for k in range(len(scores))
        if relevances[j] > relevances[k] + 1e-12
    )
    assert (naive.h_ap(scores, levels, relevances) > 1 - 1e-9) == decreasing


def test_relevance_may_rank_a_coarse_item_above_a_fine_one():
    """Half the weight over a class of 2 is more than the whole weight over a class of 10 (E14)."""
    levels = [2] * 10 + [1] * 2
    relevances = naive.relevance(levels)
    assert relevances[0] == pytest.approx(0.1)
    assert relevances[-1] == pytest.approx(0.25)
    coarse_first = [0.1] * 10 + [0.9] * 2
    assert naive.h_ap(coarse_first, levels, relevances) == pytest.approx(1)
    assert naive.sup_h_ap(coarse_first, levels, relevances=relevances) > 0.3  # E15 pulls against its own metric


@given(one_query(max_levels=3))
def test_the_losses_bound_their_metrics(query):
    scores, levels = query
    assume(any(levels))
    relevant = [int(level > 0) for level in levels]
    assert naive.sup_ap(scores, levels) >= 1 - naive.average_precision(scores, relevant) - 1e-9
    assert naive.sup_ndcg(scores, levels) >= 1 - naive.ndcg(scores, levels) - 1e-9
    assert naive.sup_h_ap(scores, levels) >= 1 - naive.h_ap(scores, levels) - 1e-9


@given(one_query(max_levels=3))
def test_with_the_exact_step_the_losses_are_the_metrics(query):
    scores, levels = query
    assume(any(levels))
    relevant = [int(level > 0) for level in levels]
    step = naive.heaviside
    assert naive.sup_ap(scores, levels, step) == pytest.approx(1 - naive.average_precision(scores, relevant))
    assert naive.sup_ndcg(scores, levels, step) == pytest.approx(1 - naive.ndcg(scores, levels))
    assert naive.sup_h_ap(scores, levels, step) == pytest.approx(1 - naive.h_ap(scores, levels))


def test_sup_recall_of_a_perfect_ranking_is_its_floor_not_0():
    scores, levels = [0.9, 0.8, 0.7, 0.6] + [-0.9] * 20, [1] * 4 + [0] * 20
    assert 0.08 < naive.sup_recall(scores, levels) < 0.12  # "about 0.10 with 3 or 4 positives" (E9)


@given(one_query())
def test_a_query_without_positives_has_no_metric_and_adds_nothing_to_a_loss(query):
    scores, levels = query[0], [0] * len(query[0])
    for metric in (naive.average_precision, naive.ap_at_r, naive.ndcg, naive.asi, naive.h_ap, naive.trapezoid_ap):
        assert math.isnan(metric(scores, levels))
    for metric in (naive.recall_at_k, naive.hit_rate_at_k, naive.precision_at_k):
        assert math.isnan(metric(scores, levels, 2))
    assert math.isnan(naive.h_ap(scores, levels, [0.0] * len(scores)))
    for loss in (naive.sup_ap, naive.sup_recall, naive.sup_ndcg, naive.sup_h_ap):
        assert loss(scores, levels) == 0
    for loss in (naive.smooth_ap, naive.smooth_recall, naive.smooth_ndcg, naive.smooth_h_ap):
        assert loss(scores, levels) == 0


def test_no_item_at_all_is_no_positive():
    assert math.isnan(naive.average_precision([], []))
    assert naive.sup_h_ap([], []) == naive.sup_ap([], []) == naive.smooth_ndcg([], []) == 0


def test_asi_of_the_ideal_list_is_1_and_of_the_reverse_by_hand():
    assert naive.asi([0.9, 0.8, 0.7], [2, 1, 0]) == 1
    # K = 1: {0} and {2}; K = 2: {0, 1} and {2, 1}
    assert naive.asi([0.7, 0.8, 0.9], [2, 1, 0]) == pytest.approx((0 + 1 / 2) / 2)


def test_trapezoid_ap_by_hand():
    # hits at places 2 and 3: ((0 + 1/2) / 2 + (1/2 + 2/3) / 2) / 2
    assert naive.trapezoid_ap([0.9, 0.8, 0.7], [0, 1, 1]) == pytest.approx((0.25 + 7 / 12) / 2)


def perfect_batches():
    return st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3)), min_size=2, max_size=4)


@given(st.data(), perfect_batches())
def test_perfect_batches_never_exceed_the_worst_case_bound(data, counts):
    scores, relevant, batches = [], [], []
    for positives, negatives in counts:
        drawn = data.draw(
            st.lists(st.integers(0, 99), min_size=positives + negatives, max_size=positives + negatives, unique=True)
        )
        batches.append(list(range(len(scores), len(scores) + len(drawn))))
        scores += [s / 100 + len(scores) * 1e-6 for s in sorted(drawn, reverse=True)]
        relevant += [1] * positives + [0] * negatives
    found = naive.gap(scores, relevant, batches, naive.average_precision)
    assert -1e-9 <= found <= naive.worst_case_bound(*zip(*counts, strict=True)) + 1e-9


@given(perfect_batches())
def test_batches_that_follow_one_another_attain_the_bound(counts):
    relevant, batches = [], []
    for positives, negatives in counts:
        batches.append(list(range(len(relevant), len(relevant) + positives + negatives)))
        relevant += [1] * positives + [0] * negatives
    scores = [-float(place) for place in range(len(relevant))]
    found = naive.gap(scores, relevant, batches, naive.average_precision)
    assert found == pytest.approx(naive.bound_of_order(*zip(*counts, strict=True)))


def test_a_gap_can_be_negative_when_batches_are_not_perfect():
    scores, relevant = [0.9, 0.8, 0.7, 0.6], [1, 1, 0, 1]
    assert naive.gap(scores, relevant, [[0, 1], [2, 3]], naive.average_precision) < 0


def test_calibration_that_separates_everything_closes_the_bound():
    assert naive.calibrated_bound_of_order([2, 3], [4, 5], [2, 3], [0, 0]) == 0
    uncalibrated = naive.calibrated_bound_of_order([2, 3], [4, 5], [0, 0], [0, 0])
    assert uncalibrated == pytest.approx(naive.bound_of_order([2, 3], [4, 5]))


@given(one_query())
def test_shuffling_the_gallery_changes_nothing(query):
    scores, levels = query
    order = sorted(range(len(scores)), key=lambda k: (k * 7) % 11)
    moved = [scores[k] for k in order], [levels[k] for k in order]
    assume(any(levels))
    for function in (naive.ndcg, naive.asi, naive.h_ap, naive.sup_ap, naive.sup_recall, naive.smooth_h_ap):
        assert function(*moved) == pytest.approx(function(scores, levels))


@given(one_query(grid="spread"))
def test_a_smooth_rank_is_the_rank_where_scores_are_far_apart(query):
    scores, levels = query
    assume(no_ties(scores))
    far = [float(sorted(scores).index(score)) for score in scores]  # at least 1 apart: 100 τ
    ranks, ranks_plus = naive.smooth_rank(far, levels)
    assert ranks == pytest.approx(naive.rank(scores))
    assert ranks_plus == pytest.approx(naive.rank_plus(scores, levels))


@given(cases(masks=False))
def test_what_the_strategies_promise(case: Case):
    assert case.scores.dtype.is_floating_point
    assert case.levels.shape == case.scores.shape
    assert 0 <= int(case.levels.min()) <= int(case.levels.max()) <= case.num_levels


def test_the_oracle_stands_alone():
    """Nothing of the package, no torch, no numpy: only then can it judge them."""
    files = sorted(Path(naive.__file__).parent.glob("*.py"))
    assert len(files) > 3
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported += [node.module] if isinstance(node, ast.ImportFrom) else []
            for name in imported:
                own = name.startswith("suprank_edu.naive")
                assert own or name in {"math", "collections.abc", "itertools"}, f"{path.name} imports {name}"
