"""How somebody's own photographs are divided: by folders of their own, by a CSV file, or by drawing classes."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from suprank_edu._checks import alternatives
from suprank_edu.data.csv_files import read_csv
from suprank_edu.data.readers._walk import Parts, Tree, same_everywhere, shown

SPLITS = ("train", "val", "test")
_FOLDERS = {"train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val"}
_FOLDERS |= {"test": "test", "testing": "test"}
SHARES = {"train": 0.5, "test": 0.5}
"""Of the classes, where nothing else divides them; half and half, as the published sets for retrieval do."""


class Division(NamedTuple):
    """The split of each file, None where it is in none; how many parts of its path are no class; and who said so."""

    split_of: list[str | None]
    skip: int
    by: str


def find_division(root: Path, tree: Tree, table: Path | None) -> Division | None:
    """Return how the files of a tree are divided: by a CSV file, else by folders `train`, `val` and `test`.

    Args:
        root: the folder that the tree lies below.
        tree: what lies there.
        table: the CSV file; None takes `splits.csv` in the root where there is one.

    Returns:
        The division, None where there is neither.

    Raises:
        FileNotFoundError: there is no such table.
        ValueError: the table is malformed, there are both, or classes lie beside folders of splits.
    """
    top = [parts[0] for parts in tree.folders if len(parts) == 1]
    named = {name: _FOLDERS[name.casefold()] for name in top if name.casefold() in _FOLDERS}
    only_splits = bool(named) and len(named) == len(top)
    if table is not None and not table.is_file():
        raise FileNotFoundError(f"`splits`: got {table}, which is no file, expected a CSV file of path,split")
    table = table or root / "splits.csv"
    if table.is_file():
        if only_splits:
            raise ValueError(
                f"{table}: got splits of photographs that lie in {', '.join(named)}, expected one of the two"
            )
        return _divide_by_table(root, tree, table)
    if only_splits:
        return Division([named.get(parts[0]) for parts in tree.files], 1, f"the folders {', '.join(named)}")
    if len(named) > 1 or any(len(parts) > 1 and parts[0] in named for parts in tree.folders):
        other = shown((next(name for name in top if name not in named),))
        raise ValueError(
            f"`root`: got {root} with {' and '.join(named)}, and {other} beside them, expected folders of splits alone "
            "or of classes alone, or a table of splits"
        )
    return None  # a train is also a class of vehicles


def _divide_by_table(root: Path, tree: Tree, table: Path) -> Division:
    """Read `path,split`: a path is a photograph or a folder, and the deeper one counts."""
    header, rows = read_csv(table)
    if header != ["path", "split"]:
        raise ValueError(f"{table}, line 1: got the header {', '.join(header)!r}, expected 'path, split'")
    known = {same_everywhere(parts) for parts in (*tree.files, *tree.folders)}
    split_at: dict[Parts, str] = {}
    for line, (path, split) in rows:
        parts = same_everywhere(tuple(part for part in path.replace("\\", "/").split("/") if part not in ("", ".")))
        if parts not in known:
            raise ValueError(f"{table}, line {line}: got the path {path!r}, expected a file or a folder below {root}")
        if split not in SPLITS:
            raise ValueError(f"{table}, line {line}: got the split {split!r}, expected {alternatives(SPLITS)}")
        if split_at.setdefault(parts, split) != split:
            raise ValueError(f"{table}, line {line}: got {path} in {split}, which was in {split_at[parts]} before")
    return Division([_deepest(split_at, same_everywhere(parts)) for parts in tree.files], 0, table.name)


def _deepest(split_at: Mapping[Parts, str], parts: Parts) -> str | None:
    return next((split_at[parts[:end]] for end in range(len(parts), 0, -1) if parts[:end] in split_at), None)


def draw_classes(
    classes: Sequence[Parts], shares: Mapping[str, float] | None, seed: int
) -> tuple[list[str | None], str]:
    """Return a split for each photograph, so that splits share no class and each has its share of every folder's.

    The order of classes is that of a hash of seed and path, the same on each computer.

    Args:
        classes: of N photographs, the paths of their folders.
        shares: of the classes for each split, with the sum 1; None takes `SHARES`.
        seed: another seed, another order.

    Returns:
        The splits of N photographs, and how they were drawn, in words.

    Raises:
        ValueError: shares that are none.

    Example:
        >>> draw_classes([("pear",), ("plum",), ("pear",), ("apple",)], {"train": 0.7, "test": 0.3}, seed=0)
        (['test', 'train', 'test', 'train'], 'classes drawn with seed 0, train: 2, test: 1')
    """
    shares = SHARES if shares is None else _check_shares(shares)

    def place(parts: Parts) -> bytes:
        return hashlib.sha256("/".join((str(seed), *parts)).encode("utf-8", "surrogateescape")).digest()

    given = dict.fromkeys(shares, 0)
    drawn: dict[Parts, str] = {}
    for count, one in enumerate(sorted(set(classes), key=lambda parts: (place(parts[:-1]), place(parts))), 1):
        drawn[one] = max(shares, key=lambda split: shares[split] * count - given[split])
        given[drawn[one]] += 1
    sizes = ", ".join(f"{split}: {size:,}" for split, size in given.items())
    return [drawn[one] for one in classes], f"classes drawn with seed {seed}, {sizes}"


def _check_shares(shares: Mapping[str, float]) -> Mapping[str, float]:
    fit = set(shares) <= set(SPLITS) and all(share > 0 for share in shares.values())
    if not fit or not math.isclose(sum(shares.values()), 1):
        names = ", ".join(SPLITS)
        raise ValueError(f"`shares`: got {dict(shares)}, expected numbers above 0 for some of {names}, with the sum 1")
    return shares
