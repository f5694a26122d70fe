"""Sorted rows and columns in bins, and these in cells: who is near whom, before anything is summed.

A bin is 2τ wide, and only bins that hold something are kept. The bins of rows are those of the columns moved down by
`cut`, so that the cuts of all rows of a cell divide the same cell of columns. Where bins hold few items, a bin is its
own and only cell. What is summed over them: `suprank_edu.pairwise.sorted.bridges`.
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


@dataclass(frozen=True)
class Window:
    """Which pairs the smooth part counts, score differences from `-reach · τ` up to `cut`, and how finely.

    Attributes:
        tau: temperature τ, half the width of a bin.
        cut: score difference at which the smooth part ends.
        reach: differences below `-reach · τ` may be dropped.
        cells: cells of a bin, 1 or `CELLS`.
    """

    tau: float
    cut: float
    reach: float
    cells: int = 1

    @property
    def bins_below(self) -> int:
        """How many bins below the one of its cut a row can see."""
        return math.ceil((self.cut / self.tau + self.reach) / 2) + 1

    @property
    def nodes(self) -> int:
        """Moments of a cell."""
        return NODES if self.cells == 1 else _NODES_OF_CELLS


@dataclass(frozen=True)
class Bins:
    """The bins that hold items, those of all queries in one list, and their cells.

    Attributes:
        key: `(B,)` int64, ascending: `stride · query + number`, the number growing by 1 every 2τ.
        stride: more than any number.
        cells: cells of a bin.
        first: `(B · cells + 1,)` int64: where each cell begins in the list of all items, and its length.
        number: `(Q, N)` int64: the cell of each item, counted through all that there could be.
        cell: `(Q, N)` int64: the cell of each item, counted through those of the bins that are kept.
        position: `(Q, N)` float64: where in its cell an item lies, from -1 to 1.
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
    lowest, scale = lowest_finite(columns), window.cells / (2 * window.tau)
    at_column = (columns.double() - lowest).mul_(scale).clamp_(min=0.0)  # in cells, from the lowest column on
    top = int(at_column[:, -1].max() / window.cells) + window.bins_below + 1
    # Rows from which no column is in reach, above or below, need not be told apart.
    at_row = (rows.double() + window.cut - lowest).mul_(scale).clamp_(-window.cells / 2, window.cells * (top + 0.5))
    stride = top + window.bins_below + 4  # so that no row sees a bin of another query
    return Binned(window, _cut_up(at_row, stride, window.cells), _cut_up(at_column, stride, window.cells))


def lowest_finite(ascending: Tensor) -> Tensor:
    """Return `(Q, 1)` float64: the lowest of `(Q, M)` ascending scores that is not `-inf`, 0 where there is none.

    Example:
        >>> lowest_finite(torch.tensor([[-torch.inf, 0.25, 0.5]]))
        tensor([[0.2500]], dtype=torch.float64)
    """
    hidden = count_hidden(ascending)  # (Q, 1)
    lowest = ascending.gather(1, hidden.clamp(max=ascending.shape[1] - 1))
    return torch.where(lowest.isfinite(), lowest, 0.0).double()


def _cut_up(at: Tensor, stride: int, cells: int) -> Bins:
    """Put `(Q, N)` ascending items, given where they lie in units of a cell, into cells and these into bins."""
    floor = at.floor()
    query = torch.arange(len(at), device=at.device)[:, None]
    number = floor.long().add_(stride * cells * query)
    return _group(number, stride, cells, at.sub_(floor).mul_(2).sub_(1))


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
