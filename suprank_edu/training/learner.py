"""One optimiser step: what a batch changes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from suprank_edu.training.recipe import Recipe

Loss = Callable[[Tensor, Tensor], Tensor]


class TrainingError(RuntimeError):
    """Training cannot go on; the message says at which step, on which batch and what to try."""


class Learner:
    """A network, a loss and their optimiser: what one step changes."""

    def __init__(self, recipe: Recipe, accelerator: Any, model: nn.Module, loss: Loss) -> None:
        self.recipe, self.accelerator = recipe, accelerator
        self.loss = loss.to(accelerator.device) if isinstance(loss, nn.Module) else loss
        groups: list[dict[str, Any]] = [
            {"params": list(model.parameters()), "lr": recipe.lr, "weight_decay": recipe.weight_decay}
        ]
        of_loss = list(loss.parameters()) if isinstance(loss, nn.Module) else []
        if of_loss:
            groups.append({"params": of_loss, "lr": recipe.loss_lr or recipe.lr, "weight_decay": 0.0})
        optimizer = torch.optim.AdamW(groups)
        for group in optimizer.param_groups:
            group["peak_lr"] = group["lr"]
        self.model, self.optimizer = accelerator.prepare(model.train(), optimizer)

    def step(self, step: int, batch: list[int], images: Tensor, labels: Tensor) -> tuple[float, float]:
        """Change the weights by one batch; return the learning rate and the loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak_lr"] * lr_factor(step, self.recipe)
        self.optimizer.zero_grad()
        embeddings = self.model(images).float()  # (B, D); losses run in float32 whatever the network runs in
        try:
            loss = self.loss(embeddings, labels)
        except ValueError as error:
            if embeddings.isfinite().all():
                raise
            raise _not_finite(f"embeddings ({error})", step, batch, labels) from error
        value = loss.item()
        if not math.isfinite(value):
            raise _not_finite(f"loss ({value})", step, batch, labels)
        self.accelerator.backward(loss)
        self.optimizer.step()
        return float(self.optimizer.param_groups[0]["lr"]), value


def lr_factor(step: int, recipe: Recipe) -> float:
    """Return the learning rate of a step as a share of its peak: a straight rise, then half a cosine to 0.

    Args:
        step: number of the step, from 0.
        recipe: its ``steps`` and ``warmup`` are used.

    Returns:
        A number above 0 and at most 1.

    Example:
        >>> recipe = Recipe(steps=10, warmup=0.2)
        >>> [round(lr_factor(step, recipe), 2) for step in range(10)]
        [0.5, 1.0, 0.99, 0.92, 0.78, 0.6, 0.4, 0.22, 0.08, 0.01]
    """
    rise = round(recipe.warmup * recipe.steps)
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise + 0.5) / (recipe.steps - rise)))


def _not_finite(what: str, step: int, batch: list[int], labels: Tensor) -> TrainingError:
    classes = torch.unique(labels[:, 0]).tolist()
    return TrainingError(
        f"step {step + 1}: NaN or infinity in the {what}, on the batch of images {_shorten(batch)} of classes "
        f"{_shorten(classes)}; try a lower `lr` or a longer `warmup`, and look at these images"
    )


def _shorten(values: list[int], most: int = 8) -> str:
    return f"[{', '.join(map(str, values[:most]))}{', ...' if len(values) > most else ''}]"
