"""What was changed one at a time on Groceries, and what each change did: means over seeds, and verdicts."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from suprank_edu.training.study import NAMES, Interval, load_results, runs_by_loss, value_of
from suprank_edu.training.study.claims import Claim, Finding, judge_claims, place_of

METRICS = {
    "R@1": "R@1/column0",
    "mAP@R": "mAP@R/column0",
    "H-AP": "H-AP",
    "NDCG": "NDCG",
    "ASI": "ASI",
    "gap": "gap",
}
"""What is offered, and the metric of a claim; of the gap, in batches of 128 for all, less is better."""


class Varied(NamedTuple):
    """A setting that was varied: losses with their values, label → the loss as a claim names it; the published one."""

    losses: Mapping[str, Mapping[str, str]]
    published: str


def _varied(base: str, values: Mapping[str, str], own: str) -> dict[str, str]:
    """Return label → loss, for variants of a loss; the value `own` is what the loss has by itself."""
    return {label: own if not end else f"{base}-{end} in ablations" for label, end in values.items()}


_CONTINUOUS = "sup-ap-continuous in ablations"
_LAMBDAS = {"0": "weight0", "0.1": "", "0.3": "weight0.3", "0.5": "weight0.5", "0.7": "weight0.7", "0.9": "weight0.9"}
_SIZES = {"32": " in batch-32", "64": " in batch-64", "128": "", "256": " in batch-256"}
VARIED = {
    "τ, temperature of the step": Varied(
        {
            "Sup-AP": _varied(
                "sup-ap",
                {"0.001": "tau0.001", "0.003": "tau0.003", "0.01": "", "0.03": "tau0.03", "0.1": "tau0.1"},
                _CONTINUOUS,
            )
        },
        "0.01",
    ),
    "ρ, slope beyond δ": Varied(
        {"Sup-AP": _varied("sup-ap", {"0": "rho0", "10": "rho10", "100": "", "1000": "rho1000"}, _CONTINUOUS)}, "100"
    ),
    "δ, where the slope begins": Varied(
        {
            "Sup-AP": _varied(
                "sup-ap",
                {"0": "delta0", "0.02": "delta0.02", "0.05": "", "0.1": "delta0.1", "0.2": "delta0.2"},
                _CONTINUOUS,
            )
        },
        "0.05",
    ),
    "form of the step": Varied(
        {
            "Sup-AP": _varied(
                "sup-ap",
                {"published": "", "continuous": "continuous", "iNaturalist": "inat", "sigmoid": "sigmoid"},
                "sup-ap",
            )
        },
        "published",
    ),
    "λ of the second term": Varied(
        {NAMES[loss]: _varied(loss, _LAMBDAS, loss) for loss in ("roadmap", "roadmap-proxies")}, "0.1"
    ),
    "α of the levels": Varied(
        {
            "Sup-H-AP": _varied(
                "sup-h-ap", {"0": "alpha0", "0.5": "alpha0.5", "1": "", "2": "alpha2", "4": "alpha4"}, "sup-h-ap"
            )
        },
        "1",
    ),
    "weights of columns": Varied(
        {
            "Sup-H-AP": _varied(
                "sup-h-ap",
                {"product": "fine", "published": "", "even": "even", "kind": "middle", "department": "coarse"},
                "sup-h-ap",
            )
        },
        "published",
    ),
    "size of a batch": Varied(
        {NAMES[loss]: {size: loss + end for size, end in _SIZES.items()} for loss in ("sup-ap", "roadmap-proxies")},
        "128",
    ),
}
"""By name; each variant has the learning rate of the loss that it varies. τ, ρ and δ vary the continuous step."""


class Ablations:
    """The runs behind `VARIED`.

    Args:
        results: the folder of all results.
    """

    def __init__(self, results: Path) -> None:
        self.results = results
        names = {loss for varied in VARIED.values() for values in varied.losses.values() for loss in values.values()}
        places = {loss: place_of(results, "groceries", loss) for loss in names}
        runs = {folder: load_results(folder) for folder in {folder for folder, _ in places.values()}}
        tests = {folder: runs_by_loss(found) for folder, found in runs.items()}
        self._runs = {loss: tests[folder][own] for loss, (folder, own) in places.items()}
        self._all = tests[results / "groceries"]

    def values(self, loss: str, metric: str) -> list[float]:
        """Return what each seed of a loss, as a claim names it, has in one of `METRICS`."""
        column = "gap/test" if metric == "gap" else METRICS[metric]
        return [value_of(run, column) for run in self._runs[loss]]

    def interval(self, loss: str, metric: str) -> Interval:
        """Return its mean and 95 % interval over the seeds."""
        return Interval.of(self.values(loss, metric))

    def best(self, metric: str) -> tuple[str, float]:
        """Return the best of all losses as published, and its mean."""
        column = "gap/test" if metric == "gap" else METRICS[metric]
        means = {loss: fmean(value_of(run, column) for run in runs) for loss, runs in self._all.items()}
        loss = (min if metric == "gap" else max)(means, key=lambda loss: means[loss])
        return loss, means[loss]

    @cached_property
    def findings(self) -> dict[tuple[str, str], Finding]:
        """By variant and metric: its difference from the published setting; all intervals hold together."""
        claims = [
            Claim(loss, "higher", values[varied.published], METRICS[metric], metric)
            for varied in VARIED.values()
            for values in varied.losses.values()
            for loss in values.values()
            if loss != values[varied.published]
            for metric in METRICS
        ]
        claims = list(dict.fromkeys(claims))
        return {(each.claim.first, each.claim.says): each for each in judge_claims(self.results, "groceries", claims)}

    def span(self, metric: str) -> tuple[float, float]:
        """Return the lowest and the highest value of a seed over everything that was varied."""
        every = [value for loss in self._runs for value in self.values(loss, metric)]
        return min(every), max(every)
