"""The smooth part of a step, summed over all pairs up to a cut, at a cost that grows with the items, not the pairs.

For each row r: ``Σ_j w_j f((c_j - r)/τ)`` over the columns with ``c_j - r`` up to ``cut``.

    columns  ├── bin ──┼── bin ──┼── bin ──┼── bin ──┤    2τ wide; only bins that hold something are kept
                 r ····· whole bins ·····→ │ part ↑ r + cut

The whole bins reach the bin of the row through one 10 × 10 matrix per distance; of the bin that the cut divides come
the moments of its lower part, a difference of two prefix moments. The bins of rows are those of the columns moved down
by ``cut``, so that the cuts of all rows of a bin divide the same bin of columns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from suprank_edu.pairwise.moments import NODES, Smooth, chebyshev, prefix_moments, translations

# Rows evaluated at a time: ten float64 numbers for each, a few times, should stay in the cache of a CPU core.
_ROWS_AT_A_TIME = {"cpu": 1 << 13, "cuda": 1 << 22}


@dataclass(frozen=True)
class Window:
    """Which pairs the smooth part counts: score differences from ``-reach · τ`` up to ``cut``.

    Attributes:
        tau: temperature τ, half the width of a bin.
        cut: score difference at which the smooth part ends.
        reach: differences below ``-reach · τ`` may be dropped.
    """

    tau: float
    cut: float
    reach: float

    @property
    def bins_below(self) -> int:
        """How many bins below the one of its cut a row can see."""
        return math.ceil((self.cut / self.tau + self.reach) / 2) + 1


@dataclass(frozen=True)
class Bins:
    """The bins that hold items, those of all queries in one list.

    Attributes:
        key: ``(B,)`` int64, ascending: ``stride · query + number``, the number growing by 1 every 2τ.
        stride: more than any number.
        first: ``(B + 1,)`` int64: where each bin begins in the list of all items, and its length.
        of_item: ``(Q, N)`` int64: the bin of each item, a position in ``key``.
        position: ``(Q, N)`` float64: where in its bin an item lies, from -1 to 1.
    """

    key: Tensor
    stride: int
    first: Tensor
    of_item: Tensor
    position: Tensor

    def mirrored(self) -> Bins:
        """Return the same bins with the same items, for scores that are negated and flipped."""
        number = torch.remainder(self.key + 1, self.stride) - 1  # numbers begin at -1
        highest = self.stride - 4  # of any number of rows or columns, see put_into_bins
        key = self.key - number + (highest - number)
        return _group(key[self.of_item.flip(1)], self.stride, -self.position.flip(1))


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
    shown = columns.isfinite()
    lowest = torch.where(shown, columns, math.inf).amin(dim=1, keepdim=True).nan_to_num(posinf=0.0).double()
    at_column = torch.where(shown, columns.double() - lowest, 0.0) / window.tau
    top = int(at_column.max() / 2) + window.bins_below + 1
    # Rows from which no column is in reach, above or below, need not be told apart.
    at_row = ((rows.double() + window.cut - lowest) / window.tau).clamp(-1, 2 * top + 1)
    stride = top + window.bins_below + 4  # so that no row sees a bin of another query
    return Binned(window, _cut_up(at_row, stride), _cut_up(at_column, stride))


def _cut_up(at: Tensor, stride: int) -> Bins:
    """Cut ``(Q, N)`` ascending scores, in units of τ, into bins two wide."""
    number = (at / 2).floor()
    query = torch.arange(len(at), device=at.device)[:, None]
    return _group(number.long() + stride * query, stride, at - 2 * number - 1)


def _group(keys: Tensor, stride: int, position: Tensor) -> Bins:
    """Gather ``(Q, N)`` items with equal, ascending keys into bins."""
    flat = keys.flatten()
    begins = torch.ones_like(flat, dtype=torch.bool)
    torch.ne(flat[1:], flat[:-1], out=begins[1:])
    first = begins.nonzero()[:, 0]
    of_item = (begins.cumsum(0) - 1).view(keys.shape)
    return Bins(flat[first], stride, torch.nn.functional.pad(first, (0, 1), value=len(flat)), of_item, position)


def smooth_sums(binned: Binned, weights: Tensor, up_to_cut: Tensor, functions: Sequence[Smooth]) -> Tensor:
    """Sum ``weights · f((columns - row)/τ)`` over the first ``up_to_cut`` columns of each row, for each function f.

    Args:
        binned: P rows and M columns for each of Q queries.
        weights: ``(Q, M)`` float64, 0 for padded columns.
        up_to_cut: ``(Q, P)`` int64: how many columns lie at most ``window.cut`` above the row.
        functions: F functions that vanish at minus infinity.

    Returns:
        ``(F, Q, P)`` float64.
    """
    window = binned.window
    prefix = prefix_moments(binned.columns.position, weights).flatten(1)  # (10, Q·(M + 1))
    distances = torch.arange(window.bins_below + 1, device=weights.device)
    shifts = window.cut / window.tau - 2 * distances.double()
    matrices = translations(functions, shifts)  # (distances, 10·F, 10)
    first, end, whole = _seen_by(binned.rows, binned.columns, prefix, matrices)
    query = torch.arange(len(weights), device=weights.device)[:, None]
    cut = (query * (weights.shape[1] + 1) + up_to_cut).flatten()  # (Q·P,), positions in prefix like first and end
    at_cut = torch.stack([f(shifts[0]) for f in functions])  # (F,)
    sums = weights.new_empty(len(functions), up_to_cut.numel())
    of_row, position = binned.rows.of_item.flatten(), binned.rows.position.flatten()
    size = _ROWS_AT_A_TIME.get(weights.device.type, 1 << 22)
    for some in (slice(start, start + size) for start in range(0, len(cut), size)):
        begin = first[of_row[some]]
        # Rounding may put items that lie at the cut on the wrong side of the edge of a bin: there f is known.
        inside = torch.minimum(torch.maximum(cut[some], begin), end[of_row[some]])
        at_edge = prefix[0, cut[some]] - prefix[0, inside]  # the moment of T_0 = 1 is the weight
        part = _take(prefix, inside) - _take(prefix, begin)  # (10, p)
        coefficients = _take(whole, of_row[some]).addmm_(matrices[0], part)  # (10·F, p)
        in_order = coefficients.view(len(functions), NODES, -1)  # (F, 10, p)
        sums[:, some] = in_order.mul_(chebyshev(position[some])).sum(dim=1) + at_cut[:, None] * at_edge
    return sums.view(-1, *up_to_cut.shape)


def _seen_by(row_bins: Bins, column_bins: Bins, prefix: Tensor, matrices: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return, for each of B bins of rows, what it sees of the columns.

    Returns:
        ``first (B,)`` and ``end (B,)``, where the bin that the cut divides begins and ends in ``prefix``, and
        ``(10·F, B)`` coefficients of the sum over the whole bins below it.
    """
    width = column_bins.of_item.shape[1]  # M columns a query, but M + 1 prefixes
    query = column_bins.first[:-1].div(width, rounding_mode="floor")
    moments = _take(prefix, column_bins.first[1:] + query) - _take(prefix, column_bins.first[:-1] + query)  # (10, bins)
    coefficients = _from_whole_bins(row_bins.key, column_bins.key, moments, matrices[1:])
    place = torch.searchsorted(column_bins.key, row_bins.key)  # the next bin, where there is none
    _, occupied = _look_up(column_bins.key, row_bins.key)
    query = (row_bins.key + 1).div(row_bins.stride, rounding_mode="floor")  # numbers begin at -1
    first = column_bins.first[place]
    end = torch.where(occupied, column_bins.first[(place + 1).clamp(max=len(column_bins.key))], first)
    return first + query, end + query, coefficients


