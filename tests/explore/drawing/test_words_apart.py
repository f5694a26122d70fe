"""The words around a figure can be read, on a phone and on a desktop: they lie level, and none lies on another."""

from pathlib import Path
from typing import Any

import plotly
import pytest
from chromium import PATIENCE

from suprank_edu.explore import Explorer, ablations, seed_intervals, surrogate_bounds
from suprank_edu.training.study import load_results, results_folder

pytestmark = pytest.mark.browser

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
PHONE, DESKTOP = 343, 720  # what a page of 375 and of 1280 pixels leaves to a figure

DRAW = """async ([width, figures]) => {
  document.body.innerHTML = "";
  for (const [name, figure] of figures) {
    const {data, layout} = JSON.parse(figure);
    const plot = Object.assign(document.createElement("div"), {id: name});
    plot.style.width = `${width}px`;
    document.body.append(plot);
    await Plotly.newPlot(plot, data, layout, {displayModeBar: false});
  }
}"""
# [figure, word, word] of every two words whose boxes share more than a hair, and [figure, word] of those that slope.
FAULTS = """() => [...document.body.children].flatMap((plot) => {
  const words = [...plot.querySelectorAll("[class$=tick] > text, text[class$=title], .annotation-text, .legendtext")]
    .filter((each) => each.textContent.trim());
  const boxes = words.map((each) => each.getBoundingClientRect());
  const apart = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) < 1.5
    || Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) < 3;
  const pairs = words.flatMap((one, i) => words.slice(0, i).filter((_, j) => !apart(boxes[i], boxes[j]))
    .map((other) => [plot.id, one.textContent, other.textContent]));
  const sloping = words.filter((each) => /rotate\\((?!0[,)])/.test(each.getAttribute("transform") || ""));
  return [...pairs, ...sloping.map((each) => [plot.id, each.textContent])];
})"""


@pytest.fixture(scope="module")
def page(browser: Any) -> Any:
    """A page with plotly and nothing else."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.set_content("<!doctype html><html><body></body></html>")
    page.add_script_tag(path=str(PLOTLY))
    return page


@pytest.fixture(scope="module")
def figures(explorers: dict[str, Explorer]) -> list[tuple[str, str]]:
    """What every explorer that needs no photographs shows at first."""
    results = results_folder("groceries")
    sets = {"photographs": load_results(results), "drawings": load_results(results_folder("omniglot"))}
    more = {"surrogate": surrogate_bounds(), "seeds": seed_intervals(sets), "ablations": ablations(results.parent)}
    return [(name, shown.figure(**shown.parameters).to_json()) for name, shown in (explorers | more).items()]


@pytest.mark.parametrize("width", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_words_are_level_and_apart(width: int, page: Any, figures: list[tuple[str, str]]) -> None:
    page.evaluate(DRAW, [width, figures])
    assert page.evaluate(FAULTS) == []
