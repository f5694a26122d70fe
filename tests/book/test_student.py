"""What a class gets: every chapter without its solutions, nothing else lost, links that lead somewhere."""

import ast
import copy
import json
import re
import zipfile
from pathlib import Path

import nbformat
import pytest
from modules import load
from nbclient import NotebookClient
from nbformat import NotebookNode

TOOLS = Path(__file__).resolve().parents[2] / "book" / "_tools"
LINK = re.compile(r"\]\(([^)#\s]+)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `make student` writes."""
    made = tmp_path_factory.mktemp("class") / "student"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TOOLS))
        assert load(TOOLS / "student.py").write(made) == made.with_suffix(".zip")
    return made


def tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def trees(cells: list[NotebookNode]) -> list[ast.Module]:
    """The code of cells, without the lines that only IPython understands."""
    return [ast.parse(re.sub(r"^(\s*)[%!].*", r"\1pass", cell.source, flags=re.MULTILINE)) for cell in cells]


def made_by(cells: list[NotebookNode]) -> set[str]:
    """The names that cells leave behind: what they import, define and assign outside of functions."""
    found: set[str] = set()
    for statement in (statement for tree in trees(cells) for statement in tree.body):
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            found.add(statement.name)
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            elif isinstance(node, ast.alias):
                found.add((node.asname or node.name).split(".")[0])
    return found


def test_solutions_are_gone_and_nothing_else(chapter: Path, notebook: NotebookNode, folder: Path) -> None:
    given = nbformat.read(folder / f"{chapter.stem}.ipynb", as_version=4)
    nbformat.validate(given)
    solutions = [cell for cell in notebook.cells if "solution" in tags(cell)]
    kept = [cell for cell in notebook.cells if "solution" not in tags(cell)]
    assert solutions
    assert not any("solution" in tags(cell) for cell in given.cells)
    text = json.dumps([cell.source for cell in given.cells])
    assert not any(name in text for cell in solutions for name in re.findall(r"def (\w*solution\w*)", cell.source))
    assert [cell.cell_type for cell in given.cells] == [cell.cell_type for cell in kept]
    for one, other in zip(given.cells, kept, strict=True):
        if one.cell_type == "code":
            assert one.source == other.source
            assert one.outputs == ([] if "hide-output" in tags(one) else other.outputs)
        else:
            assert re.sub(r"\]\([^)]*\)", "", other.source).split("\n", 1)[-1] in re.sub(r"\]\([^)]*\)", "", one.source)


def test_no_cell_needs_what_a_solution_made(notebook: NotebookNode) -> None:
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    kept = [cell for cell in cells if "solution" not in tags(cell)]
    lost = made_by([cell for cell in cells if "solution" in tags(cell)]) - made_by(kept)
    used = {node.id for tree in trees(kept) for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert lost & used == set()


def test_every_link_leads_to_a_file_or_to_the_repository(chapter: Path, folder: Path) -> None:
    given = nbformat.read(folder / f"{chapter.stem}.ipynb", as_version=4)
    for cell in given.cells:
        for target in LINK.findall(cell.source) if cell.cell_type == "markdown" else []:
            assert target.startswith("http") or (folder / target).exists(), target


def test_jupyterlab_writes_no_pair_of_it(folder: Path) -> None:
    given = nbformat.read(folder / "00_how_to_use_this_book.ipynb", as_version=4)
    assert "jupytext" not in given.metadata


def test_the_zip_holds_the_folder(folder: Path) -> None:
    with zipfile.ZipFile(folder.with_suffix(".zip")) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    assert names == {f"student/{path.name}" for path in folder.iterdir()}
    assert {"student/README.md", "student/LICENSE", "student/glossary.md"} <= names


def test_the_glossary_reads_well_outside_the_book(folder: Path) -> None:
    text = (folder / "glossary.md").read_text()
    assert "```" not in text
    assert "\n**Anchor**\n\nAnother word for *query*, used by" in text


def test_no_page_shows_markup_of_the_book(folder: Path) -> None:
    for page in folder.glob("*.md"):
        assert not re.search(r"{[a-z:]+}`|^```{", page.read_text(), re.MULTILINE), page.name


def test_a_folder_that_holds_work_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TOOLS))
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(SystemExit, match="may hold work"):
        load(TOOLS / "student.py").write(folder)
    assert before == {path: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.slow
def test_a_chapter_runs_and_says_where_one_has_to_write(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPRANK_EDU_STATIC", "1")
    run = copy.deepcopy(nbformat.read(folder / "00_how_to_use_this_book.ipynb", as_version=4))
    NotebookClient(run, timeout=600, kernel_name="python3", skip_cells_with_tag="skip-execution").execute()
    (exercise,) = (cell for cell in run.cells if "exercise" in tags(cell))
    assert "not attempted yet" in json.dumps(exercise.outputs)
    after = [cell for cell in run.cells[run.cells.index(exercise) + 1 :] if cell.cell_type == "code"]
    assert len([cell for cell in after if cell.outputs]) >= 4, "what comes after runs all the same"
