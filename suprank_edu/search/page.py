"""The answer of a search as one page of pictures, which needs neither a network nor a script."""

import contextlib
import os
from pathlib import Path
from typing import Any

from suprank_edu._files import replacing
from suprank_edu._html import asset, template
from suprank_edu.data import RetrievalDataset
from suprank_edu.data.addresses import jpeg_address
from suprank_edu.data.pixels import decode
from suprank_edu.search.answer import Answer, Hit

_PIXELS = 320  # a side; twice what a phone shows, for its finer screen


def write_page(path: Path, photograph: str | bytes, answer: Answer, photographs: RetrievalDataset) -> None:
    """Write a page with the photograph that was asked and those that were found.

    Args:
        path: of the page.
        photograph: the query, its path or its bytes.
        answer: to it.
        photographs: of the index.

    Raises:
        OSError: the page cannot be written.
    """
    if path.is_dir():
        raise OSError(f"{path}: is a folder, expected the name of a page")
    if not path.parent.is_dir():
        raise OSError(f"{path}: there is no folder {path.parent}")
    with replacing(path) as file:
        # A name may hold bytes that are no text.
        file.write(page(photograph, answer, photographs).encode("utf-8", "replace"))


def page(photograph: str | bytes, answer: Answer, photographs: RetrievalDataset) -> str:
    """Return the page as HTML; see `write_page`."""
    names = "" if isinstance(photograph, bytes) else os.path.basename(photograph)
    return template(asset("suprank_edu.search", "page.html")).render(
        query=names or "a photograph",
        picture=jpeg_address(decode(photograph, "RGB", min_side=_PIXELS), _PIXELS),
        style=asset("suprank_edu.search", "page.css"),
        answer=answer,
        cards=[_card(hit, photographs) for hit in answer],
        total=f"{len(photographs):,}",
    )


def _card(hit: Hit, photographs: RetrievalDataset) -> dict[str, Any]:
    picture = None
    if hit.is_there:
        with contextlib.suppress(OSError):  # no image in the index, or a damaged file: the card says so
            picture = jpeg_address(photographs.image(hit.position, _PIXELS), _PIXELS)
    parents = [name for name, finer in zip(hit.classes[1:], hit.classes, strict=False) if name != finer]
    return {"hit": hit, "picture": picture, "file": os.path.basename(hit.name), "parents": " · ".join(parents)}
