"""Coarse levels of one's own for sets that were published without: `hierarchy.csv` in the root."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from suprank_edu.data.csv_files import read_csv


class Hierarchy(NamedTuple):
    """Names of the coarse columns, from fine to coarse, and of the classes of each class id in them."""

    column_names: tuple[str, ...]
    parents: dict[int, tuple[str, ...]]

    def columns(self, classes: Sequence[int]) -> list[list[str]]:
        """Return for each coarse column the names above the classes of N images.

        Example:
            >>> Hierarchy(("kind",), {1: ("Warbler",), 2: ("Gull",)}).columns([2, 2, 1])
            [['Gull', 'Gull', 'Warbler']]
        """
        return [[self.parents[one][column] for one in classes] for column in range(len(self.column_names))]


def read_hierarchy(root: Path, default: Hierarchy) -> Hierarchy:
    """Read `hierarchy.csv` (`class_id,level1,level2,…`, level1 the finest of them), or take the default.

    Args:
        root: the folder of the set.
        default: what holds when there is no such file; its class ids must all be in the file.

    Raises:
        ValueError: a line is malformed, a parent is empty, a class has two, or none; the message has file and line.
    """
    path = root / "hierarchy.csv"
    if not path.is_file():
        return default
    header, rows = read_csv(path)
    if len(header) < 2 or header[0] != "class_id" or not all(header) or len(set(header)) < len(header):
        expected = "'class_id, level1, …', each name once"
        raise ValueError(f"{path}, line 1: got the header {', '.join(header)!r}, expected {expected}")
    parents: dict[int, tuple[str, ...]] = {}
    for line, (number, *names) in rows:
        if not number.isdecimal():
            raise ValueError(f"{path}, line {line}: got the class_id {number!r}, expected an integer")
        if not all(names):
            empty = header[1 + names.index("")]
            raise ValueError(f"{path}, line {line}: got no {empty} of class {number}, expected a name")
        before = parents.setdefault(int(number), tuple(names))
        if before != tuple(names):
            both = f"{', '.join(names)} as the parents of class {number}, which had {', '.join(before)} before"
            raise ValueError(f"{path}, line {line}: got {both}, expected one line of each class")
    missing = sorted(default.parents.keys() - parents.keys())
    if missing:
        raise ValueError(f"{path}: got no line of class {missing[0]}, expected a line for each class")
    return Hierarchy(tuple(header[1:]), parents)
