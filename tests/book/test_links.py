"""Every relative link of the sources leads somewhere, and where it names a section, to that section."""

import re
from pathlib import Path

import pytest
from suprank_book import slug

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("", "book", "book/api", "book/results", ".github", "data_samples/*", "suprank_edu/*", "benchmarks")
SOURCES = sorted(path for folder in FOLDERS for path in ROOT.glob(f"{folder}/*.md".lstrip("/")))
# A link or picture of Markdown, with or without a title; a reference below the text; a tag of HTML.
LINK = re.compile(
    r"""(?<!\\)\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|^ {0,3}\[[^\]]+\]: *<?(\S+?)>?$|(?:href|src)="([^"]+)\"""", re.M
)
FENCE = re.compile(r"^ *(`{3,}|~{3,}).*?^ *\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
TARGET = re.compile(r"^\(([\w-]+)\)=$", re.MULTILINE)
EACH_SOURCE = pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))


def links(text: str) -> list[str]:
    """Return what a page links to, but for other sites."""
    found = ["".join(target) for target in LINK.findall(CODE.sub("", FENCE.sub("", text)))]
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """Return the sections of a page; in the book down to the third heading, as the build has them."""
    text = FENCE.sub("", page.read_text())
    headings = [heading.replace("`", "") for heading in HEADING.findall(text)]
    if ROOT / "book" in page.parents:
        headings = [heading.replace("`", "") for heading in re.findall(r"^#{1,3} (.+)$", text, re.MULTILINE)]
    return {slug(heading) for heading in headings} | set(TARGET.findall(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[a](b.md)", ["b.md"]),
        ("![a](<b c.png>)", []),  # a path with a space is no link of ours
        ('[a](b.md "its title")', ["b.md"]),
        ("[a]\n\n[a]: b.md#c", ["b.md#c"]),
        ('<img alt="" src="b.png"> <a href="c.md">d</a>', ["b.png", "c.md"]),
        ("`[a](b.md)` [c](https://example.org)", []),
        ("```\n[a](b.md)\n```\n[c](#d)", ["#d"]),
    ],
)
def test_what_counts_as_a_link(text: str, found: list[str]) -> None:
    assert links(text) == found


def test_no_page_of_the_repository_is_left_out() -> None:
    ours = {p for top in ("book", "data_samples", "suprank_edu", "benchmarks") for p in (ROOT / top).rglob("*.md")}
    assert {p for p in ours if "_build" not in p.parts} <= set(SOURCES)


@EACH_SOURCE
def test_relative_links_lead_to_a_file(source: Path) -> None:
    for target in links(source.read_text()):
        path = target.split("#")[0]
        assert (source.parent / path).exists(), f"{source.name} links to {target}"


@EACH_SOURCE
def test_a_link_to_a_section_leads_to_its_heading(source: Path) -> None:
    # the book's build says so too, two minutes later
    for target in links(source.read_text()):
        path, _, anchor = target.partition("#")
        page = (source.parent / path).with_suffix(".md") if path else source
        if anchor and page.name[-3:] == ".md" and page.parent.name != "api":  # Sphinx makes the sections of these
            assert anchor in anchors(page), target


@EACH_SOURCE
def test_links_between_pages_name_the_source_that_sphinx_knows(source: Path) -> None:
    # a chapter is in the book as .ipynb; a link to its .md pair would lead nowhere in the built page
    if source.parent.name == "book":
        chapters = [target for target in links(source.read_text()) if re.match(r"\d\d_\w+\.md", target)]
        assert not chapters, f"link to the .ipynb instead: {chapters}"
