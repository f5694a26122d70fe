"""The sorted engine: the same sums at the cost of a sort, for many rows × many columns.

A step has three pieces, and each has its own short way from sorted columns to a sum (t the score difference):

    t < -xτ        -xτ … δ                        t > δ
    nothing        σ(t/τ), + start from t = 0     ρ(t - δ) + beyond: prefix counts and sums, exact
                   moments of bins, see bridges.py

Above +xτ, where it comes before δ, σ is 1 and counts do. The gradient with respect to a column is the same sum with the
roles exchanged: over the rows, weighted, of the slope. `t ≥ 0` and `t > δ` are decided on the rounded difference in the
dtype of the scores, as in the direct engine.

Sums are made in float64, or with few of its operations, for cards where it is slow: then prefix sums are whole numbers
(prefix.py), rows and columns are float32, and float64 is left to the bins, of which there are as many as the scores are
wide, however many items they hold.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from suprank_edu.pairwise.costs import has_slow_float64
from suprank_edu.pairwise.counts import count_hidden
from suprank_edu.pairwise.double_backward import once_differentiable
from suprank_edu.pairwise.pieces import Pieces, pieces_of
from suprank_edu.pairwise.sorted.piecewise import Prepared, piecewise_sums
from suprank_edu.pairwise.sorted.prefix import size_of
from suprank_edu.pairwise.sorting import sort_rows, sort_with_order
from suprank_edu.steps import Step

# Items worked on at a time: 80 bytes of prefix moments for each.
_ITEMS_AT_A_TIME = {"cpu": 1 << 17, "cuda": 1 << 23}


def sorted_sums(rows: Tensor, columns: Tensor, step: Step, *, few_float64: bool | None = None) -> Tensor:
    """Sum `step(columns[q, m] - rows[q, p])` over m: `suprank_edu.pairwise.step_sums`, from two sorts.

    Args:
        rows: `(Q, P)` float scores, `+inf` where padded.
        columns: `(Q, M)` float scores, `-inf` where padded or hidden.
        step: the step.
        few_float64: whether rows and columns in float32 are summed without float64; None asks the device.

    Returns:
        `(Q, P)` sums, 0 where padded: within 2e-6 of itself plus 1, and a gradient within 2e-6 of the query's largest
        entry, either way.

    Raises:
        ValueError: `step` is none of `Heaviside`, `Sigmoid` and `SupStep`.

    Example:
        >>> from suprank_edu.steps import Sigmoid
        >>> rows, columns = torch.tensor([[0.5, 0.2]]), torch.tensor([[0.6, 0.3, 0.1]])
        >>> sorted_sums(rows, columns, Sigmoid(0.1)), Sigmoid(0.1)(columns - rows.T).sum(dim=1)
        (tensor([[0.8682, 1.9820]]), tensor([0.8682, 1.9820]))
    """
    pieces = pieces_of(step)
    if pieces is None:
        raise ValueError(f"`step`: got {type(step).__name__}, expected Heaviside, Sigmoid or SupStep")
    few = has_slow_float64(rows.device) if few_float64 is None else few_float64
    dtype = torch.float32 if few and rows.dtype == torch.float32 else torch.float64
    sums: Tensor = _SortedSums.apply(rows, columns, pieces, dtype)  # type: ignore[no-untyped-call]
    return sums


class _SortedSums(torch.autograd.Function):
    """Sort, sum the pieces, put the sums back in the order of the rows; in backward with the roles exchanged."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, columns: Tensor, pieces: Pieces, dtype: torch.dtype) -> Tensor:
        with_slopes, backward = bool(ctx.needs_input_grad[0]), bool(ctx.needs_input_grad[1])
        ascending, order = sort_with_order(rows)  # padding last
        columns, column_order = sort_with_order(columns) if backward else (sort_rows(columns), order)  # padding first
        sums, slopes = torch.zeros_like(rows), torch.zeros_like(rows if with_slopes else rows[:0])
        functions = [torch.sigmoid] + [_slope_of_sigmoid] * with_slopes
        prepared = Prepared.of(pieces, ascending, columns, functions, dtype)
        for block in _blocks(ascending, columns):
            r, c = ascending[block.queries, block.rows], columns[block.queries, block.columns].contiguous()
            found = piecewise_sums(
                r, c, (c > -math.inf).to(dtype), prepared, prepared.bins(r, c), with_slopes=with_slopes
            )
            sums[block.queries].scatter_(1, order[block.queries, block.rows], found.values.to(rows.dtype))
            if with_slopes:
                slopes[block.queries].scatter_(1, order[block.queries, block.rows], found.slopes.to(rows.dtype))
        ctx.save_for_backward(ascending, order, columns, column_order, slopes)
        ctx.pieces, ctx.dtype = pieces, dtype
        return sums

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        rows, order, columns, column_order, slopes = ctx.saved_tensors
        for_rows = -grad * slopes if ctx.needs_input_grad[0] else None
        if not ctx.needs_input_grad[1]:
            return for_rows, None, None, None
        for_columns = torch.zeros_like(columns)
        prepared = Prepared.of(ctx.pieces, rows, columns, [_slope_of_sigmoid], ctx.dtype)
        for block in _blocks(rows, columns):
            weights = grad[block.queries].gather(1, order[block.queries, block.rows])
            size = size_of(weights.abs().amax(dim=1, keepdim=True))  # (q, 1)
            weights = (weights / size).to(ctx.dtype).flip(1)
            r, c = rows[block.queries, block.rows], columns[block.queries, block.columns]
            # c - r = (-r) - (-c): minus the columns are the rows now, and both lists ascend when flipped. In the same
            # bins, so that what an item does to itself cancels to the last digit.
            binned = prepared.bins(r, c)
            exchanged = binned.exchanged() if binned else None
            found = piecewise_sums(-c.flip(1), -r.flip(1), weights, prepared, exchanged, with_values=False)
            where = column_order[block.queries, block.columns].flip(1)
            for_columns[block.queries].scatter_(1, where, (found.slopes * size).to(columns.dtype))
        return for_rows, for_columns, None, None


def _slope_of_sigmoid(t: Tensor) -> Tensor:
    return torch.sigmoid(t) * torch.sigmoid(-t)


@dataclass(frozen=True)
class Block:
    """Some queries, and the rows and columns that any of them uses."""

    queries: slice
    rows: slice
    columns: slice


def _blocks(rows: Tensor, columns: Tensor) -> Iterator[Block]:
    """Cut sorted rows, padded at their end, and columns, padded at their beginning, into blocks of a few queries."""
    used = (rows < math.inf).sum(dim=1)
    hidden = count_hidden(columns)[:, 0] if columns.shape[1] else used.new_zeros(len(columns))
    both = torch.stack([used, hidden]).tolist()
    size = max(1, _ITEMS_AT_A_TIME.get(rows.device.type, 1 << 23) // max(1, rows.shape[1] + columns.shape[1]))
    for first in range(0, len(rows), size):
        queries = slice(first, first + size)
        most, least = max(both[0][queries]), min(both[1][queries])
        if most and least < columns.shape[1]:
            yield Block(queries, slice(0, most), slice(least, None))
