"""The pieces of a step, each summed its own short way over sorted columns, or over sorted rows for their gradient."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from suprank_edu.pairwise.counts import count_within
from suprank_edu.pairwise.pieces import Pieces
from suprank_edu.pairwise.sorted.bins import CELLS, Binned, Window, lowest_finite, put_into_bins
from suprank_edu.pairwise.sorted.bridges import Bridges, bridges, smooth_sums
from suprank_edu.pairwise.sorted.moments import Smooth, prefix_moments

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
    def of(cls, pieces: Pieces, rows: Tensor, columns: Tensor, functions: Sequence[Smooth]) -> Prepared:
        """Prepare the sums of some functions for sorted rows `(Q, P)` and columns `(Q, M)`."""
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
    """`(Q, P)` float64 sums of a step's values and slopes, 0 for padded rows and where they were not asked for."""

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
        weights: `(Q, M)` float64 weights of the columns, 0 where padded or hidden.
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
    used = rows < math.inf
    return Sums(torch.where(used, values, 0.0), torch.where(used, slopes, 0.0))


def _excess(
    rows: Tensor, columns: Tensor, weights: Tensor, up_to_delta: Tensor, beyond: Tensor, delta: float
) -> Tensor:
    """Return `(Q, P)`: the weighted sum of `column - row - δ` over the columns beyond δ, which weigh `beyond`."""
    # Scores from the lowest on, so that their sums lose nothing to what they have in common; what is hidden weighs 0.
    lowest = lowest_finite(columns)
    score = _prefix((columns.double() - lowest).clamp_(min=0.0).mul_(weights))
    scores = score[:, -1:] - score.gather(1, up_to_delta)
    return scores - (rows.double() - lowest + delta).nan_to_num(posinf=0.0) * beyond


def _prefix(values: Tensor) -> Tensor:
    """Return `(Q, M + 1)`: the sums of the first m of `(Q, M)` values."""
    return torch.nn.functional.pad(values.cumsum(dim=1), (1, 0))
