"""Two evaluations compared: the bootstrap over classes against enumeration, closed forms, scipy and simulation."""

import itertools
import math

import numpy as np
import pytest
import torch
from scipy.stats import bootstrap

from suprank_edu.metrics import Evaluation, evaluate
from suprank_edu.metrics._clusters import class_sums, cluster_bootstrap

NAN = math.nan


def of(classes=None, **values):
    per_query = {key: np.array(value, dtype=np.float64) for key, value in values.items()}
    return Evaluation(per_query, classes=None if classes is None else np.array(classes))


def draw_classes(generator, count, skewed=False):
    """Values of true mean 0 in classes of unequal size: a part common to a class, and one of each query."""
    sizes = generator.integers(5, 40, size=count)
    common = generator.exponential(size=count) - 1 if skewed else generator.normal(size=count)
    classes = np.repeat(np.arange(count), sizes)
    return common[classes] + generator.normal(size=len(classes)), classes


# ---- the mean and its error ------------------------------------------------------------------------------------------


def test_sums_of_classes_in_any_order_and_without_what_does_not_count():
    values, classes = np.array([[1.0, NAN], [2.0, 5.0], [4.0, 7.0], [8.0, NAN]]), np.array([9, 3, 9, 3])
    sums, sizes = class_sums(values, classes)
    assert sums.tolist() == [[10.0, 5.0], [5.0, 7.0]]
    assert sizes.tolist() == [[2.0, 1.0], [2.0, 1.0]]


def test_the_error_of_equal_classes_is_that_of_their_means():
    values = np.random.default_rng(0).normal(size=(60, 1))
    found = cluster_bootstrap(values, np.repeat(np.arange(12), 5), 10, 0)
    means = values.reshape(12, 5).mean(axis=1)
    assert found.mean[0] == pytest.approx(means.mean())
    assert found.error[0] == pytest.approx(means.std(ddof=1) / math.sqrt(12))


def test_the_error_of_unequal_classes_is_that_of_a_bootstrap_of_scipy():
    values, classes = draw_classes(np.random.default_rng(1), 80)
    found = cluster_bootstrap(values[:, None], classes, 10, 0)
    sums, sizes = np.bincount(classes, values), np.bincount(classes)

    def ratio(total, number, axis):
        return total.sum(axis=axis) / number.sum(axis=axis)

    theirs = bootstrap((sums, sizes), ratio, paired=True, n_resamples=5000, random_state=0, vectorized=True)
    assert found.mean[0] == pytest.approx(values.mean())
    assert found.error[0] == pytest.approx(theirs.standard_error, rel=0.05)


def misses_by_enumeration(values, classes):
    """|mean* − mean| / error* of every way to draw the classes, in plain loops."""
    groups = [values[classes == c].tolist() for c in np.unique(classes)]
    found, mean = [], float(values.mean())
    for drawn in itertools.product(groups, repeat=len(groups)):
        queries = [value for group in drawn for value in group]
        own = sum(queries) / len(queries)
        squares = 0.0
        for group in drawn:
            squares += (sum(group) - own * len(group)) ** 2
        error = math.sqrt(len(groups) / (len(groups) - 1) * squares) / len(queries)
        found.append(math.inf if error < 1e-9 else abs(own - mean) / error)
    return np.array(found)


def test_the_misses_are_those_of_every_draw_in_plain_loops():
    generator = np.random.default_rng(2)
    classes = np.repeat(np.arange(5), (3, 1, 4, 2, 6))
    values = generator.normal(size=(16, 2)) + np.array([1.0, 0.0])
    found = cluster_bootstrap(values, classes, 20_000, 0)
    for key in range(2):
        exact = misses_by_enumeration(values[:, key], classes)
        for miss in (0.3, 1.0, 2.0, 4.0):
            assert (found.misses[:, key] > miss).mean() == pytest.approx((exact > miss).mean(), abs=0.015)
        assert np.isinf(found.misses[:, key]).mean() == pytest.approx(5 / 5**5, abs=0.002)


# ---- what `compare` makes of it --------------------------------------------------------------------------------------


def test_a_constant_difference_has_no_spread():
    for classes in (None, [0, 0, 1]):
        found = of(classes, ap=[0.5, 0.7, 0.9]).compare(of(classes, ap=[0.25, 0.45, 0.65]))
        assert found.difference["ap"] == pytest.approx(0.25)
        assert found.interval["ap"] == found.simultaneous["ap"] == pytest.approx((0.25, 0.25))
        assert found.verdict == {"ap": "better"}
        same = of(classes, ap=[0.5, 0.7, 0.9]).compare(of(classes, ap=[0.5, 0.7, 0.9]))
        assert (same.interval["ap"], same.p_value["ap"]) == ((0.0, 0.0), 1.0)
        assert same.verdict == {"ap": "not told apart"}


