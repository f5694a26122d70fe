"""What is called along a run: a plain function, or an observer that is also told of its beginning and its end."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, runtime_checkable

from suprank_edu.training.recipe import Recipe


@dataclass
class TrainingLog:
    """How a run has gone so far.

    Attributes:
        history: one entry a step.
        evaluations: one entry an evaluation: `step` and every metric.
    """

    history: list[dict[str, float]] = field(default_factory=list)
    evaluations: list[dict[str, float]] = field(default_factory=list)

    def best(self, monitor: str) -> int | None:
        """Return which evaluation is the best, the first of equals; None where none has a number.

        Example:
            >>> TrainingLog(evaluations=[{"H-AP": value} for value in (math.nan, 0.2, 0.3, 0.3)]).best("H-AP")
            2
        """
        values = [entry.get(monitor, math.nan) for entry in self.evaluations]
        measured = [number for number, value in enumerate(values) if not math.isnan(value)]
        return max(measured, key=values.__getitem__, default=None)

    def since_best(self, monitor: str) -> int:
        """Return how many evaluations have passed since the best one; 0 while none has a number."""
        best = self.best(monitor)
        return 0 if best is None else len(self.evaluations) - 1 - best


@runtime_checkable
class Observer(Protocol):
    """A callback that is told when a run begins or goes on, and when it ends or is broken off."""

    def start(self, recipe: Recipe, log: TrainingLog, monitor: str | None) -> None:
        """Take the beginning of a run.

        Args:
            recipe: the run's.
            log: how it has gone so far; not empty where it goes on from a checkpoint.
            monitor: the metric that decides which weights are best; None where nothing is evaluated.
        """

    def __call__(self, step: int, metrics: Mapping[str, float]) -> None:
        """Take the metrics of one step, numbered from 1; after an evaluation also those of the evaluation."""

    def close(self) -> None:
        """End: the run is complete, was stopped early, or an error breaks it off."""


Callback: TypeAlias = Callable[[int, Mapping[str, float]], object]


@contextmanager
def started(
    callbacks: Iterable[Callback], recipe: Recipe, log: TrainingLog, monitor: str | None
) -> Iterator[tuple[Callback, ...]]:
    """Start the observers among the callbacks, and close those that were started, whatever happens inside."""
    callbacks = tuple(callbacks)
    with ExitStack() as stack:
        for callback in callbacks:
            if isinstance(callback, Observer):
                callback.start(recipe, log, monitor)
                stack.callback(callback.close)
        yield callbacks


def evaluation_metrics(metrics: Mapping[str, float]) -> dict[str, float]:
    """Return those metrics of a step that an evaluation has added.

    Example:
        >>> evaluation_metrics({"step": 2, "loss": 0.5, "lr": 1e-3, "seconds": 0.1, "H-AP": 0.4})
        {'H-AP': 0.4}
    """
    return {name: value for name, value in metrics.items() if name not in ("step", "loss", "lr", "seconds")}
