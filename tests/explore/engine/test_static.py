"""The block of a built page: the same bytes every time, small, escaped, and readable where nothing runs."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from toys import describe, toy

from suprank_edu.explore import Choice, Explorer, FigureFunction, Slider, show_figure
from suprank_edu.explore.engine import payload

NASTY = "<img src=x onerror=alert(1)> & \"quotes\" </script><script>alert('2')</script>"


class Reader(HTMLParser):
    """What a browser without scripts reads: the tags, and the text outside scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.text.append(data)


def parts(html: str) -> str:
    """Return the markup that the script puts in place."""
    found = re.search(r'<script type="text/html" class="sre-parts">(.*?)</script>', html, re.DOTALL)
    assert found
    return found.group(1)


def test_the_same_explorer_gives_the_same_bytes_in_every_process() -> None:
    code = "from toys import toy; import sys; sys.stdout.write(toy().html())"
    made = []
    for seed in ("0", "1"):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "PYTHONUTF8": "1",
        }
        run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        made.append(run.stdout.decode())
    assert made[0] == made[1] == toy().html()


def test_another_title_or_other_data_give_another_id() -> None:
    def name(explorer: Explorer) -> str | None:
        return next(attrs["id"] for tag, attrs in Reader(explorer.html()).tags if attrs.get("class") == "sre")

    other = FigureFunction(lambda **p: describe(**(p | {"slope": 2 * p["slope"]})))
    assert len({name(toy()), name(toy(title="Another")), name(toy(figure=other))}) == 3


def test_titles_labels_and_texts_are_shown_as_they_are_written() -> None:
    explorer = toy(
        figure=FigureFunction(lambda pick: describe(pick == NASTY, 1, "odd", False)),
        controls=[Choice("pick", NASTY, ("a", NASTY), "a")],
        title=NASTY,
        alt=NASTY,
        readout=lambda pick: NASTY,
    )
    html = explorer.html()
    page = Reader(html)
    assert "".join(page.text).count(NASTY) == 2  # the title and the alternative text, as text
    assert not {"img"} & {tag for tag, _ in page.tags}
    live = Reader(parts(html))
    assert not {"img", "script"} & {tag for tag, _ in live.tags}
    assert sum(text.count(NASTY) for text in live.text) == 4  # label, option, readout and its reserved room
    assert any(attrs.get("aria-label") == NASTY for _, attrs in live.tags)


def test_without_scripts_the_block_says_what_it_would_show_and_where() -> None:
    page = Reader(toy().html())
    text = " ".join("".join(page.text).split())
    assert text.startswith("A toy A curve through the origin.This figure moves in the built book")
    assert not {"input", "select", "button"} & {tag for tag, _ in page.tags}  # nothing that would be dead


@pytest.mark.parametrize(
    ("address", "links"),
    [
        ("https://example.org/book?a=1&b=2", ["https://example.org/book?a=1&b=2"]),
        ("https://github.com/OWNER/suprank-edu/tree/main/book", []),  # the placeholder leads nowhere
    ],
)
def test_the_address_of_the_book_becomes_a_link_where_the_package_names_one(monkeypatch, address, links) -> None:
    from suprank_edu.explore.engine import static

    class Metadata:
        def get_all(self, name):
            return ["Source, https://example.org/code", f"Documentation, {address}"]

    monkeypatch.setattr(static.metadata, "metadata", lambda name: Metadata())
    static._book.cache_clear()
    try:
        found = [attrs["href"] for tag, attrs in Reader(toy().html()).tags if tag == "a"]
    finally:
        static._book.cache_clear()
    assert found == links


def test_every_control_is_a_native_input_inside_its_label() -> None:
    html = parts(toy().html())
    rows = re.findall(r"<label.*?</label>", html)
    assert len(rows) == 4
    kinds = [("range", "Slope"), ("range", "Power"), ("select", "Shape"), ("checkbox", "Dots")]
    for row, (kind, label) in zip(rows, kinds, strict=True):
        assert label in row
        assert row.count("<input") + row.count("<select") == 1
        assert f'type="{kind}"' in row or f"<{kind}" in row
    assert 'aria-valuetext="0.5"' in rows[0]
    assert 'aria-live="polite"' in html


