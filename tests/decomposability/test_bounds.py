"""The bounds of the gap against the loops, brute force and constructed rankings."""

import math
from itertools import permutations

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings

from suprank_edu.decomposability import batch_average, calibrated_bound, gap, worst_case_bound
from suprank_edu.metrics import average_precision
from suprank_edu.naive import decomposability as loops


@st.composite
def perfect_batches(draw, max_batches=4):
    """Scores in which each batch ranks its positives first; the numbers per batch; a threshold's numbers above it."""
    number = draw(st.integers(1, max_batches))
    pos = draw(st.lists(st.integers(1, 4), min_size=number, max_size=number))
    neg = draw(st.lists(st.integers(0, 5), min_size=number, max_size=number))
    values = iter(draw(st.permutations(range(sum(pos) + sum(neg)))))
    scores, levels, batches, batch_scores = [], [], [], []
    for p, n in zip(pos, neg, strict=True):
        own = sorted((next(values) for _ in range(p + n)), reverse=True)
        batches.append(list(range(len(scores), len(scores) + p + n)))
        scores, levels = scores + own, levels + [1] * p + [0] * n
        batch_scores.append(own)
    threshold = draw(st.integers(-1, len(scores)))
    good = [sum(s > threshold for s in own[:p]) for own, p in zip(batch_scores, pos, strict=True)]
    bad = [sum(s > threshold for s in own[p:]) for own, p in zip(batch_scores, pos, strict=True)]
    return torch.tensor([scores]).double(), torch.tensor([levels]), batches, (pos, neg, good, bad)


@given(perfect_batches())
@settings(max_examples=150)
def test_perfect_batches_never_exceed_the_bounds(split):
    scores, levels, batches, (pos, neg, good, bad) = split
    assert batch_average(scores, levels, batches, average_precision).item() == 1.0
    found = gap(scores, levels, batches, average_precision).item()
    assert -1e-12 <= found <= worst_case_bound(pos, neg) + 1e-12
    assert found <= calibrated_bound(pos, neg, good, bad) + 1e-12


counts = st.integers(1, 5).flatmap(
    lambda number: st.tuples(
        st.lists(st.integers(0, 5), min_size=number, max_size=number).filter(any),
        st.lists(st.integers(0, 7), min_size=number, max_size=number),
    )
)


def gap_of_batches_in_a_row(pos, neg):
    """The gap when whole batches follow one another, each ranked perfectly."""
    sizes = [p + n for p, n in zip(pos, neg, strict=True)]
    levels = torch.tensor([[int(place < p) for p, size in zip(pos, sizes, strict=True) for place in range(size)]])
    scores = -torch.arange(sum(sizes)).double()[None]
    batches = [batch for batch in torch.arange(sum(sizes)).split(sizes) if len(batch)]
    return gap(scores, levels, batches, average_precision).item()


@given(counts)
@settings(max_examples=15)
def test_the_bound_is_attained_by_the_worst_row_of_batches(numbers):
    pos, neg = numbers
    rows = [gap_of_batches_in_a_row(*zip(*order, strict=True)) for order in permutations(zip(pos, neg, strict=True))]
    assert worst_case_bound(pos, neg) == pytest.approx(max(rows), abs=1e-12)
    assert worst_case_bound(pos, neg, order="given") == pytest.approx(gap_of_batches_in_a_row(pos, neg), abs=1e-12)


@given(counts)
def test_each_order_against_the_loops(numbers):
    pos, neg = numbers
    assert worst_case_bound(pos, neg) == pytest.approx(loops.worst_case_bound(pos, neg), abs=1e-12)
    expected = loops.bound_of_order(pos, neg)
    assert worst_case_bound(pos, neg, order="given") == pytest.approx(expected, abs=1e-12)


@st.composite
def calibrated(draw, max_batches):
    number = draw(st.integers(1, max_batches))
    pos = draw(st.lists(st.integers(0, 4), min_size=number, max_size=number).filter(any))
    neg = draw(st.lists(st.integers(0, 6), min_size=number, max_size=number))
    above = [draw(st.tuples(st.integers(0, p), st.integers(0, n))) for p, n in zip(pos, neg, strict=True)]
    return pos, neg, [g for g, _ in above], [e for _, e in above]


def all_orders(numbers):
    return [
        loops.calibrated_bound_of_order(*zip(*order, strict=True)) for order in permutations(zip(*numbers, strict=True))
    ]


@given(calibrated(max_batches=5))
@settings(max_examples=60)
def test_the_calibrated_bound_against_every_order(numbers):
    assert calibrated_bound(*numbers) == pytest.approx(max(all_orders(numbers)), abs=1e-12)
    expected = loops.calibrated_bound_of_order(*numbers)
    assert calibrated_bound(*numbers, order="given") == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_six_batches_against_every_order(seed):
    generator = torch.Generator().manual_seed(seed)
    pos, neg = (torch.randint(1, 20, (6,), generator=generator) for _ in range(2))
    good, bad = (torch.minimum(torch.randint(0, 20, (6,), generator=generator), x) for x in (pos, neg))
    numbers = [x.tolist() for x in (pos, neg, good, bad)]
    assert calibrated_bound(*numbers) == pytest.approx(max(all_orders(numbers)), abs=1e-12)


