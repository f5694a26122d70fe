"""Where a docstring has `Args:`, these are the arguments of the signature, each once and in its order."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "suprank_edu"
ARGS = re.compile(r"^Args:\n(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
NAMES = re.compile(r"^    ([\w*]+(?:, [\w*]+)*): ", re.MULTILINE)  # one line may speak of several
Described = ast.FunctionDef | ast.ClassDef


def described(path: Path) -> Iterator[tuple[Described, list[str]]]:
    """Yield what has a docstring with arguments, and their names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Described) and (section := ARGS.search(ast.get_docstring(node) or "")):
            yield node, [name.lstrip("*") for names in NAMES.findall(section[1]) for name in names.split(", ")]


def arguments_of(node: Described) -> list[str]:
    """Return the arguments of a function, or of the constructor of a class: the fields of one that has none written."""
    if isinstance(node, ast.ClassDef):
        made = [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"]
        fields = [part.target for part in node.body if isinstance(part, ast.AnnAssign)]
        if not made:
            return [f.id for f in fields if isinstance(f, ast.Name) and not f.id.startswith("_")]
        node = made[0]
    of = node.args
    every = [*of.posonlyargs, *of.args, of.vararg, *of.kwonlyargs, of.kwarg]
    return [argument.arg for argument in every if argument is not None and argument.arg not in ("self", "cls")]


FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if any(described(path))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE).with_suffix("")))
def test_arguments_are_those_of_the_signature(path: Path) -> None:
    for node, names in described(path):
        assert names == arguments_of(node), f"{node.name}, line {node.lineno}"


def test_there_are_docstrings_to_look_at() -> None:
    assert sum(1 for path in FILES for _ in described(path)) > 300
