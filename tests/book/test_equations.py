"""The equations table keeps its word: every function and every test that it names is there."""

import ast
import importlib
import re
from functools import reduce
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "book" / "equations.md").read_text()
ROW = re.compile(
    r"^\| \[E(?P<n>\d+)\]\(#e(?P=n)\) [^|]+\|(?P<paper>[^|]+)\|(?P<functions>[^|]+)\|(?P<files>[^|]+)\|$", re.M
)
SECTION = re.compile(r"^### E(?P<n>\d+) \S.*?(?=^##|\Z)", re.MULTILINE | re.DOTALL)
NUMBERS = range(1, 26)

ROWS = {int(row["n"]): row for row in ROW.finditer(TEXT)}
SECTIONS = {int(section["n"]): section[0] for section in SECTION.finditer(TEXT)}


def code(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def names_of(number: int) -> list[str]:
    return [name for name in code(SECTIONS[number].split("\nTests:")[1]) if "::" in name]


def defined_in(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_every_equation_that_the_library_names_is_in_the_table() -> None:
    for path in (ROOT / "suprank_edu").rglob("*.py"):
        named = {int(number) for number in re.findall(r"\bE(\d{1,2})\b", path.read_text(encoding="utf-8"))}
        assert named <= set(NUMBERS), f"{path.name}: {named - set(NUMBERS)}"


def test_every_equation_has_a_row_and_a_section() -> None:
    assert list(ROWS) == list(NUMBERS)
    assert list(SECTIONS) == list(NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
def test_its_functions_exist(number: int) -> None:
    names = code(ROWS[number]["functions"])
    assert names
    for name in names:
        module, *attributes = name.split(".")
        found = reduce(getattr, attributes, importlib.import_module(f"suprank_edu.{module}"))
        assert callable(found), name


@pytest.mark.parametrize("number", NUMBERS)
def test_its_tests_exist(number: int) -> None:
    names = names_of(number)
    assert names
    for name in names:
        file, test = name.split("::")
        assert test in defined_in(ROOT / "tests" / file), name
    assert sorted(set(code(ROWS[number]["files"]))) == sorted({name.split("::")[0] for name in names})


@pytest.mark.parametrize("number", NUMBERS)
def test_a_function_names_the_equation_in_its_docstring(number: int) -> None:
    documented = []
    for name in code(ROWS[number]["functions"]):
        module, *attributes = name.split(".")
        found = reduce(getattr, attributes, importlib.import_module(f"suprank_edu.{module}"))
        documented.append(re.search(rf"\bE{number}\b", found.__doc__ or "") is not None)
    assert any(documented), f"no docstring of {code(ROWS[number]['functions'])} says E{number}"
