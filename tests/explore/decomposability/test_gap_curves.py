"""The figure of measured gaps: its points, its words and its errors."""

import pytest

from suprank_edu.explore import gap_curves

GAPS = {"at random": {128: 0.171, 32: 0.3}, "by class": {32: 0.4, 128: -0.25}}


def test_each_curve_is_drawn_by_size_and_said_in_words() -> None:
    made = gap_curves(GAPS)
    random, by_class = made.figure.describe()["data"]
    assert (random["name"], random["x"], random["y"]) == ("at random", [32, 128], [0.3, 0.171])
    assert (by_class["name"], by_class["y"]) == ("by class", [0.4, -0.25])
    assert made.figure.describe()["layout"]["xaxis"]["ticktext"] == ["32", "128"]
    assert "at random, from 0.30 at 32 to 0.17 at 128; by class, from 0.40 at 32 to −0.25 at 128" in made.alt
    assert len({trace["line"]["dash"] for trace in (random, by_class)}) == 2


@pytest.mark.parametrize(
    ("gaps", "message"),
    [
        ({}, r"`gaps`: got 0 curves, expected 1 to 4"),
        ({key: {1: 0.1} for key in "abcde"}, r"`gaps`: got 5 curves, expected 1 to 4"),
        ({"a": {}}, r"`gaps`: got no point in the curve 'a', expected at least one"),
    ],
)
def test_bad_input_is_named(gaps, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        gap_curves(gaps)
