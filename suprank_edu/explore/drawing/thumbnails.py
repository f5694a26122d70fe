"""Images of a data set as a page holds them: addresses that carry their own data, names, and which there are."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from suprank_edu._extras import needs
from suprank_edu.data.addresses import address, jpeg_address

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset


def names_of(dataset: RetrievalDataset, index: int) -> list[str]:
    """Return the names of an image's classes, the finest first."""
    row = dataset.labels[index].tolist()
    return [names[label] for names, label in zip(dataset.class_names, row, strict=True)]


def as_photograph(dataset: RetrievalDataset, index: int, pixels: int, quality: int = 82) -> str:
    """Return the middle square of an image in colour, at most `pixels` a side, as JPEG."""
    return jpeg_address(dataset.image(index, pixels), pixels, quality)


def as_drawing(dataset: RetrievalDataset, index: int, pixels: int) -> str:
    """Return an image, `pixels` a side, as PNG; sixteen greys are enough for a drawing, and a third of the bytes."""
    with needs("explore"):
        from PIL import Image

    small = dataset.image(index, pixels).resize((pixels, pixels), Image.Resampling.BILINEAR)
    file = io.BytesIO()
    (small.quantize(16) if small.mode == "L" else small).save(file, "PNG", optimize=True)
    return address("png", file.getvalue())


def as_stored(dataset: RetrievalDataset, index: int) -> str:
    """Return an image that the data set holds as the bytes of a small PNG, unchanged.

    Raises:
        ValueError: the data set holds something else.
    """
    item = dataset.items[index]
    if not isinstance(item, bytes):
        raise ValueError(f"`dataset`: got a {type(item).__name__} as item {index}, expected the bytes of a PNG file")
    return address("png", item)


def check_positions(name: str, positions: Iterable[int], size: int) -> None:
    """Raise unless all of `positions` are integers in 0..size - 1."""
    for position in positions:
        if not isinstance(position, int | np.integer) or isinstance(position, bool) or not 0 <= position < size:
            raise ValueError(f"`{name}`: got position {position!r}, expected integers in 0..{size - 1}")