@given(counts)
def test_calibration_closes_the_bound_or_leaves_it(numbers):
    pos, neg = numbers
    nothing = [0] * len(pos)
    assert calibrated_bound(pos, neg, pos_above=pos, neg_above=nothing) == 0
    assert calibrated_bound(pos, neg, nothing, nothing) == pytest.approx(worst_case_bound(pos, neg), abs=1e-12)


def test_no_sort_finds_the_worst_order():
    """By positives, by negatives, by share or by size, up or down: each misses the worst order of these batches."""
    batches = [(2, 0), (4, 8), (1, 2), (4, 4)]
    worst = worst_case_bound(*zip(*batches, strict=True))
    assert worst == pytest.approx(0.4507, abs=1e-4)  # the largest of all 24 orders
    for key in (lambda b: b[0], lambda b: b[1], lambda b: b[0] / sum(b), sum):
        for reverse in (False, True):
            ordered = sorted(batches, key=key, reverse=reverse)
            assert worst_case_bound(*zip(*ordered, strict=True), order="given") < worst - 0.05


def test_many_equal_batches_need_no_search():
    found = worst_case_bound([4] * 500, [252] * 500)
    assert found == pytest.approx(loops.bound_of_order([4] * 500, [252] * 500), abs=1e-9)
    assert calibrated_bound([4] * 500, [252] * 500, [4] * 500, [0] * 500) == 0


def test_sixteen_batches_that_differ():
    pos, neg = list(range(1, 17)), [40] * 16
    found = worst_case_bound(pos, neg)
    shuffled = [worst_case_bound(p, neg, order="given") for p in (pos, pos[::-1], pos[::2] + pos[1::2])]
    assert found >= max(shuffled) - 1e-12
    assert worst_case_bound(pos[::-1], neg) == pytest.approx(found, abs=1e-12)


def test_counts_may_be_tensors_or_arrays():
    expected = worst_case_bound([1, 2], [3, 1])
    assert worst_case_bound(torch.tensor([1, 2]), torch.tensor([3, 1])) == expected


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: worst_case_bound([1, -1], [1, 1]), r"`pos_per_batch`: got \[1, -1\], expected one integer"),
        (lambda: worst_case_bound([1, 1], [0.5, 1]), r"`neg_per_batch`: got \[0.5, 1\], expected one integer"),
        (lambda: worst_case_bound([], []), r"`pos_per_batch`: got \[\], expected one integer of at least 0"),
        (lambda: worst_case_bound([1, 1], [1]), r"`neg_per_batch`: got 1 batches, expected 2 as in `pos_per_batch`"),
        (lambda: worst_case_bound([0, 0], [1, 2]), r"`pos_per_batch`: got \[0, 0\], expected at least one positive"),
        (lambda: worst_case_bound([1], [1], order="sorted"), r"`order`: got 'sorted', expected 'worst' or 'given'"),
        (lambda: worst_case_bound([1] * 17, range(17)), r"`pos_per_batch`: got 17 batches that differ, expected"),
        (lambda: calibrated_bound([1], [1], [2], [0]), r"`pos_above`: got \[2\], expected at most `pos_per_batch`"),
        (lambda: calibrated_bound([1], [1], [1], [2]), r"`neg_above`: got \[2\], expected at most `neg_per_batch`"),
        (lambda: calibrated_bound([1], [1], [1], [0, 0]), r"`neg_above`: got 2 batches, expected 1 as in"),
    ],
)  # fmt: skip
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_counts_of_any_size_cost_the_same():
    """B equal batches of n positives and n negatives, one behind the other, as n grows: a limit that has a closed form.

    Batch b has (b − 1) n of each before it, so its positives have the mean precision 1 − (b − 1) ln((2b − 1) / (2b − 2)).
    """
    limit = sum(1 - (b - 1) * (math.log((2 * b - 1) / (2 * b - 2)) if b > 1 else 0) for b in range(1, 5)) / 4
    for count in (10**6, 10**9, 2**40):
        assert worst_case_bound([count] * 4, [count] * 4) == pytest.approx(1 - limit, abs=1 / count + 1e-12)
    different = [10**12 + b for b in range(8)]
    assert worst_case_bound(different, different) == pytest.approx(
        worst_case_bound([10**12] * 8, [10**12] * 8), abs=1e-9
    )


@pytest.mark.parametrize("pos", [998, 1_000, 1_001, 5_000])
def test_harmonic_numbers_agree_where_the_series_takes_over(pos):
    given = worst_case_bound([pos, 3, 2_000], [7, pos, 11], order="given")
    assert given == pytest.approx(gap_of_batches_in_a_row([pos, 3, 2_000], [7, pos, 11]), abs=1e-12)


def test_a_count_beyond_exact_numbers_is_refused():
    with pytest.raises(ValueError, match=r"`neg_per_batch`: got .*, expected counts of at most 2\^40"):
        worst_case_bound([1, 1], [1, 2**40 + 1])
