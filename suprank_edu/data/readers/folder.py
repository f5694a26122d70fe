"""Anybody's photographs: a folder of class folders, of any depth."""

from collections import Counter
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

from suprank_edu._checks import check_one_of
from suprank_edu._warnings import warn
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.paths import ImagePaths
from suprank_edu.data.pixels import looks_like_image
from suprank_edu.data.readers._files import Root
from suprank_edu.data.readers._photographs import LeftOut, first_names, in_words, notes_on, unreadable
from suprank_edu.data.readers._splits import SPLITS, draw_classes, find_division
from suprank_edu.data.readers._tables import number_classes
from suprank_edu.data.readers._walk import Parts, Tree, same_everywhere, shown, walk

_COLUMNS = ("class", "parent", "grandparent")


def read_folder(
    root: Root = None,
    split: str | None = None,
    *,
    splits: str | PathLike[str] | None = None,
    shares: Mapping[str, float] | None = None,
    seed: int = 0,
    column_names: Sequence[str] | None = None,
    strict: bool = False,
    check_files: bool = True,
    check_pixels: bool = False,
    to_join: bool = False,
) -> RetrievalDataset:
    """Read photographs from a folder of class folders, whatever the depth: `Fruit/Apple/Gala/IMG_0001.JPG`.

    The folder that a photograph lies in is its finest class, each folder above a coarser one. A class is its whole
    path: folders of one name under two parents are two classes. Where branches are of unequal depth, a short one
    repeats its last folder in the finer columns. Names are compared as people read them (Unicode NFC).

    Hidden files and what computers leave (`.DS_Store`, `Thumbs.db`, `__MACOSX`) are passed over, and so is what is no
    image in the root itself. No link is followed out of the root. Every other file that is in no class is counted and
    named, with its reason, in one warning. What is an image its content says, not its name; HEIC is one where the
    package pillow-heif is installed. Reading the folder opens each file for its header, and sees whether a JPEG or PNG
    has its end; damage in between shows when the photograph is decoded, as an error that names the file, or here with
    `check_pixels`.

    Photographs come upright (EXIF) and in the colours of sRGB: their colour profiles (ICC) applied, CMYK and palettes
    converted, 16 bits scaled to 8, white where they are transparent, the first picture of several.

    Args:
        root: the folder.
        split: `"train"`, `"val"` or `"test"`; None reads all photographs. Class ids are the same in all of them.
        splits: a CSV file of `path,split` with a line for each photograph or folder below the root, of which the
            deepest counts; None takes `splits.csv` in the root where there is one. Without, folders `train`, `val` and
            `test` right below the root, and nothing beside them, are the splits. Without those, classes are drawn.
        shares: of the classes of column 0 that are drawn for each split, with the sum 1; None takes
            `{"train": 0.5, "test": 0.5}`. No class is in two splits, and each parent's classes are divided too.
        seed: of the draw.
        column_names: names of the L columns, finest first; None takes class, parent, grandparent, …
        strict: raise instead of the warning where a file is left out.
        check_files: whether files are opened; otherwise names alone say which are images.
        check_pixels: whether files are also decoded, which takes as long as that.
        to_join: the photographs join others, so that one class alone is nothing to warn of.

    Returns:
        Labels (N, L), where L is the depth of the deepest class.

    Raises:
        FileNotFoundError: if there is no such folder, or table of splits.
        ValueError: if there is no photograph in a class folder, no such split, a malformed table, shares that are
            none, other column names than columns, or with `strict` anything left out.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from PIL import Image
        >>> with tempfile.TemporaryDirectory() as root:
        ...     for path in ("Fruit/Apple/Gala/1.jpg", "Fruit/Apple/Gala/2.png", "Milk/1.JPG", "Milk/2.jpg"):
        ...         Path(root, path).parent.mkdir(parents=True, exist_ok=True)
        ...         Image.new("RGB", (8, 6)).save(Path(root, path))
        ...     photographs = read_folder(root)
        >>> photographs
        RetrievalDataset(4 images; class: 2, parent: 2, grandparent: 2)
        >>> photographs.class_names
        [['Gala', 'Milk'], ['Apple', 'Milk'], ['Fruit', 'Milk']]
    """
    if split is not None:
        check_one_of("split", split, SPLITS)
    folder = _find(root)
    tree = walk(folder)
    said = find_division(folder, tree, None if splits is None else Path(splits).expanduser())
    if said is not None and shares is not None:
        raise ValueError(f"`shares`: got {dict(shares)}, expected None, because {said.by} divide {folder} already")
    skip = 0 if said is None else said.skip
    rows, left_out = _photographs(folder, tree, skip, opened=check_files, pixels=check_pixels)
    files = [tree.files[row] for row in rows]
    classes = [same_everywhere(parts[skip:-1]) for parts in files]
    if said is not None:
        split_of, how = [said.split_of[row] for row in rows], f"divided by {said.by}"
    else:
        split_of, how = draw_classes(classes, shares, seed)
    whole = _to_dataset(folder, files, classes, column_names, "" if split is None else f", {split} split, {how}")
    part = whole if split is None else whole.subset(row for row, one in enumerate(split_of) if one == split)
    if not len(part):
        there = ", ".join(sorted({one for one in split_of if one is not None})) or "none: no split has any"
        raise ValueError(f"`split`: got {split!r}, which has no photograph ({how}), expected one of {there}")
    notes = [] if to_join else notes_on(whole, part)
    if without := _without_photograph(tree.folders, files):
        notes.append(f"folders without a photograph ({len(without):,}): {first_names(without)}")
    if unlisted := split_of.count(None):
        notes.append(f"photographs in no split ({unlisted:,}, {how})")
    _report(folder, len(whole), left_out, notes, strict)
    return part


