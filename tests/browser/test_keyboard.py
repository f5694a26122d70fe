"""A chapter worked through with the keyboard alone: every control is reached, shows that it is, and answers."""

from typing import Any

import pytest
from chromium import PATIENCE, faults_of

pytestmark = pytest.mark.browser

CHAPTER = "05_surrogates_and_their_bounds.html"  # it has every kind of control

# What has the focus: its kind, and whether one sees that it has. It is noted on the element that it was reached.
REACHED = """() => {
    const kinds = {
        photograph: "img[data-zoom]", mark: ".sre-handle", slider: ".sre input[type=range]", list: ".sre select",
        toggle: ".sre input[type=checkbox]", choice: ".suprank-ask input[type=radio]",
        number: ".suprank-ask input[type=text]", button: ".suprank-ask button", fold: "summary",
    };
    const at = document.activeElement;
    at.dataset.reached = "";
    const around = [at, at.closest(".choice, li")].filter(Boolean).map(each => getComputedStyle(each));
    const ringed = around.some(look => look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2);
    return {
        inside: at.closest(".bd-article") !== null, what: at.outerHTML.slice(0, 150),
        shows: ringed && getComputedStyle(at).opacity > 0,
        kind: Object.keys(kinds).find(kind => at.matches(kinds[kind])) ?? "",
    };
}"""
LEFT = """() => [...document.querySelectorAll(".bd-article :is(button, select, input, summary, [role=button], [role=slider])")]
    .filter(each => each.checkVisibility({ visibilityProperty: true }) && !each.disabled && each.type !== "radio")
    .filter(each => each.dataset.reached === undefined).map(each => each.outerHTML.slice(0, 150))"""
DRAWN = "() => document.activeElement.closest('.sre').querySelector('.sre-plot').dataset.drawn"
AT_END = """() => {
    const at = document.activeElement;
    const [now, last] = at.max ? [at.value, at.max] : [at.ariaValueNow, at.ariaValueMax];
    return now === last;
}"""
FEEDBACK = "() => document.activeElement.closest('.suprank-ask').querySelector('.feedback').textContent.trim()"
OPEN = "() => document.activeElement.parentElement.open"


def use(tab: Any, kind: str) -> None:
    """Work the control that has the focus, and assert that it answers."""
    press = tab.keyboard.press
    if kind == "photograph":
        press("Enter")
        tab.wait_for_function("() => document.querySelector('dialog.suprank-zoom[open]')")
        press("Escape")
        tab.wait_for_function("() => !document.querySelector('dialog.suprank-zoom')")
        assert tab.evaluate("document.activeElement.matches('img[data-zoom]')"), "the focus does not come back"
    elif kind in ("mark", "slider", "list", "toggle"):
        before = tab.evaluate(DRAWN)
        key = {"toggle": "Space", "list": "ArrowDown"}.get(kind)
        press(key or ("ArrowLeft" if tab.evaluate(AT_END) else "ArrowRight"))
        tab.wait_for_function(f"before => ({DRAWN})() !== before", arg=before)
    elif kind == "choice":
        press("Space")
        assert tab.evaluate("document.activeElement.checked")
        if tab.evaluate("document.activeElement.closest('.suprank-quiz') !== null"):
            assert tab.evaluate(FEEDBACK)
    elif kind == "number":
        tab.keyboard.type("0.5")
        press("Enter")
        assert tab.evaluate(FEEDBACK)
    elif kind == "button":
        press("Enter")
        assert tab.evaluate(FEEDBACK)
    elif kind == "fold":
        before = tab.evaluate(OPEN)
        press("Enter")
        assert tab.evaluate(OPEN) is not before
        press("Enter")
        assert tab.evaluate(OPEN) is before


def test_a_chapter_is_worked_through_by_keys_alone(browser: Any, site: str) -> None:
    tab = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    tab.set_default_timeout(PATIENCE)
    faults = faults_of(tab, site)
    tab.goto(site + CHAPTER)
    tab.wait_for_function("() => [...document.querySelectorAll('.sre')].every(each => each.dataset.state === 'ready')")
    tab.evaluate("() => window.MathJax.startup.promise.then(() => null)")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to main content"
    tab.keyboard.press("Enter")  # over the list of contents
    used = set()
    entered = False
    for _ in range(1000):
        tab.keyboard.press("Tab")
        reached = tab.evaluate(REACHED)
        if entered and not reached["inside"]:
            break
        entered = reached["inside"]
        if entered:
            assert reached["shows"], f"no one sees that this has the focus: {reached['what']}"
            use(tab, reached["kind"])
            used.add(reached["kind"])
    assert used >= {"photograph", "mark", "slider", "choice", "number", "button", "fold"}
    assert tab.evaluate(LEFT) == []
    assert faults == []
    tab.close()
