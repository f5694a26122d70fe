"""The direct engine: every pair of a row and a column, chunk by chunk, the gradient in closed form."""

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


def direct_sums(rows: Tensor, columns: Tensor, step: Step) -> Tensor:
    """Sum ``step(columns[q, m] - rows[q, p])`` over m pair by pair, for any step, as :func:`step_sums` describes.

    Example:
        >>> from suprank_edu.steps import Heaviside
        >>> direct_sums(torch.tensor([[0.5, 0.2]]), torch.tensor([[0.6, 0.3, 0.1]]), Heaviside())
        tensor([[1., 2.]])
    """
    sums: Tensor = _DirectSums.apply(rows, columns, step)  # type: ignore[no-untyped-call]
    return sums


class _DirectSums(torch.autograd.Function):
    """The sums, and their gradient computed again from the inputs in backward."""

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
