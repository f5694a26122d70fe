"""Evaluation along the way: when, on which images, and by which metric weights are best."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from torch import nn

from suprank_edu._checks import check_count, check_one_of
from suprank_edu.data import RetrievalDataset
from suprank_edu.training.protocol import Protocol

_FEW = 8  # images on which an evaluation is tried before the first step


@dataclass(frozen=True)
class Validation:
    """When to evaluate on classes that are not trained on, and when to stop.

    Args:
        dataset: images and labels, each a query against all others; or a `Protocol` with queries of their own.
        every: steps between two evaluations; there is one more after the last step.
        monitor: the metric that decides which weights are best, a key of `suprank_edu.metrics.Evaluation`.
        patience: evaluations without a better value after which training stops; None never stops.
        epochs: passes over the data between two evaluations, instead of `every` steps.

    Raises:
        ValueError: a number below 1.
    """

    dataset: RetrievalDataset | Protocol
    every: int = 100
    monitor: str = "mAP@R/column0"
    patience: int | None = None
    epochs: int | None = None

    def __post_init__(self) -> None:
        check_count("every", self.every)
        for name in ("patience", "epochs"):
            if (value := getattr(self, name)) is not None:
                check_count(name, value)

    @property
    def protocol(self) -> Protocol:
        """What is ranked for which queries."""
        return self.dataset if isinstance(self.dataset, Protocol) else Protocol(self.dataset)

    def in_steps(self, steps_an_epoch: int) -> Validation:
        """Return the same with `every` in place of `epochs`, for an epoch of so many steps.

        Example:
            >>> from suprank_edu.data import read
            >>> Validation(read("standin"), epochs=2).in_steps(25).every
            50
        """
        return self if self.epochs is None else replace(self, every=self.epochs * steps_an_epoch, epochs=None)

    def check(self, model: nn.Module) -> None:
        """Try an evaluation on a few images, before a run depends on one.

        Raises:
            ValueError: the network cannot embed the images, there is no metric `monitor`, or no query has a positive
                for it.
            OSError: an image cannot be read.
        """
        check_one_of("monitor", self.monitor, self.protocol.head(_FEW).evaluate(model).mean)
        of_column = re.search(r"/\D+(\d+)$", self.monitor)  # H-AP, NDCG and ASI take positives of any column
        column = int(of_column[1]) if of_column else self.protocol.gallery.labels.shape[1] - 1
        if not self.protocol.has_positives(column):
            raise ValueError(
                f"`monitor`: got {self.monitor!r}, but no query has an image of its class (label column {column}) in "
                "the gallery, expected a metric that has a value"
            )

    def measure(self, model: nn.Module) -> dict[str, float]:
        """Return the mean of every metric under a network; where there are several processes, all call it."""
        return dict(self.protocol.evaluate(model, shared=True).mean)
