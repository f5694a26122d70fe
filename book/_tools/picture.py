"""The moving picture of the README, an explorer dragged in headless chromium: `python book/_tools/picture.py [FILE]`.

The pointer is drawn, since a picture of a page has none; all else is what the page shows.
"""

import io
import shutil
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from suprank_edu.data import load_samples
from suprank_edu.explore import order_photographs

FILE = Path(__file__).resolve().parents[1] / "pictures" / "explorer.webp"
ITEMS = [19, 462, 22, 20, 472, 18, 151, 93]  # as on the first page of the book
MOVES = [(2, 0), (3, 1), (5, 2)]  # from place to place, counted from 0, as the list is by then
STEPS, STEP_MS, REST_MS, LAST_MS = 6, 70, 900, 2600
SIZE = {"width": 1080, "height": 340}
MOST_BYTES = 1_500_000
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 18px 22px; background: white; color: #222; font: 17px/1.5 system-ui, sans-serif }}
#pointer {{ position: fixed; z-index: 99; width: 22px; pointer-events: none }}</style>{explorer}
<svg id="pointer" viewBox="0 0 12 18"><path d="M1 1v14l3.5-3 2 5 2.5-1-2-5h4z" stroke="white" fill="black"/></svg>"""


def frames(page: Any) -> list[tuple[Image.Image, int]]:
    """Drag the photographs and return what is seen, each picture with its milliseconds."""
    taken: list[tuple[Image.Image, int]] = []

    def take(milliseconds: int) -> None:
        taken.append((Image.open(io.BytesIO(page.screenshot())).convert("RGB"), milliseconds))

    def point(x: float, y: float) -> None:
        page.mouse.move(x, y)
        page.evaluate("([x, y]) => { pointer.style.left = `${x}px`; pointer.style.top = `${y}px` }", [x, y])

    def middle(place: int) -> tuple[float, float]:
        box = page.locator("li img").nth(place).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    x, y = middle(MOVES[0][0])
    point(x, y)
    take(2 * REST_MS)
    for start, end in MOVES:
        for target, held in ((middle(start), False), (middle(end), True)):
            if held:
                page.mouse.down()
            for step in range(1, STEPS + 1):
                point(x + (target[0] - x) * step / STEPS, y + (target[1] - y) * step / STEPS)
                take(STEP_MS)
            x, y = target
        page.mouse.up()
        take(REST_MS)
    taken[-1] = (taken[-1][0], LAST_MS)
    return taken


def main(path: Path) -> None:
    gallery, queries = load_samples("groceries", "train"), load_samples("groceries", "test")
    explorer = order_photographs(queries, 22, gallery, ITEMS, "Drag the photographs into a better order", lines=["AP"])
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_page(viewport=SIZE)
        page.set_content(PAGE.format(explorer=explorer._repr_html_()))
        page.wait_for_selector(".suprank-order[data-state=ready]")
        seen = frames(page)
        browser.close()
    pictures, milliseconds = zip(*seen, strict=True)
    moving = io.BytesIO()
    options = {"duration": list(milliseconds), "loop": 0, "quality": 72, "method": 6}
    pictures[0].save(moving, "WEBP", save_all=True, append_images=pictures[1:], **options)
    if len(moving.getvalue()) > MOST_BYTES:
        sys.exit(f"picture: {len(moving.getvalue()):,} bytes, expected at most {MOST_BYTES:,}")
    path.write_bytes(moving.getvalue())
    print(f"picture: {path}, {len(pictures)} frames, {len(moving.getvalue()):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FILE)
