"""Metrics per query against the loops, published values, other libraries and closed forms."""

import math
from itertools import pairwise

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given
from sklearn.metrics import average_precision_score, ndcg_score
from strategies import cases, visible
from torchmetrics.functional.retrieval import retrieval_hit_rate, retrieval_precision, retrieval_recall

from suprank_edu import naive
from suprank_edu.metrics import (
    ap_at_r,
    asi,
    average_precision,
    h_ap,
    hit_rate_at_k,
    ndcg,
    precision_at_k,
    recall_at_k,
    trapezoid_ap,
)
from suprank_edu.relevance import relevance_from_weights

K = 3


def binary(definition, *more):
    return lambda scores, levels: definition(scores, [int(level > 0) for level in levels], *more)


# name: (the library on (Q, G) tensors, the definition on one query's lists)
WITHOUT_CUT = {
    "AP": (average_precision, binary(naive.average_precision)),
    "NDCG": (ndcg, naive.ndcg),
    "H-AP": (h_ap, naive.h_ap),
    "H-AP, alpha 2": (
        lambda s, v, valid=None: h_ap(s, v, 2.0, valid),
        lambda s, v: naive.h_ap(s, v, naive.relevance(v, 2.0)),
    ),
}
BY_PLACE = {
    "AP@3": (lambda s, v, valid=None: average_precision(s, v, K, valid), binary(naive.average_precision, K)),
    "mAP@R": (ap_at_r, binary(naive.ap_at_r)),
    "trapezoid": (trapezoid_ap, binary(naive.trapezoid_ap)),
    "recall": (lambda s, v, valid=None: recall_at_k(s, v, K, valid), binary(naive.recall_at_k, K)),
    "hit rate": (lambda s, v, valid=None: hit_rate_at_k(s, v, K, valid), binary(naive.hit_rate_at_k, K)),
    "precision": (lambda s, v, valid=None: precision_at_k(s, v, K, valid), binary(naive.precision_at_k, K)),
    "NDCG@3": (lambda s, v, valid=None: ndcg(s, v, K, valid), lambda s, v: naive.ndcg(s, v, K)),
    "ASI": (asi, naive.asi),
}
METRICS = WITHOUT_CUT | BY_PLACE
every_metric = pytest.mark.parametrize("name", METRICS)


def same(found, expected):
    return torch.allclose(found, torch.as_tensor(expected, dtype=torch.float64), atol=1e-12, rtol=0, equal_nan=True)


@every_metric
@given(case=cases())
def test_each_metric_against_the_loops(name, case):
    metric, definition = METRICS[name]
    found = metric(case.scores, case.levels, valid=case.valid)
    expected = []
    for query in range(len(case.scores)):
        scores, levels, _ = visible(case, query)
        # The loops know no query without a gallery; it has no positive.
        expected.append(definition(scores, levels) if any(levels) else math.nan)
    assert found.shape == (len(case.scores),)
    assert same(found, expected)


@given(cases(), st.lists(st.floats(0, 1), min_size=4, max_size=4).filter(any))
def test_h_ap_takes_any_relevance(case, weights):
    relevances = torch.tensor([0.0, *weights], dtype=torch.float64)[case.levels]
    found = h_ap(case.scores, case.levels, valid=case.valid, relevances=relevances)
    for query in range(len(case.scores)):
        scores, _, items = visible(case, query)
        assert same(found[query], naive.h_ap(scores, [], relevances[query, items].tolist()))


def test_agrees_with_the_published_implementation(golden):
    names = {"AP": average_precision, "mAP@R": ap_at_r, "AP@5": lambda s, v, valid: average_precision(s, v, 5, valid)}
    for k in (1, 2, 4, 8):
        for name, metric in (("R", hit_rate_at_k), ("P", precision_at_k), ("TR", recall_at_k)):
            names[f"{name}@{k}"] = lambda s, v, valid, metric=metric, k=k: metric(s, v, k, valid)
    compared = 0
    for arrays in golden.values():
        embeddings, labels = arrays["embeddings"], arrays["labels"]
        gallery = arrays.get("ref_embeddings", embeddings)
        agree = labels[:, None, :] == arrays.get("ref_labels", labels)[None, :, :]
        levels = agree.flip(2).cumprod(2).sum(2)  # (Q, G)
        scores, valid = embeddings @ gallery.T, None
        if "ref_embeddings" not in arrays:
            valid = ~torch.eye(len(embeddings), dtype=torch.bool)
        for key, expected in arrays.items():
            if not key.startswith("metric:"):
                continue
            name, _, rest = key.removeprefix("metric:").partition("/")
            if name == "H-AP":
                found = h_ap(scores, levels, float(rest.removeprefix("alpha")), valid)
            elif name in ("NDCG", "ASI"):
                found = {"NDCG": ndcg, "ASI": asi}[name](scores, levels, valid=valid)
            else:
                column = int(rest.removeprefix("level"))
                found = names[name](scores, levels >= labels.shape[1] - column, valid=valid)
            assert torch.allclose(found, expected, atol=1e-6, rtol=0, equal_nan=True), key
            compared += 1
    assert compared == 9 * 15 + 4 * 5  # 9 levels in 4 cases


