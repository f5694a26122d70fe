"""Sorted rows and columns in bins, and these in cells: who is near whom, before anything is summed.

A bin is 2τ wide, or in float32 the largest power of 2 up to that, so that a score is divided by it, and into a whole
number and a rest, without rounding. Only bins that hold something are kept. The bins of rows are those of the columns
moved down by `cut`, so that the cuts of all rows of a cell divide the same cell of columns. Where bins hold few items,
a bin is its own and only cell. What is summed over them: `suprank_edu.pairwise.sorted.bridges`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from suprank_edu.pairwise.counts import count_hidden
from suprank_edu.pairwise.sorted.moments import NODES

# Cells of a bin where cells pay, a power of 2, and their nodes: 1e-7 of σ at most, as exact as the ten of a whole bin.
CELLS = 16
_NODES_OF_CELLS = 4

# Numbers of cells beyond this are not told apart: it takes a score beyond 10^18 cells, which has no neighbour in reach.
_FURTHEST = 2.0**60


@dataclass(frozen=True)
class Window:
    """Which pairs the smooth part counts, score differences from `-reach · τ` up to `cut`, and how finely.

    Attributes:
        tau: temperature τ.
        cut: score difference at which the smooth part ends.
        reach: differences below `-reach · τ` may be dropped.
        cells: cells of a bin, 1 or `CELLS`.
        dtype: float64, or float32, in which items are placed.
    """

    tau: float
    cut: float
    reach: float
    cells: int = 1
    dtype: torch.dtype = torch.float64

    @property
    def width(self) -> float:
        """The width of a bin."""
        if self.dtype == torch.float64:
            return 2 * self.tau
        return math.ldexp(1.0, math.frexp(2 * self.tau)[1] - 1)

    @property
    def half(self) -> float:
        """Half the width of a bin in units of τ: 1, or above ½."""
        return self.width / (2 * self.tau)

    @property
    def bins_below(self) -> int:
        """How many bins below the one of its cut a row can see."""
        return math.ceil((self.cut / self.tau + self.reach) / (2 * self.half)) + 1

    @property
    def nodes(self) -> int:
        """Moments of a cell."""
        return NODES if self.cells == 1 else _NODES_OF_CELLS


@dataclass(frozen=True)
class Bins:
    """The bins that hold items, those of all queries in one list, and their cells.

    Attributes:
        key: `(B,)` int64, ascending: `stride · query + number`, the number growing by 1 from bin to bin.
        stride: more than any number.
        cells: cells of a bin.
        first: `(B · cells + 1,)` int64: where each cell begins in the list of all items, and its length.
        number: `(Q, N)` int64: the cell of each item, counted through all that there could be.
        cell: `(Q, N)` int64: the cell of each item, counted through those of the bins that are kept.
        position: `(Q, N)` floats: where in its cell an item lies, from -1 to 1.
    """

    key: Tensor
    stride: int
    cells: int
    first: Tensor
    number: Tensor
    cell: Tensor
    position: Tensor

    @property
    def query(self) -> Tensor:
        """`(B,)` int64: the query of each bin."""
        return (self.key + 1).div(self.stride, rounding_mode="floor")  # numbers begin at -1

    def mirrored(self) -> Bins:
        """Return the same bins with the same items, for scores that are negated and flipped."""
        highest = self.stride - 4  # of any number of rows or columns, see put_into_bins
        query = torch.arange(len(self.number), device=self.number.device)[:, None]
        last = (highest + 1 + 2 * self.stride * query) * self.cells - 1
        return _group(last - self.number.flip(1), self.stride, self.cells, -self.position.flip(1))


@dataclass(frozen=True)
class Binned:
    """Rows and columns in their bins, and the window through which rows see columns."""

    window: Window
    rows: Bins
    columns: Bins

    def exchanged(self) -> Binned:
        """Return the same bins with the roles exchanged: minus the columns are the rows, and the other way round."""
        return Binned(self.window, self.columns.mirrored(), self.rows.mirrored())


def put_into_bins(rows: Tensor, columns: Tensor, window: Window) -> Binned:
    """Put ascending rows `(Q, P)` and columns `(Q, M)` into bins; a row lies where its cut does.

    Padded rows and columns lie in some bin too.
    """
    cells, scale = window.cells, window.cells / window.width  # cells in a unit of the score
    rows, columns = rows.to(window.dtype), columns.to(window.dtype)
    low = lowest_finite(columns)  # (Q, 1)
    high = torch.maximum(columns[:, -1:], low)
    of_columns, in_columns = _place(torch.maximum(columns, low), scale)
    first = of_columns[:, :1].div(cells, rounding_mode="floor") * cells  # (Q, 1): of the bin of the lowest column
    of_columns.sub_(first)
    top = int(of_columns[:, -1].max()) // cells + window.bins_below + 1
    # Rows from which no column is in reach, above or below, need not be told apart.
    far = window.cut + window.reach * window.tau + 2 * window.width
    of_rows, in_rows = _place(rows.clamp(low - far, high + far), scale, window.cut)
    of_rows.sub_(first).clamp_(-cells, cells * (top + 1) - 1)
    stride = top + window.bins_below + 4  # so that no row sees a bin of another query
    own = stride * cells * torch.arange(len(rows), device=rows.device)[:, None]
    return Binned(
        window,
        _group(of_rows.add_(own), stride, cells, in_rows),
        _group(of_columns.add_(own), stride, cells, in_columns),
    )


def lowest_finite(ascending: Tensor) -> Tensor:
    """Return `(Q, 1)`: the lowest of `(Q, M)` ascending scores that is not `-inf`, 0 where there is none.

    Example:
        >>> lowest_finite(torch.tensor([[-torch.inf, 0.25, 0.5]]))
        tensor([[0.2500]])
    """
    hidden = count_hidden(ascending)  # (Q, 1)
    lowest = ascending.gather(1, hidden.clamp(max=ascending.shape[1] - 1))
    return torch.where(lowest.isfinite(), lowest, 0.0)


def _place(scores: Tensor, scale: float, more: float = 0.0) -> tuple[Tensor, Tensor]:
    """Return in which cell `scores + more` lie, `(Q, N)` int64, and where in it, from -1 to 1, to the last digit."""
    total = scores + more if more else scores
    at = (total * scale).clamp_(-_FURTHEST, _FURTHEST)
    floor = at.floor()
    number, within = floor.long(), at.sub_(floor)
    if more:  # and what rounding has taken from the sum (Knuth's two-sum), mostly much less than a cell
        added = total - scores
        within.add_((scores - (total - added)).add_(more - added), alpha=scale)
        also = within.floor()
        number.add_(also.int())
        within.sub_(also)
    return number, within.mul_(2).sub_(1)


def _group(number: Tensor, stride: int, cells: int, position: Tensor) -> Bins:
    """Gather `(Q, N)` items with ascending numbers of cells into bins."""
    flat = number.flatten()
    bins = flat >> (cells.bit_length() - 1)
    begins = torch.ones_like(flat, dtype=torch.bool)
    torch.ne(bins[1:], bins[:-1], out=begins[1:])
    key = bins[begins]
    cell = (begins.cumsum(0).sub_(1).mul_(cells)).add_(flat & (cells - 1))
    first = torch.nn.functional.pad(cell.bincount(minlength=len(key) * cells).cumsum(0), (1, 0))
    return Bins(key, stride, cells, first, number, cell.view(number.shape), position)
