"""Where losses stand in a metric on a set: in the order of their means, each compared with the first."""

from collections.abc import Mapping
from itertools import combinations
from typing import NamedTuple

from suprank_edu._checks import check_one_of
from suprank_edu.metrics.comparison import Ends, Verdict, verdict_of
from suprank_edu.metrics.seeds import level_together
from suprank_edu.training.study.evaluations import Runs, difference_of, go_together
from suprank_edu.training.study.interval import Interval
from suprank_edu.training.study.measures import STORED


class Standing(NamedTuple):
    """A loss in a table of results: `verdict` is what its difference from the first loss says.

    `mean` is over the seeds alone; `interval` is that of the difference, over seeds and classes, and NaN for the first.
    """

    loss: str
    mean: Interval
    difference: float
    interval: Ends
    verdict: Verdict


def standings(runs: Mapping[str, Runs], metric: str) -> list[Standing]:
    """Return the losses in the order of a metric, the best first, each compared with the first over seeds and classes.

    Which loss is the first is found in the same numbers, so the intervals are those that hold for *all* pairs of
    losses at once, in 95 of 100 cases, and not only for the pairs with the first.

    Args:
        runs: the evaluations of each loss by seed, all of the same queries; see `evaluations_of`.
        metric: one of those that are stored for each query; of `"gap"` the lowest is the best.

    Raises:
        ValueError: a metric that is not stored, fewer than two losses, or one with fewer than two seeds.
    """
    check_one_of("metric", metric, STORED)
    few = [loss for loss, of_seed in runs.items() if len(of_seed) < 2]
    if len(runs) < 2 or few:
        raise ValueError(
            f"`runs`: got {len(runs)} losses, {few} with fewer than two seeds, expected two of two or more"
        )
    sign = -1 if metric == "gap" else 1
    means = {loss: Interval.of([each.mean[metric] for each in of_seed.values()]) for loss, of_seed in runs.items()}
    order = sorted(runs, key=lambda loss: -sign * means[loss].mean)
    paired = go_together(runs, metric)
    pairs = {(b, a): difference_of(runs, b, a, metric, paired=paired) for a, b in combinations(order, 2)}
    level = level_together([*pairs.values()])
    first = Standing(order[0], means[order[0]], 0.0, (float("nan"), float("nan")), "not told apart")
    rows = [first]
    for loss in order[1:]:
        of_pair = pairs[loss, order[0]]
        low, high = of_pair.interval(level)
        verdict = verdict_of((low, high) if sign > 0 else (-high, -low))
        rows.append(Standing(loss, means[loss], of_pair.mean, (low, high), verdict))
    return rows
