"""A data set of drawings as one small picture: a row of black-and-white thumbnails for each class.

It keeps what a page shows of a set, not what a network is trained on.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from suprank_edu._extras import needs
from suprank_edu._files import read_json, replacing, write_json
from suprank_edu.data.dataset import RetrievalDataset

if TYPE_CHECKING:
    from PIL.Image import Image

_INK = 178  # a thumbnail's pixel is ink below this grey: thin strokes stay whole, and do not grow together


def write_contact_sheet(dataset: RetrievalDataset, folder: str | os.PathLike[str], size: int = 32) -> Path:
    """Write `drawings.png`, one bit a pixel, and `drawings.json` with the names of classes, licence and source.

    Args:
        dataset: N grey images, those of a class of column 0 one after another, and as many of each class.
        folder: where both files go.
        size: pixels a side of a thumbnail.

    Returns:
        The path of the picture.

    Raises:
        ValueError: the images do not come in rows of one class.
    """
    with needs("train"):
        from PIL import Image as pillow

    columns = int((dataset.labels[:, 0] == dataset.labels[0, 0]).sum())
    rows = dataset.labels[::columns]  # (R, L)
    if not np.array_equal(np.repeat(rows, columns, axis=0)[: len(dataset)], dataset.labels):
        raise ValueError(f"`dataset`: got {dataset!r}, expected {columns} images of each class, one after another")
    sheet = pillow.new("1", (columns * size, len(rows) * size), 1)
    for i in range(len(dataset)):
        small = dataset.image(i, size).convert("L").resize((size, size), pillow.Resampling.BOX)
        sheet.paste(
            small.point(lambda grey: 255 * (grey > _INK)).convert("1"), (i % columns * size, i // columns * size)
        )
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / "drawings.png") as file:
        sheet.save(file, "PNG", optimize=True)
    about = {"source": dataset.source, "licence": dataset.licence, "size": size, "column_names": dataset.column_names}
    about |= {"class_names": dataset.class_names, "rows": rows.tolist()}
    write_json(folder / "drawings.json", about)
    return folder / "drawings.png"


def read_contact_sheet(folder: str | os.PathLike[str]) -> RetrievalDataset:
    """Read what `write_contact_sheet` wrote: the thumbnails with the labels and the order of the whole set.

    Raises:
        FileNotFoundError: the folder holds no sheet.
        ValueError: its `drawings.json` is no JSON.

    Example:
        >>> import tempfile
        >>> from suprank_edu.data import read
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = write_contact_sheet(read("standin", split="test"), folder)
        ...     small = read_contact_sheet(folder)
        >>> small, small[0].size
        (RetrievalDataset(480 images; character: 24, alphabet: 3), (32, 32))
    """
    with needs("train"):
        from PIL import Image as pillow

    about = read_json(Path(folder) / "drawings.json")
    size, items = about["size"], []
    with pillow.open(Path(folder) / "drawings.png") as sheet:
        for top in range(0, sheet.height, size):
            items += [
                _encoded(sheet.crop((left, top, left + size, top + size))) for left in range(0, sheet.width, size)
            ]
        columns = sheet.width // size
    return RetrievalDataset(
        items,
        np.repeat(np.asarray(about["rows"]), columns, axis=0),  # (N, L)
        column_names=about["column_names"],
        class_names=about["class_names"],
        licence=about["licence"],
        source=about["source"],
        mode="L",
    )


def _encoded(thumbnail: Image) -> bytes:
    file = io.BytesIO()
    thumbnail.save(file, "PNG", optimize=True)
    return file.getvalue()
