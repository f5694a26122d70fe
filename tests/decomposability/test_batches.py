"""The average over batches and the gap against the loops."""

import math
from functools import partial
from itertools import pairwise

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given
from strategies import cases, visible

from suprank_edu import naive
from suprank_edu.decomposability import batch_average, gap
from suprank_edu.metrics import average_precision, h_ap, ndcg, recall_at_k
from suprank_edu.naive import decomposability as loops


@st.composite
def split_cases(draw, masks=False):
    case = draw(cases(masks=masks))
    number = case.scores.shape[1]
    items = draw(st.permutations(range(number)) | st.just(list(range(number))))  # in order no column is moved
    cuts = sorted({0, len(items), *draw(st.lists(st.integers(0, len(items)), max_size=3))})
    return case, [items[a:b] for a, b in pairwise(cuts)]


METRICS = {
    "AP": (average_precision, lambda s, v: naive.average_precision(s, [int(level > 0) for level in v])),
    "NDCG": (ndcg, naive.ndcg),
    "recall": (partial(recall_at_k, k=2), lambda s, v: naive.recall_at_k(s, [int(level > 0) for level in v], 2)),
}


@pytest.mark.parametrize("name", METRICS)
@given(split=split_cases())
def test_the_gap_against_the_loops(name, split):
    (case, batches), (metric, definition) = split, METRICS[name]
    found = gap(case.scores, case.levels, batches, metric)
    for query, (scores, levels) in enumerate(zip(case.scores.tolist(), case.levels.tolist(), strict=True)):
        if any(levels):
            assert found[query].item() == pytest.approx(loops.gap(scores, levels, batches, definition), abs=1e-12)
        else:
            assert math.isnan(found[query])


@given(split_cases(masks=True))
def test_a_hidden_item_is_in_no_batch(split):
    case, batches = split
    if case.valid is None:
        return
    found = batch_average(case.scores, case.levels, batches, average_precision, case.valid)
    difference = gap(case.scores, case.levels, batches, average_precision, case.valid)
    for query in range(len(case.scores)):
        scores, levels, items = visible(case, query)
        rest = [[items.index(k) for k in batch if k in items] for batch in batches]
        if any(levels):
            expected = loops.gap(scores, levels, rest, METRICS["AP"][1])
            assert difference[query].item() == pytest.approx(expected, abs=1e-12)
            whole = METRICS["AP"][1](scores, levels)
            assert found[query].item() == pytest.approx(expected + whole, abs=1e-12)


def test_one_batch_has_no_gap():
    scores, levels = torch.tensor([[0.3, 0.9, 0.1]]), torch.tensor([[2, 0, 1]])
    for metric in (average_precision, ndcg, h_ap):
        assert gap(scores, levels, [torch.tensor([2, 0, 1])], metric).item() == pytest.approx(0, abs=1e-12)


def test_a_batch_without_a_positive_is_left_out_of_the_average():
    scores, levels = torch.tensor([[0.9, 0.8, 0.7, 0.6]]), torch.tensor([[0, 1, 0, 0]])
    # [0.8 0.6]: 1 and [0.9 0.7]: no positive; on the whole 1/2.
    assert batch_average(scores, levels, [[1, 3], [0, 2]], average_precision).tolist() == [1.0]
    assert gap(scores, levels, [[1, 3], [0, 2]], average_precision).tolist() == [0.5]
    nothing = torch.zeros_like(levels)
    assert gap(scores, nothing, [[1, 3], [0, 2]], average_precision).isnan().all()


def test_the_gap_can_be_negative():
    scores, levels = torch.tensor([[0.9, 0.8, 0.2, 0.1]]), torch.tensor([[1, 0, 1, 0]])
    # {+ −} and {− +}, the second ranked worse than the whole: (1 + 1/2) / 2 − (1/1 + 2/3) / 2
    assert gap(scores, levels, [[0, 3], [1, 2]], average_precision).item() == pytest.approx(-1 / 12)


SCORES, LEVELS = torch.tensor([[0.5, 0.25, 0.75]]), torch.tensor([[1, 0, 2]])
AP = average_precision


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gap(SCORES[0], LEVELS, [[0, 1, 2]], AP), r"`scores`: got shape \(3,\), expected \(Q, G\)"),
        (lambda: gap(SCORES, LEVELS[:, :2], [[0, 1, 2]], AP), r"`levels`: got shape \(1, 2\), expected \(1, 3\)"),
        (lambda: gap(SCORES, LEVELS, [[0, 1, 2]], AP, LEVELS), r"`valid`: got torch.int64, expected a bool"),
        (lambda: gap(SCORES, LEVELS, [[0, 1]], AP), r"`batches`: got 2 item numbers, expected each of 0..2 exactly"),
        (lambda: gap(SCORES, LEVELS, [[0, 1], [1]], AP), r"`batches`: got 3 item numbers, expected each of 0..2"),
        (lambda: gap(SCORES, LEVELS, [[0, 1, 2], []], AP), r"`batches`: got an empty batch or one that is no list"),
        (lambda: gap(SCORES, LEVELS, [], AP), r"`batches`: got an empty batch or one that is no list"),
        (lambda: gap(SCORES, LEVELS, [[0.0, 1.0, 2.0]], AP), r"`batches`: got an empty batch or one that is no list"),
    ],
)  # fmt: skip
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_item_numbers_of_any_integer_dtype():
    scores, levels = torch.tensor([[0.9, 0.8, 0.2, 0.1]]), torch.tensor([[1, 0, 1, 0]])
    expected = gap(scores, levels, [[0, 1], [2, 3]], average_precision)
    for dtype in (torch.uint8, torch.int32):
        batches = torch.arange(4, dtype=dtype).view(2, 2)
        assert torch.equal(gap(scores, levels, batches, average_precision), expected)