def _from_whole_bins(row_keys: Tensor, column_keys: Tensor, moments: Tensor, matrices: Tensor) -> Tensor:
    """Return ``(10·F, B)``: ``Σ_d matrices[d - 1] @ moments`` of the bin of columns d below each of B bins of rows."""
    moments = torch.nn.functional.pad(moments, (0, 1))  # a last bin without items, for those that are not kept
    side_by_side = matrices.permute(1, 2, 0).flatten(1)  # (10·F, 10·D): one product for all distances
    distances = torch.arange(1, len(matrices) + 1, device=row_keys.device)[:, None]
    coefficients = moments.new_empty(matrices.shape[1], len(row_keys))
    size = max(1, _ROWS_AT_A_TIME.get(row_keys.device.type, 1 << 22) // len(matrices))
    for some in (slice(start, start + size) for start in range(0, len(row_keys), size)):
        place, occupied = _look_up(column_keys, row_keys[some] - distances)  # (D, b)
        seen = _take(moments, torch.where(occupied, place, len(column_keys)).flatten())  # (10, D·b)
        coefficients[:, some] = side_by_side @ seen.view(side_by_side.shape[1], -1)
    return coefficients


def _look_up(keys: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """Return where in ascending ``keys`` each wanted key is, and whether it is there at all."""
    place = torch.searchsorted(keys, wanted).clamp(max=len(keys) - 1)
    return place, keys[place] == wanted


def _take(planes: Tensor, index: Tensor) -> Tensor:
    """Return ``planes[:, index]``, several times faster than indexing: ``(10, B)`` and ``(N,)`` give ``(10, N)``."""
    return planes.gather(1, index.expand(len(planes), -1))
