"""The published stubs and solutions: what is kept here to be pasted, and what the chapters of the book hold."""

import pytest
from exercises.cells import CELLS, CHAPTERS, Cell, cells

from suprank_edu.exercises import EXERCISES

KEPT = [cell for path in CELLS for cell in cells(path)]
PUBLISHED = [cell for path in CHAPTERS for cell in cells(path)]


def describe(cell: Cell) -> str:
    return f"{cell.path.stem}-{cell.kind}-{cell.name}"


@pytest.mark.parametrize("kind", ["exercise", "solution"])
def test_each_exercise_has_one_stub_and_one_solution(kind: str) -> None:
    assert sorted(cell.name for cell in KEPT if cell.kind == kind) == sorted(EXERCISES)


@pytest.mark.parametrize("cell", KEPT + PUBLISHED, ids=describe)
def test_solutions_pass_and_stubs_are_not_attempted(cell: Cell) -> None:
    result = cell.run()
    assert result.exercise == cell.name
    assert result.hint == ("right" if cell.kind == "solution" else "not-attempted"), repr(result)


@pytest.mark.parametrize("cell", KEPT + PUBLISHED, ids=describe)
def test_cells_keep_the_convention(cell: Cell) -> None:
    if cell.kind == "solution":
        assert cell.source.startswith(f"# solution: {cell.name}\n")
        assert "hide-cell" in cell.tags
        assert f"def solution_{cell.name}(" in cell.source
    else:
        assert f"def {EXERCISES[cell.name].call}:" in cell.source


@pytest.mark.parametrize("path", CELLS + CHAPTERS, ids=lambda path: path.stem)
def test_each_solution_follows_its_stub(path) -> None:
    found = list(cells(path))
    assert [cell.kind for cell in found] == ["exercise", "solution"] * (len(found) // 2)
    assert [cell.name for cell in found[::2]] == [cell.name for cell in found[1::2]]


def test_no_chapter_uses_a_learners_function_elsewhere() -> None:
    for path in CHAPTERS:
        text = path.read_text()
        for cell in cells(path):
            text = text.replace(cell.source.rstrip("\n"), "")
        for name in EXERCISES:
            assert f"ex_{name}(" not in text, f"{path.name} calls ex_{name} outside its exercise"
            assert f"solution_{name}(" not in text, f"{path.name} calls solution_{name} outside its exercise"
