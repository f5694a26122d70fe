"""What a step adds by places alone: its jumps and its linear part, from one sort of rows and columns together.

The sums of `jump · [t ≥ 0]` and `ρ(t - δ) · [t > δ]` over columns need no pairs, only how many columns lie below each
row and within δ of it, and prefix sums. Both are decided on the rounded difference, as by pairs.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from suprank_edu.pairwise.counts import recount_within
from suprank_edu.pairwise.pieces import Pieces
from suprank_edu.pairwise.sorting import sort_order


class Places(NamedTuple):
    """Where rows and columns lie among the ascending columns of their query, as numbers of columns.

    Attributes:
        within: `(Q, P)` columns with `t ≤ δ`.
        of_columns: `(Q, M)` columns before each column.
        below: `(Q, P)` int32 columns with `t < 0`.
        ascending: `(Q, M)` the columns.
    """

    within: Tensor
    of_columns: Tensor
    below: Tensor
    ascending: Tensor


def find_places(rows: Tensor, columns: Tensor, delta: float) -> Places:
    """Find the places from one sort.

    Args:
        rows: `(Q, P)` float32 scores, `+inf` where padded.
        columns: `(Q, M)` float32 scores, `-inf` where padded or hidden.
        delta: δ, maybe infinite.

    Example:
        >>> places = find_places(torch.tensor([[0.3, 0.2]]), torch.tensor([[0.36, 0.3, 0.1]]), delta=0.05)
        >>> places.within, places.below, places.of_columns
        (tensor([[2, 1]]), tensor([[1, 1]], dtype=torch.int32), tensor([[2, 1, 0]]))
    """
    slots, width = rows.shape[1], columns.shape[1]
    # Among equals what stands first comes first: rows before the columns that score as high, bounds behind them.
    order = sort_order(torch.cat([rows, columns, rows + delta], dim=1).add_(0.0))  # (Q, 2P + M); -0 is 0
    is_column = (order >= slots) & (order < slots + width)
    before = is_column.to(torch.int32).cumsum(dim=1, dtype=torch.int32)  # columns up to here
    places = torch.empty_like(before).scatter_(1, order, before)
    below, of_columns, within = torch.split(places, [slots, width, slots], dim=1)
    within, of_columns = within.long(), of_columns.long() - 1  # a column does not count itself
    ascending = torch.empty_like(columns).scatter_(1, of_columns, columns)
    return Places(recount_within(ascending, rows, delta, within), of_columns, below, ascending)


def values_by_place(places: Places, rows: Tensor, middle: Tensor, pieces: Pieces) -> Tensor:
    """Return `(Q, P)` float64: the jumps at 0 and at δ, and `ρ(t - δ)` over the columns beyond.

    Args:
        places: the places.
        rows: `(Q, P)` float32 scores, `+inf` where padded.
        middle: `(Q, 1)` float64, any score of the query: sums lose nothing to what scores have in common.
        pieces: the step.
    """
    width = places.ascending.shape[1]
    beyond = width - places.within  # (Q, P)
    upto = places.ascending.sub(middle).nan_to_num_(neginf=0.0).cumsum(dim=1)  # (Q, M); what is hidden is never beyond
    scores = upto[:, -1:] - upto.gather(1, (places.within - 1).clamp_(min=0)).mul_(places.within > 0)
    excess = scores - rows.sub(middle - pieces.delta).nan_to_num_(posinf=0.0).mul_(beyond)
    return excess.mul_(pieces.rho).add_(beyond, alpha=pieces.jump).add_(width - places.below, alpha=pieces.start)


def add_slopes_by_place(
    within: Tensor, of_columns: Tensor, weights: Tensor, slope: float, for_rows: Tensor, for_columns: Tensor
) -> None:
    """Add `slope` for each pair beyond δ: to rows, and times the weight of the row to columns.

    Args:
        within: `(Q, P)` of `Places`.
        of_columns: `(Q, M)` of `Places`.
        weights: `(Q, P)` floats.
        slope: what a pair adds.
        for_rows: `(Q, P)` sums over columns, added to.
        for_columns: `(Q, M)` weighted sums over rows, added to.
    """
    width = of_columns.shape[1]
    for_rows.add_(width - within, alpha=slope)
    by_place = weights.new_zeros(len(weights), width + 1, dtype=torch.float64)
    by_place.scatter_add_(1, within, weights.double())
    for_columns.add_(by_place.cumsum_(dim=1).gather(1, of_columns), alpha=slope)
