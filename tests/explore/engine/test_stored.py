"""The explorers that the chapters store: the same numbers, script and style as those of the library."""

import itertools
import json
import random
import re
from pathlib import Path

import numpy as np
import pytest

from suprank_edu.explore import Explorer
from suprank_edu.explore.engine import payload

BOOK = Path(__file__).resolve().parents[3] / "book"
CHAPTERS = sorted(BOOK.glob("[0-9][0-9]_*.ipynb"))


def stored_blocks(chapter: Path) -> list[str]:
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells if cell["cell_type"] == "code" for output in cell["outputs"]]
    htmls = ["".join(output.get("data", {}).get("text/html", "")) for output in outputs]
    return [html for html in htmls if '<div class="sre"' in html]


def assert_close(stored, fresh, where: str) -> None:
    """Compare two traces: numbers may differ in the last digit between machines, all else may not."""
    if isinstance(fresh, dict):
        assert stored.keys() == fresh.keys(), where
        for key in fresh:
            assert_close(stored[key], fresh[key], f"{where}.{key}")
    elif isinstance(fresh, list) and all(isinstance(value, int | float | None) for value in fresh):
        np.testing.assert_allclose(np.array(stored, float), np.array(fresh, float), rtol=2e-3, atol=1e-6, err_msg=where)
    elif isinstance(fresh, float | int):
        assert stored == pytest.approx(fresh, rel=2e-3), where
    elif isinstance(fresh, list):
        assert len(stored) == len(fresh), where
        for number, (one, other) in enumerate(zip(stored, fresh, strict=True)):
            assert_close(one, other, f"{where}[{number}]")
    else:
        assert_close_texts(stored, fresh, where)


def assert_close_texts(stored: str | None, fresh: str | None, where: str) -> None:
    """Compare two texts: the same words, and numbers that differ in the last digit at most."""
    number = re.compile(r"[0-9]+(?:\.[0-9]+)?")
    if fresh is None or stored is None:
        assert stored == fresh, where
        return
    assert number.sub("#", stored) == number.sub("#", fresh), where
    assert [float(n) for n in number.findall(stored)] == pytest.approx(
        [float(n) for n in number.findall(fresh)], rel=0.02
    )


@pytest.fixture(scope="module")
def tail(explorers: dict[str, Explorer]) -> str:
    """The style and the script with which the block of every explorer ends."""
    block = explorers["calibration"].html()
    return block[block.rindex("<style>") :].strip()


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_the_explorers_of_a_chapter_are_those_of_the_library(
    chapter: Path, explorers: dict[str, Explorer], tail: str
) -> None:
    for block in stored_blocks(chapter):
        title = re.search(r"<strong>(.*?)</strong>", block).group(1)
        stale = f"{chapter.name} holds an older {title!r}: run make execute ONLY={chapter.stem}"
        assert block.strip().endswith(tail), stale
        for explorer in explorers.values():  # the figure of a training run has no function to compare with
            if explorer.title != title:
                continue
            stored = payload.decode(re.search(r'class="sre-data">(.*?)<', block).group(1))
            assert stored["sizes"] == explorer.payload["sizes"], stale
            frames = list(itertools.product(*(range(size) for size in stored["sizes"])))
            for position in random.Random(2).sample(frames, 40):
                (data, text), (wanted, words) = (payload.frame(p, position) for p in (stored, explorer.payload))
                assert_close(data, wanted, stale)
                assert_close_texts(text, words, stale)


def test_the_pages_explorers_and_pictures_fit_their_budget() -> None:
    for chapter in CHAPTERS:
        cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
        outputs = [output for cell in cells if cell["cell_type"] == "code" for output in cell["outputs"]]
        assert sum(len(json.dumps(output).encode()) for output in outputs) < 1_500_000, chapter.name


def test_the_chapter_of_the_steps_shows_their_explorer() -> None:
    (path,) = (path for path in CHAPTERS if path.stem.startswith("05"))
    assert any("Three steps" in block for block in stored_blocks(path))