@pytest.fixture
def distinct():
    """Scores above 0 without ties, levels 0..3 with some of each in every row."""
    generator = torch.Generator().manual_seed(3)
    scores = torch.stack([torch.randperm(40, generator=generator) + 1 for _ in range(8)]) / 50
    return scores.double(), torch.randint(4, (8, 40), generator=generator)


def test_ap_against_scikit_learn(distinct):
    scores, levels = distinct
    expected = [average_precision_score(v > 0, s) for s, v in zip(scores, levels, strict=True)]
    assert same(average_precision(scores, levels), expected)


@pytest.mark.parametrize("at", [None, 1, 5, 40, 100])
def test_ndcg_against_scikit_learn(distinct, at):
    scores, levels = distinct
    gains = (2**levels - 1).numpy()
    expected = [ndcg_score(g[None], s[None], k=at) for s, g in zip(scores, gains, strict=True)]
    assert same(ndcg(scores, levels, at), expected)


@pytest.mark.parametrize("k", [1, 5, 39])
def test_cuts_against_torchmetrics(distinct, k):
    scores, levels = distinct
    relevant = levels == 3
    rows = list(zip(scores, relevant, strict=True))
    assert same(hit_rate_at_k(scores, relevant, k), [retrieval_hit_rate(s, v, k) for s, v in rows])
    found = torch.stack([retrieval_precision(s, v, k) for s, v in rows]).double()
    assert torch.allclose(precision_at_k(scores, relevant, k), found, atol=1e-6)
    # torchmetrics divides by R, here min(R, k) does: they differ by a known factor.
    positives = relevant.sum(1)
    found = torch.stack([retrieval_recall(s, v, k) for s, v in rows]).double() * positives / positives.clamp(max=k)
    assert torch.allclose(recall_at_k(scores, relevant, k), found, atol=1e-6)


@pytest.mark.parametrize("place", [1, 2, 7])
def test_one_positive(place):
    scores = torch.linspace(0.9, -0.9, 7)[None]
    levels = torch.zeros(1, 7, dtype=torch.int64)
    levels[0, place - 1] = 1
    assert same(average_precision(scores, levels), [1 / place])
    assert same(h_ap(scores, levels), [1 / place])
    assert same(ndcg(scores, levels), [1 / math.log2(1 + place)])
    assert same(asi(scores, levels), [float(place == 1)])
    assert same(ap_at_r(scores, levels), [float(place == 1)])
    before = 1.0 if place == 1 else 0.0
    assert same(trapezoid_ap(scores, levels), [(before + 1 / place) / 2])


def test_everything_tied():
    scores, levels = torch.zeros(1, 6), torch.tensor([[1, 1, 0, 0, 0, 0]])
    assert same(average_precision(scores, levels), [2 / 6])  # each positive: rank⁺ 2, rank 6
    assert same(ap_at_r(scores, levels), [0.0])  # the list puts the four others first
    assert same(average_precision(scores, levels, at=6), [(1 / 5 + 2 / 6) / 2])
    assert same(hit_rate_at_k(scores, levels, 4), [0.0])
    assert same(hit_rate_at_k(scores, levels, 5), [1.0])


def test_tied_positives_cost_nothing():
    scores, levels = torch.tensor([[0.5, 0.5, 0.1]]), torch.tensor([[2, 2, 0]])
    for name in ("AP", "H-AP", "AP@3", "mAP@R", "trapezoid", "recall", "hit rate", "NDCG@3", "ASI"):
        assert same(METRICS[name][0](scores, levels), [1.0]), name
    # NDCG without a cut reads E1, where both have rank 2.
    assert same(ndcg(scores, levels), [2 / math.log2(3) / (1 + 1 / math.log2(3))])


