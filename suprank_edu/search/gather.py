"""The photographs of a folder, with classes or without, for a search."""

import os
from pathlib import Path

from suprank_edu._warnings import warn
from suprank_edu.data import RetrievalDataset, read
from suprank_edu.data.pixels import check_file, looks_like_image
from suprank_edu.search.joining import as_deep_as, loose


def photographs_in(
    folder: str | os.PathLike[str], split: str | None = None, *, like: RetrievalDataset | None = None
) -> RetrievalDataset:
    """Read the photographs of class folders, or those that lie in a folder without any, which have no class.

    Args:
        folder: see `suprank_edu.data.readers.read_folder`.
        split: of class folders.
        like: photographs of an index, which these shall join: they get its columns, and where they lie less deep they
            repeat their last folder, as they would in one folder with the others.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: there is no photograph in it.
    """
    path = Path(folder).expanduser()
    files = [] if split is not None or not path.is_dir() else _lying_in(path)
    if files:
        return loose(files, like)
    photographs = read("folder", path, split, to_join=like is not None)
    return photographs if like is None else as_deep_as(like, photographs)


def _lying_in(folder: Path) -> list[str]:
    """Return the image files of a folder without folders; what cannot be read is named in one warning."""
    entries = sorted(entry.path for entry in os.scandir(folder) if not entry.name.startswith("."))
    if any(map(os.path.isdir, entries)):
        return []
    files, refused = [], []
    for path in filter(looks_like_image, entries):
        try:
            check_file(path)
            files.append(path)
        except OSError as error:
            refused.append(f"{path} ({error.strerror or error})")
    if refused:
        warn(f"{len(refused)} of {len(files) + len(refused)} photographs are left out: {', '.join(refused[:3])}")
    return files
