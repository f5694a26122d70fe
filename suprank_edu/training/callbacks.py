"""What may watch a run: a plain function, or an observer that is also told of its beginning and its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Protocol, TypeAlias, runtime_checkable

from suprank_edu.training.recipe import Recipe
from suprank_edu.training.validation import TrainingLog


@runtime_checkable
class Observer(Protocol):
    """A callback that is told when a run begins or goes on, and when it ends or is broken off."""

    def start(self, recipe: Recipe, log: TrainingLog, monitor: str | None) -> None:
        """Begin to watch.

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
