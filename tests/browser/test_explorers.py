"""On a built page each control moves by keyboard and by mouse, and the curves become what Python gives for it."""

import ast
import functools
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jupytext
import numpy as np
import pytest
from chromium import PATIENCE, faults_of, until

from suprank_edu.explore import Explorer
from suprank_edu.explore.engine.figures import describe

pytestmark = pytest.mark.browser

BOOK = Path(__file__).resolve().parents[2] / "book"


# A chapter, and the place of an explorer on its page.
SHOWN = [
    ("10_hierarchical_relevance", 0),
    ("04_why_a_rank_has_no_gradient", 0),
    ("05_surrogates_and_their_bounds", 0),
    ("06_suprank", 0),
    ("07_from_suprank_to_losses", 0),
    ("08_the_decomposability_gap", 0),
    ("09_closing_the_gap", 0),
    ("11_training_for_h_ap_and_ndcg", 0),
    ("14_larger_than_memory", 0),
    ("15_results", 0),
    ("15_results", 2),
    ("15_results", 3),
    ("16_at_scale", 0),
]


@functools.cache
def explorers_of(chapter: str) -> list[Explorer]:
    """Run the cells of a chapter and return what explorers it shows: they take data that the chapter opens."""
    names: dict[str, Any] = {}
    found = []
    wanted = 1 + max(place for name, place in SHOWN if name == chapter)
    for cell in jupytext.read(BOOK / f"{chapter}.md").cells:
        if cell.cell_type != "code" or "skip-execution" in cell.metadata.get("tags", []):
            continue
        *body, last = ast.parse(cell.source).body
        exec(compile(ast.Module(body, []), chapter, "exec"), names)
        if isinstance(last, ast.Expr):
            shown = eval(compile(ast.Expression(last.value), chapter, "eval"), names)
            if isinstance(shown, Explorer):
                found.append(shown)
        else:
            exec(compile(ast.Module([last], []), chapter, "exec"), names)
        if len(found) == wanted:
            return found
    raise AssertionError(f"{chapter} shows {len(found)} explorers, expected {wanted}")


def explorer_of(chapter: str, place: int) -> Explorer:
    """Return an explorer of a chapter."""
    return explorers_of(chapter)[place]


READ = "plot => plot.data.map(t => ({x: Array.from(t.x ?? []), y: Array.from(t.y ?? [])}))"


def numbers(values: Any) -> Any:
    return np.array([v if isinstance(v, int | float | np.number) else np.nan for v in values], dtype=float)


def agrees(plot: Any, explorer: Explorer) -> dict[str, Any]:
    """Assert that the curves on the page are those of the parameters that the page says it has drawn."""
    drawn: dict[str, Any] = json.loads(plot.get_attribute("data-drawn"))
    made = describe(explorer.figure, drawn)["data"]
    shown = plot.evaluate(READ)
    assert len(shown) == len(made)
    for left, right in zip(shown, made, strict=True):
        for axis in ("x", "y"):
            wanted = right.get(axis)
            np.testing.assert_allclose(
                numbers(left[axis]), numbers(wanted if wanted is not None else []), rtol=6e-4, atol=1e-9
            )
    return drawn


def wait_for_move(plot: Any, before: str) -> None:
    """Wait until the page has drawn something else than what it said it had."""
    until(plot, "(plot, before) => plot.dataset.drawn !== before", before)


DESKTOP = {"width": 1280, "height": 900}


class Opened(NamedTuple):
    """A page, an explorer's block and figure on it, and what Python has for it."""

    tab: Any
    block: Any
    plot: Any
    explorer: Explorer
    faults: list[str]


# Drawn by the lines of chapter 7's and 5's, which are moved each time.
NIGHTLY = ("04_why_a_rank_has_no_gradient", "06_suprank")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(
            (chapter, place),
            id=f"{chapter[:2]}-{place}",
            marks=[pytest.mark.nightly] if chapter in NIGHTLY else [],
        )
        for chapter, place in SHOWN
    ],
)
def page(request: pytest.FixtureRequest, browser: Any, site: str) -> Iterator[Opened]:
    """Open a page once for all tests of an explorer on it."""
    chapter, place = request.param
    tab = browser.new_page(viewport=DESKTOP)
    tab.set_default_timeout(PATIENCE)
    faults = faults_of(tab, site)
    try:
        tab.goto(f"{site}{chapter}.html")
        block = tab.locator(".sre").nth(place)
        # This one, not any: blocks come to life in no fixed order.
        until(block, "block => block.dataset.state === 'ready'")
        yield Opened(tab, block, block.locator(".sre-plot"), explorer_of(chapter, place), faults)
    finally:
        tab.close()


@pytest.fixture
def opened(page: Opened) -> Iterator[Opened]:
    """The page as it was opened; after the test it is brought back to that."""
    start, theme = page.plot.get_attribute("data-drawn"), page.tab.evaluate("document.documentElement.dataset.theme")
    yield page
    assert page.faults == []
    page.tab.set_viewport_size(DESKTOP)
    page.tab.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
    page.block.locator(".sre-reset").click()
    until(page.plot, "(plot, at) => plot.dataset.drawn === at", start)
    until(page.plot, "(plot, at) => plot.dataset.theme === at", theme)
    assert page.faults == []


