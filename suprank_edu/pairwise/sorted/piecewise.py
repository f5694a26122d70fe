"""The pieces of a step, each summed its own short way over sorted columns, or over sorted rows for their gradient."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from suprank_edu.pairwise.counts import count_within, finite_range
from suprank_edu.pairwise.pieces import Pieces
from suprank_edu.pairwise.sorted.bins import CELLS, Binned, Window, lowest_finite, put_into_bins
from suprank_edu.pairwise.sorted.bridges import Bridges, bridges, smooth_sums
from suprank_edu.pairwise.sorted.moments import Smooth, prefix_moments
from suprank_edu.pairwise.sorted.prefix import Prefix, size_of

# Items per bin from which on cells pay: they cost a bin about as much as ten items without them.
_ITEMS_WORTH_CELLS = 8

# More reach, in units of τ: a rank is at least 1, but a gradient may be all tail.
_MORE_FOR_SLOPES = 20


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
    def of(
        cls, pieces: Pieces, rows: Tensor, columns: Tensor, functions: Sequence[Smooth], dtype: torch.dtype
    ) -> Prepared:
        """Prepare the sums of some functions for sorted rows `(Q, P)` and columns `(Q, M)`, in a precision."""
        if pieces.tau is None or not columns.shape[1]:
            return cls(pieces)
        # All pairs further down together add less than 1e-7 to a rank.
        reach = max(25.0, math.log(rows.shape[1] + columns.shape[1]) + 16) + _MORE_FOR_SLOPES
        spread = columns[:, -1:].nan_to_num(neginf=0.0) - lowest_finite(columns)
        many = columns.shape[1] + rows.shape[1] >= _ITEMS_WORTH_CELLS * float(spread.max()) / (2 * pieces.tau)
        window = Window(pieces.tau, min(pieces.delta, reach * pieces.tau), reach, CELLS if many else 1, dtype)
        return cls(pieces, window, bridges(window, functions, rows.device))

    def bins(self, rows: Tensor, columns: Tensor) -> Binned | None:
        """Return sorted rows and columns in bins, for the smooth part of the step; None where it has none."""
        return None if self.window is None else put_into_bins(rows, columns, self.window)


@dataclass(frozen=True)
class Sums:
    """`(Q, P)` sums of a step's values and slopes, 0 for padded rows and where they were not asked for."""

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
    """Sum the weighted values and slopes of a step at `columns - row` over all columns, for each row.

    Args:
        rows: `(Q, P)` floats, ascending, `+inf` where padded.
        columns: `(Q, M)` floats, ascending, `-inf` where padded or hidden.
        weights: `(Q, M)` weights of the columns, 0 where padded or hidden: float64, or float32 of at most 1, and then
            nothing that is done for each row or column is in float64. Values are summed for weights of 0 and 1 alone.
        prepared: the step, and the matrices of the functions that are asked for.
        binned: the rows and columns in bins, for the smooth part of the step; None without one.
        with_values: whether to sum the values.
        with_slopes: whether to sum the slopes.
    """
    pieces = prepared.pieces
    # Moments of all columns up to each one; the first is their weight.
    prefix = (
        Prefix.of(pad(weights, (1, 0))[None])
        if binned is None
        else prefix_moments(binned.columns.position, weights, binned.window.nodes)
    )
    upto = prefix.sums[0]  # (Q, M + 1)
    values, slopes = (torch.zeros_like(rows, dtype=weights.dtype) for _ in range(2))
    up_to_delta = torch.full_like(rows, columns.shape[1], dtype=torch.int64)
    if pieces.delta < math.inf:
        up_to_delta = count_within(columns, rows, pieces.delta)
        beyond = prefix.read(upto[:, -1:] - upto.gather(1, up_to_delta))  # (Q, P) weights
        slopes = pieces.rho * beyond
        if with_values:
            excess = _excess(rows, columns, up_to_delta, pieces.delta, weights.dtype)
            values = pieces.beyond * beyond + pieces.rho * excess
    if pieces.start and with_values:
        below = torch.searchsorted(columns, rows.contiguous())
        values = values + pieces.start * prefix.read(upto.gather(1, up_to_delta) - upto.gather(1, below))
    if binned is not None and prepared.lead is not None:
        cut, tau = binned.window.cut, binned.window.tau
        up_to_cut = up_to_delta if cut == pieces.delta else count_within(columns, rows, cut)
        values = values + prefix.read(upto.gather(1, up_to_delta) - upto.gather(1, up_to_cut))  # here σ is 1
        smooth = smooth_sums(binned, prefix, up_to_cut, prepared.lead)  # (F, Q, P)
        values = values + smooth[0] if with_values else values
        slopes = slopes + smooth[-1] / tau if with_slopes else slopes
    used = rows < math.inf
    return Sums(torch.where(used, values, 0.0), torch.where(used, slopes, 0.0))


def _excess(rows: Tensor, columns: Tensor, up_to_delta: Tensor, delta: float, dtype: torch.dtype) -> Tensor:
    """Return `(Q, P)`: the sum of `column - row - δ` over the columns beyond δ."""
    # Scores in units of a power of 2, so that they are at most 1, as are those of the rows with a column beyond δ.
    low, high = finite_range(rows, columns)
    size = size_of(torch.maximum(low.abs(), high.abs()) + delta)  # (Q, 1)
    scores = Prefix.of(pad((columns / size).nan_to_num(neginf=0.0).to(dtype), (1, 0))[None])
    of_row = scores.whole((rows / size).nan_to_num(posinf=0.0).to(dtype)) + scores.whole((delta / size).to(dtype))
    upto = scores.sums[0]
    beyond = columns.shape[1] - up_to_delta
    return scores.read(upto[:, -1:] - upto.gather(1, up_to_delta) - of_row * beyond) * size
