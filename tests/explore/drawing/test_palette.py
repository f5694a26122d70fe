"""Colours: readable on their page, and told apart with any kind of colour vision."""

import itertools

import numpy as np
import pytest
from colour_vision import PAGES, VISION, contrast, lab, linear, pale

from suprank_edu.explore.drawing import palette
from suprank_edu.explore.drawing.palette import (
    EXACT,
    NEGATIVE,
    POSITIVE,
    RELATED,
    RIVAL,
    SMOOTH,
    SUPRANK,
    level_style,
)
from suprank_edu.explore.drawing.words import below_one, number

MEANINGS = {
    "levels": (POSITIVE, RELATED, NEGATIVE),
    "steps": (EXACT, SMOOTH, SUPRANK),
    "rivals": (SUPRANK, RIVAL, SMOOTH),
}


@pytest.mark.parametrize("theme", PAGES)
def test_every_meaning_is_readable_as_text_on_its_page(theme: str) -> None:
    for style in (POSITIVE, RELATED, NEGATIVE, EXACT, SUPRANK, SMOOTH, RIVAL, palette.TEXT, palette.ACCENT):
        assert contrast(getattr(style, theme), PAGES[theme]) >= 4.5, style
    assert contrast(getattr(palette.AXIS, theme), PAGES[theme]) >= 3  # a line, no text


@pytest.mark.parametrize("theme", PAGES)
def test_words_are_readable_on_every_pale_ground(theme: str) -> None:
    for style in (POSITIVE, RELATED, NEGATIVE, EXACT, SUPRANK, SMOOTH, RIVAL):
        assert contrast(getattr(palette.TEXT, theme), pale(style, theme)) >= 4.5, style


@pytest.mark.parametrize("theme", PAGES)
@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("group", MEANINGS)
def test_meanings_shown_together_look_different(theme: str, vision: str, group: str) -> None:
    seen = [lab(np.array(VISION[vision]) @ linear(getattr(style, theme))) for style in MEANINGS[group]]
    # 10 is a clear difference side by side; marks and dashes carry the meaning where it shrinks.
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 10


def test_meanings_shown_together_have_different_marks_or_dashes() -> None:
    for group in MEANINGS.values():
        assert len({(style.symbol, style.dash) for style in group}) == len(group)
    assert len({style.mark for style in MEANINGS["levels"]}) == 3


def test_levels_keep_their_style_whatever_their_number() -> None:
    for num_levels in (1, 2, 7):
        assert level_style(num_levels, num_levels) is POSITIVE
        assert level_style(0, num_levels) is NEGATIVE
        assert all(level_style(level, num_levels) is RELATED for level in range(1, num_levels))
    with pytest.raises(ValueError, match=r"^`level`: got 3, expected a number of shared levels in 0..2"):
        level_style(3, 2)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.9996, "1"), (0.0999999, "0.1"), (-0.001234, "−0.00123"), (9.999e-5, "1 × 10⁻⁴"), (1.5e7, "1.5 × 10⁷"),
        (123456, "123456"), (0.0, "0"), (-0.0, "0"), (float("inf"), "∞"), (float("nan"), "not a number"),
    ],
)  # fmt: skip
def test_numbers_are_written_with_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_a_number_just_under_one_is_not_rounded_to_it() -> None:
    assert below_one(4.5e-5) == "1 − 4.5 × 10⁻⁵"
    assert below_one(0.2) == "0.8"


@pytest.mark.parametrize("theme", PAGES)
def test_what_a_mark_says_of_itself_is_readable(theme: str) -> None:
    """The box of its name is drawn on the label's ground, in the label's letters, and both follow the theme."""
    label = palette.layout(100)["hoverlabel"]
    dark = palette.dark_colours() if theme == "dark" else {}
    ground, letters = (dark.get(colour, colour) for colour in (label["bgcolor"], label["font"]["color"]))
    assert ground == getattr(palette.GROUND, theme)
    assert contrast(letters, ground) >= 4.5
