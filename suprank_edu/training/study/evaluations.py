"""The metrics of each query of stored runs, by loss and seed: what losses are compared by over seeds and classes."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from suprank_edu.metrics import Evaluation
from suprank_edu.metrics.comparison import common_classes
from suprank_edu.metrics.seeds import Difference, difference, stack
from suprank_edu.training.study.pairing import seed_correlation

Runs = Mapping[int, Evaluation]
"""The evaluations of a loss by seed."""


def evaluations_of(folder: Path, loss: str) -> Runs:
    """Read the evaluations of a loss from a folder of results, by seed; none where the runs are not there.

    Raises:
        ValueError: a file that holds no evaluation.
    """
    ending = "-queries.npz"
    paths = folder.glob(f"test/{loss}_seed*{ending}")
    seeds = {int(path.name.removesuffix(ending).rpartition("_seed")[2]): path for path in paths}
    return {seed: Evaluation.load(seeds[seed]) for seed in sorted(seeds)}


def go_together(runs: Mapping[str, Runs], metric: str) -> bool:
    """Return whether the seeds go together over all losses; with fewer than three common seeds that is not known."""
    several = [of_seed for of_seed in runs.values() if len(of_seed) > 2]
    common = sorted(set.intersection(*(set(of_seed) for of_seed in several))) if several else []
    means = np.array([[of_seed[seed].mean[metric] for seed in common] for of_seed in several])  # (L, S)
    return min(means.shape, default=0) > 1 and len(common) > 2 and seed_correlation(means).paired


def difference_of(runs: Mapping[str, Runs], first: str, second: str, metric: str, *, paired: bool) -> Difference:
    """Return the mean of a metric of the first loss minus that of the second, over seeds and classes.

    Raises:
        ValueError: runs of different queries.
    """
    one, other = runs[first], runs[second]
    seeds = sorted(one.keys() & other.keys())
    paired = paired and len(seeds) > 1
    if paired:
        one, other = ({seed: side[seed] for seed in seeds} for side in (one, other))
    classes = common_classes([*one.values(), *other.values()])
    values = [stack([*side.values()], metric) for side in (one, other)]
    return difference(values[0], values[1], classes, paired=paired, names=(first, second))
