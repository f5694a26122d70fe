"""The landing page's directives give what the library shows: an explorer, and rows of photographs with words."""

import pytest
import suprank_book
import suprank_photographs
from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import directives

from suprank_edu.data import load_samples
from suprank_edu.explore import order_photographs


@pytest.fixture
def rendered():
    """A function that renders reStructuredText with the two directives, and returns the HTML in it."""
    directives.register_directive("order-photographs", suprank_photographs.OrderPhotographs)
    directives.register_directive("photographs", suprank_photographs.Photographs)

    def render(text: str) -> str:
        document = publish_doctree(text)
        (raw,) = document.findall(nodes.raw)
        return str(raw.astext())

    return render


def test_the_list_is_the_one_of_the_library(rendered) -> None:
    html = rendered(".. order-photographs:: Drag\n   :query: 22\n   :items: 19 462 22\n")
    queries, gallery = load_samples("groceries", "test"), load_samples("groceries", "train")
    assert html == order_photographs(queries, 22, gallery, [19, 462, 22], "Drag", lines=["score"])._repr_html_()
    assert "This list scores 83 of 100." in html  # (1/1 + 2/3) / 2


def test_a_row_holds_each_picture_with_its_name_and_its_word(rendered) -> None:
    html = rendered(".. photographs:: an <apple>\n\n   test 22 query\n   train 462 a & b\n")
    assert html.count("<img") == 2
    assert 'aria-label="an &lt;apple&gt;"' in html
    assert 'alt="Red Delicious"' in html
    assert 'alt="Beef Tomato"' in html
    assert "<figcaption>a &amp; b</figcaption>" in html


def test_a_heading_does_not_break_within_a_name() -> None:
    document = publish_doctree("Sup-AP and H-AP, a well-known pair\n==================================\n\nText H-AP\n")
    title = next(iter(document.findall(nodes.title)))
    document_with_section = nodes.section("", title.deepcopy(), nodes.paragraph("", "H-AP"))
    suprank_book.keep_names_together(None, document_with_section)
    kept = [node.astext() for node in document_with_section.findall(nodes.inline) if node["classes"] == ["together"]]
    assert kept == ["Sup-AP", "H-AP"]
    assert document_with_section[0].astext() == "Sup-AP and H-AP, a well-known pair"
