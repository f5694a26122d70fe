"""The API reference holds every public name once, and leads to equations, chapters, source and tests, and back."""

import argparse
import ast
import importlib
import inspect
import json
import pydoc
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import suprank_api
import suprank_book
import suprank_names
from docutils import nodes
from numpy.typing import ArrayLike
from sphinx.util.inspect import stringify_signature
from sphinx.util.inventory import InventoryFile

from suprank_edu import naive

ROOMS = [
    "data",
    "data.labelling",
    "decomposability",
    "explore",
    "losses",
    "metrics",
    "naive",
    "pairwise",
    "retrieval",
    "search",
    "training",
]


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_has_an_entry(room: str, built: Path) -> None:
    with (built / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", lambda base, address: address)
    entries = {name for kind, names in inventory.items() if kind.startswith("py:") for name in names}
    module = importlib.import_module(f"suprank_edu.{room}")
    assert [name for name in module.__all__ if f"{module.__name__}.{name}" not in entries] == []


def test_no_signature_shows_what_numpy_has_behind_array_like(page: Path) -> None:
    assert not re.search("_Buffer|_SupportsArray|_NestedSequence", page.read_text())


def test_the_union_behind_array_like_is_written_by_its_name() -> None:
    def function(labels: ArrayLike, size: int = 2) -> None: ...

    for short_names in (True, False):
        written = stringify_signature(inspect.signature(function), unqualified_typehints=short_names)
        short, _ = suprank_api.write_signature(None, "function", "f", function, None, written, None)
        assert short.startswith("(labels: ArrayLike, size: int = 2)")


def test_defaults_are_written_as_code_that_sphinx_can_read() -> None:
    @dataclass
    class Kept:
        step: Callable[[float], float] = naive.heaviside
        wait: Callable[[float], None] = time.sleep
        dtype: type = float
        names: dict[str, str] = field(default_factory=dict)
        sizes: list[int] = field(default_factory=lambda: [8])

    signature = stringify_signature(inspect.signature(Kept), show_return_annotation=False)
    assert "<" in signature
    written, _ = suprank_api.write_signature(None, "class", "Kept", Kept, None, signature, None)
    read = ast.parse(f"def kept{written.replace('~', '')}: ...").body[0]
    assert list(map(ast.unparse, read.args.defaults)) == ["heaviside", "sleep", "float", "{}", "[8]"]


def test_no_signature_shows_an_object_or_the_mark_of_a_short_name(page: Path) -> None:
    signatures = re.findall(r'<dt class="sig[ "].*?</dt>', page.read_text(), flags=re.DOTALL)
    assert [text for text in signatures if re.search("~|&lt;(factory|function|built-in|class)", text)] == []


def test_what_an_example_prints_is_shown_as_it_is() -> None:
    lines = ["A `word`.", "", "Example:", "    >>> fault()", "    `labels`: got 3", "", "Then `another`."]
    suprank_book.escape_docstring(None, "function", "suprank_edu.ranking.rank", None, None, lines)
    assert lines == ["A ``word``.", "", "Example:", "    >>> fault()", "    `labels`: got 3", "", "Then ``another``."]


def test_a_row_of_a_table_of_names_is_a_whole_sentence(built: Path) -> None:
    text = (built / "api" / "naive.html").read_text()
    rows = re.findall(r"<tr[^>]*>.*?</tr>", text, flags=re.DOTALL)
    summaries = [re.sub("<[^>]+>", "", row).strip() for row in rows]
    assert len(summaries) > 10
    assert [row for row in summaries if row.count("(") != row.count(")") or row.endswith("Eq.")] == []


def test_no_page_begins_with_an_exception(page: Path) -> None:
    entries = re.findall(r'<dl class="py (class|function|exception|data|method)', page.read_text())
    assert entries[:1] != ["exception"]


def test_an_entry_leads_to_the_lines_that_define_it(root: Path) -> None:
    address = suprank_api.address_of_source("py", {"module": "suprank_edu.losses", "fullname": "sup_ap"})
    file, first, last = re.fullmatch(r"https://.+/blob/main/(.+)#L(\d+)-L(\d+)", address).groups()
    lines = (root / file).read_text().splitlines()
    assert "def sup_ap(" in "\n".join(lines[int(first) - 1 : int(first) + 1])
    assert lines[int(last) - 1].startswith("    return")
    assert suprank_api.address_of_source("py", {"module": "suprank_edu.steps", "fullname": "PUBLISHED"}) is None


@pytest.fixture(scope="module")
def tested() -> dict[str, list[str]]:
    """The files of tests of each public function and class."""
    modules = [importlib.import_module(f"suprank_edu.{room}") for room in ROOMS]
    listed = [(module, name, getattr(module, name)) for module in modules for name in module.__all__]
    full = [
        f"{module.__name__}.{name}" for module, name, each in listed if inspect.isclass(each) or inspect.isroutine(each)
    ]
    fast = {name.rsplit(".", 1)[-1]: name for name in sorted(full, key=lambda name: ".naive." not in name)}
    names = {name: name for name in full} | fast
    found = suprank_names.tests_of(Path(__file__).parents[1], names)
    return {name: found[name] for name in full}


def test_every_public_function_has_a_test(tested: dict[str, list[str]]) -> None:
    assert len(tested) > 150
    missing = [name for name, files in tested.items() if not files]
    functions = [name for name in missing if not inspect.isclass(pydoc.locate(name))]
    assert functions == []  # what they hand out, tests may read without naming its class
    assert len(missing) < 15


def test_the_tests_of_its_own_room_come_first(tested: dict[str, list[str]]) -> None:
    assert tested["suprank_edu.losses.sup_ap"][0].startswith("losses/")
    assert tested["suprank_edu.naive.h_ap"][0] == "naive/test_naive.py"


def test_tests_are_those_that_use_a_name(tmp_path: Path) -> None:
    (tmp_path / "losses").mkdir()
    (tmp_path / "losses" / "test_a.py").write_text("from suprank_edu.losses.functional import sup_ap\nsup_ap(1)")
    (tmp_path / "test_b.py").write_text("from suprank_edu import losses\nlosses.sup_ap(1)")
    (tmp_path / "test_c.py").write_text("from suprank_edu.losses import sup_ap\nSCRIPT = 'gather(1)'")
    names = {"sup_ap": "suprank_edu.losses.sup_ap", "gather": "suprank_edu.training.gather"}
    found = suprank_names.tests_of(tmp_path, names)
    assert found["suprank_edu.losses.sup_ap"] == ["losses/test_a.py", "test_b.py"]
    assert found["suprank_edu.training.gather"] == ["test_c.py"]


def test_a_test_is_found_at_its_line(root: Path) -> None:
    address = suprank_api.address_of_test("test_ranking.py::test_ties_against_scipy")
    file, line = re.fullmatch(r"https://.+/blob/main/(.+)#L(\d+)", address).groups()
    assert (root / file).read_text().splitlines()[int(line) - 1].startswith("def test_ties_against_scipy(")


def test_chapters_are_those_that_show_a_name_or_speak_of_it(tmp_path: Path) -> None:
    def write(name: str, *cells: tuple[str, str, list[str]]) -> None:
        found = [{"cell_type": kind, "source": text, "metadata": {"tags": tags}} for kind, text, tags in cells]
        (tmp_path / name).write_text(json.dumps({"cells": found}))

    write("01_a.ipynb", ("code", "from suprank_edu.losses import sup_ap\n%time\nsup_ap(1)", []))
    write("02_b.ipynb", ("markdown", "see `sup_ap(scores)`", []), ("code", "print(1)", []))
    write("03_c.ipynb", ("code", "from suprank_edu.losses import sup_ap", []), ("code", "sup_ap(1)", ["remove-cell"]))
    chapters = suprank_names.chapters_of(tmp_path.glob("*.ipynb"), {"sup_ap": "suprank_edu.losses.sup_ap"})
    assert chapters["suprank_edu.losses.sup_ap"] == ["01_a", "02_b"]


def test_functions_and_equations_lead_to_one_another(built: Path, book: Path) -> None:
    losses = (built / "api" / "losses_on_scores.html").read_text()
    entry = losses[losses.index('id="suprank_edu.losses.sup_ap"') :]
    below = entry[: entry.index('id="suprank_edu.losses.sup_recall"')]
    assert 'href="../equations.html#e8-sup-ap"' in below
    assert 'href="../06_suprank.html"' in below
    assert "/blob/main/tests/losses/test_functional.py" in below
    table = (built / "equations.html").read_text()
    assert 'href="api/losses_on_scores.html#suprank_edu.losses.sup_ap"' in table
    section = table[table.index('<section id="e8-') :]
    section = section[: section.index("</section>")]
    assert 'href="06_suprank.html"' in section
    assert "/blob/main/tests/test_golden.py#L" in section


def test_a_command_is_documented_with_all_that_it_takes() -> None:
    parser = argparse.ArgumentParser(prog="tool run", description="train `now`")
    parser.add_argument("--steps", type=int, default=3, help="how many (default: %(default)s)")
    parser.add_argument("--dry-run", action="store_true", help="only look")
    parser.add_argument("folder", metavar="FOLDER", choices=["a", "b"], help="where")
    section = suprank_api.section_of("run", parser)
    assert section.next_node(nodes.title).astext() == "run"
    found = {item[0].astext(): item[1].astext() for item in section.findall(nodes.definition_list_item)}
    assert found == {
        "--steps STEPS": "how many (default: 3)",
        "--dry-run": "only look",
        "FOLDER": "where. One of a, b.",
    }
    assert [code.astext() for code in section.findall(nodes.literal)][1] == "now"


@pytest.mark.parametrize(("of", "module"), [("command_line", "training"), ("command_line_search", "search")])
def test_every_command_of_the_shell_is_on_its_page(built: Path, of: str, module: str) -> None:
    text = (built / "api" / f"{of}.html").read_text()
    parser = importlib.import_module(f"suprank_edu.{module}.__main__").parser()
    commands = next(each for each in parser._actions if isinstance(each, argparse._SubParsersAction)).choices
    assert len(commands) >= 6
    for name, command in commands.items():
        assert f'id="command-{name}"' in text
        for action in command._actions:
            assert not action.option_strings or "--help" in action.option_strings or action.option_strings[0] in text
