"""The smooth part of a step, summed over all pairs up to a cut, at a cost that grows with the items, not the pairs.

For each row r: ``Σ_j w_j f((c_j - r)/τ)`` over the columns with ``c_j - r`` up to ``cut``.

    columns  ├── bin ──┼── bin ──┼── bin ──┼┬┬┬┬┬┬┬┬┬┤    2τ wide; only bins that hold something are kept
                 r ····· whole bins ·····→ cells ↑ r + cut

The whole bins reach the bin of the row through one 10 × 10 matrix per distance. Each bin consists of a few cells, so
narrow that four moments describe one, and in the bin that the cut divides the whole cells below the cut come by one
more matrix. Of the cell that the cut divides come the moments of its lower part, a difference of two prefix moments.
The bins of rows are those of the columns moved down by ``cut``, so that the cuts of all rows of a cell divide the same
cell of columns. Where bins hold few items, a bin is its own and only cell, of ten moments.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from suprank_edu.pairwise.counts import count_hidden
from suprank_edu.pairwise.moments import NODES, Smooth, chebyshev, refinement, translations

# Cells of a bin where cells pay, a power of 2, and their nodes: 1e-7 of σ at most, as exact as the ten of a whole bin.
CELLS = 16
_NODES_OF_CELLS = 4

# Rows evaluated at a time: a few float64 numbers for each, several times, should stay in the cache of a CPU core.
_ROWS_AT_A_TIME = {"cpu": 1 << 13, "cuda": 1 << 22}


@dataclass(frozen=True)
class Window:
    """Which pairs the smooth part counts, score differences from ``-reach · τ`` up to ``cut``, and how finely.

    Attributes:
        tau: temperature τ, half the width of a bin.
        cut: score difference at which the smooth part ends.
        reach: differences below ``-reach · τ`` may be dropped.
        cells: cells of a bin, 1 or ``CELLS``.
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
        key: ``(B,)`` int64, ascending: ``stride · query + number``, the number growing by 1 every 2τ.
        stride: more than any number.
        cells: cells of a bin.
        first: ``(B · cells + 1,)`` int64: where each cell begins in the list of all items, and its length.
        number: ``(Q, N)`` int64: the cell of each item, counted through all that there could be.
        cell: ``(Q, N)`` int64: the cell of each item, counted through those of the bins that are kept.
        position: ``(Q, N)`` float64: where in its cell an item lies, from -1 to 1.
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
        """``(B,)`` int64: the query of each bin."""
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
    """Put ascending rows ``(Q, P)`` and columns ``(Q, M)`` into bins; a row lies where its cut does.

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
    """Return ``(Q, 1)`` float64: the lowest of ``(Q, M)`` ascending scores that is not ``-inf``, 0 where there is none.

    Example:
        >>> lowest_finite(torch.tensor([[-torch.inf, 0.25, 0.5]]))
        tensor([[0.2500]], dtype=torch.float64)
    """
    hidden = count_hidden(ascending)  # (Q, 1)
    lowest = ascending.gather(1, hidden.clamp(max=ascending.shape[1] - 1))
    return torch.where(lowest.isfinite(), lowest, 0.0).double()


def _cut_up(at: Tensor, stride: int, cells: int) -> Bins:
    """Put ``(Q, N)`` ascending items, given where they lie in units of a cell, into cells and these into bins."""
    floor = at.floor()
    query = torch.arange(len(at), device=at.device)[:, None]
    number = floor.long().add_(stride * cells * query)
    return _group(number, stride, cells, at.sub_(floor).mul_(2).sub_(1))


def _group(number: Tensor, stride: int, cells: int, position: Tensor) -> Bins:
    """Gather ``(Q, N)`` items with ascending numbers of cells into bins."""
    flat = number.flatten()
    bins = flat >> (cells.bit_length() - 1)
    begins = torch.ones_like(flat, dtype=torch.bool)
    torch.ne(bins[1:], bins[:-1], out=begins[1:])
    key = bins[begins]
    cell = (begins.cumsum(0).sub_(1).mul_(cells)).add_(flat & (cells - 1))
    first = torch.nn.functional.pad(cell.bincount(minlength=len(key) * cells).cumsum(0), (1, 0))
    return Bins(key, stride, cells, first, number, cell.view(number.shape), position)


@dataclass(frozen=True)
class Bridges:
    """The matrices that lead from moments of columns to sums at rows, the same for all queries.

    Attributes:
        functions: F functions that vanish at minus infinity.
        far: ``(10·F, 10·D)``: from whole bins to a bin, all distances from 1 bin on side by side.
        up: ``(10, n·cells)``: from moments of the cells of a bin to those of the bin.
        near: ``(F·n·cells, n·cells)``: from the cells of a bin to the cells above them in the same bin.
        same: ``(F·n, n)``: from a part of a cell to that cell.
        at_cut: ``(F,)``: the functions at the cut.
    """

    functions: Sequence[Smooth]
    far: Tensor
    up: Tensor
    near: Tensor
    same: Tensor
    at_cut: Tensor


def bridges(window: Window, functions: Sequence[Smooth], device: torch.device) -> Bridges:
    """Prepare the sums of F functions, which vanish at minus infinity."""
    cut, cells, nodes = window.cut / window.tau, window.cells, window.nodes
    distances = torch.arange(1, window.bins_below + 1, device=device).double()
    far = translations(functions, cut - 2 * distances)  # (D, 10·F, 10)
    steps = torch.arange(cells, device=device)
    between = translations(functions, cut - 2 / cells * steps.double(), nodes, 1 / cells)  # (cells, F·n, n)
    above = steps[:, None] - steps  # how many cells a row is above a column
    near = torch.where((above > 0)[:, :, None, None], between[above.clamp(min=0)], 0.0)  # (row, column, F·n, n)
    near = near.permute(2, 0, 3, 1).reshape(len(functions) * nodes * cells, nodes * cells)
    up = refinement(cells, nodes).to(device).flatten(1)
    at_cut = torch.stack([f(torch.tensor(cut, dtype=torch.float64, device=device)) for f in functions])
    return Bridges(functions, far.permute(1, 2, 0).flatten(1), up, near, between[0], at_cut)


def smooth_sums(binned: Binned, prefix: Tensor, up_to_cut: Tensor, lead: Bridges) -> Tensor:
    """Sum ``weights · f((columns - row)/τ)`` over the first ``up_to_cut`` columns of each row, for each function f.

    Args:
        binned: P rows and M columns for each of Q queries.
        prefix: ``(n, Q, M + 1)`` float64, the prefix moments of the weighted columns.
        up_to_cut: ``(Q, P)`` int64: how many columns lie at most ``window.cut`` above the row.
        lead: the matrices for F functions.

    Returns:
        ``(F, Q, P)`` float64.
    """
    count, width = len(lead.functions), prefix.shape[2]
    nodes, prefix = len(prefix), prefix.flatten(1)  # (n, Q·(M + 1))
    first, end, whole = _seen_by(binned.rows, binned.columns, prefix, lead)
    query = torch.arange(len(up_to_cut), device=prefix.device)[:, None]
    cut = (query * width + up_to_cut).flatten()  # (Q·P,), positions in prefix like first and end
    sums = prefix.new_empty(count, up_to_cut.numel())
    of_row, position = binned.rows.cell.flatten(), binned.rows.position.flatten()
    size = _ROWS_AT_A_TIME.get(prefix.device.type, 1 << 22)
    for some in (slice(start, start + size) for start in range(0, len(cut), size)):
        begin = first[of_row[some]]
        # Rounding may put items that lie at the cut on the wrong side of the edge of a cell: there f is known.
        inside = torch.minimum(torch.maximum(cut[some], begin), end[of_row[some]])
        at_edge = prefix[0, cut[some]] - prefix[0, inside]  # the moment of T_0 = 1 is the weight
        part = _take(prefix, inside) - _take(prefix, begin)  # (n, p)
        coefficients = _take(whole, of_row[some]).addmm_(lead.same, part)  # (F·n, p)
        in_order = coefficients.view(count, nodes, -1)  # (F, n, p)
        sums[:, some] = (
            in_order.mul_(chebyshev(position[some], nodes=nodes)).sum(dim=1) + lead.at_cut[:, None] * at_edge
        )
    return sums.view(-1, *up_to_cut.shape)


def _seen_by(rows: Bins, columns: Bins, prefix: Tensor, lead: Bridges) -> tuple[Tensor, Tensor, Tensor]:
    """Return, for each of C cells of rows, what it sees of the columns.

    Returns:
        ``first (C,)`` and ``end (C,)``, where the cell that the cut divides begins and ends in ``prefix``, and
        ``(F·n, C)`` coefficients of the sum over the whole bins and cells below it.
    """
    cells, nodes = columns.cells, len(prefix)
    query = columns.query.repeat_interleave(cells)  # M columns a query, but M + 1 prefixes
    moments = _take(prefix, columns.first[1:] + query) - _take(prefix, columns.first[:-1] + query)  # (n, B·cells)
    moments = moments.view(nodes, -1, cells).permute(0, 2, 1).reshape(nodes * cells, -1)  # (n·cells, B)
    far = _from_whole_bins(rows.key, columns.key, lead.up @ moments, lead.far)  # (10·F, B of rows)
    count = len(lead.functions)
    coefficients = (lead.up.T @ far.view(count, NODES, -1)).view(count * nodes * cells, -1)
    place, occupied = _look_up(columns.key, rows.key)
    if cells > 1:
        own = _take(moments, place) * occupied
        coefficients.addmm_(lead.near, own)
    coefficients = coefficients.view(count * nodes, cells, -1).permute(0, 2, 1).reshape(count * nodes, -1)
    # The cell of columns at the cut; where its bin is not kept, nothing, at the beginning of the next bin.
    after = torch.searchsorted(columns.key, rows.key)
    cell = torch.arange(cells, device=prefix.device) * occupied[:, None] + after[:, None] * cells  # (B, cells)
    query = rows.query[:, None]
    first, end = columns.first[cell] + query, columns.first[cell + occupied[:, None]] + query
    return first.flatten(), end.flatten(), coefficients


def _from_whole_bins(row_keys: Tensor, column_keys: Tensor, moments: Tensor, far: Tensor) -> Tensor:
    """Return ``(10·F, B)``: what each of B bins of rows sees of the whole bins of columns below it."""
    moments = torch.nn.functional.pad(moments, (0, 1))  # a last bin without items, for those that are not kept
    distances = torch.arange(1, far.shape[1] // NODES + 1, device=row_keys.device)[:, None]
    coefficients = moments.new_empty(len(far), len(row_keys))
    size = max(1, _ROWS_AT_A_TIME.get(row_keys.device.type, 1 << 22) // len(distances))
    for some in (slice(start, start + size) for start in range(0, len(row_keys), size)):
        place, occupied = _look_up(column_keys, row_keys[some] - distances)  # (D, b)
        seen = _take(moments, torch.where(occupied, place, len(column_keys)).flatten())  # (10, D·b)
        coefficients[:, some] = far @ seen.view(far.shape[1], -1)
    return coefficients


def _look_up(keys: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """Return where in ascending ``keys`` each wanted key is, and whether it is there at all."""
    place = torch.searchsorted(keys, wanted).clamp(max=len(keys) - 1)
    return place, keys[place] == wanted


def _take(planes: Tensor, index: Tensor) -> Tensor:
    """Return ``planes[:, index]``, several times faster than indexing: ``(10, B)`` and ``(N,)`` give ``(10, N)``."""
    return planes.gather(1, index.expand(len(planes), -1))
