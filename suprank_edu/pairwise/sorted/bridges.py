"""The smooth part of a step, summed over all pairs up to a cut, at a cost that grows with the items, not the pairs.

For each row r: `Σ_j w_j f((c_j - r)/τ)` over the columns with `c_j - r` up to `cut`.

    columns  ├── bin ──┼── bin ──┼── bin ──┼┬┬┬┬┬┬┬┬┬┤    2τ wide; only bins that hold something are kept
                 r ····· whole bins ·····→ cells ↑ r + cut

The whole bins reach the bin of the row through one 10 × 10 matrix per distance. Each bin consists of a few cells, so
narrow that four moments describe one, and in the bin that the cut divides the whole cells below the cut come by one
more matrix. Of the cell that the cut divides come the moments of its lower part, a difference of two prefix moments.
What is done for each bin is in float64; what is done for each row and column is in the precision of the weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from suprank_edu._precision import without_tf32
from suprank_edu.pairwise.sorted.bins import Binned, Bins, Window
from suprank_edu.pairwise.sorted.moments import NODES, Smooth, chebyshev, refinement, translations
from suprank_edu.pairwise.sorted.prefix import Prefix, take

# Rows evaluated at a time: a few numbers for each, several times, should stay in the cache of a CPU core.
_ROWS_AT_A_TIME = {"cpu": 1 << 13, "cuda": 1 << 22}


@dataclass(frozen=True)
class Bridges:
    """The matrices that lead from moments of columns to sums at rows, the same for all queries.

    Attributes:
        functions: F functions that vanish at minus infinity.
        far: `(10·F, 10·D)`: from whole bins to a bin, all distances from 1 bin on side by side.
        up: `(10, n·cells)`: from moments of the cells of a bin to those of the bin.
        near: `(F·n·cells, n·cells)`: from the cells of a bin to the cells above them in the same bin.
        same: `(F·n, n)`: from a part of a cell to that cell.
        at_cut: `(F,)`: the functions at the cut.
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
    half = window.half
    far = translations(functions, cut - 2 * half * distances, width=half)  # (D, 10·F, 10)
    steps = torch.arange(cells, device=device)
    between = translations(functions, cut - 2 * half / cells * steps.double(), nodes, half / cells)  # (cells, F·n, n)
    above = steps[:, None] - steps  # how many cells a row is above a column
    near = torch.where((above > 0)[:, :, None, None], between[above.clamp(min=0)], 0.0)  # (row, column, F·n, n)
    near = near.permute(2, 0, 3, 1).reshape(len(functions) * nodes * cells, nodes * cells)
    up = refinement(cells, nodes).to(device).flatten(1)
    at_cut = torch.stack([f(torch.tensor(cut, dtype=torch.float64, device=device)) for f in functions])
    return Bridges(functions, far.permute(1, 2, 0).flatten(1), up, near, between[0], at_cut)


def smooth_sums(binned: Binned, prefix: Prefix, up_to_cut: Tensor, lead: Bridges) -> Tensor:
    """Sum `weights · f((columns - row)/τ)` over the first `up_to_cut` columns of each row, for each function f.

    Args:
        binned: P rows and M columns for each of Q queries.
        prefix: the prefix moments `(n, Q, M + 1)` of the weighted columns.
        up_to_cut: `(Q, P)` int64: how many columns lie at most `window.cut` above the row.
        lead: the matrices for F functions.

    Returns:
        `(F, Q, P)` in the precision of the weights.
    """
    count, nodes, dtype = len(lead.functions), len(prefix.sums), prefix.dtype
    first, end, whole = _seen_by(binned.rows, binned.columns, prefix, lead)
    query = torch.arange(len(up_to_cut), device=up_to_cut.device)[:, None]
    cut = (query * prefix.sums.shape[2] + up_to_cut).flatten()  # (Q·P,), positions in prefix like first and end
    sums = torch.empty(count, up_to_cut.numel(), dtype=dtype, device=cut.device)
    of_row, position = binned.rows.cell.flatten(), binned.rows.position.flatten()
    whole, same, at_cut = whole.to(dtype), lead.same.to(dtype), lead.at_cut.to(dtype)
    size = _ROWS_AT_A_TIME.get(cut.device.type, 1 << 22)
    for some in (slice(start, start + size) for start in range(0, len(cut), size)):
        begin = first[of_row[some]]
        # Rounding may put items that lie at the cut on the wrong side of the edge of a cell: there f is known.
        inside = torch.minimum(torch.maximum(cut[some], begin), end[of_row[some]])
        at_edge = prefix.between(inside, cut[some], 1)  # the moment of T_0 = 1 is the weight
        part = prefix.between(begin, inside)  # (n, p)
        with without_tf32():
            coefficients = take(whole, of_row[some]).addmm_(same, part)  # (F·n, p)
        in_order = coefficients.view(count, nodes, -1)  # (F, n, p)
        in_order.mul_(chebyshev(position[some].to(dtype), nodes=nodes))
        sums[:, some] = in_order.sum(dim=1) + at_cut[:, None] * at_edge
    return sums.view(-1, *up_to_cut.shape)


