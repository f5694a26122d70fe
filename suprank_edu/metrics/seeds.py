"""Two losses compared over seeds and classes: both are samples, and both make a difference uncertain.

Source: Satterthwaite, "An approximate distribution of estimates of variance components", 1946; Cameron, Gelbach and
Miller, "Robust inference with multiway clustering", 2011; Owen, "The pigeonhole bootstrap", 2007.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suprank_edu._extras import needs
from suprank_edu.metrics._clusters import class_sums
from suprank_edu.metrics.comparison import Comparison, Ends, common_classes, common_keys, sample_note
from suprank_edu.metrics.evaluation import Evaluation

Values = NDArray[np.float64]
_DRAWS = 20_000


@dataclass(frozen=True)
class Difference:
    """The mean difference of two losses, how uncertain it is, and where that comes from.

    Attributes:
        mean: over all seeds and queries.
        error: its standard error.
        freedom: degrees of freedom of that error (Satterthwaite).
        parts: what each class and each run adds to the mean by chance, with the square root of its variance: common
            names in two differences mean a common part.
    """

    mean: float
    error: float
    freedom: float
    parts: dict[Hashable, float]

    def interval(self, level: float = 0.95) -> Ends:
        """Return the ends of an interval of Student's t."""
        with needs("train"):
            from scipy.stats import t

        half = float(t.ppf((1 + level) / 2, self.freedom)) * self.error if self.error else 0.0
        return self.mean - half, self.mean + half

    @property
    def p_value(self) -> float:
        """How often a true difference of 0 would look as large or larger."""
        with needs("train"):
            from scipy.stats import t

        return float(2 * t.sf(abs(self.mean) / self.error, self.freedom)) if self.error else float(self.mean == 0)


def compare_seeds(
    one: Sequence[Evaluation],
    other: Sequence[Evaluation],
    *,
    paired: bool = False,
    keys: Sequence[str] | None = None,
) -> Comparison:
    """Compare two losses by several networks of each: over their seeds and over the classes of the queries.

    A difference is uncertain because other classes could have been asked and because other seeds could have been
    drawn. With D_sc the difference of seed s in class c, an analysis of variance finds what classes, seeds and both
    together add to the variance of its mean; Student's t takes the degrees of freedom of that sum.

    Args:
        one: an evaluation for each seed of the first loss, all of the same queries.
        other: of the second, of the same queries; as many as `one` where they are paired.
        paired: whether place i of both is a seed that they share, and what it does to both is to cancel out. Whether it
            does, `suprank_edu.training.study.seed_correlation` tells; where it does not, pairing widens the intervals.
        keys: metrics to compare; None takes all.

    Returns:
        For each key the mean of `one` minus that of `other`, with intervals, a p-value and a verdict.

    Raises:
        ValueError: fewer than two seeds of a loss, other queries, a key that is not there, or pairs that are none.

    Example:
        >>> draw, classes = np.random.default_rng(0), np.repeat(np.arange(40), 5)
        >>> def seeds_of(mean):
        ...     values = mean + draw.normal(0, 0.01, size=(5, 1)) + draw.normal(0, 0.1, size=(5, 200))
        ...     return [Evaluation({"H-AP": one_seed}, classes=classes) for one_seed in values]
        >>> found = compare_seeds(seeds_of(0.6), seeds_of(0.5))
        >>> found.verdict["H-AP"], round(found.difference["H-AP"], 1)
        ('better', 0.1)
    """
    for name, runs in (("one", one), ("other", other)):
        if not isinstance(runs, list | tuple) or not all(isinstance(run, Evaluation) for run in runs):
            raise ValueError(f"`{name}`: got {runs!r}, expected a list of evaluations")
    if not isinstance(paired, bool):
        raise ValueError(f"`paired`: got {paired!r}, expected True or False")
    every = [*one, *other]
    if min(len(one), len(other)) < 2:
        raise ValueError(f"`other`: got {len(one)} and {len(other)} seeds, expected two or more of each loss")
    if paired and len(one) != len(other):
        raise ValueError(f"`paired`: got {len(one)} and {len(other)} seeds, expected as many of both")
    keys = common_keys(every, keys)
    classes = common_classes(every)
    note = sample_note(classes, len(every[0]))
    found = {key: difference(stack(one, key), stack(other, key), classes, paired=paired) for key in keys}
    level = level_together([*found.values()])
    return Comparison(
        {key: each.mean for key, each in found.items()},
        {key: each.interval() for key, each in found.items()},
        {key: each.interval(level) for key, each in found.items()},
        {key: each.p_value for key, each in found.items()},
        f"{note} {_seed_note(len(one), len(other), paired)}",
    )


def _seed_note(one: int, other: int, paired: bool) -> str:
    number = f"{one}, paired" if paired else f"{one} and {other}, not paired"
    few = " With two seeds an interval of 95 % holds about 90." if min(one, other) < 3 else ""
    return f"Seeds: {number}, taken for a sample too.{few}"


