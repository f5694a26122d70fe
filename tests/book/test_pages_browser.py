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
BEYOND = """[...document.querySelectorAll('.bd-sidebar-secondary .nav-link')]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth).length"""
TALLEST = 15_000  # pixels of a page that is looked up, not read
SCREENS = {"desktop, light": (1280, 900, "light"), "phone, dark": (375, 812, "dark")}


@pytest.fixture(scope="module")
def windows(browser: Any) -> dict[str, Any]:
    """A window of each screen, in which pages follow one another as a reader turns them: their scripts are kept."""
    return {
        screen: browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        for screen, (width, height, scheme) in SCREENS.items()
    }


def show(tab: Any, where: str, site: str) -> list[str]:
    """Open a page; return the list of its faults, which goes on filling."""
    tab.set_default_timeout(PATIENCE)
    faults = faults_of(tab, site)
    tab.on("response", lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    tab.goto(where, wait_until="networkidle")
    if tab.locator(".math").count():
        tab.wait_for_selector("mjx-container", state="attached")
        tab.evaluate("() => window.MathJax.startup.promise.then(() => null)")  # all formulas, not the first alone
    return faults


def look(tab: Any, page: Path, screen: str, faults: list[str]) -> None:
    """Assert that a page is whole on a screen."""
    width, _, scheme = SCREENS[screen]
    tab.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
    tab.wait_for_function(DRAWN)  # the network rests before the figures do
    assert faults == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    assert tab.evaluate(CLIPPED) == 0, "an example of the reference is wider than its page"
    if width > 1000:
        assert tab.evaluate(BEYOND) == 0, "the contents of the page reach beyond the screen"
    if width > 1000 and not page.name[0].isdigit():
        assert tab.evaluate("document.documentElement.scrollHeight") <= TALLEST
    assert tab.locator("mjx-merror").count() == 0, "a formula does not parse"


def test_a_page_shows_without_a_fault(page: Path, built: Path, windows: dict[str, Any], address: str) -> None:
    """On a desktop in the light, and then as the same page becomes that of a phone in the dark."""
    tab = windows["desktop, light"].new_page()
    faults = show(tab, address + page.relative_to(built).as_posix(), address)
    look(tab, page, "desktop, light", faults)
    width, height, scheme = SCREENS["phone, dark"]
    tab.set_viewport_size({"width": width, "height": height})
    tab.emulate_media(color_scheme=scheme)
    look(tab, page, "phone, dark", faults)
    tab.close()


@pytest.mark.nightly
def test_a_page_that_is_opened_on_a_phone_shows_without_a_fault(
    page: Path, built: Path, windows: dict[str, Any], address: str
) -> None:
    tab = windows["phone, dark"].new_page()
    look(tab, page, "phone, dark", show(tab, address + page.relative_to(built).as_posix(), address))
    tab.close()