def _seen_by(rows: Bins, columns: Bins, prefix: Prefix, lead: Bridges) -> tuple[Tensor, Tensor, Tensor]:
    """Return, for each of C cells of rows, what it sees of the columns.

    Returns:
        `first (C,)` and `end (C,)`, where the cell that the cut divides begins and ends in `prefix`, and
        `(F·n, C)` float64 coefficients of the sum over the whole bins and cells below it.
    """
    cells, nodes = columns.cells, len(prefix.sums)
    query = columns.query.repeat_interleave(cells)  # M columns a query, but M + 1 prefixes
    moments = prefix.between(columns.first[:-1] + query, columns.first[1:] + query).double()  # (n, B·cells)
    moments = moments.view(nodes, -1, cells).permute(0, 2, 1).reshape(nodes * cells, -1)  # (n·cells, B)
    far = _from_whole_bins(rows.key, columns.key, lead.up @ moments, lead.far)  # (10·F, B of rows)
    count = len(lead.functions)
    coefficients = (lead.up.T @ far.view(count, NODES, -1)).view(count * nodes * cells, -1)
    place, occupied = _look_up(columns.key, rows.key)
    if cells > 1:
        own = take(moments, place) * occupied
        coefficients.addmm_(lead.near, own)
    coefficients = coefficients.view(count * nodes, cells, -1).permute(0, 2, 1).reshape(count * nodes, -1)
    # The cell of columns at the cut; where its bin is not kept, nothing, at the beginning of the next bin.
    after = torch.searchsorted(columns.key, rows.key)
    cell = torch.arange(cells, device=after.device) * occupied[:, None] + after[:, None] * cells  # (B, cells)
    query = rows.query[:, None]
    first, end = columns.first[cell] + query, columns.first[cell + occupied[:, None]] + query
    return first.flatten(), end.flatten(), coefficients


def _from_whole_bins(row_keys: Tensor, column_keys: Tensor, moments: Tensor, far: Tensor) -> Tensor:
    """Return `(10·F, B)`: what each of B bins of rows sees of the whole bins of columns below it."""
    moments = torch.nn.functional.pad(moments, (0, 1))  # a last bin without items, for those that are not kept
    distances = torch.arange(1, far.shape[1] // NODES + 1, device=row_keys.device)[:, None]
    coefficients = moments.new_empty(len(far), len(row_keys))
    size = max(1, _ROWS_AT_A_TIME.get(row_keys.device.type, 1 << 22) // len(distances))
    for some in (slice(start, start + size) for start in range(0, len(row_keys), size)):
        place, occupied = _look_up(column_keys, row_keys[some] - distances)  # (D, b)
        seen = take(moments, torch.where(occupied, place, len(column_keys)).flatten())  # (10, D·b)
        coefficients[:, some] = far @ seen.view(far.shape[1], -1)
    return coefficients


def _look_up(keys: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """Return where in ascending `keys` each wanted key is, and whether it is there at all."""
    place = torch.searchsorted(keys, wanted).clamp(max=len(keys) - 1)
    return place, keys[place] == wanted
