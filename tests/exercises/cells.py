"""Exercise and solution cells, read from notebooks in text form, and run as a chapter would run them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext

from suprank_edu.exercises import Result

HERE = Path(__file__).parent
CELLS = sorted((HERE / "cells").glob("*.md"))
CHAPTERS = sorted((HERE.parents[1] / "book").glob("[0-9][0-9]_*.md"))


@dataclass(frozen=True)
class Cell:
    """A cell tagged `exercise` or `solution`, the name it checks, and the imports made above it."""

    path: Path
    kind: str
    tags: tuple[str, ...]
    name: str
    source: str
    imports: str

    def run(self) -> Result:
        """Run the cell after the imports and return what its last line, the check, gives."""
        *body, last = ast.parse(self.source).body
        assert isinstance(last, ast.Expr), f"{self.path.name}: the cell of {self.name!r} must end with check(...)"
        namespace: dict[str, Any] = {"__name__": "__main__"}
        exec(self.imports, namespace)
        exec(compile(ast.Module(body, []), str(self.path), "exec"), namespace)
        return eval(compile(ast.Expression(last.value), str(self.path), "eval"), namespace)


def cells(path: Path) -> Iterator[Cell]:
    """Yield the exercise and solution cells of a notebook in MyST form."""
    imports: list[str] = []
    for cell in jupytext.read(path).cells:
        if cell.cell_type != "code":
            continue
        tags = tuple(cell.metadata.get("tags", ()))
        for kind in {"exercise", "solution"} & set(tags):
            found = re.findall(r'^check\("(\w+)", \w+\)', cell.source, flags=re.MULTILINE)
            assert len(found) == 1, f"{path.name}: a cell tagged {kind} must end with one check(...)"
            yield Cell(path, kind, tags, found[0], cell.source, "\n".join(imports))
        # Magic lines are no Python; a cell that has them imports nothing that an exercise needs.
        if not re.search(r"^\s*[%!]", cell.source, flags=re.MULTILINE):
            nodes = ast.parse(cell.source).body
            imports += [ast.unparse(node) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
