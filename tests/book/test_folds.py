"""What is folded in a page says what one will see."""

import pytest
import suprank_folds
from docutils import nodes
from docutils.core import publish_doctree
from docutils.utils import new_document
from myst_parser.parsers.docutils_ import Parser


@pytest.mark.parametrize(
    ("tags", "what"),
    [("solution hide-cell", "a solution"), ("hide-output", "the output"), ("hide-input", "the code")],
)
def test_a_fold_says_what_it_holds(tags: str, what: str) -> None:
    cell = nodes.container(classes=["cell", *(f"tag_{tag}" for tag in tags.split())], prompt_show="Show {type}")
    document = new_document("a page")
    document += cell
    suprank_folds.name_what_is_folded(None, document)
    assert (cell["prompt_show"], cell["prompt_hide"]) == (f"Show {what}", f"Hide {what}")


def below_a_cell(tag: str, *words: nodes.Node) -> nodes.document:
    document = new_document("a page")
    document += [nodes.container(classes=["cell", tag]), nodes.paragraph("", "", *words)]
    return document


def is_folded(document: nodes.document) -> bool:
    suprank_folds.fold_explanations(None, document)
    (paragraph,) = document.findall(nodes.paragraph)
    return isinstance(paragraph.parent, suprank_folds.HideCodeCellNode)


def test_the_explanation_below_a_folded_output_is_folded() -> None:
    explain, rest = nodes.strong("", "Explain"), nodes.Text(": it is half of it.")
    assert is_folded(below_a_cell("tag_hide-output", explain, rest))


def test_the_explanation_is_known_as_the_parser_of_the_book_reads_it() -> None:
    (paragraph,) = publish_doctree("**Explain**: it is half of it.", parser=Parser()).findall(nodes.paragraph)
    assert is_folded(below_a_cell("tag_hide-output", *paragraph.deepcopy().children))


def test_nothing_else_is() -> None:
    explain, rest = nodes.strong("", "Explain"), nodes.Text(": what the cell printed.")
    assert not is_folded(below_a_cell("tag_hide-input", explain.deepcopy(), rest.copy()))
    assert not is_folded(below_a_cell("tag_hide-output", rest.copy()))
    assert not is_folded(below_a_cell("tag_hide-output"))


def test_the_formulas_of_an_explanation_are_folded_with_it() -> None:
    document = below_a_cell("tag_hide-output", nodes.strong("", "Explain"), nodes.Text(": the first stands at"))
    document += [nodes.math_block("", "465"), nodes.paragraph("", "Hundreds are missing."), nodes.math_block("", "1")]
    suprank_folds.fold_explanations(None, document)
    (fold,) = document.findall(suprank_folds.HideCodeCellNode)
    assert [child.astext() for child in fold] == ["Explain: the first stands at", "465"]
    assert [child.astext() for child in document[2:]] == ["Hundreds are missing.", "1"]


def test_a_section_for_the_curious_shows_its_title_alone() -> None:
    asked, other = nodes.section("", nodes.title("", "For the curious: why")), nodes.section("", nodes.title("", "How"))
    asked += [nodes.paragraph("", "Because."), nodes.math_block("", "1")]
    other += nodes.paragraph("", "For the curious: open.")
    document = new_document("a page")
    document += [asked, other]
    suprank_folds.fold_side_matters(None, document)
    (fold,) = document.findall(suprank_folds.HideCodeCellNode)
    assert [child.astext() for child in fold] == ["Because.", "1"]
    assert [child.tagname for child in asked] == ["title", "container"]
    assert other[1].astext() == "For the curious: open."
