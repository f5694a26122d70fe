"""Data sets for retrieval: each a `RetrievalDataset` with labels from fine to coarse."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Any, Literal

from suprank_edu.data.archives import ArchiveError, DownloadError
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.omniglot import read_omniglot
from suprank_edu.data.samplers import MPerClassBatches
from suprank_edu.data.standin import read_standin

__all__ = [
    "ArchiveError",
    "DownloadError",
    "MPerClassBatches",
    "RetrievalDataset",
    "omniglot_or_standin",
    "read",
]

_READERS: dict[str, Callable[..., RetrievalDataset]] = {
    "omniglot": read_omniglot,
    "standin": read_standin,
}


def read(name: str, root: str | PathLike[str] | None = None, split: str = "train") -> RetrievalDataset:
    """Read one split of a data set by name.

    Args:
        name: ``"omniglot"`` or ``"standin"``.
        root: the folder of the data; None takes ``$SUPRANK_EDU_DATA/<name>`` or the platform's cache folder.
        split: ``"train"`` or ``"test"``.

    Returns:
        The images and their labels, finest level first.

    Raises:
        ValueError: if there is no such data set or split, or its files are damaged.
        DownloadError: if the files are missing and cannot be downloaded.

    Example:
        >>> read("standin", split="train")
        RetrievalDataset(800 images; character: 40, alphabet: 5)
    """
    if name not in _READERS:
        raise ValueError(f"`name`: got {name!r}, expected one of {sorted(_READERS)}")
    reader: Callable[..., Any] = _READERS[name]
    dataset: RetrievalDataset = reader(root, split)
    return dataset


def omniglot_or_standin(split: Literal["train", "test"] = "train") -> RetrievalDataset:
    """Read Omniglot, or draw the stand-in where there is neither data nor network, and print which one it is.

    Args:
        split: ``"train"`` or ``"test"``.

    Returns:
        Omniglot, or the stand-in, whose ``source`` says so.

    Raises:
        ArchiveError: if the archives are there but damaged: a broken file is not passed over in silence.
    """
    try:
        dataset, which, why = read("omniglot", split=split), "Omniglot", ""
    except DownloadError:
        dataset, which = read("standin", split=split), "STAND-IN for Omniglot"
        why = "; computer-drawn, because the archives are not in $SUPRANK_EDU_DATA/omniglot and could not be downloaded"
    characters, alphabets = (len(names) for names in dataset.class_names)
    print(
        f"{which}, {split} split: {len(dataset):,} drawings of {characters} characters from {alphabets} alphabets{why}"
    )
    return dataset