def _find(root: Root) -> Path:
    if root is None:
        raise ValueError("`root`: got None, expected the folder of your photographs")
    folder = Path(root).expanduser()
    if not folder.is_dir():
        what = "which is a file (an archive must be unpacked)" if folder.exists() else "which does not exist"
        raise FileNotFoundError(f"`root`: got {folder}, {what}, expected a folder of photographs")
    return folder


def _photographs(folder: Path, tree: Tree, skip: int, *, opened: bool, pixels: bool) -> tuple[list[int], list[LeftOut]]:
    """Return which files are photographs in a class folder, and what is left out.

    Raises:
        ValueError: there is none.
    """
    left_out = [LeftOut(*found) for found in tree.left_out]
    rows = []
    for row, parts in enumerate(tree.files):
        if len(parts) > skip + 1:
            rows.append(row)
        elif looks_like_image(parts[-1]):
            left_out.append(LeftOut(parts, "in no class folder"))
    refused = unreadable(folder, [tree.files[row] for row in rows], opened=opened, pixels=pixels)
    left_out += refused.values()
    rows = [row for place, row in enumerate(rows) if place not in refused]
    if not rows:
        found = "; ".join(in_words(left_out)) or "nothing but hidden files"
        raise ValueError(
            f"`root`: got {folder}, with no photograph in a class folder ({found}), expected folders of photographs"
        )
    return rows, left_out


def _to_dataset(
    folder: Path, files: Sequence[Parts], classes: Sequence[Parts], column_names: Sequence[str] | None, about: str
) -> RetrievalDataset:
    depth = max(map(len, classes))
    columns = [[parts[:level] for parts in classes] for level in range(depth, 0, -1)]  # short branches stay whole
    numbered = number_classes(columns)
    found = zip(columns, numbered.first_rows, strict=True)
    return RetrievalDataset(
        ImagePaths.from_relative(folder, ["/".join(parts) for parts in files]),
        numbered.labels,
        column_names=_check_names(column_names, depth),
        class_names=[_names([column[row] for row in first]) for column, first in found],
        licence="not stated",
        source=f"photographs in {folder}{about}",
    )


def _names(classes: Sequence[Parts]) -> list[str]:
    """Return names of classes: their own, or the whole path where two have the same."""
    times = Counter(parts[-1] for parts in classes)
    return [shown(parts if times[parts[-1]] > 1 else parts[-1:]) for parts in classes]


def _check_names(names: Sequence[str] | None, depth: int) -> Sequence[str]:
    if names is None:
        return [*_COLUMNS, *(f"ancestor {level}" for level in range(len(_COLUMNS), depth))][:depth]
    if isinstance(names, str) or len(names) != depth or len(set(names)) != depth:
        raise ValueError(
            f"`column_names`: got {names!r}, expected {depth} different names, for classes {depth} folders deep"
        )
    return names


def _report(folder: Path, read: int, left_out: Sequence[LeftOut], notes: Sequence[str], strict: bool) -> None:
    """Say in one warning, or where anything is left out and `strict` asks for it in one error, what is amiss."""
    lines = in_words(left_out)
    if left_out:
        head = f"{len(left_out):,} of {len(left_out) + read:,} files are left out"
        lines.insert(0, head + ("" if strict else " (`strict=True` makes this an error)"))
    text = "\n  ".join([f"{folder}:", *lines, *notes])
    if left_out and strict:
        raise ValueError(text)
    if left_out or notes:
        warn(text)


def _without_photograph(folders: Sequence[Parts], files: Sequence[Parts]) -> list[Parts]:
    """Return the folders that hold no photograph, of each branch the highest."""
    full = {parts[:end] for parts in files for end in range(len(parts))}
    return [parts for parts in folders if parts not in full and parts[:-1] in full]
