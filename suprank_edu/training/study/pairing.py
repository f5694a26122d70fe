"""Whether the same seed does the same to different losses: what a comparison seed by seed rests on."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suprank_edu._extras import needs
from suprank_edu.training.study.interval import Interval
from suprank_edu.training.study.results import runs_by_loss, value_of


@dataclass(frozen=True)
class SeedCorrelation:
    """The mean correlation of the losses by seed, and its 95 % interval.

    Attributes:
        mean: over all pairs of losses.
        low: the lower end of the interval.
        high: its upper end.
        seeds: how many.
        losses: how many.
    """

    mean: float
    low: float
    high: float
    seeds: int
    losses: int

    @property
    def paired(self) -> bool:
        """Whether to compare seed by seed: the whole interval is above 0. Otherwise Welch's comparison is narrower."""
        return self.low > 0

    def __str__(self) -> str:
        ends = f"{self.mean:+.2f} [{self.low:+.2f}, {self.high:+.2f}]"
        how = "paired" if self.paired else "not paired"
        return f"correlation by seed {ends} over {self.losses} losses and {self.seeds} seeds: {how}"


def seed_correlation(values: NDArray[np.floating[Any]]) -> SeedCorrelation:
    """Measure how far the seeds that are good for one loss are good for the others.

    Seeds of one number share batches and augmentation. If that moved all losses alike, differences seed by seed would
    vary less than the losses do; at a correlation of 0 they vary as much, and have half the degrees of freedom. With
    the values of each loss brought to mean 0 and variance 1, an analysis of variance of seeds against the rest has
    F = (1 + (L − 1) r) / (1 − r), with r the mean correlation of L losses, and F's distribution gives the interval.

    Args:
        values: `(L, S)`, the value of each loss with each seed, in the same order of seeds.

    Raises:
        ValueError: fewer than two losses or three seeds, or a loss whose seeds are all the same.

    Source: Shrout and Fleiss, "Intraclass correlations: uses in assessing rater reliability", Psychological Bulletin,
    1979.

    Example:
        >>> found = seed_correlation(np.array([[0.50, 0.54, 0.52, 0.58], [0.40, 0.45, 0.42, 0.47]]))
        >>> round(found.mean, 2), found.paired
        (0.97, True)
    """
    with needs("train"):
        from scipy.stats import f

    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 2 or values.shape[0] < 2 or values.shape[1] < 3:
        raise ValueError(f"`values`: got shape {values.shape}, expected (L, S), two losses and three seeds or more")
    losses, seeds = values.shape
    spread = values.std(axis=1, ddof=1)
    if not (spread > 0).all():
        raise ValueError(f"`values`: got spreads of {spread.tolist()} over the seeds, expected numbers above 0")
    correlations = np.corrcoef(values)  # (L, L)
    mean = float((correlations.sum() - losses) / (losses * (losses - 1)))
    if mean > 1 - 1e-12:
        return SeedCorrelation(1.0, 1.0, 1.0, seeds, losses)
    ratio = (1 + (losses - 1) * mean) / (1 - mean)
    freedom = seeds - 2, (seeds - 2) * (losses - 1)  # the variances were estimated too
    low, high = (_correlation_of(ratio / float(f.ppf(q, *freedom)), losses) for q in (0.975, 0.025))
    return SeedCorrelation(mean, low, high, seeds, losses)


def _correlation_of(ratio: float, losses: int) -> float:
    """Return the correlation at which F would be `ratio`."""
    return (ratio - 1) / (ratio + losses - 1) if math.isfinite(ratio) else 1.0


def correlation_by_seed(results: Iterable[dict[str, Any]], column: str) -> SeedCorrelation:
    """Return the correlation of a column by seed, over the losses with three test runs or more and their common seeds.

    Raises:
        ValueError: fewer than two such losses, or than three seeds that all of them have.
    """
    of_loss = {loss: _by_seed(runs, column) for loss, runs in runs_by_loss(results).items() if len(runs) > 2}
    common = sorted(set.intersection(*map(set, of_loss.values()))) if of_loss else []
    return seed_correlation(np.array([[values[seed] for seed in common] for values in of_loss.values()]))


def paired(results: Iterable[dict[str, Any]], column: str, loss: str, other: str, *, level: float = 0.95) -> Interval:
    """Return the interval of `loss` minus `other` in a column, seed by seed, over the seeds that both have.

    Narrower than `unpaired` where a seed does the same to both, wider where it does not: see `correlation_by_seed`.

    Raises:
        ValueError: they have no seed in common.
    """
    one, two = _both(results, column, loss, other)
    common = sorted(one.keys() & two.keys())
    if not common:
        raise ValueError(f"`other`: got {other!r}, which has no test run with a seed of {loss!r}, expected one or more")
    return Interval.of([one[seed] - two[seed] for seed in common], level)


def unpaired(results: Iterable[dict[str, Any]], column: str, loss: str, other: str, *, level: float = 0.95) -> Interval:
    """Return the interval of `loss` minus `other` in a column, as of seeds that have nothing in common (Welch's).

    Its half width is NaN where one of them has a single run; `runs` is the smaller number of runs.

    Raises:
        ValueError: one of them has no test run.
    """
    with needs("train"):
        from scipy.stats import ttest_ind

    one, two = ([*values.values()] for values in _both(results, column, loss, other))
    if not one or not two:
        raise ValueError(f"`other`: got {len(one)} and {len(two)} test runs of {loss!r} and {other!r}, expected some")
    mean, count = float(np.mean(one) - np.mean(two)), min(len(one), len(two))
    if count < 2:
        return Interval(mean, math.nan, count)
    low, high = ttest_ind(one, two, equal_var=False).confidence_interval(level)
    return Interval(mean, float(high - low) / 2, count)


def _both(results: Iterable[dict[str, Any]], column: str, loss: str, other: str) -> list[dict[int, float]]:
    of_loss = runs_by_loss(results)
    return [_by_seed(of_loss.get(name, []), column) for name in (loss, other)]


def _by_seed(runs: list[dict[str, Any]], column: str) -> dict[int, float]:
    return {run["seed"]: value_of(run, column) for run in runs}