def stack(evaluations: Sequence[Evaluation], key: str) -> Values:
    """Return the `(S, Q)` values of a key, a row for each seed."""
    return np.stack([each.per_query[key] for each in evaluations])


def difference(
    one: Values,
    other: Values,
    classes: NDArray[np.integer[Any]] | None,
    *,
    paired: bool,
    names: tuple[Hashable, Hashable] = ("one", "other"),
) -> Difference:
    """Return the mean of `one` minus that of `other`, and its error over seeds and classes.

    With V_C the variance of the mean as classes alone show it, V_S as seeds alone do, and V_CS that of what is common
    to one class and one seed, which both contain: max(V_C − V_CS, 0) + max(V_S − V_CS, 0) + V_CS.

    Args:
        one: `(S, Q)`, a row for each seed.
        other: `(S', Q)`.
        classes: `(Q,)`; None takes each query for a class.
        paired: whether row i of both is the same seed.
        names: of the two, which tell the parts of the runs of different losses apart.
    """
    counted = ~np.isnan(one).any(axis=0) & ~np.isnan(other).any(axis=0)  # (Q,)
    if not counted.any():
        return Difference(math.nan, math.nan, math.nan, {})
    classes = np.flatnonzero(counted) if classes is None else classes[counted]
    one, other = one[:, counted], other[:, counted]
    groups = {"pair": one - other} if paired else {names[0]: one, names[1]: -other}
    runs = {name: _by_class(values, classes) for name, values in groups.items()}
    mean = float(sum(means.mean() for means, _ in runs.values()))
    of_class = np.sum([added.mean(axis=0) for _, added in runs.values()], axis=0)  # (C,)
    of_seed = {name: _parts_of_mean(means) for name, (means, _) in runs.items()}  # (S,) each
    count = len(of_class)
    if count == 1:
        return Difference(mean, math.inf, 1.0, {})
    correction = count / (count - 1)
    by_classes = correction * float((of_class**2).sum())
    by_seeds = {name: float((part**2).sum()) for name, part in of_seed.items()}
    by_both = correction * float(sum(added.var(axis=0, ddof=1).sum() / len(added) for _, added in runs.values()))
    variance = max(by_classes - by_both, 0) + max(sum(by_seeds.values()) - by_both, 0) + by_both
    terms = by_classes**2 / (count - 1) + sum(part**2 / (len(of_seed[name]) - 1) for name, part in by_seeds.items())
    parts: dict[Hashable, float] = {(name, s): float(x) for name, part in of_seed.items() for s, x in enumerate(part)}
    parts |= {("class", c): math.sqrt(correction) * float(x) for c, x in zip(np.unique(classes), of_class, strict=True)}
    return Difference(mean, math.sqrt(variance), variance**2 / terms if terms else math.inf, parts)


def _by_class(values: Values, classes: NDArray[np.integer[Any]]) -> tuple[Values, Values]:
    """Return `(S,)` means of `(S, Q)` values, and `(S, C)` what each class adds to the mean of a seed."""
    sums, sizes = class_sums(values.T, classes)  # (C, S) each
    means = values.mean(axis=1)  # (S,)
    return means, (sums - means * sizes).T / len(classes)  # (S,), (S, C)


def _parts_of_mean(means: Values) -> Values:
    """Return `(S,)` what each run adds to the mean of all; the sum of their squares is its variance."""
    parts: Values = (means - means.mean()) / math.sqrt(len(means) * (len(means) - 1))
    return parts


def level_together(differences: Sequence[Difference], together: float = 0.95) -> float:
    """Return the level that each interval needs for all of them to hold at once in a share of the cases.

    The parts of all differences are drawn again as normal numbers, those of a common name together (a multiplier
    bootstrap), and the largest deviation of all is ranked.

    Source: Chernozhukov, Chetverikov and Kato, "Gaussian approximations and multiplier bootstrap for maxima of sums of
    high-dimensional random vectors", Annals of Statistics, 2013.

    Example:
        >>> alone = Difference(0.1, 1.0, 9.0, {"a": 1.0})
        >>> twice = level_together([alone, alone])
        >>> apart = level_together([alone, Difference(0.1, 1.0, 9.0, {"b": 1.0})])
        >>> round(twice, 2), round(apart, 3)
        (0.95, 0.975)
    """
    names = list(dict.fromkeys(name for each in differences for name in each.parts))
    weights = np.array([[each.parts.get(name, 0.0) for each in differences] for name in names])  # (parts, K)
    size = np.sqrt((weights**2).sum(axis=0)) if len(names) else np.zeros(len(differences))
    if not (size > 0).any():
        return together
    weights = weights[:, size > 0] / size[size > 0]
    most = np.abs(np.random.default_rng(0).normal(size=(_DRAWS, len(names))) @ weights).max(axis=1)  # (draws,)
    return max(2 * NormalDist().cdf(float(np.quantile(most, together))) - 1, together)
