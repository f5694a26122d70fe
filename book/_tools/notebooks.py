"""Keeps the two files of each chapter in step and stores its outputs.

A chapter is a pair: `NN_name.md` (MyST text, what people edit and review) and `NN_name.ipynb` (the same cells with
their outputs, what the book is built from and what JupyterLab and Colab open).

    python book/_tools/notebooks.py sync [chapter ...]      .md -> .ipynb, the outputs of unchanged cells are kept
    python book/_tools/notebooks.py execute [chapter ...]   the same, then every cell is run and its output stored
"""

import argparse
import hashlib
import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

BOOK = Path(__file__).resolve().parents[1]
MYST = "md:myst"
METADATA = {
    "jupytext": {"formats": "ipynb,md:myst"},
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
}
INSTALL = "install"  # the tag of the cell that all chapters share, whose text is in install_cell.py
FOLDED = {"solution", "hide-input", "remove-input", "remove-cell", INSTALL}  # tags of cells whose text is not open
CELL_TIMEOUT = 600  # seconds; a chapter may train for two minutes, on a loaded machine for longer


def chapters(names: list[str]) -> list[Path]:
    """The .md files of the named chapters (`06`, `06_suprank` or a path), or of all of them."""
    found = sorted(p for p in BOOK.glob("[0-9][0-9]_*.md"))
    if not names:
        return found
    wanted = [Path(name).stem for name in names]
    for name in wanted:
        if not any(p.stem.startswith(name) for p in found):
            sys.exit(f"chapters: no chapter called {name!r}; there are {', '.join(p.stem for p in found)}")
    return [p for p in found if any(p.stem.startswith(name) for name in wanted)]


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Leave nothing in the notebook that differs from one machine, or one run, to the next without meaning.

    Cell ids follow from the text of the cell, metadata is that of `METADATA`, time stamps go. A cell tagged
    `solution` or `install`, or one whose input the page folds or leaves out, is folded in JupyterLab too, which knows
    nothing of those tags.
    """
    notebook.metadata = nbformat.from_dict(METADATA)
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        text_id = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:8]
        seen[text_id] += 1
        cell.id = text_id if seen[text_id] == 1 else f"{text_id}-{seen[text_id]}"
        for key in ("execution", "collapsed", "scrolled", "trusted", "ExecuteTime"):
            cell.metadata.pop(key, None)
        if FOLDED & set(cell.metadata.get("tags", [])):
            cell.metadata["jupyter"] = {"source_hidden": True}
        for output in cell.get("outputs", []):
            output.get("metadata", {}).pop("scrolled", None)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def read_pair(path: Path) -> NotebookNode:
    """The chapter as its .md says it, with the outputs that its .ipynb holds for unchanged cells."""
    notebook = jupytext.read(path)
    share_install_cell(notebook)
    paired = path.with_suffix(".ipynb")
    if paired.exists():
        stored = nbformat.read(paired, as_version=4)
        newer = paired.stat().st_mtime > path.stat().st_mtime + 1
        if newer and [c.source for c in stored.cells] != [c.source for c in notebook.cells]:
            sys.exit(
                f"chapters: {paired.name} was edited after {path.name} and differs from it; nothing was written.\n"
                f"To keep the notebook's text: jupytext --to md:myst {paired}\n"
                f"To keep the .md file's text: touch {path}"
            )
        keep_outputs(notebook, stored)
    return notebook


def share_install_cell(notebook: NotebookNode) -> None:
    """Give the cell that installs the library where it is missing the text that it has in all chapters."""
    for cell in notebook.cells:
        if INSTALL in cell.metadata.get("tags", []):
            cell.source = Path(__file__).with_name("install_cell.py").read_text().strip()


def keep_outputs(notebook: NotebookNode, stored: NotebookNode) -> None:
    """Give each code cell the outputs that `stored` holds for the very same text, in order of appearance.

    jupytext's own pairing compares cells without spaces, commas, quotes and brackets, and would keep the output of
    `print((12))` under `print(1, 2)`.
    """
    found: defaultdict[str, list[NotebookNode]] = defaultdict(list)
    for cell in stored.cells:
        if cell.cell_type == "code":
            found[cell.source].append(cell)
    for cell in notebook.cells:
        if cell.cell_type == "code" and found[cell.source]:
            same = found[cell.source].pop(0)
            cell.outputs, cell.execution_count = same.outputs, same.execution_count


def write_pair(notebook: NotebookNode, path: Path) -> None:
    """Write both files, so that the .md is exactly what jupytext makes of the .ipynb."""
    paired = path.with_suffix(".ipynb")
    text = nbformat.writes(normalise(notebook)) + "\n"
    if not paired.exists() or paired.read_text() != text:
        paired.write_text(text)
    markdown = jupytext.writes(jupytext.read(paired), MYST)
    if path.read_text() != markdown:
        path.write_text(markdown)


def execute(notebook: NotebookNode) -> None:
    """Run every cell not tagged `skip-execution` in a fresh kernel, in the folder of the book."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(BOOK)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    ).execute()


def main() -> None:
    """Sync or execute the chapters named on the command line."""
    parser = argparse.ArgumentParser(description="sync or execute the chapters of the book")
    parser.add_argument("action", choices=["sync", "execute"])
    parser.add_argument("chapter", nargs="*", help="06, 06_suprank or a path; all when none is named")
    arguments = parser.parse_args()
    # Stored outputs hold static explorers and no progress bars; see the explorer class.
    os.environ["SUPRANK_EDU_STATIC"] = "1"
    for path in chapters(arguments.chapter):
        start = time.perf_counter()
        notebook = read_pair(path)
        if arguments.action == "execute":
            try:
                execute(notebook)
            except CellExecutionError as error:
                sys.exit(f"chapters: {path.stem} failed, its files are as they were\n{error}")
        write_pair(notebook, path)
        size = path.with_suffix(".ipynb").stat().st_size / 1e6
        done = "executed" if arguments.action == "execute" else "in step"
        print(f"chapters: {path.stem} {done}, {time.perf_counter() - start:.1f} s, {size:.2f} MB", flush=True)


if __name__ == "__main__":
    main()
