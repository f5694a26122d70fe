"""The leaves of a figure: found and put back, short numbers, and lines taken apart and joined again."""

import numpy as np
import pytest
from toys import describe

from suprank_edu.explore.engine.leaves import joined, leaves_of, path_name, put, quantised, split


def test_leaves_put_back_give_the_figure() -> None:
    figure = describe(0.5, 1, "odd", True)
    base: dict = {"data": []}
    for number, trace in enumerate(figure["data"]):
        for path, value in leaves_of(trace, ("data", number)):
            put(base, path, value)
    for path, value in leaves_of(figure["layout"], ("layout",)):
        put(base, path, value)
    assert base == figure
    assert path_name(("data", 1, "marker", "color")) == "data[1].marker.color"


def test_numbers_keep_four_significant_digits() -> None:
    assert quantised([0.123456, 1234.56, 1.5e-7 / 7, 2.0, -0.0, 60502]) == [
        0.1235,
        1235,
        2.143e-08,
        2,
        0,
        60502,
    ]
    assert quantised(np.array([1.0, np.nan, np.inf])) == [1, None, None]
    assert quantised({"a": (np.float32(0.5), np.int64(3), True, None, "0.123456")}) == {
        "a": [0.5, 3, True, None, "0.123456"]
    }


@pytest.mark.parametrize("line", ["", "no number", "0.25", "2 of 3: −0.10, 4.5 × 10⁻⁵", "R@1 = 1/2", "a.5.b 1.2.3"])
def test_a_line_taken_apart_comes_back(line: str) -> None:
    parts = split(line)
    assert joined(parts) == line
    assert not any(letter in "0123456789" for letter in parts["text"])