def test_a_block_asks_nothing_of_the_network(explorer: Explorer) -> None:
    html = explorer.html()
    assert not re.findall(r"""(?:https?:)?//[\w.-]+\.\w+""", re.sub(r'class="sre-data">.*?<', "<", html))
    assert not re.search(r"<script[^>]+src=|<link|@import|url\(|fetch\(|XMLHttpRequest", html)


def test_blocks_stay_small(explorer: Explorer) -> None:
    # A page of several explorers and pictures has 1.5 MB.
    assert len(explorer.html().encode()) < 100_000


def test_a_square_figure_is_no_taller_than_wide_and_no_taller_than_its_layout_says() -> None:
    block = toy(square=True).html()
    assert 'style="aspect-ratio:1;max-height:300px"' in parts(block)
    stored = payload.decode(re.search(r'class="sre-data">(.*?)<', block).group(1))
    assert "height" not in stored["layout"]  # or plotly would keep to it
    assert 'style="height:300px"' in parts(toy().html())


def test_a_still_figure_needs_no_controls(monkeypatch) -> None:
    import plotly.graph_objects as go

    figure = go.Figure(go.Bar(y=[3, 1, 2]), layout={"template": {}, "height": 200})
    block = show_figure(figure, "Three bars", "Bars of 3, 1 and 2.").html()
    stored = payload.decode(re.search(r'class="sre-data">(.*?)<', block).group(1))
    assert stored["data"][0]["y"] == [3, 1, 2]
    assert stored["layout"]["height"] == 200
    assert "<label" not in parts(block)
    assert "sre-reset" not in parts(block)
    monkeypatch.setenv("SUPRANK_EDU_STATIC", "1")
    bundle = show_figure({"data": [], "layout": {}}, "None", "Nothing.")._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}


def test_the_light_colours_of_a_figure_all_have_a_dark_one(explorer: Explorer) -> None:
    stored = payload.decode(re.search(r'class="sre-data">(.*?)<', explorer.html()).group(1))
    drawn = set(
        re.findall(r"#[0-9a-fA-F]{6}\b|rgba?\([^)]*\)", str((stored["data"], stored["layout"], stored["leaves"])))
    )
    assert drawn - {"rgba(0,0,0,0)"} <= set(stored["dark"])


def test_the_script_and_the_style_carry_no_comments_and_no_closing_tag() -> None:
    html = toy().html()
    script = html[html.rindex("<script>") + 8 : html.rindex("</script>")]
    style = html[html.rindex("<style>") + 7 : html.rindex("</style>")]
    assert not [line for line in script.splitlines() if line.startswith("//")]
    assert "</" not in script
    assert "</" not in style


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": " "}, "`title`: got ' ', expected a text that is not empty"),
        ({"alt": None}, "`alt`: got None, expected a text that is not empty"),
        ({"controls": [Slider("slope", "S", 0, 1, 1, 0)] * 2}, "`controls`: got the name 'slope' twice"),
        (
            {"controls": [Slider("slop", "S", 0, 1, 1, 0)]},
            "`figure`: got a function that cannot be called with ['slop']",
        ),
        (
            {"figure": lambda slope, power, shape, dots: 0, "readout": lambda: ""},
            "`readout`: got a function that cannot",
        ),
        (
            {"controls": [Choice("shape", "S", ("a", "b"), "a", {"a": {"slope": 1}})], "figure": lambda shape: 0},
            "`presets`: got 'slope' in 'a', expected the name of another control",
        ),
        (
            {
                "controls": [
                    Choice("shape", "S", ("a", "b"), "a", {"a": {"slope": 7}}),
                    Slider("slope", "S", 0, 1, 1, 0),
                ],
                "figure": lambda shape, slope: 0,
            },
            "`presets`: got slope = 7 in 'a', expected one of its values",
        ),
    ],
)
def test_an_explorer_that_cannot_work_is_refused_at_once(changes, message: str) -> None:
    with pytest.raises(ValueError, match="^`") as caught:
        toy(**({"readout": None} | changes))
    assert str(caught.value).startswith(message)


def test_a_figure_function_that_returns_no_figure_is_told_so() -> None:
    explorer = toy(figure=lambda slope, power, shape, dots: [1, 2])
    with pytest.raises(ValueError, match=r"^`figure`: got a function that returns list, expected a plotly"):
        explorer.html()
