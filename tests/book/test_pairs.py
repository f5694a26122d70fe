"""Each chapter is two files that say the same, and its stored outputs are those of a whole run."""

import copy
import os
import re
from pathlib import Path

import jupytext
import nbformat
import pytest
import yaml
from nbformat import NotebookNode

MAX_BYTES = 3_000_000


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def test_no_chapter_stands_alone(book: Path) -> None:
    markdown = {path.stem for path in book.glob("[0-9][0-9]_*.md")}
    notebooks = {path.stem for path in book.glob("[0-9][0-9]_*.ipynb")}
    assert markdown == notebooks
    assert markdown, "the book has no chapter"


def test_the_table_of_contents_lists_every_chapter_as_a_notebook(book: Path) -> None:
    toc = yaml.safe_load((book / "_toc.yml").read_text())
    files = [entry["file"] for part in toc["parts"] for entry in part["chapters"]]
    listed = [name for name in files if name.endswith(".ipynb")]
    assert listed == sorted(path.name for path in book.glob("[0-9][0-9]_*.ipynb"))
    assert all((book / name).exists() for name in files)


def test_the_text_is_what_jupytext_makes_of_the_notebook(chapter: Path) -> None:
    made = jupytext.writes(jupytext.read(chapter.with_suffix(".ipynb")), "md:myst")
    assert made == chapter.read_text(), "out of step: make sync, then make execute"


def test_every_cell_was_executed_in_order(notebook: NotebookNode) -> None:
    # nbval does not compare a cell that was never executed, so a stale one would pass unseen
    cells = [cell for cell in code_cells(notebook) if "skip-execution" not in tags(cell) and cell.source.strip()]
    counts = [cell.execution_count for cell in cells]
    assert None not in counts, f"never executed: {cells[counts.index(None)].source[:80]!r}"
    assert counts == sorted(counts)


def test_no_output_is_an_error_or_a_live_widget(notebook: NotebookNode) -> None:
    for cell in code_cells(notebook):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            kinds = set(output.get("data", {}))
            assert not any("widget" in kind for kind in kinds), f"needs a kernel: {cell.source[:80]!r}"
            if any("plotly" in kind for kind in kinds):
                assert "text/html" in kinds, f"blank in the built page: {cell.source[:80]!r}"
    assert "widgets" not in notebook.metadata


def test_what_is_not_executed_is_not_compared_either(notebook: NotebookNode) -> None:
    for cell in code_cells(notebook):
        assert ("skip-execution" in tags(cell)) == ("nbval-skip" in tags(cell)), cell.source


def test_the_first_code_cell_is_the_one_that_installs_the_library_in_all_chapters(
    notebook: NotebookNode, root: Path
) -> None:
    first, *others = code_cells(notebook)
    assert tags(first) == ["install", "remove-cell", "skip-execution", "nbval-skip"]
    assert first.source == (root / "book/_tools/install_cell.py").read_text().strip(), "make sync"
    assert not any("install" in tags(cell) for cell in others)


def test_the_notebook_is_small(chapter: Path) -> None:
    assert chapter.with_suffix(".ipynb").stat().st_size <= MAX_BYTES


def test_the_notebook_holds_nothing_of_the_machine_that_ran_it(notebook: NotebookNode, tool) -> None:
    clean = tool("notebooks").normalise(copy.deepcopy(notebook))
    assert clean == notebook, "make sync"


# -------------------------------------------------------------------------------- the tool that keeps pairs in step

TEXT = """\
# A chapter

```{code-cell}
print(1 + 1)
```

```{code-cell}
:tags: [solution]

print(2 + 2)
```
"""


@pytest.fixture
def pair(tmp_path: Path, tool):
    """A chapter of its own, written as a pair."""
    notebooks = tool("notebooks")
    path = tmp_path / "00_test.md"
    path.write_text(TEXT)
    notebooks.write_pair(notebooks.read_pair(path), path)
    return notebooks, path


def test_writing_a_pair_twice_changes_nothing(pair) -> None:
    notebooks, path = pair
    before = path.read_bytes(), path.with_suffix(".ipynb").read_bytes()
    notebooks.write_pair(notebooks.read_pair(path), path)
    assert (path.read_bytes(), path.with_suffix(".ipynb").read_bytes()) == before


def test_a_solution_is_folded_in_jupyterlab_too(pair) -> None:
    notebooks, path = pair
    cells = code_cells(notebooks.read_pair(path))
    assert [cell.metadata.get("jupyter") for cell in cells] == [None, {"source_hidden": True}]


@pytest.mark.parametrize("tag", ["solution", "hide-input", "remove-input", "remove-cell", "install", "hide-output"])
def test_what_the_page_folds_or_leaves_out_is_folded_in_jupyterlab_too(tag: str, tool) -> None:
    cell = nbformat.v4.new_code_cell("import torch", metadata={"tags": [tag]})
    folded = tool("notebooks").normalise(nbformat.v4.new_notebook(cells=[cell])).cells[0].metadata.get("jupyter")
    assert folded == (None if tag == "hide-output" else {"source_hidden": True})


def test_outputs_of_unchanged_cells_are_kept(pair) -> None:
    notebooks, path = pair
    notebook = notebooks.read_pair(path)
    notebooks.execute(notebook)
    notebooks.write_pair(notebook, path)
    path.write_text(path.read_text().replace("2 + 2", "3 + 3"))
    kept = code_cells(notebooks.read_pair(path))
    assert [cell.source for cell in kept] == ["print(1 + 1)", "print(3 + 3)"]
    assert kept[0].outputs[0].text == "2\n"
    assert kept[1].outputs == []


def test_a_notebook_edited_by_hand_is_not_overwritten(pair) -> None:
    notebooks, path = pair
    paired = path.with_suffix(".ipynb")
    paired.write_text(paired.read_text().replace("1 + 1", "5 + 5"))
    os.utime(paired, (path.stat().st_mtime + 10,) * 2)
    with pytest.raises(SystemExit, match="was edited after"):
        notebooks.read_pair(path)


def test_the_committed_pins_are_those_of_any_machine(root: Path) -> None:
    text = (root / "requirements.txt").read_text()
    names = re.findall(r"^([\w.-]+)==[\w.]+$", text, flags=re.MULTILINE)
    assert len(names) == len([line for line in text.splitlines() if line and not line.lstrip().startswith("#")])
    assert "torch" in names
    brought = [name for name in names if name.startswith(("nvidia-", "cuda-", "triton"))]
    assert brought == [], "what CUDA brings is for those who take CUDA: make lock TORCH_INDEX=…"
    assert "suprank-edu" not in names, "the project itself is installed by make setup"
    assert "make lock" in text[:400]
    assert "://" not in text, "an index or a path of one machine"
