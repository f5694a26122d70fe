"""Sphinx extension: what a page folds away, so that a reader may think first.

* What is folded says what it holds: a solution, code or its output.
* The explanation below a folded output is folded, too, or it would answer the question in the open.
* A section whose title begins with "For the curious" shows its title; the rest waits until somebody asks for it.
"""

from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx


def name_what_is_folded(app: Sphinx, doctree: nodes.document) -> None:
    """Let the line that unfolds a cell say what is in it, where myst-nb says "code cell content"."""
    for cell in doctree.findall(nodes.container):
        if "prompt_show" in cell:
            tags = cell["classes"]
            what = "a solution" if "tag_solution" in tags else "the output" if "tag_hide-output" in tags else "the code"
            cell["prompt_show"], cell["prompt_hide"] = f"Show {what}", f"Hide {what}"


def fold_explanations(app: Sphinx, doctree: nodes.document) -> None:
    """Fold what begins with a strong "Explain" right below a folded output: a paragraph and its formulas."""
    for paragraph in list(doctree.findall(nodes.paragraph)):
        place = paragraph.parent.index(paragraph)
        above = paragraph.parent[place - 1] if place else paragraph
        first = next((child for child in paragraph.children if child.astext()), paragraph)  # MyST may begin with ""
        asked = isinstance(above, nodes.Element) and "tag_hide-output" in above["classes"]
        if asked and isinstance(first, nodes.strong) and first.astext() == "Explain":
            fold, around = make_fold("the explanation")
            paragraph.replace_self(around)
            fold += paragraph
            while isinstance(formula := fold.parent.next_node(descend=False, siblings=True), nodes.math_block):
                formula.parent.remove(formula)  # the paragraph goes on in it
                fold += formula


def fold_side_matters(app: Sphinx, doctree: nodes.document) -> None:
    """Fold what stands below a title that begins with "For the curious"."""
    for section in list(doctree.findall(nodes.section)):
        title, *below = section.children
        if title.astext().startswith("For the curious"):
            fold, around = make_fold("this part")
            fold += below
            section[1:] = [around]


def make_fold(what: str) -> tuple[HideCodeCellNode, nodes.container]:
    """Return an empty fold that says what it holds, and what it stands in."""
    fold = HideCodeCellNode(prompt_show=f"Show {what}", prompt_hide=f"Hide {what}")
    fold["classes"].append("above-input")
    return fold, nodes.container("", fold, classes=["cell"])


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the hooks."""
    app.connect("doctree-read", name_what_is_folded)
    app.connect("doctree-read", fold_explanations)
    app.connect("doctree-read", fold_side_matters)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
