"""Whether seeds do the same to all losses: against closed forms, scipy and simulation."""

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from suprank_edu.training.study import correlation_by_seed, paired, seed_correlation, unpaired


def test_the_mean_is_that_of_all_pairs() -> None:
    values = np.random.default_rng(0).normal(size=(4, 6))
    pairs = [stats.pearsonr(values[i], values[j]).statistic for i in range(4) for j in range(i)]
    found = seed_correlation(values)
    assert found.mean == pytest.approx(np.mean(pairs))
    assert (found.losses, found.seeds) == (4, 6)
    assert found.low < found.mean < found.high


def test_two_losses_are_paired_where_the_test_of_their_correlation_says_so() -> None:
    """With two losses the interval leaves out 0 exactly where Pearson's test finds p < 0.05."""
    generator = np.random.default_rng(1)
    found = []
    for _ in range(200):
        shared = generator.normal(size=8)
        values = shared + generator.normal(size=(2, 8))
        test = stats.pearsonr(*values)
        told = seed_correlation(values)
        assert (told.low > 0 or told.high < 0) == (test.pvalue < 0.05)
        assert told.paired == (test.pvalue < 0.05 and test.statistic > 0)
        found.append(told.paired)
    assert 0.1 < np.mean(found) < 0.6


@pytest.mark.parametrize("correlation", [0.0, 0.4, 0.8])
def test_the_interval_holds_the_truth(correlation: float) -> None:
    generator, held = np.random.default_rng(2), 0
    for _ in range(400):
        shared = generator.normal(size=5)
        values = correlation**0.5 * shared + (1 - correlation) ** 0.5 * generator.normal(size=(10, 5))
        found = seed_correlation(values * generator.uniform(0.1, 3, size=(10, 1)))  # losses may spread differently
        held += found.low <= correlation <= found.high
    assert held / 400 > 0.91


def test_what_it_says() -> None:
    twins = np.array([[0.5, 0.6, 0.55, 0.4], [0.4, 0.5, 0.45, 0.3]])
    assert str(seed_correlation(twins)) == "correlation by seed +1.00 [+1.00, +1.00] over 2 losses and 4 seeds: paired"
    assert str(seed_correlation(twins * np.array([[1], [-1]]))).endswith("not paired")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.ones((1, 5)), r"`values`: got shape \(1, 5\), expected \(L, S\), two losses and three seeds or more"),
        (np.ones((4, 2)), r"`values`: got shape \(4, 2\)"),
        (np.ones(5), r"`values`: got shape \(5,\)"),
        (np.array([[1.0, 1, 1], [1, 2, 3]]), r"`values`: got spreads of \[0.0, 1.0\] over the seeds, expected"),
    ],
)
def test_bad_values(values: np.ndarray, message: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(ValueError, match=message):
        seed_correlation(values)


def run(loss: str, seed: int, value: float, on: str = "test") -> dict[str, Any]:
    return {"loss": loss, "seed": seed, "on": on, "metrics": {"H-AP": value}}


def test_paired_differences_are_taken_seed_by_seed() -> None:
    runs = [run("a", seed, value) for seed, value in enumerate((0.3, 0.5, 0.9))]
    runs += [run("b", seed, value) for seed, value in ((1, 0.4), (0, 0.1), (7, 0.0))] + [run("b", 2, 0.0, "validation")]
    difference = paired(runs, "H-AP", "a", "b")
    assert (difference.mean, difference.runs) == (pytest.approx(0.15), 2)  # 0.3 − 0.1 and 0.5 − 0.4
    assert difference.half == pytest.approx(12.706 * 0.05, abs=1e-3)  # t table, 1 degree of freedom
    assert paired(runs, "H-AP", "a", "b", level=0.9).half == pytest.approx(6.314 * 0.05, abs=1e-3)
    with pytest.raises(ValueError, match=r"`other`: got 'c', which has no test run with a seed of 'a'"):
        paired(runs, "H-AP", "a", "c")


def test_unpaired_differences_are_those_of_welch() -> None:
    one, other = (0.30, 0.50, 0.41), (0.10, 0.12, 0.13, 0.08)
    runs = [run("a", seed, value) for seed, value in enumerate(one)]
    runs += [run("b", seed, value) for seed, value in enumerate(other)] + [run("c", 0, 0.2)]
    for level in (0.95, 0.999):
        difference = unpaired(runs, "H-AP", "a", "b", level=level)
        variances = [np.var(values, ddof=1) / len(values) for values in (one, other)]
        freedom = sum(variances) ** 2 / (variances[0] ** 2 / 2 + variances[1] ** 2 / 3)  # Welch and Satterthwaite
        assert difference.mean == pytest.approx(np.mean(one) - np.mean(other))
        assert difference.half == pytest.approx(stats.t.ppf((1 + level) / 2, freedom) * sum(variances) ** 0.5)
        assert difference.runs == 3
    alone = unpaired(runs, "H-AP", "a", "c")
    assert (math.isnan(alone.half), alone.sign, alone.runs) == (True, 0, 1)
    with pytest.raises(ValueError, match=r"`other`: got 3 and 0 test runs of 'a' and 'd', expected some"):
        unpaired(runs, "H-AP", "a", "d")


def test_the_correlation_of_results_is_over_common_seeds_of_losses_with_three() -> None:
    values = np.random.default_rng(3).normal(size=(3, 4))
    runs = [run(loss, seed, values[i, seed]) for i, loss in enumerate("abc") for seed in (3, 1, 0, 2)]
    found = correlation_by_seed([*runs, run("d", 0, 0.5), run("d", 1, 0.7), run("a", 9, 5.0)], "H-AP")
    assert found == seed_correlation(values)
    with pytest.raises(ValueError, match=r"`values`: got shape"):
        correlation_by_seed(runs[:4], "H-AP")
