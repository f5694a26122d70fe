"""Coarse levels of one's own for sets that were published without: `hierarchy.csv` in the root."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from suprank_edu.data.readers._files import ListFile, Origin


class Hierarchy(NamedTuple):
    """Names of the coarse levels, from fine to coarse, and of the classes of each class id in them."""

    column_names: tuple[str, ...]
    parents: dict[int, tuple[str, ...]]

    def columns(self, classes: Sequence[int]) -> list[list[str]]:
        """Return for each coarse level the names above the classes of N images.

        Example:
            >>> Hierarchy(("kind",), {1: ("Warbler",), 2: ("Gull",)}).columns([2, 2, 1])
            [['Gull', 'Gull', 'Warbler']]
        """
        return [[self.parents[one][level] for one in classes] for level in range(len(self.column_names))]


def read_hierarchy(origin: Origin, root: Path, default: Hierarchy) -> Hierarchy:
    """Read ``hierarchy.csv`` (``class_id,level1,level2,…``, level1 the finest of them), or take the default.

    Args:
        origin: the set.
        root: its folder.
        default: what holds when there is no such file; its class ids must all be in the file.

    Raises:
        ValueError: if a line is malformed or a class is missing.
    """
    if not (root / "hierarchy.csv").is_file():
        return default
    file = ListFile(origin, root, "hierarchy.csv")
    with open(file.path, encoding="utf-8", errors="replace", newline="") as lines:
        header = [name.strip() for name in next(csv.reader(lines), [])]
    if len(header) < 2 or header[0] != "class_id":
        raise file.error(1, f"the header {', '.join(header)!r}", "'class_id, level1, …'")
    parents = {}
    for line, fields in file.rows(len(header), separator=",", skip=1):
        parents[file.integer(line, "class_id", fields[0])] = tuple(name.strip() for name in fields[1:])
    missing = sorted(default.parents.keys() - parents.keys())
    if missing:
        raise file.error(None, f"no line of class {missing[0]}", "a line for each class")
    return Hierarchy(tuple(header[1:]), parents)
