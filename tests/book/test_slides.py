"""Slides of a chapter: cut at headings and pictures, exercises left out, and nothing asked of another host."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from chromium import PATIENCE, faults_of
from modules import load
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from servers import pages

TOOLS = Path(__file__).resolve().parents[2] / "book" / "_tools"
TEXT = """\
# 1. A title

- **Objectives**: one.

**A question?**

A second paragraph.

## A section

The first of it, with $x^2$.

$$
\\sigma(t) = \\frac{1}{1 + e^{-t}}
$$

The second of it."""


@pytest.fixture(scope="module")
def slides() -> ModuleType:
    """The script that makes slides."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TOOLS))
        return load(TOOLS / "slides.py")


def code(source: str, html: str, *tags: str) -> NotebookNode:
    output = new_output("execute_result", {"text/html": html}, execution_count=1)
    return new_code_cell(source, outputs=[output], execution_count=1, metadata={"tags": list(tags)})


def small(html: str) -> NotebookNode:
    """A chapter of two sections and an exercise."""
    return new_notebook(
        cells=[
            new_markdown_cell(TEXT),
            code("the_setup", "", "remove-cell"),
            code("the_explorer", html, "hide-input"),
            new_markdown_cell("Explained.\n\nAt length.\n\nAn end.\n\n## Exercise: mine\n\nDo it."),
            code("ex_mine", "ask", "exercise"),
            code("solution_mine", "told", "solution", "hide-cell"),
            new_markdown_cell("### Part of the exercise"),
            new_markdown_cell("## Predict"),
            code("the_answer", "42", "hide-output"),
        ]
    )


def kinds(deck: NotebookNode) -> list[tuple[str, str]]:
    return [(cell.metadata.get("slideshow", {}).get("slide_type", "-"), cell.source) for cell in deck.cells]


def test_a_slide_begins_with_each_heading_and_shows_what_must_be_seen(slides: ModuleType) -> None:
    formula = TEXT[TEXT.index("$$\n") : TEXT.index("\n\nThe second of it.")]
    assert kinds(slides.deck_of(small("x")))[:6] == [
        ("slide", "# 1. A title\n\n- **Objectives**: one.\n\n**A question?**"),
        ("notes", "A second paragraph."),
        ("slide", f"## A section\n\nThe first of it, with $x^2$.\n\n{formula}"),
        ("notes", "The second of it."),
        ("-", "the_explorer"),
        ("notes", "Explained.\n\nAt length.\n\nAn end."),
    ]


def test_exercises_are_left_out_and_answers_come_with_the_next_key(slides: ModuleType) -> None:
    assert kinds(slides.deck_of(small("x")))[6:] == [("slide", "## Predict"), ("fragment", "the_answer")]


def test_every_chapter_has_a_deck_without_its_exercises(
    slides: ModuleType, chapter: Path, notebook: NotebookNode
) -> None:
    deck = slides.deck_of(notebook)
    assert sum(kind == "slide" for kind, _ in kinds(deck)) >= 5
    text = "\n".join(cell.source for cell in deck.cells)
    assert "def ex_" not in text
    assert "## Exercise" not in text
    assert "def solution_" not in text
    # nothing but exercises and references is lost between the sections that stay
    assert text.count("\n$$") % 2 == 0
    left = {"Quiz", "How this goes wrong", "Takeaways"}
    assert left <= {cell.source.split("\n")[0].removeprefix("## ") for cell in deck.cells}


@pytest.mark.browser
def test_a_deck_asks_no_other_host_and_shows_a_formula_and_an_explorer(
    slides: ModuleType, browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from suprank_edu.explore import surrogate_bounds

    monkeypatch.setenv("SUPRANK_EDU_STATIC", "1")
    slides.write(small(surrogate_bounds()._repr_mimebundle_()["text/html"]), tmp_path / "01_small.html")
    with pages(tmp_path) as address:
        tab = browser.new_page(viewport={"width": 1280, "height": 800})
        tab.set_default_timeout(PATIENCE)
        faults = faults_of(tab, address)
        tab.goto(f"{address}01_small.html", wait_until="networkidle")
        assert tab.title().startswith("1. A title")
        assert tab.evaluate("Reveal.getTotalSlides()") == 3
        tab.keyboard.press("ArrowRight")
        tab.wait_for_selector("section.present mjx-container")
        tab.wait_for_selector("section.present .sre[data-state=ready] .sre-plot .main-svg")
        box = tab.locator("section.present .sre-plot").first.bounding_box()
        assert box["width"] > 600, "drawn at the size of its slide"
        assert not tab.locator("section.present aside.notes", has_text="The second of it.").first.is_visible()
        assert tab.locator("mjx-merror").count() == 0
        tab.keyboard.press("ArrowRight")
        tab.wait_for_selector("section.present .fragment", state="attached")
        assert not tab.locator(".fragment.visible").count()
        tab.keyboard.press("ArrowRight")
        tab.wait_for_selector(".fragment.visible")
        assert faults == []
        tab.close()
