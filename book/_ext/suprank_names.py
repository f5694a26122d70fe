"""The public names of the library: how pages write them, which chapters use them, and which equations they compute."""

import ast
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sphinx.environment import BuildEnvironment

HIDDEN = {"remove-cell", "remove-input"}  # cells whose code the page does not show
ROW = re.compile(r"^\| \[E(\d+)\]\(#e\d+\) [^|]+\|[^|]+\|([^|]+)\|", re.MULTILINE)  # of the equations table
MEMBERS = ("method", "attribute", "property", "module")


def read_names(objects: Mapping[str, Any]) -> dict[str, str]:
    """Return the full name for each way to write a name of the API: `sup_ap`, `losses.sup_ap`, and so on.

    A word alone is a function, class or constant; where two rooms have it, the one that is not in plain loops.
    """
    found: dict[str, set[str]] = {}
    for full, entry in objects.items():
        parts = full.split(".")
        for length in range(2 if entry.objtype in MEMBERS else 1, len(parts) + 1):
            if not entry.aliased:
                found.setdefault(".".join(parts[-length:]), set()).add(full)
    fast = {short: {full for full in fulls if ".naive." not in full} or fulls for short, fulls in found.items()}
    return {short: next(iter(fulls)) for short, fulls in fast.items() if len(fulls) == 1}


@cache  # of one build: all pages ask for the same
def names_of(env: BuildEnvironment) -> Mapping[str, str]:
    """Return the full name for each way to write a name of the API that this build documents."""
    return read_names(env.get_domain("py").objects)


def imported(code: str) -> dict[str, str]:
    """Return the full name of each name that code imports from the library, by the name that it has there."""
    names = {}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "suprank_edu":
            names |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    return names


def used(code: str, names: Mapping[str, str]) -> set[str]:
    """Return the full names that code uses: imported names, and `module.name` of imported modules."""
    full = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name) and node.id in names:
            full.add(names[node.id])
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            full.add(f"{names[node.value.id]}.{node.attr}")
    return full


def cells_of(notebook: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook."""
    cells: list[dict[str, Any]] = json.loads(notebook.read_text())["cells"]
    return cells


def code_of(cells: Iterable[Mapping[str, Any]], shown: bool = False) -> str:
    """Return the code of cells, or of those whose code is shown; commands of the shell are left out."""
    left_out = HIDDEN if shown else set()
    code = "\n".join(
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "code" and not left_out & set(cell["metadata"].get("tags", []))
    )
    return re.sub(r"^( *)[%!].*", r"\1pass", code, flags=re.MULTILINE)


def text_of(cells: Iterable[Mapping[str, Any]]) -> str:
    """Return what a notebook says between its cells of code."""
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def chapters_of(notebooks: Iterable[Path], names: Mapping[str, str]) -> dict[str, list[str]]:
    """Return for each full name the chapters that show it at work or speak of it, by the names of their files."""
    chapters: dict[str, list[str]] = {}
    for notebook in sorted(notebooks):
        cells = cells_of(notebook)
        here = imported(code_of(cells))
        shown = used(code_of(cells, shown=True), here)
        words = {word.split("(")[0] for word in re.findall(r"`([^`\n]+)`", text_of(cells))}
        for full in shown | {full for word in words if (full := here.get(word) or names.get(word))}:
            chapters.setdefault(full, []).append(notebook.stem)
    return chapters


def tests_of(folder: Path, names: Mapping[str, str]) -> dict[str, list[str]]:
    """Return for each full name the files of tests that use it, those of its own room first.

    A name that none imports is looked for as a word, in what tests start or share too.
    """
    full_names, found = set(names.values()), {}
    texts = {path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*.py"))}
    for file in (file for file in texts if Path(file).name.startswith("test_")):
        for name in used(texts[file], imported(texts[file])):
            full = name if name in full_names else names.get(name.rsplit(".", 1)[-1], "")
            found.setdefault(full, []).append(file)
    for full in full_names - set(found):
        word = re.compile(rf"\b{full.rsplit('.', 1)[-1]}\b")
        found[full] = [file for file, text in texts.items() if word.search(text)]
    return {full: sorted(files, key=lambda file: (room_of(full) not in file, file)) for full, files in found.items()}


def room_of(full: str) -> str:
    """Return the room of the library that a name is in: `losses` of `suprank_edu.losses.sup_ap`."""
    return full.split(".")[1] if "." in full else full


def equations_of(table: str, names: Mapping[str, str]) -> dict[str, list[int]]:
    """Return for each full name the numbers of its equations, as the equations table has them."""
    numbers: dict[str, list[int]] = {}
    for number, functions in ROW.findall(table):
        for name in re.findall("`([^`]+)`", functions):
            if name in names:
                numbers.setdefault(names[name], []).append(int(number))
    return numbers
