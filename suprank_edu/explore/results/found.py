"""What several losses found in a data set, and the check of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset

Array = np.ndarray[Any, Any]
Found = Mapping[str, Mapping[str, Array]]

SHOWN = 10
"""Retrieved images that are shown of each loss."""


def check_found(dataset: RetrievalDataset, found: Found) -> None:
    """Raise unless `found` is what two or more losses retrieved in a data set of two levels, with finite APs."""
    if dataset.labels.shape[1] != 2:
        raise ValueError(f"`dataset`: got {dataset.labels.shape[1]} levels of labels, expected two")
    if len(found) < 2:
        raise ValueError(f"`found`: got {len(found)} losses, expected two or more, to compare")
    for loss, arrays in found.items():
        missing = [name for name in ("retrieved", "ap", "h_ap") if name not in arrays]
        if missing:
            raise ValueError(f"`found`: got no {missing[0]!r} for {loss!r}, expected 'retrieved', 'ap' and 'h_ap'")
        _check_retrieved(loss, arrays["retrieved"], len(dataset))
        for name in ("ap", "h_ap"):
            if arrays[name].shape != (len(dataset),):
                raise ValueError(
                    f"`found`: got {name!r} of shape {arrays[name].shape} for {loss!r}, expected ({len(dataset)},)"
                )
            if not np.isfinite(arrays[name]).all():
                raise ValueError(f"`found`: got NaN or infinity in {name!r} of {loss!r}, expected finite values")


def _check_retrieved(loss: str, retrieved: Array, size: int) -> None:
    shape = retrieved.shape
    if len(shape) != 2 or shape[0] != size or shape[1] < SHOWN:
        raise ValueError(f"`found`: got {shape} retrieved images for {loss!r}, expected ({size}, {SHOWN} or more)")
    if retrieved.dtype.kind not in "iu" or retrieved.min() < 0 or retrieved.max() >= size:
        raise ValueError(
            f"`found`: got other positions than 0..{size - 1} retrieved for {loss!r}, expected integers in that range"
        )
