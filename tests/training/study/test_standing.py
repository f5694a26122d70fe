"""Standings on made-up runs whose order and differences are known."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pytest

from suprank_edu.metrics import Evaluation, compare_seeds
from suprank_edu.training.study.standing import standings

CLASSES = np.repeat(np.arange(30), 5)
SHIFTS = {"sup-ap": 0.3, "smooth-ap": 0.2995, "triplet": 0.2, "fastap": 0.1}


def runs_of(shifts: Mapping[str, float], seeds: int = 4) -> dict[str, dict[int, Evaluation]]:
    draw = np.random.default_rng(0)
    difficulty = draw.uniform(0.2, 0.5, size=30)[CLASSES]

    def one(shift: float) -> Evaluation:
        values = difficulty + shift + 0.003 * draw.normal() + 0.02 * draw.normal(size=150)
        return Evaluation({"H-AP": values, "gap": 1 - values}, classes=CLASSES)

    return {loss: {seed: one(shift) for seed in range(seeds)} for loss, shift in shifts.items()}


def test_the_order_is_that_of_the_means_and_the_verdicts_those_of_known_differences() -> None:
    found = standings(runs_of(SHIFTS), "H-AP")
    assert {row.loss for row in found[:2]} == {"sup-ap", "smooth-ap"}
    assert [row.loss for row in found[2:]] == ["triplet", "fastap"]
    assert [row.verdict for row in found] == ["not told apart", "not told apart", "worse", "worse"]
    assert [row.difference for row in found[2:]] == pytest.approx([-0.1, -0.2], abs=0.01)
    assert [row.mean.runs for row in found] == [4, 4, 4, 4]


def test_of_a_gap_the_lowest_is_the_first() -> None:
    found = standings(runs_of(SHIFTS), "gap")
    assert [row.loss for row in found[2:]] == ["triplet", "fastap"]
    assert [row.verdict for row in found[2:]] == ["worse", "worse"]
    assert all(row.difference > 0 and row.interval[0] > 0 for row in found[2:])


def test_intervals_are_wider_than_those_of_one_pair_and_no_wider_than_bonferroni_over_all() -> None:
    runs = runs_of(SHIFTS)
    first, *others = standings(runs, "H-AP")
    for row in others:
        alone = compare_seeds([*runs[row.loss].values()], [*runs[first.loss].values()], keys=["H-AP"])
        low, high = alone.interval["H-AP"]
        assert row.difference == pytest.approx(alone.difference["H-AP"])
        assert row.interval[0] < low < high < row.interval[1]
        assert alone.p_value["H-AP"] * len([*combinations(runs, 2)]) < 0.04 or row.verdict == "not told apart"


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`metric`: got 'mAP@5', expected"):
        standings(runs_of(SHIFTS), "mAP@5")
    with pytest.raises(ValueError, match=r"`runs`: got 1 losses"):
        standings(runs_of({"sup-ap": 0.1}), "H-AP")
    with pytest.raises(ValueError, match=r"\['sup-ap', 'triplet'\] with fewer than two seeds"):
        standings(runs_of({"sup-ap": 0.1, "triplet": 0.2}, seeds=1), "H-AP")
