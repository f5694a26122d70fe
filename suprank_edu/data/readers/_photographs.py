"""Which files of a folder are photographs, and what to say of the others."""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from suprank_edu._extras import needs
from suprank_edu._threads import in_threads
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.pixels import HEIC_ENDINGS, HEIC_HINT, check_file, looks_like_image
from suprank_edu.data.readers._walk import Parts, shown

_NAMES = 3  # that are given for each reason
_REASONS = 12


class LeftOut(NamedTuple):
    """A file or a folder that is in no class, and why."""

    parts: Parts
    reason: str


def unreadable(root: Path, files: Sequence[Parts], *, opened: bool, pixels: bool) -> dict[int, LeftOut]:
    """Return the positions of the files that are no images, or broken, and why.

    Args:
        root: the folder above them.
        files: parts of their paths.
        opened: whether to look into them; otherwise their names alone say which are images.
        pixels: whether to decode them too.
    """

    def reason(row: int) -> str | None:
        if not (opened or pixels):
            return None if looks_like_image(files[row][-1]) else "without the ending of an image"
        try:
            check_file(os.path.join(root, *files[row]), pixels=pixels)
        except OSError as error:
            return error.strerror or str(error)
        return None

    with needs("train"):
        from PIL import Image
    Image.init()  # all formats, before several threads ask for the first
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")  # of damaged notes about a picture that is whole
        reasons = in_threads(reason, len(files), "looking for photographs")
    return {row: LeftOut(files[row], why) for row, why in enumerate(reasons) if why is not None}


def in_words(left_out: Sequence[LeftOut]) -> list[str]:
    """Return a line for each reason, those of most files first: how many they are, and the names of the first.

    Example:
        >>> in_words([LeftOut(("pear", "a.txt"), "empty"), LeftOut(("pear", "b.txt"), "empty")])
        ['empty (2): pear/a.txt, pear/b.txt']
    """
    groups: dict[str, list[Parts]] = {}
    for parts, reason in left_out:
        groups.setdefault(reason.partition(" (")[0], []).append(parts)  # in brackets are numbers of one file
    largest = sorted(groups.items(), key=lambda group: -len(group[1]))
    lines = [f"{reason} ({len(paths):,}): {first_names(paths)}" for reason, paths in largest[:_REASONS]]
    if rest := [parts for _, paths in largest[_REASONS:] for parts in paths]:
        lines.append(f"other reasons ({len(rest):,}): {first_names(rest)}")
    if any(HEIC_HINT in reason or (parts and parts[-1].lower().endswith(HEIC_ENDINGS)) for parts, reason in left_out):
        lines.append(f"({HEIC_HINT})")
    return lines


def first_names(paths: Sequence[Parts]) -> str:
    """Return the first paths in words, and how many more there are."""
    more = len(paths) - _NAMES
    return ", ".join(shown(parts) or "." for parts in paths[:_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def notes_on(whole: RetrievalDataset, part: RetrievalDataset) -> list[str]:
    """Return a line for whatever leaves nothing to learn or to find.

    Args:
        whole: all photographs.
        part: those of the split that is read.
    """
    notes = []
    names = whole.class_names[0]
    if len(present := np.unique(part.labels[:, 0])) == 1:
        notes.append(f"all photographs are of one class, {names[present[0]]}: there is nothing to tell apart")
    elif len(names) == len(whole):
        notes.append("no class has two photographs: no query finds one of its own class")
    if len(names) > 1 and len(whole.class_names[-1]) == 1:
        notes.append(f"all photographs lie in {whole.class_names[-1][0]}, which tells none apart: read that folder")
    return notes
