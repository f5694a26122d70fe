"""Dragging marks: in the page by mouse, finger and keys, and with a kernel by the same script."""

import json
from pathlib import Path

import plotly
import pytest
from chromium import PATIENCE

from suprank_edu.explore import (
    Choice,
    Drag,
    Explorer,
    FigureFunction,
    Slider,
    calibration,
    pull_on_a_pair,
    surrogate_bounds,
)
from suprank_edu.explore.engine.live import LiveExplorer

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
START = {"a": 0.2, "b": 0.6}


@FigureFunction
def two_marks(which, at):
    x = [at if name == which else start for name, start in START.items()]
    axes = {"xaxis": {"range": [0, 1], "fixedrange": True}, "yaxis": {"range": [0, 3], "fixedrange": True}}
    trace = {"type": "scatter", "mode": "markers", "x": x, "y": [1, 2], "marker": {"size": 12}}
    return {"data": [trace], "layout": {"height": 300, "margin": {"l": 40, "r": 20, "t": 20, "b": 40}, **axes}}


def toy() -> Explorer:
    return Explorer(
        two_marks,
        [Choice("which", "Which", ("a", "b"), "a"), Slider("at", "Where", 0.0, 1.0, 0.05, 0.2)],
        title="Two marks",
        alt="Two marks on a line.",
        readout=lambda which, at: f"{which} = {at:.2f}",
        drags=[Drag("at", 0, i, f"mark {name}", sets={"which": name}) for i, name in enumerate(START)],
    )


@pytest.mark.parametrize(
    ("drag", "message"),
    [
        (lambda: Drag("at", 0, 0, ""), r"`label`: got ''"),
        (lambda: Drag("at", 0, 0, "m", axis="z"), r"`axis`: got 'z', expected 'x' or 'y'"),
        (lambda: Drag("else", 0, 0, "m"), r"`drags`: got the control 'else', expected the name of a slider"),
        (lambda: Drag("which", 0, 0, "m"), r"`drags`: got the control 'which', expected the name of a slider"),
        (lambda: Drag("at", 0, 0, "m", sets={"which": "c"}), r"`drags`: got which = 'c', expected a control and one"),
    ],
)
def test_bad_drags_are_refused(drag, message) -> None:
    with pytest.raises(ValueError, match=message):
        Explorer(two_marks, toy().controls, "t", "a", drags=[drag()])


@pytest.mark.parametrize("make", [toy, calibration, pull_on_a_pair, surrogate_bounds])
def test_a_mark_lies_at_the_value_that_it_moves(make) -> None:
    explorer = make()
    for drag in explorer.drags:
        for value in next(c for c in explorer.controls if c.name == drag.control).values[::7]:
            drawn = explorer.figure.describe(**{**explorer.parameters, **drag.sets, drag.control: value})
            assert drawn["data"][drag.trace][drag.axis][drag.point] == pytest.approx(value)


def test_with_a_kernel_a_move_sets_both_controls_and_draws_once() -> None:
    live = LiveExplorer(toy())
    marks = live.box.children[-1]
    drawn = []
    live.draw = lambda: drawn.append(live.parameters)  # type: ignore[method-assign]
    marks._handle_custom_msg([1, 18], [])
    assert drawn == [{"which": "b", "at": 0.9}]


@pytest.fixture
def page(browser):
    page = browser.new_context(viewport={"width": 800, "height": 700}, has_touch=True).new_page()
    page.set_default_timeout(PATIENCE)
    page.set_content("<!doctype html><html><head></head><body></body></html>")
    page.add_script_tag(path=str(PLOTLY))
    return page


def show(page, *explorers: Explorer):
    page.evaluate(
        """html => {
      document.body.innerHTML = html;
      for (const old of document.querySelectorAll("script:not([type])")) {
        const script = document.createElement("script");
        script.textContent = old.textContent;
        old.replaceWith(script);
      }
    }""",
        "".join(explorer.html() for explorer in explorers),
    )
    page.wait_for_selector(".sre[data-state=ready]")
    return page.locator(".sre").last


def drawn(block) -> dict:
    return json.loads(block.locator(".sre-plot").get_attribute("data-drawn"))


@pytest.mark.browser
class TestInThePage:
    def test_the_mouse_drags_a_mark_and_the_sliders_follow(self, page) -> None:
        block = show(page, toy())
        page.evaluate(
            "() => { const react = Plotly.react; window.drawn = 0;"
            " Plotly.react = (...all) => { window.drawn += 1; return react(...all); }; }"
        )
        handle = block.get_by_role("slider", name="mark b")
        box = handle.bounding_box()
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        unit = block.locator(".sre-plot").evaluate("plot => plot._fullLayout.xaxis._length")
        page.mouse.move(middle[0] + 5, middle[1])
        page.mouse.down()
        page.mouse.move(middle[0] + 5 + 0.1 * unit, middle[1] + 40)
        page.mouse.move(middle[0] + 5 + 0.101 * unit, middle[1] + 60)
        page.mouse.up()
        assert drawn(block) == {"which": "b", "at": 0.7}
        assert block.locator("select").input_value() == "1"
        assert block.locator("input[type=range]").input_value() == "14"
        assert block.locator(".sre-text").inner_text() == "b = 0.70"
        assert page.evaluate("window.drawn") == 1  # a move within a step of the slider draws nothing
        assert handle.get_attribute("aria-valuetext") == "0.70"
        moved = handle.bounding_box()
        assert moved["x"] + moved["width"] / 2 - middle[0] == pytest.approx(0.1 * unit, abs=1)

    def test_keys_move_a_mark_and_stop_at_the_ends(self, page) -> None:
        block = show(page, toy())
        block.get_by_role("slider", name="mark a").focus()
        for key, at in [
            ("ArrowRight", 0.25),
            ("PageUp", 0.5),
            ("ArrowDown", 0.45),
            ("End", 1.0),
            ("ArrowUp", 1.0),
            ("Home", 0.0),
        ]:
            page.keyboard.press(key)
            assert drawn(block) == {"which": "a", "at": at}

    def test_a_finger_drags_a_mark(self, page) -> None:
        block = show(page, toy())
        box = block.get_by_role("slider", name="mark a").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        unit = block.locator(".sre-plot").evaluate("plot => plot._fullLayout.xaxis._length")
        touch = page.context.new_cdp_session(page)
        for kind, at in [
            ("touchStart", x),
            ("touchMove", x + 0.15 * unit),
            ("touchMove", x + 0.3 * unit),
            ("touchEnd", None),
        ]:
            points = [] if at is None else [{"x": at, "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        assert drawn(block) == {"which": "a", "at": 0.5}

    def test_a_fingers_room_is_36_pixels_and_reset_brings_the_marks_back(self, page) -> None:
        block = show(page, surrogate_bounds(), toy())
        handle = block.get_by_role("slider", name="mark a")
        assert handle.bounding_box()["width"] >= 36
        handle.focus()
        page.keyboard.press("End")
        block.get_by_role("button", name="Reset").click()
        assert handle.get_attribute("aria-valuetext") == "0.20"
        assert page.locator(".sre-handle").count() == len(surrogate_bounds().drags) + 2
