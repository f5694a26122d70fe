"""Makes slides of a chapter: `python book/_tools/slides.py CHAPTER [FOLDER]`, into dist/slides when none is named.

A slide begins with each heading and with each text that follows an output. It shows the heading, the first paragraph,
formulas, lists and tables, and what the cells put out; the other paragraphs are the speaker's notes (key S). Code is
folded, exercises are left out. All scripts lie in `shared/` beside the deck, which asks no other host for anything.
"""

import re
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import nbformat
from address import ROOT
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbconvert import SlidesExporter
from nbconvert.preprocessors import TagRemovePreprocessor
from nbformat import NotebookNode
from notebooks import chapters

TEMPLATES = Path(__file__).parent / "jupyter" / "nbconvert" / "templates"
PARSER = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)
REMOVED = TagRemovePreprocessor(
    remove_cell_tags=["exercise", "solution", "remove-cell", "skip-execution"],
    remove_input_tags=["remove-input", "hide-input"],
)
LEFT_OUT = ("Exercise", "References")  # how headings of sections begin that are no part of a lecture
SLIDES = {"h1": "slide", "h2": "slide", "h3": "subslide"}


def blocks(text: str) -> list[tuple[str, str]]:
    """Return the blocks of a Markdown text, each with the kind of its first token: h2, p, ul, table, math_block, …"""
    lines = text.splitlines()
    found = [token for token in PARSER.parse(text) if token.map and token.level == 0]
    return [(token.tag or token.type, "\n".join(lines[slice(*token.map)]).strip()) for token in found]


def cell_of(kind: str, parts: list[str]) -> NotebookNode:
    """Return a cell of Markdown that begins a slide, or that only the speaker sees."""
    return nbformat.v4.new_markdown_cell("\n\n".join(parts), metadata={"slideshow": {"slide_type": kind}})


def slides_of(text: str) -> list[NotebookNode]:
    """Return the cells that a text becomes: for each heading, and for what is before the first, a slide and its notes.

    Paragraphs before a heading that have none of their own end the slide before: they are its notes.
    """
    groups: list[list[tuple[str, str]]] = [[]]
    for tag, block in blocks(text):
        if tag in SLIDES and groups[-1]:
            groups.append([])
        groups[-1].append((tag, block))
    cells = []
    for group in filter(None, groups):
        ends_a_slide = group is not groups[-1] and all(tag == "p" for tag, _ in group)
        first = next((place for place, (tag, _) in enumerate(group) if tag == "p" and not ends_a_slide), None)
        shown = [block for place, (tag, block) in enumerate(group) if tag != "p" or place == first]
        notes = [block for place, (tag, block) in enumerate(group) if tag == "p" and place != first]
        if shown:
            cells.append(cell_of(SLIDES.get(group[0][0], "subslide"), shown))
        if notes:
            cells.append(cell_of("notes", notes))
    return cells


def deck_of(chapter: NotebookNode) -> NotebookNode:
    """Return the notebook of the slides: its texts cut at headings, and each code cell on the slide of its text."""
    chapter, _ = REMOVED.preprocess(chapter, {})
    cells: list[NotebookNode] = []
    left_out = False
    for cell in chapter.cells:
        for part in slides_of(cell.source) if cell.cell_type == "markdown" else [cell]:
            if heading := re.match(r"##? (.*)", part.source) if part.cell_type == "markdown" else None:
                left_out = heading[1].startswith(LEFT_OUT)
            if not left_out:
                cells.append(part)
    for cell in cells:
        if "hide-output" in cell.metadata.get("tags", []):  # the answer to a prediction comes with the next key
            cell.metadata.slideshow = {"slide_type": "fragment"}
    title = cells[0].source.split("\n")[0].removeprefix("# ")
    return nbformat.v4.new_notebook(cells=cells, metadata={**chapter.metadata, "title": title})


def copy_scripts(shared: Path) -> None:
    """Put what every deck loads into a folder, out of the packages that bring it."""
    import plotly

    reveal, mathjax = (Path(find_spec(name).origin).parent for name in ("sphinx_revealjs", "sphinx-mathjax-offline"))
    for part in ("dist", "plugin/notes"):
        shutil.copytree(reveal / "_static" / "revealjs" / part, shared / "reveal" / part, dirs_exist_ok=True)
    shutil.copytree(mathjax / "static" / "mathjax", shared / "mathjax", dirs_exist_ok=True)
    shutil.copy(Path(plotly.__file__).parent / "package_data" / "plotly.min.js", shared)


def write(chapter: NotebookNode, page: Path) -> None:
    """Write a chapter's deck, and what it loads into `shared` beside it."""
    copy_scripts(page.parent / "shared")
    exporter = SlidesExporter(
        template_name="deck",
        extra_template_basedirs=[str(TEMPLATES)],
        reveal_url_prefix="shared/reveal",
        reveal_theme="white",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    text, _ = exporter.from_notebook_node(deck_of(chapter), {"shared": "shared"})
    page.write_text(text)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("slides: which chapter? make slides CHAPTER=06")
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / "dist" / "slides").absolute()
    for path in chapters(sys.argv[1:2]):
        write(nbformat.read(path.with_suffix(".ipynb"), as_version=4), folder / f"{path.stem}.html")
        print(f"slides: {folder / path.stem}.html (with the folder shared beside it)")
