"""What a move costs in the page: a step of a drag and of a slider, in a real browser, against 50 ms.

    python -m benchmarks --only moves           all of them, and whether the machine was too busy
    python -m benchmarks.moves [chapter ...]    those of some chapters

The explorers are those that chapters 00 to 08 store. A page of their blocks and plotly alone is opened in headless
chromium, and each is moved there by the mouse (a drag) and by the slider's own event. Timed is from the event until
the browser has drawn data, layout and style anew; its painting is its own affair.
"""

from __future__ import annotations

import html
import re
import shutil
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import plotly

from benchmarks.harness import Ratio

BUDGET = 0.050
BOOK = Path(__file__).resolve().parents[1] / "book"
CHAPTERS = tuple(f"{number:02}" for number in range(9))
STEPS = 24
VIEW = {"width": 1280, "height": 900}
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

# Steps of a slider, there and back: the times between its event and the drawing, which the figure tells of.
_SLIDE = """async ([block, place, steps]) => {
    const input = block.querySelectorAll("input[type=range]")[place], plot = block.querySelector(".sre-plot");
    const most = Number(input.max), spent = [];
    let at = Number(input.value), by = 1;
    for (let step = 0; step < steps; step += 1) {
        if (at + by > most || at + by < 0) by = -by;
        at += by;
        const drawn = new Promise((done) => {
            const seen = new MutationObserver(() => { seen.disconnect(); done(); });
            seen.observe(plot, { attributeFilter: ["data-drawn"] });
        });
        const from = performance.now();
        input.value = String(at);
        input.dispatchEvent(new Event("input", { bubbles: true }));
        await drawn;
        plot.getBoundingClientRect();  // lays the page out
        spent.push(performance.now() - from);
        await new Promise(requestAnimationFrame);
    }
    return spent;
}"""

# Between a move of the pointer and what it changed: a drawing of the figure, or the order of photographs.
_WATCH = """([block, target, attribute]) => {
    window.spent = [];
    let from = 0;
    window.addEventListener("pointermove", () => { from = performance.now(); }, true);
    new MutationObserver(() => {
        block.getBoundingClientRect();
        window.spent.push(performance.now() - from);
    }).observe(target, { attributeFilter: [attribute] });
}"""


def ratios(quick: bool, chapters: tuple[str, ...] = CHAPTERS) -> list[Ratio]:
    """Return the median step of each explorer against 50 ms; nothing where there is no browser."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        print("moves: no chromium, not measured")
        return []
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for name, block in stored_explorers(chapters):
            found += [
                Ratio(f"moves/{name}, {kind}", statistics.median(spent) / 1000, BUDGET, "s", "a budget of 50 ms")
                for kind, spent in measured(browser, block, STEPS // 3 if quick else STEPS)
            ]
        browser.close()
    return found


def stored_explorers(chapters: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the chapter and title, and the HTML, of every explorer that the chapters store and that can be moved."""
    for path in sorted(BOOK.glob("[0-9][0-9]_*.ipynb")):
        if not path.name.startswith(chapters):
            continue
        for cell in nbformat.read(path, as_version=4).cells:  # type: ignore[no-untyped-call]
            for output in cell.get("outputs", []):
                block = output.get("data", {}).get("text/html", "")
                if 'class="suprank-order"' in block or 'data-control="0"' in block:
                    title = re.search(r"<strong>(.*?)</strong>", block)
                    yield f"{path.name[:2]} {html.unescape(title[1]) if title else ''}", block


def measured(browser: Any, block: str, steps: int) -> Iterator[tuple[str, list[float]]]:
    """Yield the kinds of move of one explorer, each with the milliseconds of its steps."""
    page = browser.new_page(viewport=VIEW)
    plotly = "" if 'class="sre"' not in block else f"<script>{_plotly()}</script>"
    page.set_content(f"<!doctype html><main>{plotly}{block}</main>")
    if plotly:
        explorer, plot = page.locator(".sre"), page.locator(".sre-plot")
        page.wait_for_function("block => block.dataset.state === 'ready'", arg=explorer.element_handle())
        sliders = explorer.locator("input[type=range]")
        for place in range(sliders.count()):
            name = sliders.nth(place).get_attribute("name")
            yield f"slider {name}", page.evaluate(_SLIDE, [explorer.element_handle(), place, steps])
        if page.locator(".sre-handle").count():
            watched = [explorer.element_handle(), plot.element_handle(), "data-drawn"]
            yield "drag", dragged(page, page.locator(".sre-handle").first, watched, steps, 8)
    else:
        order = page.locator(".suprank-order")
        watched = [order.element_handle(), order.element_handle(), "data-order"]
        yield "drag", dragged(page, order.locator("ol img").first, watched, steps, 40)
    page.close()


def dragged(page: Any, mark: Any, watched: list[Any], steps: int, pixels: int) -> list[float]:
    """Return the milliseconds of the steps while the mouse drags a mark to the right and back."""
    page.evaluate(_WATCH, watched)
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 2 * steps + 1):
        page.mouse.move(x + pixels * min(step, 2 * steps - step), y)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    page.mouse.up()
    spent: list[float] = page.evaluate("window.spent")
    return spent


def _plotly() -> str:
    return (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_text(encoding="utf-8")


if __name__ == "__main__":
    for ratio in ratios(quick=False, chapters=tuple(sys.argv[1:]) or CHAPTERS):
        print(ratio.line(), flush=True)
