"""What the stored results say that the choice of a loss rests on, read once."""

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

from suprank_edu.training.study import LOSSES, load_results, runs_by_loss
from suprank_edu.training.study.claims import Claim, Finding, judge_claims, read_claims
from suprank_edu.training.study.evaluations import Runs, evaluations_of
from suprank_edu.training.study.standing import Standing, standings

KNOW_LEVELS = ("sup-ndcg", "sup-h-ap", "smooth-ndcg", "road-ndcg", "happier", "happier-f", "csl")
"""Losses that look at more than one column of labels."""

SETS = ("groceries", "groceries-fine-tune", "omniglot", "rendered-landmarks")
BATCHES = (32, 64, 128, 256)
_FINE = "mAP@R/column0"
_FEWEST = {"groceries-fine-tune": 2}  # seeds; losses with fewer are not shown


class Evidence:
    """The results of a folder: standings, verdicts on claims, rates, batches and temperatures.

    Args:
        results: the folder of all results.

    Raises:
        ValueError: no set there has the metrics of each query.
    """

    def __init__(self, results: Path) -> None:
        self.results = results
        self.runs = {name: found for name in SETS if len(found := self._read(name)) > 1}
        if not self.runs:
            raise ValueError(
                f"`results`: got {results}, expected results with the metrics of each query, as a clone has"
            )
        self._loaded = cache(lambda name: load_results(results / name))

    def _read(self, name: str) -> Mapping[str, Runs]:
        found = {loss: evaluations_of(self.results / name, loss) for loss in LOSSES}
        return {loss: runs for loss, runs in found.items() if len(runs) >= _FEWEST.get(name, 3)}

    def standings(self, name: str, metric: str, *, levels: bool) -> list[Standing]:
        """Return the losses of a set in the order of a metric; without `levels` those that need one column alone."""
        losses = {loss: runs for loss, runs in self.runs[name].items() if levels or loss not in KNOW_LEVELS}
        return standings(losses, metric)

    def rates(self, name: str, loss: str) -> tuple[float, float]:
        """Return the learning rate that the tests of a loss have, and that of its proxies."""
        recipe = runs_by_loss(self._loaded(name))[loss][0]["recipe"]
        return recipe["lr"], recipe["loss_lr"]

    def judged(self, name: str) -> list[Finding]:
        """Return what a set says of the papers' claims."""
        return judge_claims(self.results, name, read_claims(self.results / "claims.md")["Claims"])

    def of_levels(self, name: str) -> list[Finding]:
        """Return what knowing the hierarchy does: Sup-H-AP against Sup-AP, and HAPPIER against ROADMAP with proxies."""
        pairs = (("sup-h-ap", "sup-ap"), ("happier", "roadmap-proxies"))
        metrics = ("H-AP", "NDCG", "R@1/column0", _FINE)
        claims = [Claim(first, "higher", second, metric, "") for first, second in pairs for metric in metrics]
        return judge_claims(self.results, name, claims)

    @cached_property
    def of_batches(self) -> dict[int, Finding]:
        """What proxies add to Sup-AP at each size of a batch, on Groceries."""
        ends = {size: "" if size == 128 else f" in batch-{size}" for size in BATCHES}
        claims = [Claim(f"roadmap-proxies{end}", "higher", f"sup-ap{end}", _FINE, "") for end in ends.values()]
        return dict(zip(BATCHES, judge_claims(self.results, "groceries", claims), strict=True))

    def reached(self, size: int, loss: str) -> tuple[float, float]:
        """Return the means of mAP@R and of the gap in batches of its own size, of a loss trained with that size."""
        name = "groceries" if size == 128 else f"groceries-batch-{size}"
        tests = runs_by_loss(self._loaded(name))[loss]
        gaps = [run["gap"].get("batch", run["gap"]["test"]) for run in tests]
        return sum(run["metrics"][_FINE] for run in tests) / len(tests), sum(gaps) / len(gaps)

    @cached_property
    def of_temperatures(self) -> list[Finding]:
        """What τ = 0.1 does to the losses on ranks, on Groceries: all chose it on validation photographs."""
        chosen = sorted({run["loss"] for run in self._loaded("groceries-tau") if run["on"] == "test"})
        claims = [Claim(f"{loss} in tau", "higher", LOSSES[loss].base or loss, _FINE, "") for loss in chosen]
        return judge_claims(self.results, "groceries", claims)
