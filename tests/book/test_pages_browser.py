"""Every built page in a headless browser: nothing fails, nothing leaves localhost, nothing is wider than a phone."""

from pathlib import Path
from typing import Any

import pytest
from chromium import PATIENCE, faults_of

pytestmark = pytest.mark.browser

DRAWN = "() => [...document.querySelectorAll('.sre')].every(block => block.dataset.state === 'ready')"
CLIPPED = (
    "[...document.querySelectorAll('dl.py pre, .wraps pre')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
)
TALLEST = 15_000  # pixels of a page that is looked up, not read
SCREENS = {"desktop, light": (1280, 900, "light"), "phone, dark": (375, 812, "dark")}


@pytest.mark.parametrize("screen", SCREENS)
def test_a_page_shows_without_a_fault(page: Path, built: Path, screen: str, browser: Any, address: str) -> None:
    width, height, scheme = SCREENS[screen]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    faults = faults_of(tab, address)
    tab.on("response", lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    tab.goto(address + page.relative_to(built).as_posix(), wait_until="networkidle")
    if tab.locator(".math").count():
        tab.wait_for_selector("mjx-container", state="attached")
        tab.evaluate("() => window.MathJax.startup.promise.then(() => null)")  # all formulas, not the first alone
    tab.wait_for_function(DRAWN)  # the network rests before the figures do
    assert faults == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    assert tab.evaluate("document.documentElement.dataset.theme") == scheme
    assert tab.evaluate(CLIPPED) == 0, "an example of the reference is wider than its page"
    if width > 1000 and not page.name[0].isdigit():
        assert tab.evaluate("document.documentElement.scrollHeight") <= TALLEST
    assert tab.locator("mjx-merror").count() == 0, "a formula does not parse"
    context.close()
