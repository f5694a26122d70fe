"""Which pairs of queries and items count: all, or those of a mask and of the lists that miners make."""

import functools
from collections.abc import Sequence

import torch
from torch import Tensor

IndicesTuple = Sequence[Tensor]
"""`(anchor, positive, anchor, negative)` pairs or `(anchor, positive, negative)` triplets of row numbers."""


def visible_pairs(
    levels: Tensor, hide_self: bool, indices_tuple: IndicesTuple | None, valid: Tensor | None
) -> Tensor | None:
    """Return the `(Q, G)` pairs that count, or None for all of them."""
    masks = [] if valid is None else [valid]
    if hide_self:
        masks.append(~torch.eye(len(levels), dtype=torch.bool, device=levels.device))
    if indices_tuple is not None:
        masks.append(listed_pairs(indices_tuple, levels))
    return functools.reduce(torch.logical_and, masks) if masks else None


def listed_pairs(indices_tuple: IndicesTuple, levels: Tensor) -> Tensor:
    """Return the `(Q, G)` mask of the pairs in `(a, p, a, n)` pairs or `(a, p, n)` triplets.

    Raises:
        ValueError: `indices_tuple` has neither 3 nor 4 index tensors, or they do not name existing pairs.
    """
    if not isinstance(indices_tuple, Sequence):
        raise ValueError(f"`indices_tuple`: got {type(indices_tuple).__name__}, expected 4 index tensors or 3")
    if len(indices_tuple) not in (3, 4) or not all(isinstance(index, Tensor) for index in indices_tuple):
        raise ValueError(
            f"`indices_tuple`: got {len(indices_tuple)} entries, expected 4 index tensors (anchor, positive, anchor, "
            "negative) or 3 (anchor, positive, negative)"
        )
    anchor, positive, *rest = (_row_numbers(index).to(levels.device) for index in indices_tuple)
    negative_anchor, negative = rest if len(rest) == 2 else (anchor, rest[0])
    for rows, columns in ((anchor, positive), (negative_anchor, negative)):
        if rows.shape != columns.shape:
            raise ValueError(
                f"`indices_tuple`: got {len(rows)} anchors for {len(columns)} items, expected as many of both"
            )
    rows, columns = torch.cat([anchor, negative_anchor]), torch.cat([positive, negative])
    if bool(((rows < 0) | (rows >= levels.shape[0]) | (columns < 0) | (columns >= levels.shape[1])).any()):
        raise ValueError(
            f"`indices_tuple`: got row numbers that do not exist, expected anchors in 0..{levels.shape[0] - 1} and "
            f"items in 0..{levels.shape[1] - 1}"
        )
    listed = torch.zeros(levels.shape, dtype=torch.bool, device=levels.device)
    listed[rows, columns] = True
    return listed


def _row_numbers(index: Tensor) -> Tensor:
    """Return `(M,)` int64 row numbers; an empty list of pairs may come in any dtype."""
    integers = not (index.is_floating_point() or index.is_complex() or index.dtype == torch.bool)
    if index.ndim != 1 or (len(index) and not integers):
        raise ValueError(
            f"`indices_tuple`: got {index.dtype} of shape {tuple(index.shape)}, expected integers of shape (M,)"
        )
    return index.long()
