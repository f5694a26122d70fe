"""Serves the last section of chapter 17 as a web page of its own: `python book/_tools/app.py FOLDER PORT`.

FOLDER keeps the photographs and the indices; where it holds none, the chapter is run once to make them.
"""

import os
import sys
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

BOOK = Path(__file__).resolve().parents[1]
CHAPTER = BOOK / "17_your_own_photographs.md"
NOT_NEEDED = ["jupyterlab-myst", "jupyterlab-jupytext", "@voila-dashboards/jupyterlab-preview"]


def app_of(chapter: NotebookNode) -> NotebookNode:
    """The notebook of the cells tagged `app`: what the page needs, and what it shows."""
    cells = [cell for cell in chapter.cells if "app" in cell.metadata.get("tags", [])]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell.source) for cell in cells], metadata=kernel)


def environment(folder: Path) -> dict[str, str]:
    """What the server and its kernels must know: the folder of the shop, and where the page's template lies."""
    paths = [str(Path(__file__).parent / "jupyter"), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    own = {"SUPRANK_EDU_SHOP": str(folder.resolve()), "JUPYTER_PATH": os.pathsep.join(paths)}
    return {name: value for name, value in os.environ.items() if name != "SUPRANK_EDU_STATIC"} | own


def command(notebook: Path, port: int) -> list[str]:
    """What serves a notebook on this machine alone, its code hidden, and asks no other host for anything."""
    return [
        *(sys.executable, "-m", "voila", str(notebook), "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"),
        *("--template=photographs", "--theme=light"),
        *(f"--VoilaConfiguration.extension_denylist={name}" for name in NOT_NEEDED),
    ]


def main(folder: Path, port: int) -> None:
    """Make the indices where they are missing, then serve the page until Ctrl-C."""
    chapter = jupytext.read(CHAPTER)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["SUPRANK_EDU_SHOP"] = str(folder.resolve())
    if not (folder / "index" / "after").is_dir():
        print("app: running chapter 17 once, to make the indices; about a minute", flush=True)
        os.environ["SUPRANK_EDU_STATIC"] = "1"
        NotebookClient(chapter, timeout=600, kernel_name="python3", skip_cells_with_tag="skip-execution").execute()
    notebook = folder / "search.ipynb"
    nbformat.write(app_of(chapter), notebook)
    print(f"app: http://127.0.0.1:{port}/  (stop with Ctrl-C)", flush=True)
    os.execve(sys.executable, command(notebook, port), environment(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
