"""The sorted engine: the same sums at the cost of a sort, for many rows × many columns.

A step has three pieces, and each has its own short way from sorted columns to a sum (t the score difference):

    t < -xτ        -xτ … δ                        t > δ
    nothing        σ(t/τ), + start from t = 0     ρ(t - δ) + beyond: prefix counts and sums, exact
                   moments of bins, see bridges.py

Above +xτ, where it comes before δ, σ is 1 and counts do. The gradient with respect to a column is the same sum with the
roles exchanged: over the rows, weighted, of the slope. Sums are made in float64; ``t ≥ 0`` and ``t > δ`` are decided on
the rounded difference in the dtype of the scores, as in the direct engine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from suprank_edu.pairwise.bins import CELLS, Binned, Window, lowest_finite, put_into_bins
from suprank_edu.pairwise.bridges import Bridges, bridges, smooth_sums
from suprank_edu.pairwise.counts import count_hidden, count_within
from suprank_edu.pairwise.moments import Smooth, prefix_moments
from suprank_edu.pairwise.once import once_differentiable
from suprank_edu.pairwise.pieces import Pieces, pieces_of
from suprank_edu.pairwise.sorting import sort_rows, sort_with_order
from suprank_edu.steps import Step

# Items worked on at a time: 80 bytes of prefix moments for each.
_ITEMS_AT_A_TIME = {"cpu": 1 << 17, "cuda": 1 << 23}

# Items per bin from which on cells pay: they cost a bin about as much as ten items without them.
_ITEMS_WORTH_CELLS = 8

# More reach, in units of τ: a rank is at least 1, but a gradient may be all tail.
_MORE_FOR_SLOPES = 20


def sorted_sums(rows: Tensor, columns: Tensor, step: Step) -> Tensor:
    """Sum ``step(columns[q, m] - rows[q, p])`` over m: :func:`suprank_edu.pairwise.step_sums`, from two sorts.

    Raises:
        ValueError: ``step`` is none of ``Heaviside``, ``Sigmoid`` and ``SupStep``.

    Example:
        >>> from suprank_edu.steps import Sigmoid
        >>> rows, columns = torch.tensor([[0.5, 0.2]]), torch.tensor([[0.6, 0.3, 0.1]])
        >>> sorted_sums(rows, columns, Sigmoid(0.1)), Sigmoid(0.1)(columns - rows.T).sum(dim=1)
        (tensor([[0.8682, 1.9820]]), tensor([0.8682, 1.9820]))
    """
    pieces = pieces_of(step)
    if pieces is None:
        raise ValueError(f"`step`: got {type(step).__name__}, expected Heaviside, Sigmoid or SupStep")
    sums: Tensor = _SortedSums.apply(rows, columns, pieces)  # type: ignore[no-untyped-call]
    return sums


class _SortedSums(torch.autograd.Function):
    """Sort, sum the pieces, put the sums back in the order of the rows; in backward with the roles exchanged."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, columns: Tensor, pieces: Pieces) -> Tensor:
        with_slopes, backward = bool(ctx.needs_input_grad[0]), bool(ctx.needs_input_grad[1])
        ascending, order = sort_with_order(rows)  # padding last
        columns, column_order = sort_with_order(columns) if backward else (sort_rows(columns), order)  # padding first
        sums, slopes = torch.zeros_like(rows), torch.zeros_like(rows if with_slopes else rows[:0])
        functions = [torch.sigmoid] + [_slope_of_sigmoid] * with_slopes
        prepared = Prepared.of(pieces, ascending, columns, functions)
        for block in _blocks(ascending, columns):
            r, c = ascending[block.queries, block.rows], columns[block.queries, block.columns].contiguous()
            found = piecewise_sums(r, c, c.isfinite().double(), prepared, prepared.bins(r, c), with_slopes=with_slopes)
            sums[block.queries].scatter_(1, order[block.queries, block.rows], found.values.to(rows.dtype))
            if with_slopes:
                slopes[block.queries].scatter_(1, order[block.queries, block.rows], found.slopes.to(rows.dtype))
        ctx.save_for_backward(ascending, order, columns, column_order, slopes)
        ctx.pieces = pieces
        return sums

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        rows, order, columns, column_order, slopes = ctx.saved_tensors
        for_rows = -grad * slopes if ctx.needs_input_grad[0] else None
        if not ctx.needs_input_grad[1]:
            return for_rows, None, None
        for_columns = torch.zeros_like(columns)
        prepared = Prepared.of(ctx.pieces, rows, columns, [_slope_of_sigmoid])
        for block in _blocks(rows, columns):
            weights = grad[block.queries].gather(1, order[block.queries, block.rows]).double()
            r, c = rows[block.queries, block.rows], columns[block.queries, block.columns]
            # c - r = (-r) - (-c): minus the columns are the rows now, and both lists ascend when flipped. In the same
            # bins, so that what an item does to itself cancels to the last digit.
            binned = prepared.bins(r, c)
            exchanged = binned.exchanged() if binned else None
            found = piecewise_sums(-c.flip(1), -r.flip(1), weights.flip(1), prepared, exchanged, with_values=False)
            where = column_order[block.queries, block.columns].flip(1)
            for_columns[block.queries].scatter_(1, where, found.slopes.to(columns.dtype))
        return for_rows, for_columns, None


