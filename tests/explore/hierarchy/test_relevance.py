"""Relevance: bars and words, each against the plain loops."""

import itertools
import re

import numpy as np
import pytest

from suprank_edu import naive
from suprank_edu.explore import Explorer


@pytest.fixture(scope="module")
def explorer(explorers: dict[str, Explorer]) -> Explorer:
    return explorers["relevance_weights"]


@pytest.fixture(scope="module")
def some(explorer: Explorer) -> list[dict]:
    """Every 17th frame: all α, many sizes."""
    return list(explorer.grid())[::17]


def by_level(p: dict) -> tuple[list[int], list[int]]:
    """Sizes of the levels 1..3, and the levels of a list that puts the finest first."""
    sizes = [p["one"], p["two"], p["three"]]
    return sizes, [level for level in (3, 2, 1) for _ in range(sizes[level - 1])]


def per_level(values: list[float], levels: list[int]) -> list[float]:
    return [values[levels.index(level)] for level in (1, 2, 3)]


def number(text: str) -> float:
    """A number as the readout writes it."""
    mantissa, _, exponent = text.partition(" × 10⁻")
    return float(mantissa) * 10.0 ** -int(exponent.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")) or 0)


def test_all_bars_are_the_definitions(explorer: Explorer, some: list[dict]) -> None:
    for p in some:
        sizes, levels = by_level(p)
        rel = per_level(naive.relevance(levels, p["alpha"], 3), levels)
        even = per_level(naive.relevance_from_weights(levels, [1 / 3] * 3), levels)
        one, whole, growing, whole_growing = explorer.figure.describe(**p)["data"]
        np.testing.assert_allclose(one["y"], rel, rtol=1e-6)
        np.testing.assert_allclose(whole["y"], np.multiply(rel, sizes), rtol=1e-6)
        np.testing.assert_allclose(growing["y"], even, rtol=1e-6)
        np.testing.assert_allclose(whole_growing["y"], np.multiply(even, sizes), rtol=1e-6)
        assert all(a < b for a, b in itertools.pairwise(growing["y"]))  # weights never let a coarse item win


def test_the_words_are_true(explorer: Explorer, some: list[dict]) -> None:
    seen = set()
    for p in some:
        _, levels = by_level(p)
        relevances = naive.relevance(levels, p["alpha"], 3)
        rel = per_level(relevances, levels)
        formula, verdict, listed = explorer.readout(**p).split("\n")
        said = [number(value) for value in re.findall(r"= ([^=,]+)(?:,|$)", formula)]
        np.testing.assert_allclose(said[::-1], rel, rtol=6e-3)
        falls = [level for level in (1, 2) if rel[level] < rel[level - 1] - 1e-9]
        assert ("falls" in verdict) == bool(falls)
        for level in falls:
            assert f"from level {level} to level {level + 1}" in verdict
        scores = [-float(i) for i in range(len(levels))]
        h_ap = naive.h_ap(scores, levels, relevances)
        assert float(re.search(r"H-AP = ([\d.]+)\.$", listed).group(1)) == pytest.approx(h_ap, abs=6e-4)
        assert float(re.search(r"NDCG = ([\d.]+)", listed).group(1)) == pytest.approx(naive.ndcg(scores, levels))
        assert ("but" in listed) == (h_ap < 1 - 1e-6) == bool(falls)
        seen.add(bool(falls))
    assert seen == {True, False}


def test_every_slider_moves_something(explorer: Explorer) -> None:
    start = explorer.parameters
    for control in explorer.controls:
        for value in control.values:
            if value != start[control.name]:
                assert explorer.readout(**start | {control.name: value}) != explorer.readout(**start)


def test_it_starts_in_the_right_order_and_one_slider_makes_the_example_of_the_chapter(explorer: Explorer) -> None:
    start = explorer.parameters
    assert "falls" not in explorer.readout(**start)
    assert "falls from level 2" in explorer.readout(**start | {"two": 1})
    assert explorer.readout(**start | {"two": 1, "one": 60}).split("\n") == [
        "rel(3) = (3/3)^1 / 6 = 0.167, rel(2) = (2/3)^1 / 1 = 0.667, rel(1) = (1/3)^1 / 60 = 0.00556",
        "rel falls from level 2 to level 3: one item of level 2 is worth more than one of level 3.",
        "Listed by level, the finest first: NDCG = 1, but H-AP = 0.786.",
    ]