def test_ndcg_at_takes_the_ideal_of_the_whole_gallery():
    scores, levels = torch.tensor([[0.9, 0.8, 0.7, 0.6, 0.5]]), torch.tensor([[0, 1, 1, 1, 1]])
    assert ndcg(scores, levels, at=2).item() == pytest.approx(0.3869, abs=1e-4)


@pytest.mark.parametrize("scores", [[0.1, -0.5, -0.2, -0.3], [-0.1, -0.7, -0.4, -0.5]])
def test_a_score_below_zero_is_a_score_like_any_other(scores):
    assert same(average_precision(torch.tensor([scores]), torch.tensor([[1, 1, 0, 0]])), [0.75])


def test_k_beyond_the_gallery():
    scores, levels = torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[0, 1, 1]])
    for metric in (recall_at_k, hit_rate_at_k):
        assert same(metric(scores, levels, 100), [1.0])
    assert same(precision_at_k(scores, levels, 100), [2 / 100])
    assert same(average_precision(scores, levels, at=100), average_precision(scores, levels))
    assert same(ndcg(scores, levels, at=100), ndcg(scores, levels))


@given(cases(max_levels=1))
def test_h_ap_with_one_level_is_ap(case):
    assert same(h_ap(case.scores, case.levels, valid=case.valid), average_precision(*case[:2], None, case.valid))


@given(cases(), st.lists(st.floats(0.05, 1), min_size=4, max_size=4))
def test_h_ap_is_a_weighted_sum_of_level_aps(case, weights):
    weights = weights[: case.num_levels]
    relevances = relevance_from_weights(case.levels, weights, case.valid)
    found = h_ap(case.scores, case.levels, valid=case.valid, relevances=relevances)
    total = weight_sum = torch.zeros(len(found), dtype=torch.float64)
    for column, weight in enumerate(weights):
        ap = average_precision(case.scores, case.levels >= case.num_levels - column, valid=case.valid)
        total = total + torch.where(ap.isnan(), 0.0, weight * ap)
        weight_sum = weight_sum + torch.where(ap.isnan(), 0.0, weight)
    assert torch.allclose(found, total / weight_sum, atol=1e-6, equal_nan=True)


@given(cases(max_queries=1, grid="spread", masks=False), st.sampled_from([0.5, 1.0, 3.0]))
def test_h_ap_is_one_exactly_for_decreasing_relevance(case, alpha):
    found = h_ap(case.scores, case.levels, alpha).item()
    relevances = naive.relevance(case.levels[0].tolist(), alpha)
    if not any(relevances):
        assert math.isnan(found)
        return
    ranked = sorted(zip(case.scores[0].tolist(), relevances, strict=True), key=lambda item: (-item[0], item[1]))
    in_order = all(a[1] >= b[1] for a, b in pairwise(ranked))
    assert (found > 1 - 1e-12) == in_order
    assert found < 1 + 1e-12


@every_metric
@given(case=cases(), seed=st.integers(0, 1000))
def test_the_order_of_the_items_changes_no_bit(name, case, seed):
    metric, _ = METRICS[name]
    order = torch.randperm(case.scores.shape[1], generator=torch.Generator().manual_seed(seed))
    valid = None if case.valid is None else case.valid[:, order]
    found = metric(case.scores[:, order], case.levels[:, order], valid=valid)
    assert torch.equal(found.nan_to_num(-1), metric(case.scores, case.levels, valid=case.valid).nan_to_num(-1))


@every_metric
@given(case=cases(grid="ties"))
def test_every_dtype_of_exact_scores_gives_the_same(name, case):
    metric, _ = METRICS[name]
    expected = metric(case.scores, case.levels, valid=case.valid)
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        assert same(metric(case.scores.to(dtype), case.levels.int(), valid=case.valid), expected)


