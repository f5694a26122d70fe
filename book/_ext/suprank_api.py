"""Sphinx extension: the API reference and the equations table lead to one another, to chapters, to source and to tests.

* Each entry names its equations, the chapters that use it and the tests that hold it; each equation the chapters that
  link it and its tests.
* Entries and tests lead to their source, at the address that pyproject.toml gives.
* Signatures say ArrayLike, not what numpy makes of it, and defaults as they are written.
* `names` documents some names of a module in the order in which they are written, after a table of them.
* `command-line` documents a command from its parser, with all its sub-commands.
"""

import argparse
import ast
import re
from collections.abc import Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache, reduce
from importlib import import_module
from inspect import getsourcefile, getsourcelines, isclass, isroutine, unwrap
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.statemachine import StringList
from numpy.typing import ArrayLike
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.typing import stringify_annotation
from suprank_book import repository
from suprank_names import chapters_of, equations_of, names_of, tests_of

ROOT = Path(__file__).resolve().parents[2]
EQUATIONS = "equations"
TEST = re.compile(r"(?:\w+/)*test_\w+\.py(?:::\w+)?")
DEFAULT = re.compile(r"<(?:(?:built-in )?function |class ')([\w.]+)'?>")  # <function heaviside>, <class 'float'>
MOST_TESTS = 2  # that an entry names
EXPANDED = [stringify_annotation(ArrayLike, mode) for mode in ("fully-qualified", "smart")]


class Uses(NamedTuple):
    """Where else the names of the API are: the numbers of their equations, and the files of their chapters."""

    equations: dict[str, list[int]]
    chapters: dict[str, list[str]]
    tests: dict[str, list[str]]
    anchors: dict[str, str]  # of each equation in its table: e8 → e8-sup-ap


@cache  # of one build: all pages ask for the same
def uses_in(env: BuildEnvironment) -> Uses:
    """Read the equations table and all chapters."""
    names, book = names_of(env), ROOT / "book"
    return Uses(
        equations=equations_of((book / f"{EQUATIONS}.md").read_text(), names),
        chapters=chapters_of(book.glob("[0-9][0-9]_*.ipynb"), names),
        tests=tests_of(ROOT / "tests", names),
        anchors={
            section["ids"][0].split("-")[0]: section["ids"][0]
            for section in env.get_doctree(EQUATIONS).findall(nodes.section)
        },
    )


class LinkEntries(SphinxPostTransform):
    """Add to entries and equations where else they are."""

    default_priority = 210  # after the links of names
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Change the page as it is written."""
        if self.env.docname == EQUATIONS:
            self.link_equations()
        elif self.env.docname.startswith("api/"):
            self.link_entries()

    def link_entries(self) -> None:
        """Say under the first sentence of each function and class its equations, chapters and tests."""
        uses = uses_in(self.env)
        for entry in self.document.findall(addnodes.desc):
            full = next(iter(entry.next_node(addnodes.desc_signature)["ids"]), "")
            numbers = uses.equations.get(full, ())
            line = joined("Equation", [self.link(f"E{n}", EQUATIONS, uses.anchors[f"e{n}"]) for n in numbers])
            chapters = self.chapters(uses.chapters.get(full, ()))
            line += [nodes.Text(". ")] * bool(line and chapters) + chapters
            tests = joined("Test", [link_to_test(file) for file in uses.tests.get(full, ())[:MOST_TESTS]])
            line += [nodes.Text(". ")] * bool(line and tests) + tests
            if line:
                content = entry.next_node(addnodes.desc_content)
                content.insert(min(1, len(content)), nodes.paragraph("", "", *line, classes=["see-also"]))

    def link_equations(self) -> None:
        """Link tests to their source, and say below each equation which chapters link it."""
        for code in list(self.document.findall(nodes.literal)):
            if TEST.fullmatch(code.astext()):
                code.replace_self(link_to_test(code.astext()))
        texts = {path.stem: path.read_text() for path in sorted((ROOT / "book").glob("[0-9][0-9]_*.md"))}
        for section in self.document.findall(nodes.section):
            number = section["ids"][0].split("-")[0]
            line = self.chapters([name for name, text in texts.items() if f"{EQUATIONS}.md#{number})" in text])
            if line:
                section += nodes.paragraph("", "", *line, classes=["see-also"])

    def chapters(self, names: Sequence[str]) -> list[nodes.Node]:
        """Return links to chapters, by their numbers."""
        return joined("Chapter", [self.link(str(int(name[:2])), name) for name in names])

    def link(self, words: str, docname: str, anchor: str = "") -> nodes.reference:
        """Return a link to another page, which says the page's title when one points at it."""
        address = self.app.builder.get_relative_uri(self.env.docname, docname) + f"#{anchor}" * bool(anchor)
        title = self.env.titles[docname].astext()
        return nodes.reference("", words, internal=True, refuri=address, reftitle=title)


def joined(word: str, links: list[nodes.reference]) -> list[nodes.Node]:
    """Return a word, of one or of many, and links with commas between them; nothing where there is no link."""
    if not links:
        return []
    pieces = [piece for link in links for piece in (nodes.Text(", "), link)]
    return [nodes.Text(f"{word} " if len(links) == 1 else f"{word}s "), *pieces[1:]]


def link_to_test(name: str) -> nodes.reference:
    """Return a link to the source of a file of tests, or of one test of it."""
    return nodes.reference("", "", nodes.literal("", name), internal=False, refuri=address_of_test(name))


@cache
def lines_of(path: Path) -> dict[str, int]:
    """Return where each function of a file of tests begins."""
    return {
        node.name: node.lineno for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)
    }


