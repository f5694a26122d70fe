"""The direct engine: every pair of a row and a column, chunk by chunk, the gradient in closed form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

from suprank_edu.pairwise.counts import ROWS_WORTH_A_SORT, count_at_least
from suprank_edu.pairwise.double_backward import once_differentiable
from suprank_edu.pairwise.sweeps import Sweeps
from suprank_edu.steps import Step

# Pairs worked on at a time in two buffers, half as many as in one: both should stay in the caches of the CPU's cores,
# and be large enough to fill a GPU. Measured in benchmarks/losses.py.
PAIRS_AT_A_TIME = {"cpu": 1 << 17, "cuda": 1 << 25}


def direct_sums(rows: Tensor, columns: Tensor, step: Step) -> Tensor:
    """Sum `step(columns[q, m] - rows[q, p])` over m pair by pair, for any step, as `step_sums` describes.

    Example:
        >>> from suprank_edu.steps import Heaviside
        >>> direct_sums(torch.tensor([[0.5, 0.2]]), torch.tensor([[0.6, 0.3, 0.1]]), Heaviside())
        tensor([[1., 2.]])
    """
    sums: Tensor = _DirectSums.apply(rows, columns, step)  # type: ignore[no-untyped-call]
    return sums


class _DirectSums(torch.autograd.Function):
    """The sums; the slopes are kept where all pairs are one chunk on a CPU, else computed again in backward."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, columns: Tensor, step: Step) -> Tensor:
        sweeps = ctx.sweeps = Sweeps(step)
        by_sort = sweeps.start != 0 and rows.shape[1] >= ROWS_WORTH_A_SORT
        sums = sweeps.start * count_at_least(rows, columns) if by_sort else torch.zeros_like(rows)
        rows, columns = sweeps.finite(rows, columns)
        ctx.save_for_backward(rows, columns)
        buffers = new_buffers(rows, columns, 2)
        ctx.buffers = buffers if rows.device.type == "cpu" else None
        ctx.slopes = None
        for chunk in _chunks(rows, columns, buffers):
            sums[chunk.queries, chunk.slots] += sweeps.values(chunk.differences, chunk.spare, with_start=not by_sort)
            if ctx.buffers is not None and any(ctx.needs_input_grad) and chunk.differences.shape[:2] == rows.shape:
                ctx.slopes = sweeps.slopes(chunk.differences, chunk.spare, taken_apart=True)
        return sums

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        rows, columns = ctx.saved_tensors
        grad = grad * ctx.sweeps.slope_unit
        if ctx.slopes is not None:
            return -grad * ctx.slopes.sum(dim=2), torch.bmm(grad[:, None, :], ctx.slopes)[:, 0], None
        grad_rows, grad_columns = torch.zeros_like(rows), torch.zeros_like(columns)
        buffers = new_buffers(rows, columns, 2) if ctx.buffers is None else ctx.buffers
        for chunk in _chunks(rows, columns, buffers):
            slopes = ctx.sweeps.slopes(chunk.differences, chunk.spare)
            weights = grad[chunk.queries, chunk.slots]  # (q, p)
            grad_rows[chunk.queries, chunk.slots] = -weights * slopes.sum(dim=2)
            grad_columns[chunk.queries] += torch.bmm(weights[:, None, :], slopes)[:, 0]
        return grad_rows, grad_columns, None


class _Chunk(NamedTuple):
    """Some rows of some queries, and their `(q, p, M)` score differences with all columns.

    The buffers are those of the chunk before: work on one chunk is over when the next is asked for.
    """

    queries: Tensor | slice
    slots: slice
    differences: Tensor
    spare: Tensor


def new_buffers(rows: Tensor, columns: Tensor, count: int) -> Tensor:
    """Return `(count, N)` numbers of no value, for the pairs that are worked on at a time.

    Kept for backward on a CPU, where the first touch of new memory takes as long as two sweeps.
    """
    width = max(1, columns.shape[1])
    at_a_time = max(1, 2 * PAIRS_AT_A_TIME.get(rows.device.type, 1 << 25) // (count * width))  # rows
    if rows.numel() <= 2 * at_a_time:  # two chunks cost more than one that is somewhat too large
        at_a_time = rows.numel()
    return rows.new_empty(count, min(at_a_time, rows.numel()) * width)


def _chunks(rows: Tensor, columns: Tensor, buffers: Tensor) -> Iterator[_Chunk]:
    """Cut all pairs of `(Q, P)` rows, padded at their end, and `(Q, M)` columns into chunks that fit the buffers."""
    width = columns.shape[1]
    for queries, slots in blocks(rows, buffers.shape[1] // max(1, width)):
        r, c = rows[queries, slots], columns[queries]
        differences, spare = buffers[:, : r.numel() * width].view(2, *r.shape, width)
        torch.sub(c[:, None, :], r[:, :, None], out=differences)  # (q, p, M)
        yield _Chunk(queries, slots, differences, spare)


def blocks(rows: Tensor, at_a_time: int) -> Iterator[tuple[Tensor | slice, slice]]:
    """Cut `(Q, P)` rows, padded at their end, into blocks of at most `at_a_time`.

    On a CPU queries with similar numbers of rows go together, so that one with thousands of positives does not make the
    others pay for its padding. A card is not asked for these numbers, which would be a wait: it sums padding along.
    """
    if rows.numel() <= at_a_time:
        yield slice(None), slice(None)
        return
    if rows.device.type == "cpu":
        used, order = (rows < torch.finfo(rows.dtype).max / 4).sum(dim=1).sort(descending=True, stable=True)
        counts = used.tolist()
    else:
        counts = [rows.shape[1]] * len(rows)
    first = 0
    while first < len(counts) and counts[first] > 0:
        slots = counts[first]
        size = max(1, at_a_time // slots)
        queries = slice(first, first + size) if counts[-1] == counts[0] else order[first : first + size]
        for start in range(0, slots, at_a_time):
            yield queries, slice(start, min(start + at_a_time, slots))
        first += size
