"""Images that a network has turned into vectors already: what a head is trained on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from suprank_edu._checks import as_array
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.pixels import Item


class VectorDataset(RetrievalDataset):
    """Vectors with labels, in the place of images: frozen features, or embeddings from anywhere.

    `fit` trains a head on them and `embed` passes them through one. Where their images are known they can still be
    looked at, as those of any data set.

    Args:
        vectors: (N, C) finite numbers.
        labels: (N,) or (N, L) integers, column 0 the finest.
        column_names: L names, finest first; by default `column 0`, `column 1`, …
        class_names: L lists; by default the ids as text.
        licence: the licence of the images.
        source: where the images come from, in one line.
        images: the N images that the vectors are of, in their order; what they say of labels, names, licence and
            source is taken from there.

    Raises:
        ValueError: the lengths disagree, a vector is not finite, or the labels are no tree.

    Example:
        >>> VectorDataset(np.eye(4), [0, 0, 1, 1])
        VectorDataset(4 images; column 0: 2)
        >>> VectorDataset(np.eye(4), [0, 0, 1, 1]).subset([3]).vectors
        array([[0., 0., 0., 1.]], dtype=float32)
    """

    def __init__(
        self,
        vectors: npt.ArrayLike,
        labels: npt.ArrayLike | None = None,
        *,
        column_names: Sequence[str] | None = None,
        class_names: Sequence[Sequence[str]] | None = None,
        licence: str = "not stated",
        source: str = "not stated",
        images: RetrievalDataset | None = None,
    ) -> None:
        self.vectors = as_array("vectors", vectors).astype(np.float32, copy=False)
        if self.vectors.ndim != 2:
            raise ValueError(f"`vectors`: got shape {self.vectors.shape}, expected (N, C)")
        if not np.isfinite(self.vectors).all():
            raise ValueError("`vectors`: got NaN or infinity, expected finite numbers")
        if images is not None:
            super().__init__(
                images.items,
                images.labels,
                column_names=images.column_names,
                class_names=images.class_names,
                licence=images.licence,
                source=images.source,
                mode=images.mode,
                names=images.names,
                boxes=images.boxes,
            )
        else:
            columns = np.atleast_2d(as_array("labels", labels).T)  # (L, N)
            ids = [[str(i) for i in range(int(column.max(initial=-1)) + 1)] for column in columns]
            missing: list[Item] = [b""] * len(self.vectors)  # an image that is asked for cannot be read, and says so
            super().__init__(
                missing,
                np.asarray(labels),
                column_names=column_names or [f"column {i}" for i in range(len(columns))],
                class_names=class_names or ids,
                licence=licence,
                source=source,
            )
        if len(self) != len(self.vectors):
            raise ValueError(f"`images`: got {len(self)} images, expected {len(self.vectors)}, one per vector")

    def subset(self, indices: Iterable[SupportsIndex]) -> VectorDataset:
        """Return the vectors at `indices`, in that order, with the class ids and names of the whole set."""
        chosen = np.fromiter((index.__index__() for index in indices), dtype=np.int64)
        images = super().subset(chosen)  # looks at the indices first
        return VectorDataset(self.vectors[chosen], images=images)
