"""The training loop: one device, CPU or CUDA, the same code."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import nn

from suprank_edu.data import MPerClassBatches, RetrievalDataset
from suprank_edu.training.augment import Augment
from suprank_edu.training.device import make_accelerator, own_random_state
from suprank_edu.training.images import image_batches
from suprank_edu.training.learner import Learner, Loss
from suprank_edu.training.models import SmallCNN
from suprank_edu.training.recipe import Recipe

Callback = Callable[[int, Mapping[str, float]], object]


@dataclass(frozen=True)
class FitResult:
    """What training leaves.

    Args:
        model: the trained network, in evaluation mode.
        history: one entry a step with ``step, loss, lr`` and ``seconds`` since the start.
    """

    model: nn.Module
    history: list[dict[str, float]]


def fit(
    recipe: Recipe,
    dataset: RetrievalDataset,
    loss: Loss,
    *,
    model: nn.Module | None = None,
    callbacks: Iterable[Callback] = (),
    device: str | torch.device | None = None,
    progress: bool = True,
) -> FitResult:
    """Train a network with a loss on embeddings.

    The same recipe, data and loss give the same weights, bit for bit on one CPU with one number of threads. The
    global random state is left as it was.

    Args:
        recipe: every setting but the loss.
        dataset: images and labels to train on.
        loss: called as ``loss(embeddings, labels)`` with ``(B, D)`` float32 unit vectors and ``(B, L)`` labels,
            returns a scalar. Wrap a loss of pytorch-metric-learning in ``losses.AtLevel``. The parameters of a
            module (proxies) are trained along, without weight decay.
        model: the network to train, in place; None makes a ``SmallCNN`` from the recipe. It takes ``(B, C, S, S)``
            images with values in 0..1 and returns ``(B, D)`` unit vectors.
        callbacks: each called after every step with its number, from 1, and its metrics (as in the history).
        device: ``"cpu"``, ``"cuda"``, or None for the best there is.
        progress: show a bar; it stays silent under ``SUPRANK_EDU_STATIC=1``.

    Returns:
        The trained network and the history.

    Raises:
        ValueError: if the data set has too few classes for a batch, or the model wants images of another size.
        TrainingError: if the loss or an embedding becomes NaN or infinite.

    Example:
        >>> from suprank_edu.data import read
        >>> from suprank_edu.losses import SupAPLoss
        >>> recipe = Recipe(steps=2, batch_size=16, image_size=16, channels=(8, 8))
        >>> result = fit(recipe, read("standin"), SupAPLoss(), device="cpu", progress=False)
        >>> [entry["step"] for entry in result.history]
        [1, 2]
    """
    accelerator = make_accelerator(device)
    batches = MPerClassBatches(
        dataset.labels, recipe.batch_size, recipe.per_class, num_batches=recipe.steps, seed=recipe.seed
    )
    with own_random_state(recipe.seed, accelerator.device):
        model = _check_model(model, recipe) if model is not None else _default_model(recipe, dataset)
        learner = Learner(recipe, accelerator, model, loss)
        history = _run(learner, dataset, batches, tuple(callbacks), progress)
    return FitResult(accelerator.unwrap_model(learner.model).eval(), history)


def _run(
    learner: Learner,
    dataset: RetrievalDataset,
    batches: MPerClassBatches,
    callbacks: tuple[Callback, ...],
    progress: bool,
) -> list[dict[str, float]]:
    from tqdm.auto import tqdm

    device, recipe = learner.accelerator.device, learner.recipe
    labels = torch.from_numpy(dataset.labels).to(device)  # (N, L)
    augment = Augment(recipe)
    history: list[dict[str, float]] = []
    silent = not progress or os.environ.get("SUPRANK_EDU_STATIC") == "1"
    start = time.perf_counter()
    with tqdm(total=recipe.steps, disable=silent, desc="training", unit="step") as bar:
        for step, (batch, images) in enumerate(image_batches(dataset, batches, recipe.image_size, device)):
            of_batch = labels[batch]  # (B, L)
            lr, value = learner.step(step, batch, augment(images, of_batch[:, 0], step), of_batch)
            metrics = {"step": step + 1, "loss": value, "lr": lr, "seconds": time.perf_counter() - start}
            history.append(metrics)
            for callback in callbacks:
                callback(step + 1, dict(metrics))
            bar.set_postfix(loss=f"{value:.3f}", refresh=False)
            bar.update()
    return history


def _check_model(model: nn.Module, recipe: Recipe) -> nn.Module:
    expected = getattr(model, "image_size", recipe.image_size)
    if expected != recipe.image_size:
        raise ValueError(
            f"`model`: takes images of {expected} pixels, expected image_size = {recipe.image_size} of the recipe"
        )
    return model


def _default_model(recipe: Recipe, dataset: RetrievalDataset) -> SmallCNN:
    return SmallCNN(
        image_size=recipe.image_size,
        in_channels=1 if dataset.mode == "L" else 3,
        channels=recipe.channels,
        embedding_size=recipe.embedding_size,
    )
