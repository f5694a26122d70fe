"""Surrogate bounds: curves, probe, shading and words, each against the plain-loop steps."""

import itertools
import json
import random
import re
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import plotly
import pytest
from chromium import page_of

from suprank_edu import naive
from suprank_edu.explore import Explorer, surrogate_bounds
from suprank_edu.explore.engine import payload
from suprank_edu.explore.ranks.surrogate_bounds import CONTINUOUS, INATURALIST, PUBLISHED, VARIANTS

BASE = {"t": 0.03, "tau": 0.01, "rho": 100, "delta": 0.05, "variant": CONTINUOUS}
SETTINGS = [
    BASE,
    BASE | {"variant": PUBLISHED, "t": 0.12},
    BASE | {"variant": INATURALIST, "tau": 0.02, "t": 0.01},
    BASE | {"rho": 10, "delta": 0.0, "t": 0.0},
    BASE | {"tau": 0.005, "delta": 0.1, "t": -0.2},
    BASE | {"rho": 0, "variant": INATURALIST, "delta": 0.02, "t": 0.2},
]


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return surrogate_bounds()


def sup(t: float, p: dict) -> float:
    start, offset = VARIANTS[p["variant"]]
    if offset is None:
        offset = naive.sigmoid(p["delta"], p["tau"]) + start
    return naive.sup_step(t, p["tau"], p["rho"], p["delta"], start, offset)


def trace(explorer: Explorer, p: dict, name: str, yaxis: str, mode: str = "lines") -> dict:
    found = [
        t
        for t in explorer.figure.describe(**p)["data"]
        if (t.get("name") or t.get("hovertext", "")).startswith(name) and t.get("yaxis") == yaxis and t["mode"] == mode
    ]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("p", SETTINGS)
def test_the_curves_are_the_definitions(explorer: Explorer, p: dict) -> None:
    for name, step in (
        ("H exact", naive.heaviside),
        ("σ sigmoid", lambda t: naive.sigmoid(t, p["tau"])),
        ("H⁻ SupRank", lambda t: sup(t, p)),
    ):
        curve = trace(explorer, p, name, "y")
        np.testing.assert_allclose(curve["y"], [step(t) for t in curve["x"]], rtol=1e-12, atol=1e-300)
        # The slope is the difference quotient wherever the step has no jump or kink nearby.
        slopes = trace(explorer, p, name, "y2")
        h = 1e-7
        smooth = [t for t in slopes["x"] if min(abs(t), abs(t - p["delta"])) > 1e-6]
        numeric = [(step(t + h) - step(t - h)) / (2 * h) for t in smooth]
        shown = dict(zip(slopes["x"], slopes["y"], strict=True))
        np.testing.assert_allclose([shown[t] for t in smooth], numeric, rtol=1e-5, atol=1e-5)


def test_both_sides_of_every_jump_are_on_the_curve(explorer: Explorer) -> None:
    for delta in (0.0, 0.004, 0.05, 0.1):
        curve = trace(explorer, BASE | {"delta": delta, "variant": PUBLISHED}, "H⁻ SupRank", "y")
        at = {float(x): y for x, y in zip(curve["x"], curve["y"], strict=True)}
        before, after = at[delta], min((x, y) for x, y in at.items() if x > delta)[1]
        assert before == pytest.approx(naive.sigmoid(delta, 0.01) + 0.5)
        assert after == pytest.approx(1.44, abs=1e-6)
    left = [y for x, y in zip(curve["x"], curve["y"], strict=True) if -1e-6 < x < 0]
    assert left == [pytest.approx(0.5, abs=1e-6)]


@pytest.mark.parametrize("p", SETTINGS)
def test_shaded_is_exactly_where_a_step_lies_under_h(explorer: Explorer, p: dict) -> None:
    shades = [t for t in explorer.figure.describe(**p)["data"] if t.get("fill") == "toself"]
    for shade, step in zip(shades, (lambda t: naive.sigmoid(t, p["tau"]), lambda t: sup(t, p)), strict=True):
        half = len(shade["x"]) // 2
        floor, roof = shade["y"][:half], shade["y"][half:]
        assert min(shade["x"]) == 0
        np.testing.assert_array_equal(shade["x"][half:], shade["x"][:half][::-1])
        np.testing.assert_allclose(floor, [min(step(t), 1.0) for t in shade["x"][:half]], rtol=1e-12)
        assert set(roof) == {1.0}


@pytest.mark.parametrize("p", SETTINGS)
def test_the_probe_sits_on_the_curves(explorer: Explorer, p: dict) -> None:
    t = p["t"]
    for name, value in (("H exact", naive.heaviside(t)), ("σ sigmoid", naive.sigmoid(t, p["tau"])), ("H⁻", sup(t, p))):
        mark = trace(explorer, p, name, "y", "markers")
        assert mark["x"] == [t]
        if mark["marker"]["symbol"] == "triangle-up":  # above the axis: an arrow at its top
            assert value > mark["y"][0] > 3
        else:
            assert mark["y"][0] == pytest.approx(value)


