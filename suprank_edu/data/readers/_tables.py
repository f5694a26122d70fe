"""From the columns of a list file to a checked `RetrievalDataset`."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from suprank_edu._warnings import warn
from suprank_edu.data.dataset import Labels, RetrievalDataset
from suprank_edu.data.paths import ImagePaths
from suprank_edu.data.readers._files import ListFile


class Classes(NamedTuple):
    """Numbered classes: `labels` (N, L); per level the first row of each class, and how many keys differ.

    `conflicts` are the rows whose finest class came before under other parents.
    """

    labels: Labels
    first_rows: list[npt.NDArray[np.intp]]
    num_keys: list[int]
    conflicts: npt.NDArray[np.intp]


def number_classes(columns: Sequence[Sequence[Any] | npt.NDArray[Any]]) -> Classes:
    """Number the classes of each level from 0 so that the labels are a tree.

    A class of the finest level is its key alone: what is the same instance must not depend on a coarse label. It has
    the parents of its first row. A coarser class is its full path, from the coarsest level down to its own key: a
    genus name in two kingdoms is two classes. Classes are in the order of their parents, then of their keys.

    Args:
        columns: L columns of N keys that can be sorted, finest first.

    Example:
        >>> number_classes([["oak", "fig", "fig", "elm"], ["tree", "fruit", "fruit", "tree"]]).labels.tolist()
        [[2, 1], [0, 0], [0, 0], [1, 1]]
    """
    numbered = [_number(column) for column in columns]
    _, first, place = np.unique(numbered[0][1], return_index=True, return_inverse=True)
    home = first[place]  # (N,) the first row of each row's finest class
    conflicts = np.zeros(len(home), dtype=bool)
    labels = np.empty((len(home), len(columns)), dtype=np.int64)
    parent = np.zeros(len(home), dtype=np.int64)
    first_rows: list[npt.NDArray[np.intp]] = []
    num_keys: list[int] = []
    for level in reversed(range(len(columns))):
        count, codes = numbered[level]
        conflicts |= codes != codes[home]
        _, first, parent = np.unique(parent * count + codes[home], return_index=True, return_inverse=True)
        labels[:, level] = parent
        first_rows.insert(0, first)
        num_keys.insert(0, count)
    return Classes(labels, first_rows, num_keys, np.flatnonzero(conflicts))


def _number(column: Sequence[Any] | npt.NDArray[Any]) -> tuple[int, npt.NDArray[np.int64]]:
    """Return how many keys there are, and the place of each row's key among them in their order."""
    if isinstance(column, np.ndarray):
        keys, codes = np.unique(column, return_inverse=True)
        return len(keys), codes
    place = {key: i for i, key in enumerate(sorted(set(column)))}  # sorting arrays of strings takes seconds
    return len(place), np.fromiter(map(place.__getitem__, column), dtype=np.int64, count=len(column))


class Listing(NamedTuple):
    """What a reader found: N images, the line each stands on, and their classes.

    `names` holds L columns of N class names; `published` the sizes in print, images first, then the classes of
    each level, None where there is none; `rows` those of the split, when `paths` and `classes` hold more.
    """

    file: ListFile
    split: str
    paths: ImagePaths
    lines: Sequence[int] | npt.NDArray[np.integer]
    classes: Classes
    column_names: tuple[str, ...]
    names: Sequence[Sequence[str]]
    published: tuple[int | None, ...] = ()
    rows: npt.NDArray[np.intp] | None = None


def to_dataset(
    listing: Listing, *, complete: bool | None, check_files: bool, boxes: npt.ArrayLike | None = None
) -> RetrievalDataset:
    """Check what a reader found and make the data set of it.

    Args:
        listing: images and classes.
        complete: as in `check_sizes`.
        check_files: whether to look that each image exists.
        boxes: (N, 4), the part of each image that counts.

    Raises:
        ValueError: if there is no image, or a complete set has other sizes than the published ones.
        FileNotFoundError: if a line names a missing image.
    """
    origin, labels = listing.file.origin, listing.classes.labels
    if listing.rows is not None:
        labels, paths = labels[listing.rows], listing.paths.take(listing.rows)
        lines = np.asarray(listing.lines)[listing.rows]
    else:
        paths, lines = listing.paths, np.asarray(listing.lines)
    if not len(paths):
        raise listing.file.error(None, f"no image of the {listing.split} split", "at least one")
    state = check_sizes(listing, len(paths), complete)
    if len(listing.classes.conflicts):
        _warn_of_conflicts(listing)
    if check_files:
        check_images(listing.file, paths, lines)
    named = zip(listing.names, listing.classes.first_rows, strict=True)
    return RetrievalDataset(
        paths,
        labels,
        column_names=listing.column_names,
        class_names=[[str(column[row]) for row in first] for column, first in named],
        licence=origin.licence,
        source=f"{origin.title}, {listing.split} split, {origin.url}{state}",
        boxes=boxes,
    )


def _warn_of_conflicts(listing: Listing) -> None:
    row, others = listing.classes.conflicts[0], len(listing.classes.conflicts) - 1
    warn(
        f"{listing.file.place(int(listing.lines[row]))}: {listing.column_names[0]} {listing.names[0][row]} comes under "
        f"other classes of {', '.join(listing.column_names[1:])} than before, whose classes it keeps ({others:,} more "
        "such images)",
    )


def check_images(file: ListFile, paths: ImagePaths, lines: npt.NDArray[np.integer]) -> None:
    """Raise FileNotFoundError if an image does not exist, with the line that names the first one."""
    absent = paths.missing()
    if absent:
        raise FileNotFoundError(
            f"{file.place(lines[absent[0]])}: names {paths[absent[0]]}, which does not exist ({len(absent):,} "
            f"of {len(paths):,} images are missing); {file.origin.advice}"
        )


def check_sizes(listing: Listing, images: int, complete: bool | None) -> str:
    """Compare the sizes with the published ones, and return what to add to `source`.

    Args:
        listing: classes, and the published sizes.
        images: how many there are in the split.
        complete: True expects the published sizes, False any. None expects them of a set that has more than half of
            the published images (or, where those are not in print, classes): a smaller one is taken for a part on
            purpose.

    Raises:
        ValueError: if the sizes differ where they must not.
    """
    found = (images, *listing.classes.num_keys)
    known = [(a, b) for a, b in zip(found, listing.published, strict=False) if b is not None]
    if not known:
        return ""
    if all(a == b for a, b in known):
        return " (sizes as published)"
    if complete or (complete is None and 2 * known[0][0] > known[0][1]):
        raise listing.file.error(
            None,
            f"{_in_words(found, listing.column_names)} in the {listing.split} split",
            f"{_in_words(listing.published, listing.column_names)} as published (`complete=False` reads a part)",
        )
    return f" (a part: {_in_words(found, listing.column_names)})"


def _in_words(sizes: Sequence[int | None], column_names: Sequence[str]) -> str:
    pairs = zip(sizes, ("images", *column_names), strict=False)
    return ", ".join(f"{name}: {size:,}" for size, name in pairs if size is not None)
