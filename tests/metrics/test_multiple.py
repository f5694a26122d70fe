"""Corrections for many comparisons, against their definitions."""

import math

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from scipy.stats import norm

from suprank_edu.metrics import holm
from suprank_edu.metrics.multiple import level_of_each

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def holm_by_loops(p_values):
    """The smallest level at which the step-down procedure still rejects each: the corrected p-value."""
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    corrected = [0.0] * len(p_values)
    for place, i in enumerate(order):
        needed = []  # i is rejected at a level when it and all that come before it are
        for before in range(place + 1):
            needed.append((len(p_values) - before) * p_values[order[before]])
        corrected[i] = min(max(needed), 1.0)
    return corrected


@given(P_VALUES)
def test_holm_is_its_definition(p_values):
    assert holm(p_values).tolist() == pytest.approx(holm_by_loops(p_values))


@given(P_VALUES)
def test_holm_never_lowers_a_value_nor_turns_two_round(p_values):
    corrected = holm(p_values)
    assert (corrected >= np.array(p_values)).all()
    assert (corrected <= np.minimum(np.array(p_values) * len(p_values), 1) + 1e-12).all()  # Bonferroni
    order = np.argsort(p_values, kind="stable")
    assert (np.diff(corrected[order]) >= 0).all()


def test_what_was_not_compared_does_not_count():
    assert holm([0.02, math.nan, 0.03]).tolist()[::2] == pytest.approx([0.04, 0.04])
    assert np.isnan(holm([math.nan, 0.5])[0])
    assert holm([]).tolist() == []


@pytest.mark.parametrize(
    ("p_values", "message"),
    [([0.5, 1.5], r"`p_values`: got \[0.5, 1.5\], expected numbers from 0 to 1"), ([[0.5]], r"got shape \(1, 1\)")],
)
def test_bad_p_values(p_values, message):
    with pytest.raises(ValueError, match=message):
        holm(p_values)


def test_the_level_of_independent_comparisons_is_a_root():
    misses = np.abs(np.random.default_rng(0).normal(size=(40_000, 8)))
    assert level_of_each(misses) == pytest.approx(0.95 ** (1 / 8), abs=1e-3)


def test_the_level_does_not_depend_on_how_large_the_misses_of_one_are():
    misses = np.abs(np.random.default_rng(1).normal(size=(5000, 3)))
    assert level_of_each(misses * np.array([1.0, 100.0, 0.01])) == level_of_each(misses)
    assert level_of_each(np.exp(misses)) == level_of_each(misses)


def test_correlated_comparisons_cost_less():
    generator = np.random.default_rng(2)
    common = generator.normal(size=(20_000, 1))
    level = level_of_each(np.abs(0.95 * common + math.sqrt(1 - 0.95**2) * generator.normal(size=(20_000, 8))))
    assert 0.955 < level < 0.95 ** (1 / 8) - 0.005
    assert norm.ppf((1 + level) / 2) < 2.5
