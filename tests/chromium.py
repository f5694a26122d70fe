"""The headless browser of all tests that drive one."""

import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE = 240_000  # milliseconds; a busy machine is slow, not wrong
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


def started() -> Iterator[Any]:
    """Yield a chromium, or skip the test where there is none."""
    if CHROMIUM is None:
        pytest.skip("no chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def until(locator: Any, holds: str, argument: Any = None) -> None:
    """Wait until a function holds of the element that a locator finds.

    It is looked up anew each time: a widget may be drawn into a new element, and the old one, kept in hand, would
    never change again.
    """
    end = time.monotonic() + PATIENCE / 1000
    while not locator.evaluate(holds, argument):
        assert time.monotonic() < end, f"after {PATIENCE / 1000:.0f} s this does not hold of {locator}:\n{holds}"
        time.sleep(0.05)


def faults_of(page: Any, site: str) -> list[str]:
    """Return a list that fills with the errors and warnings of a page, and with what it asks of another place."""
    faults: list[str] = []

    def note_request(asked: Any) -> None:
        if not asked.url.startswith((site, "data:", "blob:")):
            faults.append(f"left localhost: {asked.url}")

    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", note_request)
    return faults


def page_of(browser: Any, *shown: Any, **options: Any) -> Any:
    """Return a page of blocks of HTML, and of what has one, in order; `page.errors` collects what it complains of."""
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(PATIENCE)
    page.errors = []
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    blocks = [each if isinstance(each, str) else each._repr_html_() for each in shown]
    page.set_content(f"<!doctype html><main>{''.join(blocks)}</main>")
    return page