def test_the_interval_of_a_known_difference_of_independent_queries():
    generator = np.random.default_rng(0)
    shared, noise = generator.normal(size=2000), generator.normal(0.1, 0.5, size=2000)
    found = of(ap=shared + noise).compare(of(ap=shared), samples=4000)
    assert found.difference["ap"] == pytest.approx(noise.mean())
    half = 1.96 * noise.std() / math.sqrt(2000)  # normal theory of the paired difference, not of the two means
    assert found.interval["ap"] == pytest.approx((noise.mean() - half, noise.mean() + half), abs=0.1 * half)


def test_classes_are_resampled_where_they_are_known_and_the_result_says_so():
    values, classes = draw_classes(np.random.default_rng(3), 30)
    one, other = of(classes, ap=values), of(classes, ap=np.zeros(len(values)))
    by_class, by_query = one.compare(other), one.compare(other, resample="queries")
    width = {name: np.ptp(found.interval["ap"]) for name, found in (("class", by_class), ("query", by_query))}
    assert width["class"] > 2.5 * width["query"]
    assert "Sample: 30 classes" in by_class.note
    assert f"Sample: {len(values)} queries, taken to be independent" in by_query.note
    assert "fewer than" not in by_class.note
    unknown = of(ap=values).compare(other)
    assert unknown == by_query  # classes of one alone are not enough
    few = of([0, 0, 1], ap=[0.1, 0.2, 0.7]).compare(of([0, 0, 1], ap=[0.0] * 3))
    assert "Sample: 2 classes" in few.note
    assert "With fewer than 20 an interval may hold less often" in few.note


def test_one_class_says_nothing():
    found = of([7, 7, 7], ap=[0.1, 0.2, 0.7]).compare(of([7, 7, 7], ap=[0.0] * 3))
    assert found.interval["ap"] == (-math.inf, math.inf)
    assert found.verdict["ap"] == "not told apart"
    assert found.p_value["ap"] == 1.0


def test_a_metric_that_one_class_alone_decides_does_not_widen_the_others():
    generator = np.random.default_rng(4)
    classes = np.repeat(np.arange(25), 4)
    values, rare = generator.normal(0.3, 0.1, size=100), np.where(classes == 0, 1.0, 0.0)
    zeros = of(classes, ap=np.zeros(100), rare=np.zeros(100))
    both = of(classes, ap=values, rare=rare).compare(zeros)
    assert both.interval["rare"] == (-math.inf, math.inf)  # a third of the draws lack that class
    alone = of(classes, ap=values).compare(zeros, keys=["ap"])
    assert both.interval["ap"] == alone.interval["ap"] == alone.simultaneous["ap"]
    assert np.ptp(both.simultaneous["ap"]) < 1.3 * np.ptp(alone.interval["ap"])


def test_a_query_left_out_of_one_counts_in_neither():
    one, other = of(ap=[1.0, NAN, 0.5, 0.0], r=[1.0] * 4), of(ap=[0.5, 0.0, NAN, 0.0], p=[0.0] * 4)
    assert one.compare(other).difference == {"ap": 0.25}
    nothing = of(ap=[NAN, 1.0]).compare(of(ap=[1.0, NAN]))
    assert math.isnan(nothing.difference["ap"])
    assert math.isnan(nothing.p_value["ap"])
    assert all(math.isnan(end) for end in nothing.interval["ap"])
    assert nothing.verdict == {"ap": "not told apart"}


