"""Checks of labels in numpy, for data sets and samplers alike."""

import numpy as np
import numpy.typing as npt

from suprank_edu._checks import as_array
from suprank_edu._label_checks import numbering


def check_integers(labels: npt.NDArray[np.generic]) -> None:
    """Raise unless labels are integers: NaN would be a class, and 1.5 too."""
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"`labels`: got dtype {labels.dtype}, expected integers{numbering(labels)}")


def as_label_columns(labels: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return labels as `(N, L)` int64.

    Args:
        labels: (N,) or (N, L) integers.

    Raises:
        ValueError: another shape, no image, or other numbers than integers.

    Example:
        >>> as_label_columns([3, 3, 1]).shape
        (3, 1)
    """
    array = as_array("labels", labels)
    if array.ndim not in (1, 2) or not array.size:
        raise ValueError(f"`labels`: got shape {array.shape}, expected (N,) or (N, L), one row an image")
    check_integers(array)
    return array.reshape(len(array), -1).astype(np.int64, copy=False)


def check_label_tree(labels: npt.NDArray[np.integer]) -> None:
    """Raise unless each class of a column of `(N, L)` labels lies under one class of the next column."""
    for column in range(labels.shape[1] - 1):
        fine, coarse = labels[:, column], labels[:, column + 1]
        _, first, place = np.unique(fine, return_index=True, return_inverse=True)
        split = np.flatnonzero(coarse[first][place] != coarse)
        if len(split):
            one = fine[split[0]]
            under = np.unique(coarse[fine == one])
            raise ValueError(
                f"`labels`: got class {one} of column {column} under two classes of column {column + 1} "
                f"({under[0]} and {under[1]}), expected a tree"
            )
