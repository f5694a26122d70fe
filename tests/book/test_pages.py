"""The built pages ask no other host for anything, and load plotly only where there is a figure."""

import html
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

MAX_BYTES = 1_500_000  # a page with its explorers and pictures; plotly.js and the theme are not counted
LOADS = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
    "use": "href",
}
OUTSIDE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)


class Loads(HTMLParser):
    """Collects what a page fetches by itself: everything but the links in its prose."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the address that this tag makes a browser load."""
        value = dict(attrs).get(LOADS.get(tag, ""))
        if value:
            self.found.append((tag, value))


def loads(page: Path) -> list[tuple[str, str]]:
    parser = Loads()
    parser.feed(page.read_text())
    return parser.found


def test_a_page_loads_nothing_from_elsewhere(page: Path) -> None:
    outside = [(tag, value) for tag, value in loads(page) if OUTSIDE.match(value)]
    assert not outside


def test_what_a_page_loads_is_there(page: Path) -> None:
    for _, value in loads(page):
        if not value.startswith(("data:", "#")):
            assert (page.parent / value.split("?")[0].split("#")[0]).exists(), value


@cache
def anchors_of(page: Path) -> set[str]:
    """What a link can lead to on a page."""
    return set(map(html.unescape, re.findall(r'\sid="([^"]+)"', page.read_text())))


def test_a_link_within_the_book_leads_to_its_anchor(page: Path) -> None:
    links = re.findall(r'<a [^>]*?href="([^"#:]*)#([^"]+)"', page.read_text())
    dead = {
        f"{file}#{anchor}"
        for file, anchor in links
        if html.unescape(unquote(anchor)) not in anchors_of((page.parent / file).resolve() if file else page)
    }
    assert dead == set()


def test_styles_load_nothing_from_elsewhere(built: Path) -> None:
    for sheet in built.rglob("*.css"):
        found = re.findall(r"(?:@import|url\()\s*['\"]?\s*((?:https?:)?//[^'\")]+)", sheet.read_text())
        assert not found, sheet.name


def test_no_page_carries_scripts_of_a_remote_kernel(page: Path) -> None:
    text = page.read_text()
    for word in ("x-thebe-config", "sphinx-thebe", "jupyter.widget-state", "jupyter.widget-view", "require.min.js"):
        assert word not in text, word


def test_plotly_is_loaded_exactly_where_there_is_a_figure(page: Path) -> None:
    figure = 'class="sre"' in page.read_text() or "Plotly.newPlot(" in page.read_text()
    scripts = [value for tag, value in loads(page) if tag == "script" and "plotly" in value]
    assert len(scripts) == int(figure)


def test_a_page_is_light(page: Path) -> None:
    pictures = [page.parent / value for tag, value in loads(page) if tag == "img" and value.startswith("_images")]
    assert page.stat().st_size + sum(path.stat().st_size for path in pictures) <= MAX_BYTES


def test_a_code_cell_shows_no_kernel_warning(page: Path) -> None:
    assert "output stderr" not in page.read_text()