def address_of_test(name: str) -> str:
    """Return the address of a file of tests, or of the test in it that `file::test` names."""
    file, _, test = name.partition("::")
    return f"{repository()}/blob/main/tests/{file}" + (f"#L{lines_of(ROOT / 'tests' / file)[test]}" if test else "")


def address_of_source(domain: str, info: dict[str, str]) -> str | None:
    """Return the address of the lines that define a name, for sphinx.ext.linkcode."""
    try:
        found = unwrap(reduce(getattr, info["fullname"].split("."), import_module(info["module"])))
        lines, first = getsourcelines(found)
        path = Path(str(getsourcefile(found))).resolve().relative_to(ROOT)
    except (AttributeError, TypeError, OSError, ValueError):  # a constant, or what a class has from another library
        return None
    return f"{repository()}/blob/main/{path}#L{first}-L{first + len(lines) - 1}"


def write_signature(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, signature: str | None, returns: str | None
) -> tuple[str | None, str | None] | None:
    """Write ArrayLike for the union that numpy has behind it, and defaults as code, which Sphinx can then read."""
    if signature is None:
        return None
    written = reduce(lambda text, expanded: text.replace(expanded, "ArrayLike"), EXPANDED, signature)
    written = DEFAULT.sub(r"\1", written)
    if is_dataclass(obj):
        for field in fields(obj):
            if field.init and field.default_factory is not MISSING:
                written = written.replace("<factory>", repr(field.default_factory()), 1)
    return written, returns


class Names(Directive):
    """Document the names of the content, which the module of the argument has, in that order."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = dict.fromkeys(
        ("exclude-members", "inherited-members"), directives.unchanged
    )

    def run(self) -> list[nodes.Node]:
        """Return a table of the functions and classes, and all entries."""
        module = import_module(self.arguments[0])
        found = {name: getattr(module, name) for name in " ".join(self.content).split()}
        listed = [name for name, each in found.items() if isclass(each) or isroutine(each)]
        lines = [f".. py:currentmodule:: {module.__name__}", "", ".. autosummary::", "   :nosignatures:", ""]
        lines += [*(f"   {name}" for name in listed), ""]
        members = ["   :members:", *(f"   :{option}: {value}" for option, value in self.options.items())]
        for name, each in found.items():
            if isclass(each):
                kind, options = ("autoexception" if issubclass(each, Exception) else "autoclass"), members
            else:
                kind, options = ("autofunction", []) if isroutine(each) else ("autodata", ["   :no-value:"])
            lines += [f".. {kind}:: {name}", *options, ""]
        node = nodes.container()
        self.state.nested_parse(StringList(lines, self.arguments[0]), self.content_offset, node)
        for columns in list(node.findall(addnodes.tabular_col_spec)):  # for LaTeX; it would swallow a module's anchor
            columns.parent.remove(columns)
        return node.children


class CommandLine(Directive):
    """Document a command: the argument is the module whose function `parser` makes its argparse parser."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return a section for each sub-command."""
        parser = import_module(self.arguments[0]).parser()
        commands = next(each for each in parser._actions if isinstance(each, argparse._SubParsersAction))
        return [
            nodes.paragraph("", "", *words_of(parser.description)),
            *(section_of(name, command) for name, command in commands.choices.items()),
            nodes.rubric("", "Examples and notes"),
            nodes.literal_block(parser.epilog, parser.epilog, language="text", classes=["wraps"]),
        ]


def section_of(name: str, command: argparse.ArgumentParser) -> nodes.section:
    """Return the section of a sub-command: what it does, how it is called, and its arguments."""
    anchor = f"command-{name}"
    section = nodes.section("", nodes.title("", "", nodes.literal("", name)), ids=[anchor], names=[anchor])
    section += nodes.paragraph("", "", *words_of(f"{command.description[0].upper()}{command.description[1:]}."))
    usage = " ".join(command.format_usage().removeprefix("usage:").split())
    section += nodes.literal_block(usage, usage, language="text", classes=["wraps"])
    items = [item_of(action) for action in command._actions if action.dest != "help"]
    if items:
        section += nodes.definition_list("", *items)
    if command.epilog:
        section += nodes.paragraph("", "", *words_of(command.epilog))
    return section


def item_of(action: argparse.Action) -> nodes.definition_list_item:
    """Return an argument, as one writes it, and what it means."""
    value = action.metavar or action.dest.upper()
    written = ", ".join(action.option_strings) + f" {value}" * (action.nargs != 0) if action.option_strings else value
    text = (action.help or "") % {"default": action.default}
    choices = f". One of {', '.join(action.choices)}." if action.choices else ""
    meaning = nodes.paragraph("", "", *words_of(text + choices))
    return nodes.definition_list_item("", nodes.term("", "", nodes.literal("", written)), nodes.definition("", meaning))


def words_of(text: str) -> list[nodes.Node]:
    """Return a text in which `code` is code."""
    parts = text.split("`")
    return [nodes.literal("", part) if place % 2 else nodes.Text(part) for place, part in enumerate(parts)]


def set_source(app: Sphinx, config: Config) -> None:
    """Tell sphinx.ext.linkcode where sources are."""
    config.linkcode_resolve = address_of_source


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the transform, the directive and the hooks."""
    app.setup_extension("sphinx.ext.linkcode")
    app.connect("config-inited", set_source)
    app.connect("autodoc-process-signature", write_signature)
    app.add_directive("names", Names)
    app.add_directive("command-line", CommandLine)
    app.add_post_transform(LinkEntries)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
