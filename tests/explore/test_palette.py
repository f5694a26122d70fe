"""Colours: readable on their page, and told apart with any kind of colour vision."""

import itertools

import numpy as np
import pytest

from suprank_edu.explore import palette
from suprank_edu.explore.palette import EXACT, NEGATIVE, POSITIVE, RELATED, RIVAL, SMOOTH, SUPRANK, Style, level_style
from suprank_edu.explore.words import below_one, number

PAGES = {"light": "#ffffff", "dark": "#121212"}
MEANINGS = {
    "levels": (POSITIVE, RELATED, NEGATIVE),
    "steps": (EXACT, SMOOTH, SUPRANK),
    "rivals": (SUPRANK, RIVAL, SMOOTH),
}

# Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB.
VISION = {
    "full": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(a: str, b: str) -> float:
    light, dark = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (a, b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", PAGES)
def test_every_meaning_is_readable_as_text_on_its_page(theme: str) -> None:
    for style in (POSITIVE, RELATED, NEGATIVE, EXACT, SUPRANK, SMOOTH, RIVAL, palette.TEXT, palette.ACCENT):
        assert contrast(getattr(style, theme), PAGES[theme]) >= 4.5, style


def pale(style: Style, theme: str) -> str:
    """Return what a reader sees of the soft form of a colour on its page."""
    parts = ((int(getattr(style, theme)[i : i + 2], 16), int(PAGES[theme][i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(0.2 * a + 0.8 * b):02x}" for a, b in parts)


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
