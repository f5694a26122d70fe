"""Sorted rows against Python's own sort: values, where they came from, ties, infinities, several threads."""

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given
from strategies import score_rows

from suprank_edu.pairwise import sorting
from suprank_edu.pairwise.sorting import sort_rows, sort_with_order

INFINITY = float("inf")


@given(
    rows=st.integers(1, 3).flatmap(lambda q: score_rows(q, 8)), dtype=st.sampled_from([torch.float32, torch.float64])
)
def test_rows_are_in_order_and_ties_keep_theirs(rows, dtype):
    scores = rows.to(dtype)
    scores[0, 0], scores[-1, 3], scores[0, 5] = INFINITY, -INFINITY, -0.0
    before = scores.clone()
    ascending, order = sort_with_order(scores)
    for query, row in enumerate(scores.tolist()):
        assert ascending[query].tolist() == sort_rows(scores)[query].tolist() == sorted(row)
        # The two zeros may stand in either order.
        expected = sorted(range(len(row)), key=lambda place, row=row: (row[place], place))
        if 0.0 not in row:
            assert order[query].tolist() == expected
    assert torch.equal(scores.gather(1, order), ascending)
    assert torch.equal(scores, before)


@pytest.mark.parametrize("shape", [(0, 3), (2, 0)])
def test_nothing_to_sort(shape):
    ascending, order = sort_with_order(torch.zeros(shape))
    assert ascending.shape == order.shape == shape


def test_threads_change_nothing(monkeypatch):
    monkeypatch.setattr(sorting, "_WORTH_THREADS", 1)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 3)
    scores = torch.randn(7, 50, generator=torch.Generator().manual_seed(0))
    ascending, order = sort_with_order(scores)
    expected = scores.sort(dim=1)
    assert torch.equal(ascending, expected.values)
    assert torch.equal(order, expected.indices)
    assert torch.equal(sort_rows(scores), expected.values)
    assert torch.equal(sort_rows(scores.clone(), in_place=True), expected.values)


def test_a_part_of_a_larger_tensor():
    scores = torch.randn(4, 20, generator=torch.Generator().manual_seed(0))[1:, 3:11]
    ascending, order = sort_with_order(scores)
    assert torch.equal(ascending, scores.sort(dim=1).values)
    assert torch.equal(scores.gather(1, order), ascending)
