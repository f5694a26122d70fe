"""What happens between two steps: evaluation, early stop, checkpoints."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path

import torch
from torch import nn

from suprank_edu._checks import check_count, check_one_of
from suprank_edu._warnings import warn
from suprank_edu.data import RetrievalDataset
from suprank_edu.metrics import evaluate
from suprank_edu.training.networks.embed import embed


@dataclass(frozen=True)
class Validation:
    """When to evaluate on classes that are not trained on, and when to stop.

    Args:
        dataset: images and labels; each is a query against all others.
        every: steps between two evaluations; there is one more after the last step.
        monitor: the metric that decides which weights are best, a key of :class:`suprank_edu.metrics.Evaluation`.
        patience: evaluations without a better value after which training stops; None never stops.
        epochs: passes over the data between two evaluations, instead of ``every`` steps.

    Raises:
        ValueError: a number below 1.
    """

    dataset: RetrievalDataset
    every: int = 100
    monitor: str = "mAP@R/column0"
    patience: int | None = None
    epochs: int | None = None

    def __post_init__(self) -> None:
        check_count("every", self.every)
        for name in ("patience", "epochs"):
            if (value := getattr(self, name)) is not None:
                check_count(name, value)

    def in_steps(self, steps_an_epoch: int) -> Validation:
        """Return the same with ``every`` in place of ``epochs``, for an epoch of so many steps.

        Example:
            >>> from suprank_edu.data import read
            >>> Validation(read("standin"), epochs=2).in_steps(25).every
            50
        """
        return self if self.epochs is None else replace(self, every=self.epochs * steps_an_epoch, epochs=None)

    def measure(self, model: nn.Module) -> dict[str, float]:
        """Return the mean of every metric of the data set under a network.

        Raises:
            ValueError: there is no metric ``monitor``.
        """
        found = dict(evaluate(embed(model, self.dataset), torch.from_numpy(self.dataset.labels)).mean)
        check_one_of("monitor", self.monitor, found)
        return found


@dataclass(frozen=True)
class Checkpoints:
    """Where to keep a run, so that it can be broken off at any moment and goes on from there.

    A folder that holds ``last.pt`` is continued: the run ends with the weights of one never broken. ``best.pt`` holds
    the weights with the best ``monitor`` of a :class:`Validation`.

    Args:
        folder: made if it is not there.
        every: steps between two checkpoints; there is one more after the last step.

    Raises:
        ValueError: ``every`` is below 1, or ``folder`` is a file.
    """

    folder: str | PathLike[str]
    every: int = 100

    def __post_init__(self) -> None:
        check_count("every", self.every)
        if Path(self.folder).is_file():
            raise ValueError(f"`folder`: got the file {self.folder}, expected a folder")

    @property
    def last(self) -> Path:
        """The checkpoint that a run continues from."""
        return Path(self.folder) / "last.pt"

    @property
    def best(self) -> Path:
        """The checkpoint with the best evaluation."""
        return Path(self.folder) / "best.pt"


@dataclass
class TrainingLog:
    """How a run has gone so far.

    Attributes:
        history: one entry a step.
        evaluations: one entry an evaluation: ``step`` and every metric.
    """

    history: list[dict[str, float]] = field(default_factory=list)
    evaluations: list[dict[str, float]] = field(default_factory=list)

    def since_best(self, monitor: str) -> int:
        """Return how many evaluations have passed since the best one; 0 if that is the last."""
        values = [entry[monitor] for entry in self.evaluations]
        return len(values) - 1 - values.index(max(values)) if values else 0


def warn_of_live_batch_norm(processes: int, pieces: bool) -> None:
    """Warn that batch norm makes a batch that is cut another one than the whole."""
    cut = f"over {processes} processes" if processes > 1 else "into pieces (embed_at_once)" if pieces else ""
    if cut:
        warn(
            f"`model`: has batch norm in training mode, which sees only a part of a batch that is cut {cut}, so that "
            "the result differs from that of the whole batch; freeze_batch_norm=True or GroupNorm avoids it",
        )
