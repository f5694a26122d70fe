"""Change one thing at a time in the losses on Groceries: `python book/results/ablations.py [NAME ...]`.

Each change is a folder beside `groceries/`, whose rates it takes: `groceries-rho-0/` and so on, with five seeds each.
Broken off, it goes on when it is called again.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor, nn

from suprank_edu.losses import SupAPLoss, SupHAPLoss, roadmap
from suprank_edu.steps import PUBLISHED_INAT, SupStep
from suprank_edu.training.study import Experiment
from suprank_edu.training.study.missing import make_missing
from suprank_edu.training.study.named_losses import NamedLoss
from suprank_edu.training.study.results import chosen_rates, load_results

HERE = Path(__file__).parent
SETTING, SEEDS = "grocery", 5


class Change(NamedTuple):
    """Which losses are changed, how they are made then (None: as always), and which settings of the recipe differ."""

    losses: Sequence[str]
    make: Callable[[Tensor, int, SupStep], nn.Module] | None = None
    recipe: Mapping[str, Any] = {}


def _step(_labels: Tensor, _size: int, _step: SupStep, *, changed: SupStep) -> nn.Module:
    return SupAPLoss(changed)


def _weight(labels: Tensor, size: int, step: SupStep, *, weight: float) -> nn.Module:
    return roadmap(int(labels[:, 0].max()) + 1, size, step=step, weight=weight)


def _relevance(_labels: Tensor, _size: int, step: SupStep, **changed: Any) -> nn.Module:
    return SupHAPLoss(step=step, **changed)


def published(**changed: Any) -> SupStep:
    """Return the published step with one number changed."""
    return SupStep(**{"offset": 1.44} | changed)


STEPS = {
    **{f"rho-{rho:g}": published(rho=float(rho)) for rho in (0, 10, 1000)},
    **{f"delta-{delta:g}": published(delta=delta) for delta in (0.0, 0.02, 0.1)},
    **{f"tau-{tau:g}": published(tau=tau) for tau in (0.003, 0.03, 0.1)},
    "step-continuous": SupStep(),
    "step-inaturalist": PUBLISHED_INAT,
    "step-sigmoid": SupStep(start=0.0, delta=2.0),  # σ as far as scores can differ, with rank⁺ exact
}
WEIGHTS = {"even": (1 / 3, 1 / 3, 1 / 3), "fine": (0.8, 0.1, 0.1), "coarse": (0.1, 0.1, 0.8)}

CHANGES = (
    {name: Change(["sup-ap"], partial(_step, changed=step)) for name, step in STEPS.items()}
    | {f"lambda-{w:g}": Change(["roadmap-proxies"], partial(_weight, weight=w)) for w in (0.01, 0.3, 0.5, 0.9)}
    | {f"batch-{n}": Change(["sup-ap", "roadmap-proxies"], recipe={"batch_size": n}) for n in (16, 32, 64, 256)}
    | {f"alpha-{a:g}": Change(["sup-h-ap"], partial(_relevance, alpha=a)) for a in (0.0, 0.5, 2.0, 5.0)}
    | {f"weights-{name}": Change(["sup-h-ap"], partial(_relevance, weights=w)) for name, w in WEIGHTS.items()}
)


def experiments(change: Change) -> list[Experiment]:
    """Return the runs of a change: each loss with the rates that were chosen without it, and every seed."""
    chosen = load_results(HERE / "groceries")
    made = []
    for loss in change.losses:
        lr, times = chosen_rates(chosen, loss)
        variant = NamedLoss(loss, change.make) if change.make else None
        settings = tuple(change.recipe.items())
        made += [Experiment(SETTING, loss, lr, seed, "test", settings, times, variant) for seed in range(SEEDS)]
    return made


if __name__ == "__main__":
    for name in sys.argv[1:] or CHANGES:
        print(
            f"{name}: {len(make_missing(experiments(CHANGES[name]), HERE / f'groceries-{name}', 'cpu', 1))} runs made"
        )
