"""Every relative link of the sources leads somewhere."""

import re
from pathlib import Path

import pytest
from suprank_book import slug

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*ROOT.glob("*.md"), *(ROOT / "book").glob("*.md"), *(ROOT / "book" / "api").glob("*.md")])
LINK = re.compile(r"(?<!\\)\]\(<?([^)\s>]+)>?\)")
FENCE = re.compile(r"^ *(`{3,}|~{3,}).*?^ *\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#{1,3} (.+)$", re.MULTILINE)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_lead_to_a_file(source: Path) -> None:
    text = CODE.sub("", FENCE.sub("", source.read_text()))
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target) or target.startswith("#"):
            continue
        path = target.split("#")[0]
        assert (source.parent / path).exists(), f"{source.name} links to {target}"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_link_to_a_section_leads_to_its_heading(source: Path) -> None:
    # the book's build says so too, two minutes later
    for target in LINK.findall(CODE.sub("", FENCE.sub("", source.read_text()))):
        path, _, anchor = target.partition("#")
        page = (source.parent / path).with_suffix(".md") if path else source
        if anchor and page.parent == ROOT / "book" and not re.match(r"[a-z]+:", target):
            headings = HEADING.findall(FENCE.sub("", page.read_text()))
            assert anchor in {slug(heading.replace("`", "")) for heading in headings}, target


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_name_the_source_that_sphinx_knows(source: Path) -> None:
    # a chapter is in the book as .ipynb; a link to its .md pair would lead nowhere in the built page
    if source.parent.name == "book":
        chapters = [t for t in LINK.findall(source.read_text()) if re.match(r"\d\d_\w+\.md", t)]
        assert not chapters, f"link to the .ipynb instead: {chapters}"
