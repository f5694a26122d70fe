"""Checks of labels: integers, one row per item, a tree from the finest column to the coarsest."""

import numpy as np
import torch
from torch import Tensor

from suprank_edu._checks import WIDE_UNSIGNED, check_dense


def check_labels(labels: object, size: int, name: str = "labels") -> Tensor:
    """Return `labels` as an `(N, L)` integer tensor, or raise unless it has `size` rows of integers."""
    if not isinstance(labels, Tensor):
        raise ValueError(f"`{name}`: got {type(labels).__name__}, expected an integer torch.Tensor{numbering(labels)}")
    if labels.ndim not in (1, 2) or labels.shape[0] != size or labels.numel() == 0:
        raise ValueError(
            f"`{name}`: got shape {tuple(labels.shape)}, expected ({size},) or ({size}, L), one row per embedding"
        )
    if labels.is_floating_point() or labels.is_complex() or labels.dtype == torch.bool:
        raise ValueError(f"`{name}`: got dtype {labels.dtype}, expected an integer dtype")
    check_dense(name, labels)
    if labels.dtype in WIDE_UNSIGNED:
        labels = labels.long()
    return labels if labels.ndim == 2 else labels.unsqueeze(1)  # (N, L)


def numbering(labels: object) -> str:
    """Return how to number classes that come by name, to end a message with; nothing where they do not."""
    first = next(np.asarray(labels, dtype=object).flat, None)
    return "; numpy.unique(names, return_inverse=True)[1] numbers names" if isinstance(first, str | bytes) else ""


def split_classes(labels: Tensor) -> Tensor:
    """Return `(1,)` floats on the device: how often a class of `(N, L)` labels lies under two coarser ones."""
    return sum(
        (_splits(labels, column).sum(dtype=torch.float32) for column in range(labels.shape[1] - 1)),
        start=torch.zeros(1, device=labels.device),
    )


def _splits(labels: Tensor, column: int) -> Tensor:
    """Return `(N - 1,)`: neighbours, in the order of a column's classes, of one class under two of the next."""
    fine, order = labels[:, column].sort(stable=True)
    coarse = labels[order, column + 1]
    return (fine[1:] == fine[:-1]) & (coarse[1:] != coarse[:-1])


def check_tree(labels: Tensor) -> None:
    """Raise unless each class of a column of `(N, L)` labels lies under one class of the next column."""
    for column in range(labels.shape[1] - 1):
        split = _splits(labels, column)
        if bool(split.any()):
            fine, order = labels[:, column].sort(stable=True)
            where = int(split.nonzero()[0])
            first, second = labels[order, column + 1][where : where + 2].tolist()
            raise ValueError(
                f"`labels`: got class {int(fine[where])} of column {column} under two classes of column "
                f"{column + 1} ({first} and {second}), expected a tree"
            )
