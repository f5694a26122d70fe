"""The steps of a run, and what happens between them: evaluation, early stop, checkpoints."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from suprank_edu.data import RetrievalDataset, VectorDataset
from suprank_edu.data.samplers import Batches
from suprank_edu.training import checkpoint
from suprank_edu.training.callbacks import TrainingLog
from suprank_edu.training.checkpoint import Checkpoints
from suprank_edu.training.device import Arriving, is_out_of_memory, sent
from suprank_edu.training.gather import OwnShare, from_first_process
from suprank_edu.training.learner import Learner, TrainingError, not_finite
from suprank_edu.training.networks.augment import Augment
from suprank_edu.training.networks.images import image_batches
from suprank_edu.training.recipe import Recipe
from suprank_edu.training.validation import Validation

# Steps whose loss is not read before the device has been given the next. A card that is asked at once has nothing to
# do until the answer has come and the next step is on its way; on a CPU there is nothing to wait for.
_LATE = {"cuda": 1}


@dataclass(frozen=True)
class _Taken:
    """A step that was taken, of which the loss is on its way from the device."""

    step: int
    batch: list[int]
    views: Tensor
    labels: Tensor
    lr: float
    loss: Arriving

    def read(self) -> float:
        """Return the loss.

        Raises:
            TrainingError: it is NaN or infinite.
        """
        value = self.loss.read()
        if not math.isfinite(value):
            raise not_finite(f"loss ({value})", self.step, self.batch, self.labels)
        return value


@dataclass
class Loop:
    """A run from where its log ends."""

    learner: Learner
    dataset: RetrievalDataset
    batches: Batches
    validation: Validation | None
    checkpoints: Checkpoints | None
    log: TrainingLog

    def is_over(self) -> bool:
        """Whether all steps are taken, or training has stopped early."""
        return len(self.log.history) >= self.learner.recipe.steps or self._stops_early()

    def check(self) -> None:
        """See, before the first step, that evaluation and checkpoints will work.

        Raises:
            ValueError: see `Validation.check`.
            OSError: an image cannot be read, or nothing can be written into the folder of checkpoints.
        """
        if self.is_over():
            return
        if self.validation is not None:
            self.validation.check(self.learner.network)
        if self.checkpoints is not None and self.learner.accelerator.is_main_process:
            self.checkpoints.make_room()

    def steps_left(self) -> Iterator[dict[str, float]]:
        """Take each step that is left, evaluate and save where it is time, and yield the metrics of the step.

        On a card those of a step come when the next has been given to it, but for a step that is evaluated, saved or
        the last. So nothing is evaluated or saved after a loss that is not finite.
        """
        if self.is_over():
            return
        learner, recipe, done = self.learner, self.learner.recipe, len(self.log.history)
        labels = torch.from_numpy(self.dataset.labels).to(learner.device)  # (N, L)
        augment = Augment(recipe)
        own = OwnShare(self.batches, done, recipe.steps, learner.accelerator)
        before = self.log.history[-1]["seconds"] if done else 0.0
        start = time.perf_counter()
        waiting: list[_Taken] = []
        for step, (_, images) in enumerate(image_batches(self.dataset, own, recipe.image_size, learner.device), done):
            batch = own.whole(step)
            # Here and in the views nothing waits for a card: it is still at work on the step before.
            of_batch = labels[sent(torch.as_tensor(batch), learner.device)]  # (B, L)
            classes = torch.from_numpy(self.dataset.labels[batch, 0])  # (B,)
            try:
                views = images
                if not isinstance(self.dataset, VectorDataset):
                    views = augment(images, classes, step, own.part(len(batch)))
                waiting.append(_Taken(step, batch, views, of_batch, *learner.step(step, batch, views, of_batch)))
            except Exception as error:
                for earlier in waiting:  # where its loss was none, so is what follows from it
                    earlier.read()
                if isinstance(error, RuntimeError):
                    raise _explained(error, step, recipe) from error
                raise
            late = 0 if self._is_due(step) else _LATE.get(learner.device.type, 0)
            while len(waiting) > late:
                yield self._after(waiting.pop(0), before + time.perf_counter() - start)
            if self.is_over():
                return

    def _is_last(self, step: int) -> bool:
        return step + 1 == self.learner.recipe.steps

    def _evaluates(self, step: int) -> bool:
        return self.validation is not None and (self._is_last(step) or (step + 1) % self.validation.every == 0)

    def _saves(self, step: int) -> bool:
        return self.checkpoints is not None and (self._is_last(step) or (step + 1) % self.checkpoints.every == 0)

    def _is_due(self, step: int) -> bool:
        """Whether the network of a step is looked at before the next: it is evaluated, saved or the last."""
        return self._is_last(step) or self._evaluates(step) or self._saves(step)

    def _after(self, taken: _Taken, seconds: float) -> dict[str, float]:
        """Note a step, evaluate and save what is due after it; return its metrics and those of the evaluation."""
        step, done = taken.step, taken.step + 1
        self.log.history.append({"step": done, "loss": taken.read(), "lr": taken.lr, "seconds": seconds})
        if self._is_due(step):
            self.learner.check_result(step, taken.batch, taken.views, taken.labels)
        metrics = dict(self.log.history[-1])
        if self._evaluates(step):
            metrics |= self._evaluate(done)
        if self.checkpoints is not None and (self._saves(step) or self._stops_early()):
            self._save(self.checkpoints.last)
        return metrics

    def _evaluate(self, step: int) -> dict[str, float]:
        assert self.validation is not None
        # Rounding may differ between devices, and with it what is best: processes would then wait for each other.
        found = from_first_process(self.validation.measure(self.learner.network))
        self.log.evaluations.append({"step": step} | found)
        if self.checkpoints is not None and self.log.best(self.validation.monitor) == len(self.log.evaluations) - 1:
            self._save(self.checkpoints.best)
        return found

    def _save(self, path: Path) -> None:
        if self.learner.accelerator.is_main_process:
            checkpoint.save(path, checkpoint.snapshot(self.learner, self.log))
        self.learner.accelerator.wait_for_everyone()

    def _stops_early(self) -> bool:
        patience = self.validation.patience if self.validation is not None else None
        if self.validation is None or patience is None:
            return False
        return self.log.since_best(self.validation.monitor) >= patience


def _explained(error: RuntimeError, step: int, recipe: Recipe) -> RuntimeError:
    """Return what to raise for an error of torch: where memory ran out, which setting to lower."""
    if not is_out_of_memory(error):
        return error
    now = recipe.embed_at_once or recipe.batch_size
    memory = f", `memory_size` (now {recipe.memory_size})" if recipe.memory_size else ""
    return TrainingError(
        f"step {step + 1}: out of memory; lower `embed_at_once` (now {now} images with a graph at a time, the result "
        f"stays the same), `image_size` (now {recipe.image_size}){memory} or `batch_size` (now {recipe.batch_size}). "
        f"The device said: {str(error).splitlines()[0]}"
    )
