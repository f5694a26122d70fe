"""On a built page each control moves by keyboard and by mouse, and the curves become what Python gives for it."""

import ast
import functools
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupytext
import numpy as np
import pytest

from suprank_edu.explore import (
    Explorer,
    batch_memory,
    calibration,
    cost_calculator,
    decomposability_gap,
    level_pulls,
    rank_a_gallery,
    surrogate_bounds,
)
from suprank_edu.explore.figures import describe

pytestmark = pytest.mark.browser

BOOK = Path(__file__).resolve().parents[2] / "book"


@functools.cache
def first_of(chapter: str) -> Explorer:
    """Run the cells of a chapter up to its first explorer, and return that: it takes data that the chapter opens."""
    names: dict[str, Any] = {}
    for cell in jupytext.read(BOOK / f"{chapter}.md").cells:
        if cell.cell_type != "code" or "skip-execution" in cell.metadata.get("tags", []):
            continue
        *body, last = ast.parse(cell.source).body
        exec(compile(ast.Module(body, []), chapter, "exec"), names)
        if isinstance(last, ast.Expr):
            shown = eval(compile(ast.Expression(last.value), chapter, "eval"), names)
            if isinstance(shown, Explorer):
                return shown
        else:
            exec(compile(ast.Module([last], []), chapter, "exec"), names)
    raise AssertionError(f"{chapter} shows no explorer")


PAGES = {
    "01_retrieval_is_ranking.html": functools.partial(first_of, "01_retrieval_is_ranking"),
    "10_hierarchical_relevance.html": functools.partial(first_of, "10_hierarchical_relevance"),
    "05_surrogates_and_their_bounds.html": surrogate_bounds,
    "00_how_to_use_this_book.html": rank_a_gallery,
    "08_the_decomposability_gap.html": decomposability_gap,
    "09_closing_the_gap.html": calibration,
    "11_training_for_h_ap_and_ndcg.html": level_pulls,
    "14_larger_than_memory.html": batch_memory,
    "15_results.html": functools.partial(first_of, "15_results"),
    "16_at_scale.html": cost_calculator,
}
READ = "plot => plot.data.map(t => ({x: Array.from(t.x ?? []), y: Array.from(t.y ?? [])}))"


def numbers(values: Any) -> Any:
    return np.array([v if isinstance(v, (int, float)) else np.nan for v in values], dtype=float)


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


def wait_for_move(tab: Any, plot: Any, before: str) -> None:
    """Wait until the page has drawn something else than what it said it had."""
    tab.wait_for_function("([plot, before]) => plot.dataset.drawn !== before", arg=[plot.element_handle(), before])


@pytest.fixture(params=PAGES, ids=[name[:2] for name in PAGES])
def opened(request: pytest.FixtureRequest, browser: Any, site: str) -> Any:
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.set_default_timeout(60_000)  # a busy machine is slow, not wrong
    faults: list[str] = []
    tab.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on(
        "request",
        lambda asked: faults.append(asked.url) if not asked.url.startswith((site, "data:", "blob:")) else None,
    )
    tab.goto(site + request.param)
    tab.wait_for_selector('.sre[data-state="ready"]')
    make: Callable[[], Explorer] = PAGES[request.param]
    yield tab, make(), faults
    assert faults == []
    tab.close()


def test_the_keyboard_moves_every_control(opened: Any) -> None:
    tab, explorer, _ = opened
    block = tab.locator('.sre[data-state="ready"]').first
    plot = block.locator(".sre-plot")
    for place, control in enumerate(explorer.controls):
        said, before = plot.get_attribute("data-drawn"), agrees(plot, explorer)
        target = block.locator(f'[data-control="{place}"]')
        target.focus()
        kind = target.get_attribute("type")
        last = control.values[-1] == before[control.name]
        key = "Space" if kind == "checkbox" else ("Arrow" + ("Up" if last else "Down") if kind != "range" else "")
        tab.keyboard.press(key or ("ArrowLeft" if last else "ArrowRight"))
        wait_for_move(tab, plot, said)
        after = agrees(plot, explorer)
        assert after[control.name] != before[control.name]


def test_the_mouse_moves_every_control(opened: Any) -> None:
    tab, explorer, _ = opened
    block = tab.locator('.sre[data-state="ready"]').first
    plot = block.locator(".sre-plot")
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
        wait_for_move(tab, plot, said)
        assert agrees(plot, explorer)[control.name] != before[control.name]


def test_the_readout_and_reset_follow(opened: Any) -> None:
    tab, explorer, _ = opened
    block = tab.locator('.sre[data-state="ready"]').first
    plot = block.locator(".sre-plot")
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
    wait_for_move(tab, plot, said)
    said, moved = plot.get_attribute("data-drawn"), agrees(plot, explorer)
    assert block.locator(".sre-text").text_content() == explorer.readout(**moved)
    block.locator(".sre-reset").click()
    wait_for_move(tab, plot, said)
    assert agrees(plot, explorer) == start


def test_the_theme_changes_the_colours(opened: Any) -> None:
    tab, _, _ = opened
    plot = tab.locator('.sre[data-state="ready"] .sre-plot').first
    colours = []
    for theme in ("light", "dark"):
        tab.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        tab.wait_for_function("([plot, theme]) => plot.dataset.theme === theme", arg=[plot.element_handle(), theme])
        colours.append(plot.evaluate("plot => plot.layout.font.color"))
    assert colours[0] != colours[1]


def test_a_phone_shows_it_whole(opened: Any) -> None:
    tab, explorer, _ = opened
    tab.set_viewport_size({"width": 375, "height": 812})
    block = tab.locator('.sre[data-state="ready"]').first
    tab.wait_for_function("() => document.documentElement.scrollWidth <= 375")
    boxes = [row.bounding_box() for row in block.locator(".sre-row").all()]
    assert len(boxes) == len(explorer.controls)
    for one, other in itertools.pairwise(boxes):
        apart = one["y"] + one["height"] <= other["y"] + 1 or one["x"] + one["width"] <= other["x"] + 1
        assert apart, "two controls overlap"
