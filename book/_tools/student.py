"""Writes the chapters for a class: `python book/_tools/student.py [FOLDER]`, into dist/student when none is named.

Solutions are left out, with all that they printed, and so is what a page folds below a prediction. The pages to look
things up that read well outside the book come along; links to others lead to the repository. Beside the folder lies a
zip of it. A folder that holds anything is refused, since it may hold somebody's work.
"""

import re
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from address import ROOT, repository
from nbconvert.preprocessors import TagRemovePreprocessor
from nbformat import NotebookNode
from notebooks import BOOK, METADATA, chapters

LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")  # to a file of the book, without its anchor
MARKUP = re.compile(r"^(```|:::+){(?!glossary)|{[a-z:]+}`", re.MULTILINE)  # what only the book's build understands
REMOVED = TagRemovePreprocessor(remove_cell_tags=["solution"], remove_all_outputs_tags=["hide-output"])
NOTE = "*Edition for a class: solutions are left out. `check` looks at your function and says the one next step.*"
README = """# suprank-edu, for a class

The chapters of the book without solutions. Open them in JupyterLab, chapter 0 first:

    python -m pip install jupyterlab "suprank-edu[data,explore,train,vision] @ git+{address}"
    jupyter lab 00_how_to_use_this_book.ipynb

Whoever has a copy of the project installs that: `python -m pip install jupyterlab "PATH[data,explore,train,vision]"`.
On Colab the first cell of each notebook does so. Your work stays in this folder: nothing overwrites it.
"""


def pages() -> list[Path]:
    """Return the pages to look things up that are plain Markdown."""
    found = (path for path in BOOK.glob("*.md") if not path.name[0].isdigit())
    return sorted(path for path in found if not MARKUP.search(path.read_text()))


def plain(text: str) -> str:
    """Return a text whose glossary, a directive of the book's build, is one of words in bold and their meanings."""
    before, fence, glossary = text.partition("```{glossary}\n")
    entries = re.sub(r"^(\S.*)(?=\n  \S)", r"**\1**\n", glossary.removesuffix("```\n"), flags=re.MULTILINE)
    return before + (re.sub(r"^  ", "", entries, flags=re.MULTILINE) if fence else "")


def with_links(text: str, carried: set[str], address: str) -> str:
    """Return a text whose links to files that do not come along lead to the repository."""

    def target(link: re.Match[str]) -> str:
        return link[0] if link[1] in carried else f"]({address}/blob/main/book/{link[1]}"

    return LINK.sub(target, text)


def for_class(chapter: NotebookNode, carried: set[str], address: str) -> NotebookNode:
    """Return a chapter without its solutions, which JupyterLab opens without a pair."""
    notebook, _ = REMOVED.preprocess(chapter, {})
    notebook.metadata = nbformat.from_dict({key: METADATA[key] for key in ("kernelspec", "language_info")})
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = with_links(cell.source, carried, address)
    title, _, rest = notebook.cells[0].source.partition("\n")
    notebook.cells[0].source = f"{title}\n\n{NOTE}\n{rest}"
    return notebook


def write(folder: Path) -> Path:
    """Write all that a class gets into `folder`, and return the zip of it."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        sys.exit(f"student: {folder} is there already and may hold work; name another folder, or remove it")
    address = repository(ROOT)
    notebooks = [path.with_suffix(".ipynb") for path in chapters([])]
    carried = {path.name for path in (*notebooks, *pages())}
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        made = Path(temporary) / folder.name
        made.mkdir()
        for path in notebooks:
            nbformat.write(for_class(nbformat.read(path, as_version=4), carried, address), made / path.name)
        for path in pages():
            (made / path.name).write_text(with_links(plain(path.read_text()), carried, address))
        (made / "README.md").write_text(README.format(address=address))
        shutil.copy(ROOT / "LICENSE", made)
        archive = Path(shutil.make_archive(str(made), "zip", root_dir=temporary, base_dir=folder.name))
        made.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
        return archive.replace(folder.with_name(archive.name))


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist" / "student").absolute()
    archive = write(folder)
    print(f"student: {len(chapters([]))} chapters without solutions in {folder}, and in {archive}")
