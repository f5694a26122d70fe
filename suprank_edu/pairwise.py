"""Sums of a step over pairs of scores: the work of every ranking loss, at the cost of what it needs.

A loss needs ranks only for positives, so it sums over Q·P·M pairs of (query, positive, lower item) instead of all
Q·G·G. Rows are the items whose rank is wanted, columns the items that may stand above them. Padding makes queries with
different numbers of items rectangular: a row of ``+inf`` and a column of ``-inf`` add 0 to every sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from suprank_edu.steps import Step

# Pairs worked on at a time: a chunk and its few temporaries should stay in the cache of a CPU core, and be large
# enough to fill a GPU. Measured in benchmarks/losses.py.
_PAIRS_AT_A_TIME = {"cpu": 1 << 18, "cuda": 1 << 25}


def step_sums(rows: Tensor, columns: Tensor, step: Step) -> Tensor:
    """Sum ``step(columns[q, m] - rows[q, p])`` over m, for each query q and row p, with a closed-form gradient.

    Memory is of the size of the inputs: chunks of pairs are summed, and computed again in backward.

    Args:
        rows: ``(Q, P)`` float scores, each row padded at its end with ``+inf``.
        columns: ``(Q, M)`` float scores, ``-inf`` where padded or hidden.
        step: the step; its value and slope at minus infinity must be 0.

    Returns:
        ``(Q, P)`` sums, 0 where padded.

    Example:
        >>> from suprank_edu.steps import Heaviside
        >>> step_sums(torch.tensor([[0.5, 0.2]]), torch.tensor([[0.6, 0.3, 0.1]]), Heaviside())
        tensor([[1., 2.]])
    """
    sums: Tensor = _DirectSums.apply(rows, columns, step)  # type: ignore[no-untyped-call]
    return sums


def count_at_least(rows: Tensor, columns: Tensor) -> Tensor:
    """Count the columns that score at least as high as each row, from one sort instead of all pairs.

    Args:
        rows: ``(Q, P)`` float scores, ``+inf`` where padded.
        columns: ``(Q, M)`` float scores, ``-inf`` where padded or hidden.

    Returns:
        ``(Q, P)`` counts in the dtype of ``rows``, without gradient, 0 where padded.

    Example:
        >>> count_at_least(torch.tensor([[0.5, 0.2]]), torch.tensor([[0.5, 0.3, 0.1]]))
        tensor([[1., 2.]])
    """
    ascending = columns.detach().sort(dim=1).values
    below = torch.searchsorted(ascending, rows.detach().contiguous())  # (Q, P): columns that score less
    return (columns.shape[1] - below).to(rows.dtype)


def compact(mask: Tensor) -> tuple[Tensor, Tensor]:
    """List the True columns of each row of a ``(Q, G)`` mask, padded to the longest list.

    Returns:
        ``index (Q, W)`` int64, 0 where padded, and ``present (Q, W)`` bool, False where padded.

    Example:
        >>> compact(torch.tensor([[False, True, True], [True, False, False]]))
        (tensor([[1, 2],
                 [0, 0]]), tensor([[ True,  True],
                 [ True, False]]))
    """
    counts = mask.sum(dim=1)  # (Q,)
    query, column = mask.nonzero(as_tuple=True)
    slot = torch.arange(len(query), device=mask.device) - (counts.cumsum(0) - counts)[query]
    width = int(counts.max())
    index = column.new_zeros(len(mask), width)
    index[query, slot] = column
    return index, torch.arange(width, device=mask.device) < counts[:, None]


class _DirectSums(torch.autograd.Function):
    """The direct engine: every pair, chunk by chunk."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, columns: Tensor, step: Step) -> Tensor:
        ctx.save_for_backward(rows, columns)
        ctx.step = step
        sums = torch.zeros_like(rows)
        for queries, slots in _chunks(rows, columns.shape[1]):
            differences = columns[queries, None] - rows[queries, slots, None]  # (q, p, M)
            sums[queries, slots] = step(differences).sum(dim=2)
        return sums

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        rows, columns = ctx.saved_tensors
        grad_rows, grad_columns = torch.zeros_like(rows), torch.zeros_like(columns)
        for queries, slots in _chunks(rows, columns.shape[1]):
            differences = columns[queries, None] - rows[queries, slots, None]  # (q, p, M)
            slopes = ctx.step.slope(differences)
            weights = grad[queries, slots]  # (q, p)
            grad_rows[queries, slots] = -weights * slopes.sum(dim=2)
            grad_columns[queries] += torch.bmm(weights[:, None, :], slopes)[:, 0]
        return grad_rows, grad_columns, None


def _chunks(rows: Tensor, width: int) -> Iterator[tuple[Tensor, slice]]:
    """Cut ``(Q, P)`` rows, padded at their end, into blocks whose pairs with ``width`` columns fit the cache.

    Queries with similar numbers of rows go together, so that one with thousands of positives does not make the others
    pay for its padding.
    """
    budget = max(1, _PAIRS_AT_A_TIME.get(rows.device.type, 1 << 25) // max(1, width))  # rows at a time
    used, order = rows.isfinite().sum(dim=1).sort(descending=True, stable=True)
    counts = used.tolist()
    first = 0
    while first < len(counts) and counts[first] > 0:
        slots = counts[first]
        size = max(1, budget // slots)
        for start in range(0, slots, budget):
            yield order[first : first + size], slice(start, min(start + budget, slots))
        first += size
