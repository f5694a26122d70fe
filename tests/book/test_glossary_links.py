"""Terms and names become links where they are first used, and nowhere else."""

import functools
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
import suprank_links
import suprank_names
from docutils import nodes
from docutils.core import publish_doctree

GLOSSARY = """\
AP, average precision
   The mean of the precisions.
Negative, positive
   Not relevant, or relevant.
Query
   What is searched with.
Hit rate at k
   Whether one is among the first k.
"""


def terms() -> list[suprank_links.Term]:
    return suprank_links.read_terms(with_anchors(publish_doctree(GLOSSARY)))


def with_anchors(document: nodes.document) -> nodes.document:
    for term in document.findall(nodes.term):
        term["ids"] = [f"term-{term.astext().split(',')[0]}"]
    return document


def linked(text: str) -> list[tuple[str, str]]:
    """Return the words of a page that became links, with their anchors."""
    page = publish_doctree(text)
    suprank_links.link_terms(page, terms(), "glossary.html")
    links = [link for link in page.findall(nodes.reference) if "term" in link["classes"]]
    assert all(link["reftitle"] for link in links)
    return [(link.astext(), link["refuri"].partition("#")[2]) for link in links]


@pytest.mark.parametrize(
    ("words", "anchor"),
    [
        ("Its average\nprecision is 1.", "term-AP"),
        ("APs differ.", "term-AP"),
        ("Two queries come.", "term-Query"),
        ("Queries come.", "term-Query"),
        ("the negatives", "term-Negative"),
        ("called a **negative** here", "term-Negative"),
        ("the hit rate at 5", "term-Hit rate at k"),
    ],
)
def test_a_word_in_any_form_is_a_link(words: str, anchor: str) -> None:
    assert [found for _, found in linked(words)] == [anchor]


@pytest.mark.parametrize("words", ["H-AP", "mAP", "AP@R", "a negative number", "``AP``", "`AP <http://a.example>`_"])
def test_another_word_code_and_links_stay_as_they_are(words: str) -> None:
    assert linked(words) == []


def test_only_the_first_use_is_a_link_and_none_in_headings_objectives_tables_or_questions() -> None:
    text = """
Query
=====

- **Objectives**: know a query.

The query
---------

=====  =====
query  AP
=====  =====

One query, then another query, by AP.

Quiz
----

Is the average precision of positives 1?
"""
    assert linked(text) == [("query", "term-Query"), ("AP", "term-AP")]


def test_what_an_author_linked_leads_to_the_entry_and_is_not_linked_twice() -> None:
    assert linked("A query, see `queries <glossary.html>`_.") == [("queries", "term-Query")]


def entries(**kinds: str) -> dict[str, SimpleNamespace]:
    return {
        name.replace("__", "."): SimpleNamespace(objtype=kind, aliased=kind == "alias") for name, kind in kinds.items()
    }


def test_a_name_may_be_written_short_unless_two_rooms_have_it() -> None:
    names = suprank_names.read_names(
        entries(
            a__losses__sup_ap="function", a__naive__sup_ap="function", a__x__table="function", a__y__table="function"
        )
        | entries(a__losses__Loss="class", a__losses__inner__Loss="alias", a__losses__Loss__step="attribute")
    )
    assert names["sup_ap"] == names["losses.sup_ap"] == "a.losses.sup_ap"
    assert names["naive.sup_ap"] == "a.naive.sup_ap"
    assert names["Loss"] == "a.losses.Loss"
    assert names["Loss.step"] == "a.losses.Loss.step"
    assert "step" not in names
    assert "table" not in names


def test_code_tells_which_names_of_the_library_it_uses() -> None:
    code = "import math\nfrom suprank_edu import naive\nfrom suprank_edu.losses import sup_ap as loss, csl\n"
    names = suprank_names.imported(code)
    assert names == {
        "naive": "suprank_edu.naive",
        "loss": "suprank_edu.losses.sup_ap",
        "csl": "suprank_edu.losses.csl",
    }
    assert suprank_names.used("loss(1) + naive.rank(math.pi)", names) == {
        "suprank_edu.losses.sup_ap",
        "suprank_edu.naive",
        "suprank_edu.naive.rank",
    }


@functools.cache
def read(page: Path) -> "Links":
    return Links(page)


class Links(HTMLParser):
    """Collects the anchors of a page, and where its own links of terms and names lead."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.found: list[str] = []
        self.feed(page.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.anchors.add(values.get("id") or "")
        if tag == "a" and {"term", "api-name"} & set((values.get("class") or "").split()):
            self.found.append(values["href"] or "")


def test_every_link_leads_to_an_entry_and_each_chapter_has_some(page: Path) -> None:
    found = read(page).found
    for address in found:
        target, _, anchor = address.partition("#")
        assert anchor in read(page.parent / target).anchors, address
    if re.match(r"\d\d_", page.name):
        assert sum("glossary" in address for address in found) >= 5
        assert sum("api/" in address for address in found) >= 1