def key_for(kind: str | None, last: bool) -> str:
    """Return the key that moves an input of this kind to the next value, or back from the last one."""
    if kind == "checkbox":
        return "Space"
    if kind == "range":
        return "ArrowLeft" if last else "ArrowRight"
    return "ArrowUp" if last else "ArrowDown"


def test_the_keyboard_moves_every_control(opened: Opened) -> None:
    tab, block, plot, explorer, _ = opened
    for place, control in enumerate(explorer.controls):
        said, before = plot.get_attribute("data-drawn"), agrees(plot, explorer)
        target = block.locator(f'[data-control="{place}"]')
        target.focus()
        tab.keyboard.press(key_for(target.get_attribute("type"), control.values[-1] == before[control.name]))
        wait_for_move(plot, said)
        after = agrees(plot, explorer)
        assert after[control.name] != before[control.name]


def test_the_mouse_moves_every_control(opened: Opened) -> None:
    _, block, plot, explorer, _ = opened
    for place, control in enumerate(explorer.controls):
        said, before = plot.get_attribute("data-drawn"), agrees(plot, explorer)
        target = block.locator(f'[data-control="{place}"]')
        if target.evaluate("input => input.tagName") == "SELECT":
            # A native list opens outside the page: choose as a click on its last or first entry would.
            index = 0 if control.values[-1] == before[control.name] else len(control.values) - 1
            target.select_option(index=index)
        elif target.get_attribute("type") == "checkbox":
            target.click()
        else:
            box = target.bounding_box()
            near_end = control.values.index(before[control.name]) > (len(control.values) - 1) / 2
            target.click(position={"x": box["width"] * (0.2 if near_end else 0.8), "y": box["height"] / 2})
        wait_for_move(plot, said)
        assert agrees(plot, explorer)[control.name] != before[control.name]


def test_the_readout_and_reset_follow(opened: Opened) -> None:
    tab, block, plot, explorer, _ = opened
    said, start = plot.get_attribute("data-drawn"), agrees(plot, explorer)
    # A slider where there is one; a drop-down list is chosen from as a click would.
    control = block.locator("input[type=range]" if block.locator("input[type=range]").count() else "select").first
    values = explorer.controls[int(control.get_attribute("data-control"))].values
    at = values.index(start[control.get_attribute("name")])
    if control.get_attribute("type") == "range":
        control.focus()
        tab.keyboard.press("Home" if at else "End")
    else:
        control.select_option(index=0 if at else len(values) - 1)
    wait_for_move(plot, said)
    said, moved = plot.get_attribute("data-drawn"), agrees(plot, explorer)
    # A page keeps the height of its longest text.
    assert block.locator(".sre-text").text_content().rstrip("\n") == explorer.readout(**moved)
    block.locator(".sre-reset").click()
    wait_for_move(plot, said)
    assert agrees(plot, explorer) == start


def test_the_theme_changes_the_colours(opened: Opened) -> None:
    tab, _, plot, _, _ = opened
    colours = []
    for theme in ("light", "dark"):
        tab.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        until(plot, "(plot, theme) => plot.dataset.theme === theme", theme)
        colours.append(plot.evaluate("plot => plot.layout.font.color"))
    assert colours[0] != colours[1]


def test_a_phone_shows_it_whole(opened: Opened) -> None:
    tab, block, plot, explorer, _ = opened
    tab.set_viewport_size({"width": 375, "height": 812})
    tab.wait_for_function("() => document.documentElement.scrollWidth <= 375")
    drawn = "plot => plot.querySelector('.main-svg').getBoundingClientRect().width <= plot.clientWidth + 1"
    until(plot, drawn)
    # All at one moment: what stands above may still grow.
    boxes = block.evaluate(
        "block => [...block.querySelectorAll('.sre-row')].map(row => row.getBoundingClientRect().toJSON())"
    )
    assert len(boxes) == len(explorer.controls)
    for one, other in itertools.pairwise(boxes):
        apart = one["y"] + one["height"] <= other["y"] + 1 or one["x"] + one["width"] <= other["x"] + 1
        assert apart, "two controls overlap"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_rings_leave_nothing_empty_on_a_phone(theme: str, browser: Any, site: str) -> None:
    tab = browser.new_page(viewport={"width": 375, "height": 812}, color_scheme=theme)
    tab.goto(f"{site}12_building_a_hierarchical_dataset.html")
    rings = tab.locator(".sre").first
    filled = """block => {
        if (block.dataset.state !== "ready") return false;
        const plot = block.querySelector(".sre-plot").getBoundingClientRect();
        const rings = block.querySelector(".sunburstlayer").getBoundingClientRect();
        return plot.width <= 375 && Math.abs(plot.height - plot.width) <= 1 && rings.height >= 0.9 * plot.height;
    }"""
    until(rings, filled)
    tab.close()