def test_a_comparison_turned_round_has_the_other_sign():
    generator = torch.Generator().manual_seed(5)
    labels = torch.stack([torch.arange(120) // 4, torch.arange(120) // 24], dim=1)
    embeddings, noise = torch.randn(2, 120, 8, generator=generator)
    one, other = (
        evaluate(torch.nn.functional.normalize(each, dim=1), labels) for each in (embeddings, embeddings + noise)
    )
    there, back = one.compare(other, samples=500), other.compare(one, samples=500)
    for key, value in there.difference.items():
        assert back.difference[key] == pytest.approx(-value, abs=1e-12)
        for ends in ("interval", "simultaneous"):
            low, high = getattr(there, ends)[key]
            assert getattr(back, ends)[key] == pytest.approx((-high, -low), abs=1e-9)
        low, high = there.interval[key]
        assert there.simultaneous[key][0] <= low <= value <= high <= there.simultaneous[key][1]
    assert one.compare(other, samples=500) == there  # the seed is fixed
    assert one.compare(other, samples=500, seed=1) != there


def test_the_table_the_frame_and_the_words():
    classes = np.repeat(np.arange(30), 3)
    wide = np.random.default_rng(0).normal(size=90)
    found = of(classes, **{"R@1/column0": wide, "H-AP": wide * 0.01 + 1}).compare(
        of(classes, **{"R@1/column0": np.zeros(90), "H-AP": np.zeros(90)})
    )
    lines = repr(found).splitlines()
    assert lines[0] == "Difference of means and its 95 % interval, all intervals together"
    assert lines[-2] == "better: H-AP; not told apart: 1 of 2"
    assert lines[-1] == found.note
    assert f"{found.difference['H-AP']:+.4f} [" in lines[3]
    assert "<figcaption>Difference of means" in found._repr_html_()
    assert "better: H-AP" in found._repr_html_()
    frame = found.to_frame()
    assert list(frame.columns) == ["difference", "low", "high", "p_value", "verdict"]
    assert frame.loc["H-AP", "verdict"] == "better"
    assert frame.loc["H-AP", "p_value"] == pytest.approx(1 / 10_001)


def test_the_verdict_is_that_of_unrounded_numbers():
    """A lower end that prints as +0.0000 is above 0 or it is not."""
    classes = np.repeat(np.arange(50), 2)
    values = np.random.default_rng(1).normal(0.5, 1, size=100)
    zero = of(classes, ap=np.zeros(100))
    low, _ = of(classes, ap=values).compare(zero).interval["ap"]
    for shift, verdict in ((1e-6, "better"), (-1e-6, "not told apart")):
        found = of(classes, ap=values - low + shift).compare(zero)
        assert f"{found.interval['ap'][0]:+.4f}" in ("+0.0000", "-0.0000")
        assert found.verdict["ap"] == verdict


# ---- how often the intervals hold ------------------------------------------------------------------------------------


def coverage(count, skewed, trials, samples, by_query=False):
    """The share of trials whose interval holds 0."""
    generator, held = np.random.default_rng(count), 0
    for _ in range(trials):
        values, classes = draw_classes(generator, count, skewed)
        units = np.arange(len(values)) if by_query else classes
        found = cluster_bootstrap(values[:, None], units, samples, 0)
        half = np.quantile(found.misses[:, 0], 0.95, method="higher") * found.error[0]
        held += abs(found.mean[0]) <= half
    return held / trials


def test_over_classes_intervals_hold_and_over_queries_they_do_not():
    assert 0.91 < coverage(count=25, skewed=False, trials=300, samples=299) < 0.985  # 0.95, three standard errors
    assert coverage(count=25, skewed=False, trials=100, samples=299, by_query=True) < 0.6


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("count", "skewed", "low"),
    [(5, False, 0.93), (10, False, 0.93), (20, True, 0.91), (81, True, 0.925), (81, False, 0.935)],
)
def test_intervals_hold_with_few_classes_and_skewed_ones(count, skewed, low):
    assert low < coverage(count, skewed, trials=2000, samples=999) < 0.985


def test_all_intervals_hold_together():
    generator, held, alone = np.random.default_rng(7), 0, 0
    for _ in range(120):
        classes = np.repeat(np.arange(40), 3)
        common = generator.normal(size=(40, 12))[classes]  # twelve metrics, of which none differs
        values = common + 0.3 * generator.normal(size=(120, 12))
        keys = [f"P@{k}" for k in range(12)]
        zeros = of(classes, **dict.fromkeys(keys, np.zeros(120)))
        found = of(classes, **dict(zip(keys, values.T, strict=True))).compare(zeros, samples=800)
        held += set(found.verdict.values()) == {"not told apart"}
        alone += all(low <= 0 <= high for low, high in found.interval.values())
    assert held / 120 > 0.88
    assert alone / 120 < 0.75  # 0.95^12 = 0.54


# ---- errors ----------------------------------------------------------------------------------------------------------

THREE = of([0, 0, 1], ap=[0.1, 0.2, 0.3])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: THREE.compare(of(ap=[1.0])), r"`other`: got 1 queries, expected 3, the same queries in both"),
        (lambda: THREE.compare(of(r=[1.0] * 3)), r"`other`: got the keys \['r'\], expected some of \['ap'\]"),
        (lambda: THREE.compare(of([0, 1, 1], ap=[1.0] * 3)), r"`other`: got queries of other classes, expected the sa"),
        (lambda: THREE.compare(THREE, keys=["r"]), r"`keys`: got \['r'\], expected some of \['ap'\]"),
        (lambda: THREE.compare(THREE, keys=[]), r"`keys`: got \[\], expected some of \['ap'\]"),
        (lambda: THREE.compare(THREE, resample="seeds"), r"`resample`: got 'seeds', expected 'classes' or 'queries'"),
        (lambda: THREE.compare(of(ap=[1.0] * 3), resample="classes"), r"`resample`: got 'classes', expected evaluatio"),
        (lambda: THREE.compare(THREE, samples=0), r"`samples`: got 0, expected an integer of at least 1"),
        (lambda: THREE.compare(THREE, seed=-1), r"`seed`: got -1, expected an integer of at least 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
