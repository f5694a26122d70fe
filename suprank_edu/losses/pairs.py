"""Which pairs of queries and items count: all, or those of a mask and of the lists that miners make."""

import functools
from collections.abc import Sequence

import torch
from torch import Tensor

IndicesTuple = Sequence[Tensor]
"""`(anchor, positive, anchor, negative)` pairs or `(anchor, positive, negative)` triplets of row numbers."""


def visible_pairs(levels: Tensor, hide_self: bool, listed: Tensor | None, valid: Tensor | None) -> Tensor | None:
    """Return the `(Q, G)` pairs that count, or None for all of them."""
    masks = [] if valid is None else [valid]
    if hide_self:
        masks.append(~torch.eye(len(levels), dtype=torch.bool, device=levels.device))
    if listed is not None:
        masks.append(listed)
    return functools.reduce(torch.logical_and, masks) if masks else None


def listed_pairs(indices_tuple: IndicesTuple | None, levels: Tensor) -> tuple[Tensor | None, Tensor]:
    """Return the pairs in `(a, p, a, n)` pairs or `(a, p, n)` triplets, without reading the device.

    Returns:
        The `(Q, G)` mask of the pairs, None for all of them, and `(1,)` how many of the lists are none, for
        `refuse_unknown`.

    Raises:
        ValueError: `indices_tuple` has neither 3 nor 4 index tensors of one length.
    """
    if indices_tuple is None:
        return None, levels.new_zeros(1)
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
    known = (rows >= 0) & (rows < levels.shape[0]) & (columns >= 0) & (columns < levels.shape[1])
    listed = torch.zeros(levels.shape, dtype=torch.bool, device=levels.device)
    listed[rows * known, columns * known] = True
    return listed, (~known).sum().view(1)


def refuse_unknown(unknown: float, levels: Tensor) -> None:
    """Raise where pairs were listed that are none of the `(Q, G)` levels."""
    if unknown:
        raise ValueError(
            f"`indices_tuple`: got row numbers that do not exist, expected anchors in 0..{levels.shape[0] - 1} and "
            f"items in 0..{levels.shape[1] - 1}"
        )


def _row_numbers(index: Tensor) -> Tensor:
    """Return `(M,)` int64 row numbers; an empty list of pairs may come in any dtype."""
    integers = not (index.is_floating_point() or index.is_complex() or index.dtype == torch.bool)
    if index.ndim != 1 or (len(index) and not integers):
        raise ValueError(
            f"`indices_tuple`: got {index.dtype} of shape {tuple(index.shape)}, expected integers of shape (M,)"
        )
    return index.long()