def test_the_words_about_bounds_are_true_for_every_setting(explorer: Explorer) -> None:
    ts = [i / 1000 for i in range(-200, 201)]
    seen = set()
    some = [(-0.05, 0.0, 0.02, 0.03, 0.2), (0.005, 0.01, 0.02, 0.05), (0, 10, 100), (0.0, 0.024, 0.05, 0.1), VARIANTS]
    for values in itertools.product(*some):
        p = dict(zip(BASE, values, strict=True))
        sigmoid, ours = explorer.readout(**p).split("\n")[1:]
        assert "no bound" in sigmoid
        bounded = all(sup(t, p) >= naive.heaviside(t) for t in ts)
        assert ("an upper bound" in ours) == bounded
        assert ("no bound" in ours) == (not bounded)
        under = naive.heaviside(p["t"]) - sup(p["t"], p)
        said = re.search(r"under H by ([0-9.]+)", ours)
        assert (said is not None) == (under > 0), ours
        if said:
            assert float(said.group(1)) == pytest.approx(under, rel=0.06)
        share = 4 * naive.sigmoid(p["t"], p["tau"]) * naive.sigmoid(-p["t"], p["tau"])
        assert ("dead zone" in sigmoid) == (share < 0.01)
        falls = re.search(r"falls from ([0-9.]+) to ([0-9.]+)", ours)
        before, after = sup(p["delta"], p), sup(p["delta"] + 1e-12, p)
        assert (falls is not None) == (bounded and after < before - 1e-9)
        seen |= {bounded, falls is not None, said is not None}
    assert seen == {True, False}


def test_the_readout_writes_the_formula_with_the_current_numbers(explorer: Explorer) -> None:
    assert explorer.readout(**BASE).split("\n") == [
        "H(0.03) = 1, slope 0",
        "σ(t/τ) = σ(0.03/0.01) = 0.953, slope 4.5: under H by 0.047, no bound",
        "H⁻(t) = σ(t/τ) + 0.5 = 0.953 + 0.5 = 1.45, slope 4.52: an upper bound, H⁻ ≥ H at every t",
    ]
    far = explorer.readout(**BASE | {"t": 0.15}).split("\n")
    assert far[1].startswith("σ(t/τ) = σ(0.15/0.01) = 1 − 3.1 × 10⁻⁷, slope 3.1 × 10⁻⁵: no bound; a dead zone")
    assert far[2].startswith("H⁻(t) = ρ(t − δ) + 1.49 = 100 × (0.15 − 0.05) + 1.49 = 11.5, slope 100")


CHAPTER = Path(__file__).resolve().parents[3] / "book" / "05_surrogates_and_their_bounds.ipynb"


def test_the_chapter_stores_the_script_and_the_numbers_of_the_library(explorer: Explorer) -> None:
    outputs = [output for cell in nbformat.read(CHAPTER, 4).cells for output in cell.get("outputs", [])]
    (stored,) = (
        payload.decode(found[1])
        for output in outputs
        if (found := re.search(r'class="sre-data">(.*?)<', output.get("data", {}).get("text/html", "")))
    )
    assert stored["script"] == json.loads(json.dumps(explorer.payload["script"]))
    assert stored["data"] == explorer.payload["data"]


@pytest.fixture(scope="module")
def shown(explorer: Explorer, browser: Any) -> Any:
    """The explorer in a page of its own."""
    tab = page_of(browser)
    tab.add_script_tag(path=Path(plotly.__file__).parent / "package_data" / "plotly.min.js")
    tab.evaluate(
        "html => { document.body.append(document.createRange().createContextualFragment(html)); }", explorer.html()
    )
    tab.wait_for_selector(".sre[data-state=ready]")
    return tab


# Put every control at its place, and say what is drawn then.
MOVE = """async ([values, position]) => {
    const block = document.querySelector(".sre"), plot = block.querySelector(".sre-plot");
    const inputs = [...block.querySelectorAll("[data-control]")];
    inputs.sort((a, b) => a.dataset.control - b.dataset.control);
    for (const [control, at] of position.entries()) {
        inputs[control].value = String(at);
        inputs[control].dispatchEvent(new Event("input", { bubbles: true }));
    }
    const wanted = position.map((at, control) => values[control][at]).join();
    while (Object.values(JSON.parse(plot.dataset.drawn)).join() !== wanted) await new Promise(requestAnimationFrame);
    const traces = plot.data.map((trace) => ({
        x: [...trace.x], y: [...trace.y], symbol: trace.marker && trace.marker.symbol, hovertext: trace.hovertext,
    }));
    return [traces, block.querySelector(".sre-text").textContent];
}"""


@pytest.mark.browser
def test_the_page_computes_what_the_library_does(explorer: Explorer, shown: Any) -> None:
    values = [list(control.values) for control in explorer.controls]
    draw = random.Random(0)
    for position in [[draw.randrange(len(each)) for each in values] for _ in range(40)]:
        p = {control.name: control.values[i] for control, i in zip(explorer.controls, position, strict=True)}
        traces, text = shown.evaluate(MOVE, [values, position])
        assert text == explorer.readout(**p)
        for found, wanted in zip(traces, explorer.figure.describe(**p)["data"], strict=True):
            for axis in ("x", "y"):
                np.testing.assert_allclose(found[axis], wanted[axis], rtol=6e-4, atol=1e-8, err_msg=str(p))
            assert found.get("hovertext") == wanted.get("hovertext")
            assert found.get("symbol") == wanted.get("marker", {}).get("symbol")
    assert shown.errors == []
