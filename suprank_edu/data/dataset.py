"""What every reader returns: images that are decoded when asked for, and labels from fine to coarse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np
import numpy.typing as npt

from suprank_edu._checks import as_array
from suprank_edu.data.label_arrays import check_integers, check_label_tree
from suprank_edu.data.paths import ImagePaths
from suprank_edu.data.pixels import Item, decode

if TYPE_CHECKING:
    from PIL.Image import Image

Labels = npt.NDArray[np.int64]


class RetrievalDataset:
    """Images with one label per level of a hierarchy, finest level first.

    Only encoded bytes or file paths are held; an image is decoded each time it is asked for, so that opening a
    set of a million images stays cheap and a loader's worker processes share the decoding.

    Args:
        items: N encoded images (`bytes`) or paths of image files.
        labels: (N,) or (N, L) integers, column 0 the finest; each class lies under one class of the next column.
        column_names: L names, finest first, such as `("character", "alphabet")`.
        class_names: L lists; `class_names[c][i]` names class `i` of column `c`.
        licence: the licence of the images.
        source: where the images come from, in one line.
        mode: the PIL mode that images are converted to, `"L"` or `"RGB"`.
        names: N names for messages and captions; by default the paths, or `image 0`, `image 1`, ...
        boxes: (N, 4) left, upper, right and lower edge in pixels of the stored image: the part that counts; None: all.

    Raises:
        ValueError: if the lengths disagree, a label has no class name, or the labels are no tree.

    Example:
        >>> from suprank_edu.data import read
        >>> glyphs = read("standin", split="test")
        >>> glyphs
        RetrievalDataset(480 images; character: 24, alphabet: 3)
        >>> glyphs.labels.shape, glyphs.column_names
        ((480, 2), ('character', 'alphabet'))
        >>> glyphs[0].size, glyphs[0].mode
        ((105, 105), 'L')
    """

    def __init__(
        self,
        items: Sequence[Item],
        labels: npt.ArrayLike,
        *,
        column_names: Sequence[str],
        class_names: Sequence[Sequence[str]],
        licence: str,
        source: str,
        mode: str = "RGB",
        names: Sequence[str] | None = None,
        boxes: npt.ArrayLike | None = None,
    ) -> None:
        self.items = items
        self.labels: Labels = _as_labels(labels, len(items), [len(of_level) for of_level in class_names])
        self.column_names = tuple(column_names)
        self.class_names = [list(of_level) for of_level in class_names]
        self.licence = licence
        self.source = source
        self.mode = mode
        self.names = names
        if len(self.column_names) != self.labels.shape[1]:
            raise ValueError(
                f"`column_names`: got {len(self.column_names)} names, expected {self.labels.shape[1]}, one per "
                "column of `labels`"
            )
        if names is not None and len(names) != len(items):
            raise ValueError(f"`names`: got {len(names)} names, expected {len(items)}, one per image")
        self.boxes = None if boxes is None else np.asarray(boxes, dtype=np.float64)  # (N, 4)
        if self.boxes is not None and self.boxes.shape != (len(items), 4):
            raise ValueError(f"`boxes`: got shape {self.boxes.shape}, expected ({len(items)}, 4)")

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: SupportsIndex) -> Image:
        """Decode one image, and cut it to its box where there is one: see `image`."""
        return self.image(index)

    def image(self, index: SupportsIndex, min_side: int | None = None) -> Image:
        """Decode one image, upright, in 8 bits, on white where it is transparent, and cut to its box.

        Args:
            index: its position.
            min_side: pixels a side that are needed: a large JPEG is then decoded smaller, at no less than twice that.

        Raises:
            IndexError: if there is no such image.
            OSError: if the file is missing or holds no readable image; one line names it.
        """
        item = self.items[index.__index__()]
        box = None if self.boxes is None else self.boxes[index.__index__()].tolist()
        try:
            return decode(item, self.mode, box=box, min_side=min_side)
        except OSError as error:
            raise OSError(f"{self.name_of(index)}: cannot be read as an image ({error})") from error

    def __repr__(self) -> str:
        classes = zip(self.column_names, self.labels.T, strict=True)
        counts = ", ".join(f"{name}: {np.count_nonzero(np.bincount(column)):,}" for name, column in classes)
        return f"{type(self).__name__}({len(self):,} images; {counts})"

    @property
    def channels(self) -> int:
        """Channels of an image: 1 where they are grey, 3 in colour."""
        return 1 if self.mode == "L" else 3

    def name_of(self, index: SupportsIndex) -> str:
        """Return the name of one image, for messages and captions."""
        if self.names is not None:
            return self.names[index.__index__()]
        item = self.items[index.__index__()]
        return f"image {index.__index__()}" if isinstance(item, bytes) else str(item)

    def subset(self, indices: Iterable[SupportsIndex]) -> RetrievalDataset:
        """Return the images at `indices`, in that order, with the class ids and names of the whole set.

        Args:
            indices: positions in 0..N-1; for a condition on labels use `np.flatnonzero`.

        Returns:
            A dataset that shares the encoded images with this one.

        Raises:
            IndexError: if an index lies outside the set.

        Example:
            >>> import numpy as np
            >>> from suprank_edu.data import read
            >>> glyphs = read("standin", split="test")
            >>> glyphs.subset(np.flatnonzero(glyphs.labels[:, 1] == 0))
            RetrievalDataset(160 images; character: 8, alphabet: 1)
        """
        chosen = np.fromiter((index.__index__() for index in indices), dtype=np.int64)
        if len(outside := chosen[(chosen < -len(self)) | (chosen >= len(self))]):
            raise IndexError(f"`indices`: got {outside[0]}, expected positions in 0..{len(self) - 1}")
        items = self.items
        return RetrievalDataset(
            items.take(chosen) if isinstance(items, ImagePaths) else [items[i] for i in chosen],
            self.labels[chosen],  # (len(indices), L)
            column_names=self.column_names,
            class_names=self.class_names,
            licence=self.licence,
            source=self.source,
            mode=self.mode,
            names=[self.names[i] for i in chosen] if self.names is not None else None,
            boxes=self.boxes[chosen] if self.boxes is not None else None,
        )


def _as_labels(labels: npt.ArrayLike, size: int, num_classes: Sequence[int]) -> Labels:
    array = as_array("labels", labels)
    if array.ndim == 1:
        array = array[:, None]  # (N, 1)
    if array.ndim != 2 or array.shape != (size, len(num_classes)):
        raise ValueError(
            f"`labels`: got shape {np.shape(labels)}, expected ({size}, {len(num_classes)}), one row per image "
            "and one column per list of `class_names`"
        )
    check_integers(array)
    for column, count in enumerate(num_classes):
        if size and (array[:, column].min() < 0 or array[:, column].max() >= count):
            raise ValueError(
                f"`labels`: got {array[:, column].min()}..{array[:, column].max()} in column {column}, expected "
                f"0..{count - 1}, one id per class name"
            )
    check_label_tree(array)
    return array.astype(np.int64, copy=False)