@pytest.mark.parametrize("name", BY_PLACE)
@given(case=cases(grid="ties", masks=False), seed=st.integers(0, 1000))
def test_nobody_gains_by_a_tie(name, case, seed):
    metric, _ = BY_PLACE[name]
    jitter = torch.rand(case.scores.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    broken = metric(case.scores + jitter * 1e-3, case.levels)  # some order of the tied items
    found = metric(case.scores, case.levels)
    assert bool((found.nan_to_num(0) <= broken.nan_to_num(0) + 1e-12).all())


@every_metric
def test_scores_are_neither_changed_nor_followed(name):
    metric, _ = METRICS[name]
    scores = torch.tensor([[0.5, 0.25, 0.75]], requires_grad=True)
    before = scores.detach().clone()
    found = metric(scores, torch.tensor([[1, 0, 2]]), valid=torch.tensor([[True, False, True]]))
    assert not found.requires_grad
    assert torch.equal(scores.detach(), before)


def test_many_rows_and_threads_agree_with_few():
    generator = torch.Generator().manual_seed(0)
    scores = torch.randint(50, (3, 70), generator=generator).double().repeat(3000, 1)
    levels = torch.arange(70).remainder(3).expand_as(scores)
    assert torch.equal(average_precision(scores, levels)[:3], average_precision(scores[:3], levels[:3]))


def test_no_relevance_at_all_is_no_number():
    relevances = torch.zeros(2, 3)
    relevances[1, 0] = 1.0
    found = h_ap(SCORES.expand(2, 3), LEVELS.expand(2, 3), relevances=relevances)
    assert same(found, [math.nan, 1 / 2])
    assert same(h_ap(SCORES, LEVELS, relevances=relevances[:1]), [math.nan])


SCORES, LEVELS = torch.tensor([[0.5, 0.25, 0.75]]), torch.tensor([[1, 0, 2]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: average_precision([[0.5]], LEVELS), r"`scores`: got list, expected a torch.Tensor"),
        (lambda: average_precision(SCORES[0], LEVELS), r"`scores`: got shape \(3,\), expected \(Q, G\)"),
        (lambda: average_precision(SCORES.long(), LEVELS), r"`scores`: got dtype torch.int64, expected a floating"),
        (lambda: average_precision(SCORES * math.nan, LEVELS), r"`scores`: got NaN or infinity"),
        (lambda: average_precision(SCORES, LEVELS[:, :2]), r"`relevant`: got shape \(1, 2\), expected \(1, 3\)"),
        (lambda: average_precision(SCORES, LEVELS.float()), r"`relevant`: got dtype torch.float32, expected integers"),
        (lambda: average_precision(SCORES, LEVELS, 0), r"`at`: got 0, expected an integer of at least 1"),
        (lambda: ap_at_r(SCORES, LEVELS, LEVELS), r"`valid`: got torch.int64, expected a bool"),
        (lambda: trapezoid_ap(SCORES, LEVELS, LEVELS[:, :2] > 0), r"`valid`: got shape \(1, 2\), expected \(1, 3\)"),
        (lambda: recall_at_k(SCORES, LEVELS, 0), r"`k`: got 0, expected an integer of at least 1"),
        (lambda: hit_rate_at_k(SCORES, LEVELS, 1.5), r"`k`: got 1.5, expected an integer of at least 1"),
        (lambda: precision_at_k(SCORES, LEVELS, True), r"`k`: got True, expected an integer of at least 1"),
        (lambda: ndcg(SCORES, LEVELS[:, :2]), r"`levels`: got shape \(1, 2\), expected \(1, 3\)"),
        (lambda: average_precision(SCORES, -LEVELS), r"`relevant`: got -\d, expected bools or integers of at least 0"),
        (lambda: ndcg(SCORES, LEVELS, -1), r"`at`: got -1, expected an integer of at least 1"),
        (lambda: asi(SCORES, LEVELS - 1), r"`levels`: got levels from -1 to 1, expected 0..62"),
        (lambda: ndcg(SCORES, LEVELS * 40), r"`levels`: got levels from 0 to 80, expected 0..62"),
        (lambda: h_ap(SCORES, LEVELS, -1.0), r"`alpha`: got -1.0, expected a number in 0..20"),
        (
            lambda: h_ap(SCORES, LEVELS, relevances=SCORES[:, :2]),
            r"`relevances`: got shape \(1, 2\), expected \(1, 3\)",
        ),
        (lambda: h_ap(SCORES, LEVELS, relevances=-SCORES), r"`relevances`: got -0.75, expected values of at least 0"),
        (lambda: h_ap(SCORES, LEVELS, relevances=LEVELS), r"`relevances`: got dtype torch.int64, expected a floating"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