@dataclass(frozen=True)
class Prepared:
    """A step, and what its smooth part needs for rows and columns of any query.

    Attributes:
        pieces: the step.
        window: which pairs its smooth part counts; None without one.
        lead: the matrices of the smooth part.
    """

    pieces: Pieces
    window: Window | None = None
    lead: Bridges | None = None

    @classmethod
    def of(cls, pieces: Pieces, rows: Tensor, columns: Tensor, functions: Sequence[Smooth]) -> Prepared:
        """Prepare the sums of some functions for sorted rows ``(Q, P)`` and columns ``(Q, M)``."""
        if pieces.tau is None or not columns.shape[1]:
            return cls(pieces)
        # All pairs further down together add less than 1e-7 to a rank.
        reach = max(25.0, math.log(rows.shape[1] + columns.shape[1]) + 16) + _MORE_FOR_SLOPES
        spread = columns[:, -1:].nan_to_num(neginf=0.0).double() - lowest_finite(columns)
        many = columns.shape[1] + rows.shape[1] >= _ITEMS_WORTH_CELLS * float(spread.max()) / (2 * pieces.tau)
        window = Window(pieces.tau, min(pieces.delta, reach * pieces.tau), reach, CELLS if many else 1)
        return cls(pieces, window, bridges(window, functions, rows.device))

    def bins(self, rows: Tensor, columns: Tensor) -> Binned | None:
        """Return sorted rows and columns in bins, for the smooth part of the step; None where it has none."""
        return None if self.window is None else put_into_bins(rows, columns, self.window)


@dataclass(frozen=True)
class Sums:
    """``(Q, P)`` float64 sums of a step's values and slopes, 0 for padded rows and where they were not asked for."""

    values: Tensor
    slopes: Tensor


def piecewise_sums(
    rows: Tensor,
    columns: Tensor,
    weights: Tensor,
    prepared: Prepared,
    binned: Binned | None,
    with_values: bool = True,
    with_slopes: bool = True,
) -> Sums:
    """Sum the weighted values and slopes of a step at ``columns - row`` over all columns, for each row.

    Args:
        rows: ``(Q, P)`` floats, ascending, ``+inf`` where padded.
        columns: ``(Q, M)`` floats, ascending, ``-inf`` where padded or hidden.
        weights: ``(Q, M)`` float64 weights of the columns, 0 where padded or hidden.
        prepared: the step, and the matrices of the functions that are asked for.
        binned: the rows and columns in bins, for the smooth part of the step; None without one.
        with_values: whether to sum the values.
        with_slopes: whether to sum the slopes.
    """
    pieces = prepared.pieces
    # Moments of all columns up to each one; the first is their weight.
    prefix = (
        _prefix(weights)[None]
        if binned is None
        else prefix_moments(binned.columns.position, weights, binned.window.nodes)
    )
    upto = prefix[0]  # (Q, M + 1)
    values, slopes = (torch.zeros_like(rows, dtype=torch.float64) for _ in range(2))
    up_to_delta = torch.full_like(rows, columns.shape[1], dtype=torch.int64)
    if pieces.delta < math.inf:
        up_to_delta = count_within(columns, rows, pieces.delta)
        beyond = upto[:, -1:] - upto.gather(1, up_to_delta)  # (Q, P) weights
        slopes = pieces.rho * beyond
        if with_values:
            excess = _excess(rows, columns, weights, up_to_delta, beyond, pieces.delta)
            values = pieces.beyond * beyond + pieces.rho * excess
    if pieces.start and with_values:
        below = torch.searchsorted(columns, rows.contiguous())
        values = values + pieces.start * (upto.gather(1, up_to_delta) - upto.gather(1, below))
    if binned is not None and prepared.lead is not None:
        cut, tau = binned.window.cut, binned.window.tau
        up_to_cut = up_to_delta if cut == pieces.delta else count_within(columns, rows, cut)
        values = values + upto.gather(1, up_to_delta) - upto.gather(1, up_to_cut)  # here σ is 1
        smooth = smooth_sums(binned, prefix, up_to_cut, prepared.lead)  # (F, Q, P)
        values = values + smooth[0] if with_values else values
        slopes = slopes + smooth[-1] / tau if with_slopes else slopes
    used = rows.isfinite()
    return Sums(torch.where(used, values, 0.0), torch.where(used, slopes, 0.0))


def _excess(
    rows: Tensor, columns: Tensor, weights: Tensor, up_to_delta: Tensor, beyond: Tensor, delta: float
) -> Tensor:
    """Return ``(Q, P)``: the weighted sum of ``column - row - δ`` over the columns beyond δ, which weigh ``beyond``."""
    # Scores from the lowest on, so that their sums lose nothing to what they have in common; what is hidden weighs 0.
    lowest = lowest_finite(columns)
    score = _prefix((columns.double() - lowest).clamp_(min=0.0).mul_(weights))
    scores = score[:, -1:] - score.gather(1, up_to_delta)
    return scores - (rows.double() - lowest + delta).nan_to_num(posinf=0.0) * beyond


def _prefix(values: Tensor) -> Tensor:
    """Return ``(Q, M + 1)``: the sums of the first m of ``(Q, M)`` values."""
    return torch.nn.functional.pad(values.cumsum(dim=1), (1, 0))


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
    used = rows.isfinite().sum(dim=1)
    hidden = count_hidden(columns)[:, 0] if columns.shape[1] else used.new_zeros(len(columns))
    both = torch.stack([used, hidden]).tolist()
    size = max(1, _ITEMS_AT_A_TIME.get(rows.device.type, 1 << 23) // max(1, rows.shape[1] + columns.shape[1]))
    for first in range(0, len(rows), size):
        queries = slice(first, first + size)
        most, least = max(both[0][queries]), min(both[1][queries])
        if most and least < columns.shape[1]:
            yield Block(queries, slice(0, most), slice(least, None))
