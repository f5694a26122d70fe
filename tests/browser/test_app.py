"""The page that `make app` serves: a photograph is brought along, searched by Python, and seen to move."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest
from chromium import PATIENCE
from modules import load
from servers import free_port, own_folders, running

from suprank_edu.data import load_samples, read, samples_folder
from suprank_edu.search import PhotoIndex
from suprank_edu.training import pretrained

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TOOL = Path(__file__).resolve().parents[2] / "book/_tools/app.py"
SHOWN = ("Fruit/Melon/Watermelon", "Vegetables/Pepper/Green-Bell-Pepper", "Packages/Milk/Arla-Standard-Milk")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small shop as the chapter leaves it: three products, and an index before and after training."""
    home = tmp_path_factory.mktemp("shop")
    for split in ("train", "test"):
        for product in SHOWN:
            target = home / "photographs" / split / product
            shutil.copytree(samples_folder("groceries") / split / product, target)
    gallery = read("folder", home / "photographs", "train", column_names=("product", "kind", "department"))
    for name, size in (("before", None), ("after", 16)):
        PhotoIndex.build(pretrained(embedding_size=size, image_size=32), gallery).save(home / "index" / name)
    return home


@pytest.fixture(scope="module")
def address(shop: Path) -> Iterator[str]:
    """Voilà with the chapter's cells, on a port of its own."""
    app = load(TOOL)
    notebook = shop / "search.ipynb"
    nbformat.write(app.app_of(jupytext.read(app.CHAPTER)), notebook)
    port = free_port()
    environment, served = app.environment(shop) | own_folders(shop), f"http://127.0.0.1:{port}/"
    # Not the page itself: it would run the notebook once more.
    with running(app.command(notebook, port), environment, f"{served}favicon.ico", shop / "log"):
        yield served


def test_a_photograph_is_brought_along_and_found(address: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 812}, reduced_motion="reduce")
    page.set_default_timeout(PATIENCE)
    elsewhere, faults = [], []
    page.on("request", lambda asked: elsewhere.append(asked.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    page.wait_for_selector(".suprank-search[data-state='ready']")
    assert page.locator(".ss-choice").count() == 2, "the two that the chapter asks with"
    assert page.locator("pre, .jp-InputArea, .jp-Cell-inputWrapper").count() == 0, "code or printing shows"
    assert page.evaluate("document.documentElement.scrollWidth") <= 375

    brought = load_samples("groceries", "test").items[60]
    page.locator("input[type=file]").set_input_files(brought)
    page.wait_for_function(
        "name => document.querySelector('.ss-asking').innerText.includes(name)", arg=Path(brought).name
    )
    assert page.locator(".ss-first > li").count() == 10
    page.get_by_role("button", name="after training").click()
    assert page.locator(".suprank-search").get_attribute("data-stop") == "4"
    page.locator("select").select_option(label="Watermelon")
    page.wait_for_function("() => document.querySelector('.ss-asking').innerText.includes('Watermelon')")
    assert not [url for url in elsewhere if not url.startswith((address, "data:", "blob:"))]
    assert faults == []
    page.close()


LIGHTNESS = """name => {
    const [red, green, blue] = getComputedStyle(document.body)[name].match(/[0-9.]+/g).map(Number);
    return (red + green + blue) / 765;
}"""


@pytest.mark.nightly
def test_the_page_is_dark_where_the_device_is(address: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 812}, color_scheme="dark")
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.wait_for_selector(".suprank-search[data-state='ready']")
    assert page.evaluate(LIGHTNESS, "backgroundColor") < 0.3
    assert page.evaluate(LIGHTNESS, "color") > 0.7
    page.emulate_media(color_scheme="light")
    assert page.evaluate(LIGHTNESS, "backgroundColor") > 0.9
    assert page.evaluate(LIGHTNESS, "color") < 0.3
    page.close()
