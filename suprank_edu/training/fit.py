"""The training loop: CPU, one GPU or many, the same code."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from suprank_edu._extras import needs
from suprank_edu._files import clear_halves
from suprank_edu._progress import is_static
from suprank_edu.data import MPerClassBatches, RetrievalDataset
from suprank_edu.data.samplers import Batches
from suprank_edu.training import checkpoint
from suprank_edu.training.arguments import check_arguments, hash_labels
from suprank_edu.training.callbacks import Callback, started
from suprank_edu.training.device import make_accelerator, own_random_state
from suprank_edu.training.gather import OwnShare, from_first_process
from suprank_edu.training.learner import Learner, Loss, TrainingError
from suprank_edu.training.networks.augment import Augment
from suprank_edu.training.networks.images import image_batches
from suprank_edu.training.networks.models import SmallCNN, has_live_batch_norm
from suprank_edu.training.recipe import Recipe
from suprank_edu.training.validation import Checkpoints, TrainingLog, Validation, warn_of_live_batch_norm


@dataclass(frozen=True)
class FitResult:
    """What training leaves.

    Args:
        model: the trained network, in evaluation mode.
        history: one entry a step with ``step, loss, lr`` and ``seconds`` since the start.
        evaluations: one entry an evaluation of the :class:`Validation` with ``step`` and every metric.
    """

    model: nn.Module
    history: list[dict[str, float]]
    evaluations: list[dict[str, float]] = field(default_factory=list)


def fit(
    recipe: Recipe,
    dataset: RetrievalDataset,
    loss: Loss,
    *,
    model: nn.Module | None = None,
    batches: Batches | None = None,
    validation: Validation | None = None,
    checkpoints: Checkpoints | None = None,
    callbacks: Iterable[Callback] = (),
    device: str | torch.device | None = None,
    progress: bool = True,
) -> FitResult:
    """Train a network with a loss on embeddings.

    The same recipe, data and loss give the same weights, bit for bit on one CPU with one number of threads, also when
    the run was broken and continued in between. Under ``accelerate launch`` or ``notebook_launcher`` each process
    embeds its share of the batch, and all rank the whole of it. The global random state is left as it was.

    Args:
        recipe: every setting but the loss.
        dataset: images and labels to train on.
        loss: called as ``loss(embeddings, labels)`` with ``(B, D)`` float32 unit vectors and ``(B, L)`` labels,
            returns a scalar; with a memory also with ``ref_emb`` and ``ref_labels``. Wrap a loss of
            pytorch-metric-learning in ``losses.AtColumn``. The parameters of a module (proxies) are trained along,
            without weight decay.
        model: the network to train, in place; None makes a ``SmallCNN`` from the recipe. It takes ``(B, C, S, S)``
            images with values in 0..1 and returns ``(B, D)`` unit vectors.
        batches: which images make batch t, such as ``data.HierarchicalBatches``; None takes ``per_class`` of the
            recipe with ``data.MPerClassBatches``.
        validation: what to evaluate on along the way. An epoch of it is one of ``batches``, by default as many whole
            batches as the data set has images for.
        checkpoints: where to keep the run; one that is there is continued.
        callbacks: each called after every step with its number, from 1, and its metrics (as in the history, and after
            an evaluation also those metrics); in the first of several processes only. An ``Observer``, such as
            ``TensorBoard``, is also told when the run begins, goes on and ends.
        device: ``"cpu"``, ``"cuda"``, or None for the best there is.
        progress: show a bar; it stays silent under ``SUPRANK_EDU_STATIC=1``.

    Returns:
        The trained network, the history and the evaluations.

    Raises:
        ValueError: an argument is of another kind, the data set has no image or too few classes for a batch, the
            model wants images of another size, the batch does not divide among the processes, or the checkpoint is of
            another run.
        TrainingError: the loss or an embedding becomes NaN or infinite, memory runs out, or a checkpoint cannot be
            written.

    Example:
        >>> from suprank_edu.data import read
        >>> from suprank_edu.losses import SupAPLoss
        >>> recipe = Recipe(steps=2, batch_size=16, image_size=16, channels=(8, 8))
        >>> result = fit(recipe, read("standin"), SupAPLoss(), device="cpu", progress=False)
        >>> [entry["step"] for entry in result.history]
        [1, 2]
    """
    check_arguments(dataset, loss, validation, checkpoints, callbacks)
    accelerator = make_accelerator(device, recipe.precision)
    if validation is not None:
        validation = validation.in_steps(len(batches) if batches else max(1, len(dataset) // recipe.batch_size))
    batches = batches or MPerClassBatches(
        dataset.labels, recipe.batch_size, recipe.per_class, num_batches=recipe.steps, seed=recipe.seed
    )
    with own_random_state(recipe.seed, accelerator.device):
        model = _check_model(model, recipe) if model is not None else SmallCNN.of(recipe, dataset.channels)
        identity = {"data": hash_labels(dataset), "batches": f"{len(batches)} of {type(batches).__name__}"}
        learner = Learner(recipe, accelerator, model, loss, dataset.labels.shape[1], identity)
        if has_live_batch_norm(model):
            warn_of_live_batch_norm(accelerator.num_processes, recipe.embed_at_once is not None)
        log = TrainingLog()
        if checkpoints is not None and accelerator.is_main_process:
            clear_halves(checkpoints.last, checkpoints.best)
        if checkpoints is not None and checkpoints.last.exists():
            state = checkpoint.load(checkpoints.last)
            checkpoint.restore(learner, state, checkpoints.last)
            log = TrainingLog(state["history"], state["evaluations"])
        run = _Run(learner, dataset, batches, validation, checkpoints, log)
        monitor = validation.monitor if validation is not None else None
        with started(callbacks if accelerator.is_main_process else (), recipe, log, monitor) as watching:
            run.go(watching, progress)
    return FitResult(accelerator.unwrap_model(learner.model).eval(), log.history, log.evaluations)


@dataclass
class _Run:
    """The steps of a run, and what happens between them."""

    learner: Learner
    dataset: RetrievalDataset
    batches: Batches
    validation: Validation | None
    checkpoints: Checkpoints | None
    log: TrainingLog

    def go(self, callbacks: tuple[Callback, ...], progress: bool) -> None:
        """Take the steps that are left."""
        with needs("train"):
            from tqdm.auto import tqdm

        accelerator, steps = self.learner.accelerator, self.learner.recipe.steps
        silent = not progress or is_static() or not accelerator.is_main_process
        done = len(self.log.history)
        if self._stopped_early():
            return
        with tqdm(total=steps, initial=done, disable=silent, desc="training", unit="step") as bar:
            for metrics in self._steps(done):
                step = int(metrics["step"])
                if self.validation is not None and (step % self.validation.every == 0 or step == steps):
                    metrics = metrics | self._evaluate(step)
                stop = self._stopped_early()
                if self.checkpoints is not None and (step % self.checkpoints.every == 0 or step == steps or stop):
                    self._save(self.checkpoints.last)
                for callback in callbacks:
                    callback(step, dict(metrics))
                bar.set_postfix(loss=f"{metrics['loss']:.3f}", refresh=False)
                bar.update()
                if stop:
                    return

    def _steps(self, done: int) -> Iterator[dict[str, float]]:
        """Yield the metrics of each step that is left."""
        learner, recipe = self.learner, self.learner.recipe
        device = learner.accelerator.device
        labels = torch.from_numpy(self.dataset.labels).to(device)  # (N, L)
        augment = Augment(recipe)
        own = OwnShare(self.batches, done, recipe.steps, learner.accelerator)
        before = self.log.history[-1]["seconds"] if self.log.history else 0.0
        start = time.perf_counter()
        for step, (_, images) in enumerate(image_batches(self.dataset, own, recipe.image_size, device), done):
            batch = own.whole(step)
            of_batch = labels[batch]  # (B, L)
            try:
                views = augment(images, of_batch[:, 0], step, own.part(len(batch)))
                lr, value = learner.step(step, batch, views, of_batch)
            except RuntimeError as error:
                raise _explained(error, step, recipe) from error
            seconds = before + time.perf_counter() - start
            self.log.history.append({"step": step + 1, "loss": value, "lr": lr, "seconds": seconds})
            yield dict(self.log.history[-1])

    def _evaluate(self, step: int) -> dict[str, float]:
        assert self.validation is not None
        # Rounding may differ between devices, and with it what is best: processes would then wait for each other.
        found = from_first_process(self.validation.measure(self.learner.accelerator.unwrap_model(self.learner.model)))
        self.log.evaluations.append({"step": step} | found)
        if self.checkpoints is not None and self.log.since_best(self.validation.monitor) == 0:
            self._save(self.checkpoints.best)
        return found

    def _save(self, path: Any) -> None:
        if self.learner.accelerator.is_main_process:
            state = checkpoint.snapshot(self.learner, len(self.log.history), self.log.history, self.log.evaluations)
            checkpoint.save(path, state)
        self.learner.accelerator.wait_for_everyone()

    def _stopped_early(self) -> bool:
        patience = self.validation.patience if self.validation is not None else None
        if self.validation is None or patience is None:
            return False
        return self.log.since_best(self.validation.monitor) >= patience


def _explained(error: RuntimeError, step: int, recipe: Recipe) -> RuntimeError:
    """Return what to raise for an error of torch: where memory ran out, which setting to lower."""
    text = str(error)
    if not isinstance(error, torch.OutOfMemoryError) and "can't allocate memory" not in text:
        return error
    now = recipe.embed_at_once or recipe.batch_size
    return TrainingError(
        f"step {step + 1}: out of memory; lower `embed_at_once` (now {now} images with a graph at a time, the result "
        f"stays the same), `image_size` (now {recipe.image_size}) or `batch_size` (now {recipe.batch_size}). "
        f"The device said: {text.splitlines()[0]}"
    )


def _check_model(model: nn.Module, recipe: Recipe) -> nn.Module:
    expected = getattr(model, "image_size", recipe.image_size)
    if expected != recipe.image_size:
        raise ValueError(
            f"`model`: takes images of {expected} pixels, expected image_size = {recipe.image_size} of the recipe"
        )
    return model
