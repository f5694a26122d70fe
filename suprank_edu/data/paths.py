"""Paths of very many image files in little memory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from os import PathLike
from typing import overload

import numpy as np
import numpy.typing as npt


class ImagePaths(Sequence[str]):
    """N paths, each built when it is asked for, from a folder's number and a file name in one array of bytes.

    Four million Python strings would take 500 MB and be copied into every worker process of a loader, because
    counting references writes to them; arrays stay shared.

    Args:
        root: the folder above all others.
        folders: folders below `root`, each once; `""` is `root` itself.
        folder_of: (N,) integers, the number of each file's folder.
        names: (N,) file names as numpy bytes.
        suffix: what every file name ends in, when `names` leaves it out.

    Example:
        >>> paths = ImagePaths.from_relative("/data", ["a/1.jpg", "b/2.jpg", "a/3.jpg"])
        >>> len(paths), paths[2], list(paths.take([1]))
        (3, '/data/a/3.jpg', ['/data/b/2.jpg'])
    """

    def __init__(
        self,
        root: str | PathLike[str],
        folders: Sequence[str],
        folder_of: npt.ArrayLike,
        names: npt.NDArray[np.bytes_],
        suffix: str = "",
    ) -> None:
        self.root = os.fspath(root)
        self.folders = list(folders)
        self.folder_of = np.asarray(folder_of, dtype=np.int32)  # (N,)
        self.names = names  # (N,)
        self.suffix = suffix

    @classmethod
    def from_relative(cls, root: str | PathLike[str], relative: Iterable[str]) -> ImagePaths:
        """Take N paths below `root`, their parts separated by `/`."""
        numbers: dict[str, int] = {}
        folder_of, names = [], []
        for path in relative:
            folder, _, name = path.rpartition("/")
            folder_of.append(numbers.setdefault(folder, len(numbers)))
            names.append(os.fsencode(name))
        return cls(root, list(numbers), folder_of, np.array(names, dtype=np.bytes_))

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> ImagePaths: ...
    def __getitem__(self, index: int | slice) -> str | ImagePaths:
        if isinstance(index, slice):
            return self.take(range(len(self))[index])
        name = os.fsdecode(bytes(self.names[index])) + self.suffix
        return os.path.join(self.root, self.folders[self.folder_of[index]], name)

    def take(self, indices: npt.ArrayLike) -> ImagePaths:
        """Return the paths at `indices`, in that order."""
        chosen = np.asarray(indices, dtype=np.int64)
        return ImagePaths(self.root, self.folders, self.folder_of[chosen], self.names[chosen], self.suffix)

    def missing(self) -> list[int]:
        """Return the positions of the files that do not exist, in rising order.

        Each folder is listed once: a million calls of `stat` take minutes on a network disk. Nothing is opened.
        """
        order = np.argsort(self.folder_of, kind="stable")
        bounds = np.searchsorted(self.folder_of[order], np.arange(len(self.folders) + 1))
        suffix = os.fsencode(self.suffix)
        absent: list[int] = []
        for number, folder in enumerate(self.folders):
            rows = order[bounds[number] : bounds[number + 1]]
            present = _names_in(os.path.join(self.root, folder)) if len(rows) else frozenset()
            pairs = zip(rows.tolist(), self.names[rows].tolist(), strict=True)
            absent.extend(row for row, name in pairs if name + suffix not in present)
        return sorted(absent)


def _names_in(folder: str) -> frozenset[bytes]:
    try:
        return frozenset(os.listdir(os.fsencode(folder)))
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a zero byte in the name
        return frozenset()
