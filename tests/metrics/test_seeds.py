"""Losses compared over seeds and classes: against textbook tests, an analysis of variance in loops, and simulation."""

import math

import numpy as np
import pytest
from scipy import stats

from suprank_edu.metrics import Evaluation, compare_seeds
from suprank_edu.metrics.seeds import Difference, difference, level_together

NAN = math.nan


def runs(values, classes=None, key="H-AP"):
    """An evaluation for each row of `(S, Q)` values."""
    return [Evaluation({key: row}, classes=classes) for row in np.asarray(values, dtype=np.float64)]


# ---- textbook cases --------------------------------------------------------------------------------------------------


def test_without_classes_that_differ_it_is_welch_or_the_paired_test():
    """Queries that all have the value of their seed: nothing but seeds is a sample."""
    generator = np.random.default_rng(0)
    one, other = generator.normal(0.5, 0.01, size=6), generator.normal(0.49, 0.03, size=4)
    found = difference(one[:, None].repeat(8, 1), other[:, None].repeat(8, 1), np.arange(8) // 2, paired=False)
    welch = stats.ttest_ind(one, other, equal_var=False)
    assert found.mean == pytest.approx(one.mean() - other.mean())
    assert found.p_value == pytest.approx(welch.pvalue)
    assert found.interval() == pytest.approx(tuple(welch.confidence_interval()))
    found = difference(one[:4, None].repeat(8, 1), other[:, None].repeat(8, 1), np.arange(8) // 2, paired=True)
    related = stats.ttest_rel(one[:4], other)
    assert found.p_value == pytest.approx(related.pvalue)
    assert found.interval() == pytest.approx(tuple(related.confidence_interval()))


def test_without_seeds_that_differ_it_is_the_test_of_the_means_of_classes():
    generator = np.random.default_rng(1)
    classes = np.repeat(np.arange(10), 3)
    values = generator.normal(0.1, 1, size=30)
    found = difference(np.stack([values] * 4), np.zeros((4, 30)), classes, paired=False)
    means = values.reshape(10, 3).mean(axis=1)
    expected = stats.ttest_1samp(means, 0)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.interval() == pytest.approx(tuple(expected.confidence_interval()))


def variance_by_loops(table):
    """The variance of the mean of an `(S, C)` table whose rows and columns are both samples: mean squares, in loops."""
    seeds, classes = len(table), len(table[0])
    mean = sum(map(sum, table)) / (seeds * classes)
    of_row = [sum(row) / classes for row in table]
    of_column = [sum(row[c] for row in table) / seeds for c in range(classes)]
    rows = classes * sum((each - mean) ** 2 for each in of_row) / (seeds - 1)
    columns = seeds * sum((each - mean) ** 2 for each in of_column) / (classes - 1)
    rest = 0.0
    for s in range(seeds):
        for c in range(classes):
            rest += (table[s][c] - of_row[s] - of_column[c] + mean) ** 2
    rest /= (seeds - 1) * (classes - 1)
    return (max(rows - rest, 0) + max(columns - rest, 0) + rest) / (seeds * classes)


@pytest.mark.parametrize("spread", [(0.3, 0.2, 0.1), (0.0, 0.0, 0.3), (0.5, 0.0, 0.1), (0.0, 0.5, 0.1)])
def test_the_error_is_that_of_an_analysis_of_variance(spread):
    generator = np.random.default_rng(2)
    of_classes, of_seeds, of_both = spread
    table = of_classes * generator.normal(size=(1, 9)) + of_seeds * generator.normal(size=(5, 1))
    table = table + of_both * generator.normal(size=(5, 9))
    classes = np.repeat(np.arange(9), 4)
    found = difference(table[:, classes], np.zeros((5, 36)), classes, paired=True)
    assert found.mean == pytest.approx(table.mean())
    assert found.error**2 == pytest.approx(variance_by_loops(table.tolist()))


def test_unequal_classes_and_queries_left_out():
    """A query counts where all runs have it, and a class as much as it has queries."""
    generator = np.random.default_rng(3)
    classes = np.repeat([4, 2, 9], (1, 5, 3))
    one, other = generator.normal(size=(2, 3, 9))
    one[1, 2] = other[0, 8] = NAN
    kept = [0, 1, 3, 4, 5, 6, 7]
    found = difference(one, other, classes, paired=False)
    assert found.mean == pytest.approx(one[:, kept].mean() - other[:, kept].mean())
    again = difference(one[:, kept], other[:, kept], classes[kept], paired=False)
    assert found == again


def test_no_query_or_one_class():
    nothing = difference(np.full((2, 3), NAN), np.zeros((2, 3)), np.arange(3), paired=True)
    assert math.isnan(nothing.mean)
    assert all(math.isnan(end) for end in nothing.interval())
    one_class = difference(np.random.default_rng(0).normal(size=(3, 4)), np.zeros((3, 4)), np.zeros(4), paired=True)
    assert one_class.interval() == (-math.inf, math.inf)
    same = difference(np.ones((3, 4)), np.ones((3, 4)), np.arange(4), paired=False)
    assert (same.interval(), same.p_value) == ((0.0, 0.0), 1.0)
    always = difference(np.ones((3, 4)), np.zeros((3, 4)), np.arange(4), paired=False)
    assert (always.interval(), always.p_value) == ((1.0, 1.0), 0.0)


def test_pairing_narrows_what_seeds_share_and_widens_what_they_do_not():
    generator = np.random.default_rng(4)
    classes, noise = np.arange(60) // 2, 0.001 * generator.normal(size=(2, 6, 60))
    shared, own = generator.normal(size=(2, 6, 1))
    alike, apart = (shared + noise[0], shared + 0.1 + noise[1]), (shared + noise[0], own + 0.1 + noise[1])
    width = [
        [np.ptp(difference(*both, classes, paired=p).interval()) for p in (True, False)] for both in (alike, apart)
    ]
    assert width[0][0] < 0.1 * width[0][1]
    assert width[1][0] > width[1][1]


# ---- how often the intervals hold ------------------------------------------------------------------------------------


def draw(generator, seeds, classes, spread, differences=1):
    """Runs of losses that do not differ in truth, `(1 + differences, S, C)`: all have the classes' difficulty."""
    of_classes, of_seeds, of_both = spread
    losses = 1 + differences
    hard = generator.normal(size=(1, 1, classes))
    own = of_classes * generator.normal(size=(losses, 1, classes)) + of_seeds * generator.normal(
        size=(losses, seeds, 1)
    )
    return hard + own + of_both * generator.normal(size=(losses, seeds, classes))


def coverage(seeds, classes, spread, trials):
    """The share of trials whose interval holds the true difference 0, and of a t interval over seeds alone."""
    generator, held = np.random.default_rng(seeds), np.zeros(2)
    for _ in range(trials):
        one, other = draw(generator, seeds, classes, spread)
        low, high = difference(one, other, np.arange(classes), paired=False).interval()
        over_seeds = stats.ttest_ind(one.mean(axis=1), other.mean(axis=1), equal_var=False).pvalue
        held += np.array([low <= 0 <= high, over_seeds > 0.05])
    return held / trials


def test_intervals_over_seeds_and_classes_hold_and_over_seeds_alone_do_not():
    both, seeds_alone = coverage(seeds=5, classes=40, spread=(0.1, 0.02, 0.1), trials=400)
    assert 0.91 < both < 0.985
    assert seeds_alone < 0.85


@pytest.mark.nightly
@pytest.mark.parametrize(("seeds", "classes"), [(2, 81), (3, 40), (5, 81), (10, 81), (5, 10), (10, 256)])
@pytest.mark.parametrize("spread", [(0.1, 0.01, 0.05), (0.02, 0.05, 0.1), (0.0, 0.0, 0.1), (0.0, 0.05, 0.01)])
def test_intervals_hold_whatever_is_the_larger_part(seeds, classes, spread):
    held = coverage(seeds, classes, spread, trials=1500)[0]
    assert (0.88 if seeds == 2 else 0.925) < held <= 1.0


def test_all_intervals_hold_together(monkeypatch):
    monkeypatch.setattr("suprank_edu.metrics.seeds._DRAWS", 2000)
    generator, held, alone = np.random.default_rng(8), 0, 0
    for _ in range(150):
        first, *others = draw(generator, 5, 40, (0.1, 0.05, 0.1), differences=10)
        found = [
            difference(first, other, np.arange(40), paired=False, names=("first", i)) for i, other in enumerate(others)
        ]
        level = level_together(found)
        held += all(low <= 0 <= high for low, high in (each.interval(level) for each in found))
        alone += all(low <= 0 <= high for low, high in (each.interval() for each in found))
    assert held / 150 > 0.88
    assert alone / 150 < 0.85


def test_the_level_together():
    alone = [Difference(0.0, 1.0, 9.0, {i: 1.0}) for i in range(8)]
    assert level_together(alone) == pytest.approx(0.95 ** (1 / 8), abs=2e-3)
    assert level_together([alone[0]] * 8) == pytest.approx(0.95, abs=3e-3)
    opposite = Difference(0.0, 1.0, 9.0, {0: -2.0})
    assert level_together([alone[0], opposite]) == pytest.approx(0.95, abs=3e-3)
    assert level_together([Difference(0.0, 0.0, 9.0, {})]) == 0.95
    assert level_together([alone[0]]) >= 0.95


# ---- the public function ---------------------------------------------------------------------------------------------


def test_a_comparison_of_several_metrics_and_what_it_says():
    generator = np.random.default_rng(5)
    classes = np.repeat(np.arange(30), 4)
    made = [
        [
            Evaluation({"H-AP": mean + 0.1 * row, "ASI": row, "NDCG": -mean + 0.1 * row}, classes=classes)
            for row in generator.normal(size=(4, 120))
        ]
        for mean in (0.3, 0.1)
    ]
    found = compare_seeds(*made)
    assert found.verdict == {"H-AP": "better", "ASI": "not told apart", "NDCG": "worse"}
    assert "Sample: 30 classes" in found.note
    assert found.note.endswith("Seeds: 4 and 4, not paired, taken for a sample too.")
    for key, (low, high) in found.interval.items():
        expected = difference(
            *(np.stack([each.per_query[key] for each in side]) for side in made), classes, paired=False
        )
        assert (low, high) == expected.interval()
        assert found.p_value[key] == expected.p_value
        assert found.simultaneous[key][0] < low < high < found.simultaneous[key][1]
    paired = compare_seeds(*made, paired=True, keys=["ASI"])
    assert list(paired.difference) == ["ASI"]
    assert "Seeds: 4, paired" in paired.note
    two = compare_seeds(made[0][:2], made[1][:3])
    assert "With two seeds an interval of 95 % holds about 90." in two.note


def test_without_classes_each_query_is_one():
    values = np.random.default_rng(6).normal(size=(2, 3, 25))
    found = compare_seeds(runs(values[0]), runs(values[1]))
    assert "Sample: 25 queries, taken to be independent" in found.note
    assert found.interval == compare_seeds(runs(values[0], np.arange(25)), runs(values[1], np.arange(25))).interval


@pytest.mark.parametrize(
    ("one", "other", "options", "message"),
    [
        (runs(np.ones((1, 3))), runs(np.ones((4, 3))), {}, r"`other`: got 1 and 4 seeds, expected two or more of each"),
        (runs(np.ones((3, 3))), runs(np.ones((4, 3))), {"paired": True}, r"`paired`: got 3 and 4 seeds, expected as m"),
        (runs(np.ones((2, 3))), runs(np.ones((2, 4))), {}, r"`other`: got 4 queries, expected 3"),
        (runs(np.ones((2, 3))), runs(np.ones((2, 3)), key="ASI"), {}, r"`other`: got the keys \['ASI'\], expected"),
        (runs(np.ones((2, 3))), runs(np.ones((2, 3))), {"keys": ["ASI"]}, r"`keys`: got \['ASI'\], expected some of"),
        (runs(np.ones((2, 2)), np.arange(2)), runs(np.ones((2, 2)), np.ones(2)), {}, r"`other`: got queries of other c"),
    ],
)  # fmt: skip
def test_bad_input_is_named(one, other, options, message):
    with pytest.raises(ValueError, match=message):
        compare_seeds(one, other, **options)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"one": 3}, "`one`: got 3, expected a list of evaluations"),
        ({"other": [1, 2]}, r"`other`: got \[1, 2\], expected a list of evaluations"),
        ({"paired": "yes"}, "`paired`: got 'yes', expected True or False"),
        ({"keys": 0}, r"`keys`: got 0, expected some of \['H-AP'\]"),
        ({"keys": [["H-AP"]]}, r"`keys`: got \[\['H-AP'\]\], expected some of \['H-AP'\]"),
    ],
)
def test_what_is_no_argument_of_a_comparison_is_named(arguments, message):
    some = runs([[0.0, 1.0], [0.5, 0.5]])
    with pytest.raises(ValueError, match=message):
        compare_seeds(**{"one": some, "other": some} | arguments)
