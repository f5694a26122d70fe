"""The headless browser of all tests that drive one."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE = 600_000  # milliseconds; a busy machine is slow, not wrong
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
