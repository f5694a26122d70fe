"""Counts and lists that need a sort or a mask, and no pairs."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from suprank_edu.pairwise.sorting import sort_order, sort_rows, sort_with_order

# On a CPU a search takes 60 ns a row, one sort of rows and columns together 10 ns for each of both.
ROWS_WORTH_A_SORT = 16


def count_at_least(rows: Tensor, columns: Tensor) -> Tensor:
    """Count the columns that score at least as high as each row, from one sort instead of all pairs.

    Args:
        rows: `(Q, P)` float scores, `+inf` where padded.
        columns: `(Q, M)` float scores, `-inf` where padded or hidden.

    Returns:
        `(Q, P)` counts in the dtype of `rows`, without gradient, 0 where padded.

    Example:
        >>> count_at_least(torch.tensor([[0.5, 0.2]]), torch.tensor([[0.5, 0.3, 0.1]]))
        tensor([[1., 2.]])
    """
    rows, columns = rows.detach(), columns.detach()
    if rows.device.type == "cpu" and rows.shape[1] >= ROWS_WORTH_A_SORT:
        return _from_one_sort(rows, columns)
    below = torch.searchsorted(sort_rows(columns), rows.contiguous())  # (Q, P): columns that score less
    return (columns.shape[1] - below).to(rows.dtype)


def _from_one_sort(rows: Tensor, columns: Tensor) -> Tensor:
    """Count as `count_at_least` from where the rows lie among the columns when both are sorted together."""
    slots = rows.shape[1]
    both = torch.cat([rows, columns], dim=1).add_(0.0)  # -0 becomes 0, its equal
    order = sort_order(both)  # (Q, P + M): among equals the rows come first
    below = (order >= slots).to(torch.int32).cumsum(dim=1, dtype=torch.int32)  # columns up to here
    found = torch.empty_like(below).scatter_(1, order, columns.shape[1] - below)
    return found[:, :slots].to(rows.dtype)


def count_by_class(rows: Tensor, classes: Tensor, number: int) -> list[Tensor]:
    """Count, for each class 1..`number`, the rows of that class that score at least as high as each row, itself too.

    From one sort of the rows, where `count_at_least` would sort them once more for each class.

    Args:
        rows: `(Q, P)` float scores.
        classes: `(Q, P)` integers; rows of class 0 count nowhere.
        number: of classes.

    Returns:
        `(Q, P)` counts in the dtype of `rows` for each class, without gradient.

    Example:
        >>> count_by_class(torch.tensor([[0.5, 0.2, 0.5]]), torch.tensor([[1, 2, 1]]), 2)
        [tensor([[2., 2., 2.]]), tensor([[0., 1., 0.]])]
    """
    ascending, order = sort_with_order(rows.detach())
    begins = torch.ones_like(order, dtype=torch.bool)
    torch.ne(ascending[:, 1:], ascending[:, :-1], out=begins[:, 1:])
    first = torch.arange(rows.shape[1], device=rows.device).mul(begins).cummax(dim=1).values  # of equal scores
    first = torch.empty_like(order).scatter_(1, order, first)  # (Q, P), by row
    classes, counts = classes.gather(1, order), []
    for each in range(1, number + 1):
        of_class = (classes == each).to(torch.int32)
        upto = of_class.cumsum(dim=1, dtype=torch.int32)
        counts.append((upto[:, -1:] - upto.sub(of_class).gather(1, first)).to(rows.dtype))
    return counts


def compact(mask: Tensor, width: int | None = None, min_width: int = 0) -> tuple[Tensor, Tensor]:
    """List the True columns of each row of a `(Q, G)` mask, padded to the longest list, W ≥ `min_width` columns.

    Args:
        mask: `(Q, G)` bool.
        width: W where it is known, else the device is read.
        min_width: the least W that is not known.

    Returns:
        `index (Q, W)` int64, 0 where padded, and `present (Q, W)` bool, False where padded.

    Example:
        >>> compact(torch.tensor([[False, True, True], [True, False, False]]))
        (tensor([[1, 2],
                 [0, 0]]), tensor([[ True,  True],
                 [ True, False]]))
    """
    if mask.device.type != "cpu" and width is not None:
        return _without_a_look(mask, width)
    flat = _places_of(mask.flatten())
    starts = torch.arange(len(mask) + 1, device=mask.device) * mask.shape[1]
    # Places ascend: a search is several times faster than a sum of bools, which torch makes integers first.
    counts = torch.searchsorted(flat, starts).diff()  # (Q,)
    width = max(int(counts.max()), min_width) if width is None else width
    present = torch.arange(width, device=mask.device) < counts[:, None]
    index = flat.new_zeros(len(mask), width).masked_scatter_(present, flat)
    return index.sub_(starts[:-1, None]).mul_(present), present


def _without_a_look(mask: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """Return the same as `compact` of a known width, without asking a device how many columns there are."""
    slot = mask.cumsum(dim=1) - 1
    every = torch.arange(mask.shape[1], device=mask.device).expand(mask.shape)
    index = slot.new_zeros(len(mask), width + 1).scatter_(1, slot.where(mask, width), every)[:, :width]
    present = torch.arange(width, device=mask.device) <= slot[:, -1:]
    return index.where(present, 0), present


def _places_of(mask: Tensor) -> Tensor:
    """Return where an `(N,)` mask is True; on a CPU by numpy, nine times as fast as torch 2.13."""
    if mask.device.type != "cpu":
        return mask.nonzero()[:, 0]
    return torch.from_numpy(np.flatnonzero(mask.numpy()))


def count_hidden(ascending: Tensor) -> Tensor:
    """Return `(Q, 1)` int64: how many of `(Q, M)` sorted scores are `-inf`.

    Example:
        >>> count_hidden(torch.tensor([[-torch.inf, -torch.inf, 0.5]]))
        tensor([[2]])
    """
    return torch.searchsorted(ascending.contiguous(), torch.full_like(ascending[:, :1], -torch.inf), right=True)


def count_within(ascending: Tensor, rows: Tensor, bound: float) -> Tensor:
    """Count the columns with `column - row ≤ bound`, the difference rounded as the direct engine rounds it.

    `column ≤ row + bound` rounds elsewhere: on a grid of scores it decides ties at the bound another way. So the
    element on either side of the position found is checked, and where one is on the wrong side the position is
    searched again by halving, with the rounded difference itself.

    Args:
        ascending: `(Q, M)` sorted float scores, `-inf` where padded or hidden.
        rows: `(Q, P)` float scores of the same dtype, `+inf` where padded.
        bound: a score difference.

    Returns:
        `(Q, P)` int64; a hidden column always counts.

    Example:
        >>> scores = torch.tensor([[0.1, 0.3, 0.35, 0.7]])
        >>> count_within(scores, torch.tensor([[0.3, 0.65]]), 0.05)  # in float32, 0.7 - 0.65 is above 0.05
        tensor([[3, 3]])
    """
    return recount_within(
        ascending, rows, bound, torch.searchsorted(ascending, (rows + bound).contiguous(), right=True)
    )


def recount_within(ascending: Tensor, rows: Tensor, bound: float, found: Tensor) -> Tensor:
    """Mend the counts of `count_within` where they are of columns with `column ≤ row + bound`."""
    width = ascending.shape[1]
    before = ascending.gather(1, (found - 1).clamp(min=0)) - rows
    after = ascending.gather(1, found.clamp(max=width - 1)) - rows
    wrong = ((found > 0) & (before > bound)) | ((found < width) & (after <= bound))
    query, slot = wrong.nonzero(as_tuple=True)
    low, high = torch.zeros_like(query), torch.full_like(query, width)
    for _ in range(width.bit_length() if len(query) else 0):
        middle = (low + high) // 2
        inside = ascending[query, middle.clamp(max=width - 1)] - rows[query, slot] <= bound
        inside &= middle < high
        low, high = torch.where(inside, middle + 1, low), torch.where(inside, high, middle)
    found[query, slot] = low
    return found


def finite_range(rows: Tensor, columns: Tensor) -> tuple[Tensor, Tensor]:
    """Return `(Q, 1)` each: the lowest and the highest finite score of each query, the lowest above where none is.

    Args:
        rows: `(Q, P)` floats, `+inf` where padded.
        columns: `(Q, M)` floats, `-inf` where padded or hidden.

    Example:
        >>> finite_range(torch.tensor([[0.5, torch.inf]]), torch.tensor([[-torch.inf, 0.75]]))
        (tensor([[0.5000]]), tensor([[0.7500]]))
    """
    large = torch.finfo(rows.dtype).max
    low = torch.minimum(rows.amin(dim=1, keepdim=True), columns.nan_to_num(neginf=large).amin(dim=1, keepdim=True))
    high = torch.maximum(rows.nan_to_num(posinf=-large).amax(dim=1, keepdim=True), columns.amax(dim=1, keepdim=True))
    return low.clamp(max=large), high.clamp(min=-large)
