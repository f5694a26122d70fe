"""Every chapter has what CONTRIBUTING.md asks of a chapter, and keeps the learner's code apart from the library's."""

import ast
import re
from pathlib import Path

import pytest
from nbformat import NotebookNode

HEADINGS = ("Exercise", "Quiz", "How this goes wrong", "Takeaways", "References")
IMAGE_MARKDOWN = re.compile(r"!\[([^\]]*)\]\(")
IMAGE_HTML = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
ALT = re.compile(r"""\balt=(["'])(?P<text>.*?)\1""", re.IGNORECASE | re.DOTALL)
TABLE = re.compile(r"^(\|.*\|)\n\|[-: |]+\|$", re.MULTILINE)
LINK = re.compile(r"\]\((https?://[^)\s]+)\)")


def cells(notebook: NotebookNode, kind: str) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def tagged(notebook: NotebookNode, tag: str) -> list[NotebookNode]:
    return [cell for cell in cells(notebook, "code") if tag in cell.metadata.get("tags", [])]


def python(cell: NotebookNode) -> ast.Module:
    """The cell as Python, without the lines that only IPython understands."""
    return ast.parse("\n".join(re.sub(r"^(\s*)[%!].*", r"\1pass", line) for line in cell.source.splitlines()))


def test_it_opens_with_objectives_prerequisites_and_time(chapter: Path, notebook: NotebookNode) -> None:
    first = notebook.cells[0].source
    number = int(chapter.stem[:2])
    assert re.match(rf"# {number}\. \S", first), f"the title starts with '# {number}. '"
    opening = first.split("\n## ")[0]
    for word in ("Objectives", "Prerequisites", "Time"):
        assert f"**{word}**" in opening, f"no **{word}** under the title"
    time = opening.split("**Time**")[1]
    assert "CPU" in time
    assert "GPU" in time


@pytest.mark.parametrize("heading", HEADINGS)
def test_it_has_every_section(notebook: NotebookNode, heading: str) -> None:
    found = [
        line
        for cell in cells(notebook, "markdown")
        for line in cell.source.splitlines()
        if re.match(rf"##+ {heading}", line)
    ]
    assert found, f"no heading '## {heading}'"


def test_it_shows_an_explorer_or_figure_before_the_first_exercise(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if re.search(r"^##+ Exercise", cell.source, re.MULTILINE) and cell.cell_type == "markdown":
            pytest.fail("an exercise comes before any explorer")
        shown = [output.get("data", {}).get("text/html", "") for output in cell.get("outputs", [])]
        if any(f'class="{kind}"' in html for html in shown for kind in ("sre", "suprank-order", "suprank-search")):
            return
    pytest.fail("no explorer in this chapter")


def test_each_exercise_is_checked_and_has_a_folded_solution(notebook: NotebookNode) -> None:
    exercises, solutions = tagged(notebook, "exercise"), tagged(notebook, "solution")
    assert exercises, "no cell is tagged `exercise`"
    assert len(solutions) == len(exercises), "each exercise has one cell tagged `solution`"
    for exercise, solution in zip(exercises, solutions, strict=True):
        assert "check(" in exercise.source
        assert "check(" in solution.source
        assert "hide-cell" in solution.metadata.tags, "the solution is folded"
        assert notebook.cells.index(exercise) < notebook.cells.index(solution)
        assert solution.outputs, "the solution was executed"


def test_no_cell_uses_what_the_learner_wrote(notebook: NotebookNode) -> None:
    learners: set[str] = set()
    for cell in cells(notebook, "code"):
        marks = cell.metadata.get("tags", [])
        tree = python(cell)
        if "exercise" in marks or "solution" in marks:
            learners |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            continue
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not used & learners, f"{used & learners} is the learner's own; use the library's: {cell.source[:80]!r}"


def test_the_quiz_gives_feedback_in_the_page(notebook: NotebookNode) -> None:
    quizzes = [cell for cell in cells(notebook, "code") if "Quiz(" in cell.source]
    assert quizzes, "no Quiz(...)"
    for cell in quizzes:
        assert any("text/html" in output.get("data", {}) for output in cell.outputs), cell.source[:80]


def test_no_code_gives_an_answer_away(notebook: NotebookNode) -> None:
    for cell in cells(notebook, "code"):
        if re.match(r"(Quiz|Predict|ByHand)\(", cell.source):
            assert "remove-input" in cell.metadata.get("tags", []), f"the page shows the answer: {cell.source[:80]!r}"


def test_every_picture_has_a_text_for_those_who_do_not_see_it(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        for text in IMAGE_MARKDOWN.findall(cell.source) if cell.cell_type == "markdown" else []:
            assert text.strip(), f"![](…) without a text: {cell.source[:80]!r}"
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for tag in IMAGE_HTML.findall(data.get("text/html", "")):
                found = ALT.search(tag)
                assert found is not None, f"no alt text: {tag[:80]}"
                assert found["text"].strip(), f"empty alt text: {tag[:80]}"
            if any(kind.startswith("image/") for kind in data):
                alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
                assert alt.strip(), f"set mystnb.image.alt on the cell: {cell.source[:80]!r}"


def test_every_column_of_a_table_has_a_name(notebook: NotebookNode) -> None:
    for cell in cells(notebook, "markdown"):
        for head in TABLE.findall(cell.source):
            assert all(name.strip() for name in head.strip("|").split("|")), f"a column without a name: {head}"


def test_its_references_stand_in_the_bibliography(book: Path, notebook: NotebookNode) -> None:
    text = "\n".join(cell.source for cell in cells(notebook, "markdown"))
    section = re.split(r"^##+ References", text, flags=re.MULTILINE)[-1]
    bibliography = (book / "references.bib").read_text()
    links = LINK.findall(section)
    assert links, "no link in References"
    for link in links:
        assert f"{{{link}}}" in bibliography, f"{link} is not the url of an entry of references.bib"
