"""Counts from sorted scores against counting in loops, also where rounding decides, and lists of masked columns."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given
from pair_sums import by_loops, padded_pairs

from suprank_edu.pairwise import compact, count_at_least, count_by_class
from suprank_edu.pairwise.counts import _without_a_look, count_within
from suprank_edu.steps import Heaviside


@given(padded_pairs())
def test_counts_are_the_sums_of_the_exact_step(pairs):
    rows, columns = pairs
    expected = by_loops(rows, columns, Heaviside())
    assert torch.equal(count_at_least(rows, columns), expected)
    assert not count_at_least(rows.clone().requires_grad_(), columns).requires_grad


@given(st.data())
def test_counts_of_each_class_are_those_of_loops(data):
    queries, slots = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 6))
    scores = st.sampled_from([-1.0, -0.5, -0.0, 0.0, 0.25, 0.5, float("inf")])
    score = data.draw(st.lists(st.lists(scores, min_size=slots, max_size=slots), min_size=queries, max_size=queries))
    classes = [[0 if s == float("inf") else data.draw(st.integers(0, 3)) for s in row] for row in score]
    dtype = data.draw(st.sampled_from([torch.float32, torch.float64]))
    found = count_by_class(torch.tensor(score, dtype=dtype, requires_grad=True), torch.tensor(classes), 3)
    for number, counts in enumerate(found, start=1):
        expected = [
            [sum(c == number and s >= own for s, c in zip(row, of_row, strict=True)) for own in row]
            for row, of_row in zip(score, classes, strict=True)
        ]
        assert counts.tolist() == expected
        assert counts.dtype == dtype
        assert not counts.requires_grad


@given(st.data())
def test_compact_lists_the_true_columns(data):
    queries, width = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 6))
    mask = torch.tensor(
        data.draw(st.lists(st.lists(st.booleans(), min_size=width, max_size=width), min_size=queries, max_size=queries))
    )
    least = data.draw(st.integers(0, 2))
    index, present = compact(mask, min_width=least)
    for known in (compact(mask, index.shape[1]), _without_a_look(mask, index.shape[1])):  # the second on a GPU
        assert torch.equal(known[0], index)
        assert torch.equal(known[1], present)
    assert index.shape == present.shape == (queries, max(int(mask.sum(dim=1).max()), least))
    assert torch.equal(present.sum(dim=1), mask.sum(dim=1))
    for query in range(queries):
        assert index[query, present[query]].tolist() == mask[query].nonzero()[:, 0].tolist()
        assert not present[query].logical_not().logical_and(index[query] != 0).any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@given(pairs=padded_pairs(), bound=st.sampled_from([0.0, 0.05, 0.125, 0.27, 3.0]))
def test_count_within_counts_rounded_differences(dtype, pairs, bound):
    rows, columns = (part.to(dtype) for part in pairs)
    expected = (columns[:, None, :] - rows[:, :, None] <= bound).sum(dim=2)  # (Q, P)
    assert torch.equal(count_within(columns.sort(dim=1).values, rows, bound), expected)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@given(seed=st.integers(0, 1000), bound=st.sampled_from([0.05, 0.27]))
def test_count_within_decides_neighbouring_floats_as_the_difference_does(dtype, seed, bound):
    """Columns a few units in the last place about ``row + bound``, where adding and subtracting round differently."""
    generator = torch.Generator().manual_seed(seed)
    rows = torch.rand(1, 20, dtype=torch.float64, generator=generator).sub(0.5).to(dtype)
    near = rows + bound
    columns = torch.cat([near] * 3 + [near.nextafter(near + 1), near.nextafter(near - 1), rows], dim=1)
    expected = (columns[:, None, :] - rows[:, :, None] <= bound).sum(dim=2)
    assert torch.equal(count_within(columns.sort(dim=1).values, rows, bound), expected)
