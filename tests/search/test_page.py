"""The page of an answer: everything in it, nothing beside it, and nothing of a name that becomes markup."""

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from search.shops import index_of, photograph, shop

from suprank_edu.search.page import page, write_page


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(html: str, name: str) -> list[dict[str, str | None]]:
    parser = Tags()
    parser.feed(html)
    return [attributes for tag, attributes in parser.found if tag == name]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


def test_a_page_holds_the_query_and_each_photograph_found_in_order(folder: Path) -> None:
    index, query = index_of(folder), folder / "Milk/Oat/1.png"
    answer = index.search(query, k=4)
    html = page(str(query), answer, index.photographs)
    pictures = tags(html, "img")
    assert pictures[0]["alt"] == "The photograph that was asked: 1.png"
    assert [one["alt"] for one in pictures[1:]] == [f"{hit.classes[0]}, place {hit.rank}" for hit in answer]
    assert all(one["src"].startswith("data:image/jpeg;base64,") for one in pictures)
    assert re.findall(r'class="score">([^<]*)<', html) == [f"{hit.score:.3f}" for hit in answer]
    assert "Nothing found" not in html


def test_a_page_loads_nothing_and_runs_nothing(folder: Path) -> None:
    index = index_of(folder)
    html = page(str(folder / "Milk/Oat/1.png"), index.search(index.vectors[0]), index.photographs)
    assert not tags(html, "script")
    assert not re.findall(r"(?:https?:)?//[a-z]", re.sub(r"base64,[^\"]*", "", html))
    assert not re.findall(r"@import|url\(", html)
    assert [one["href"] for one in tags(html, "link")] == ["data:,"]


def test_names_are_text_and_never_markup(tmp_path: Path) -> None:
    folder = shop(tmp_path / "shop")
    bad = photograph(folder / "<img onerror=x>" / "<b>&.png", 0, 1)
    index = index_of(folder)
    html = page(str(bad), index.search(bad, k=12), index.photographs)
    assert not tags(html, "b")
    assert not [one for one in tags(html, "img") if "onerror" in one]
    assert "&lt;img onerror=x&gt;" in html


def test_a_page_says_when_nothing_was_found_and_what_has_gone(folder: Path) -> None:
    index, gone = index_of(folder), folder / "Fruit/Pear/0.png"
    vector = index.search(gone, k=1)[0].position
    gone.unlink()
    (folder / "Fruit/Pear/1.png").write_bytes(b"damaged since")
    answer = index.search(index.vectors[vector], k=12, threshold=1.5)
    html = page((folder / "Milk/Oat/1.png").read_bytes(), answer, index.photographs)
    assert "<strong>Nothing found.</strong> No photograph reaches 1.500" in html
    assert len(re.findall('<li class="below">', html)) == 12
    assert html.count("the file is gone") == 1
    assert html.count("no picture") == 1


def test_a_page_is_written_whole_and_a_name_of_any_bytes_does_not_stop_it(folder: Path, tmp_path: Path) -> None:
    os.rename(folder / "Milk/Oat/0.png", os.fsencode(folder / "Milk/Oat") + b"/\xff.png")
    index = index_of(folder)
    write_page(
        tmp_path / "page.html", str(folder / "Milk/Oat/1.png"), index.search(index.vectors[0], 12), index.photographs
    )
    assert "?.png" in (tmp_path / "page.html").read_text(encoding="utf-8")
    with pytest.raises(OSError, match="there is no folder"):
        write_page(
            tmp_path / "no" / "page.html",
            str(folder / "Milk/Oat/1.png"),
            index.search(index.vectors[0]),
            index.photographs,
        )
