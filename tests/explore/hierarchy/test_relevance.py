"""Relevance: bars, diamonds and words, each against the plain loops."""

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
    """Every 17th frame: all α, all L, many sizes."""
    return list(explorer.grid())[::17]


def by_level(p: dict) -> tuple[list[int], list[int]]:
    """Sizes of the levels 1..L, and the levels of a list that puts the finest first."""
    sizes = [p["one"], p["two"], p["three"]][: p["num_levels"]]
    return sizes, [level for level in range(len(sizes), 0, -1) for _ in range(sizes[level - 1])]


def per_level(values: list[float], levels: list[int], num_levels: int) -> list[float]:
    return [values[levels.index(level)] for level in range(1, num_levels + 1)]


def number(text: str) -> float:
    """A number as the readout writes it."""
    mantissa, _, exponent = text.partition(" × 10⁻")
    return float(mantissa) * 10.0 ** -int(exponent.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")) or 0)


def test_bars_and_diamonds_are_the_definitions(explorer: Explorer, some: list[dict]) -> None:
    for p in some:
        sizes, levels = by_level(p)
        num_levels = p["num_levels"]
        rel = per_level(naive.relevance(levels, p["alpha"], num_levels), levels, num_levels)
        even = per_level(naive.relevance_from_weights(levels, [1 / num_levels] * num_levels), levels, num_levels)
        one, whole, diamonds, whole_diamonds = explorer.figure.describe(**p)["data"]
        missing = [0] * (3 - num_levels)
        np.testing.assert_allclose(one["y"], rel + missing, rtol=1e-6)
        np.testing.assert_allclose(whole["y"], np.multiply(rel, sizes).tolist() + missing, rtol=1e-6)
        np.testing.assert_allclose(diamonds["y"], even, rtol=1e-6)
        np.testing.assert_allclose(whole_diamonds["y"], np.multiply(even, sizes), rtol=1e-6)
        assert [bool(text) for text in one["text"]] == [True] * num_levels + [False] * len(missing)
        assert all(a < b for a, b in itertools.pairwise(diamonds["y"]))  # weights never let a coarse item win


def test_the_words_are_true(explorer: Explorer, some: list[dict]) -> None:
    seen = set()
    for p in some:
        sizes, levels = by_level(p)
        num_levels = p["num_levels"]
        relevances = naive.relevance(levels, p["alpha"], num_levels)
        rel = per_level(relevances, levels, num_levels)
        formula, verdict, listed = explorer.readout(**p).split("\n")
        said = [number(value) for value in re.findall(r"= ([^=,]+)(?:,|$)", formula)]
        np.testing.assert_allclose(said, rel, rtol=6e-3)
        falls = [level for level in range(1, num_levels) if rel[level] < rel[level - 1] - 1e-9]
        assert ("falls" in verdict) == bool(falls)
        for level in falls:
            assert f"from level {level} to level {level + 1}" in verdict
        scores = [-float(i) for i in range(len(levels))]
        h_ap = naive.h_ap(scores, levels, relevances)
        assert float(re.search(r"H-AP = ([\d.]+)\.$", listed).group(1)) == pytest.approx(h_ap, abs=6e-4)
        assert float(re.search(r"NDCG = ([\d.]+)", listed).group(1)) == pytest.approx(naive.ndcg(scores, levels))
        assert ("but" in listed) == (h_ap < 1 - 1e-6) == bool(falls)
        seen.add(bool(falls))
        assert len(sizes) == num_levels
    assert seen == {True, False}


def test_it_starts_with_the_example_of_the_chapter(explorer: Explorer) -> None:
    assert explorer.readout(**explorer.parameters).split("\n") == [
        "rel(1) = (1/2)^1 / 2 = 0.25, rel(2) = (2/2)^1 / 10 = 0.1",
        "rel falls from level 1 to level 2: one item of level 1 is worth more than one of level 2.",
        "Listed by level, the finest first: NDCG = 1, but H-AP = 0.826.",
    ]
