"""Which parameters learn how fast, and when."""

import math
from typing import Any

import torch
from torch import nn

from suprank_edu.training.recipe import Recipe


def lr_factor(step: int, recipe: Recipe) -> float:
    """Return the learning rate of a step as a share of its peak: a straight rise, then the fall of the schedule.

    Args:
        step: number of the step, from 0.
        recipe: its `steps`, `warmup`, `schedule` and `final_lr` are used.

    Returns:
        A number above 0 and at most 1.

    Example:
        >>> recipe = Recipe(steps=10, warmup=0.2)
        >>> [round(lr_factor(step, recipe), 2) for step in range(10)]
        [0.5, 1.0, 0.99, 0.92, 0.78, 0.6, 0.4, 0.22, 0.08, 0.01]
        >>> [lr_factor(step, Recipe(steps=8, warmup=0.0, schedule="steps")) for step in (0, 4, 6)]
        [1.0, 0.1, 0.01]
    """
    rise = round(recipe.warmup * recipe.steps)
    if step < rise:
        return (step + 1) / rise
    if recipe.schedule == "steps":
        return float(10.0 ** -((2 * step >= recipe.steps) + (4 * step >= 3 * recipe.steps)))
    cosine = 0.5 * (1 + math.cos(math.pi * (step - rise + 0.5) / (recipe.steps - rise)))
    return recipe.final_lr + (1 - recipe.final_lr) * cosine


def parameter_groups(recipe: Recipe, model: nn.Module, of_loss: list[nn.Parameter]) -> list[dict[str, Any]]:
    """Return the groups of the optimiser, each with what it is `of`: backbone, head or loss.

    Raises:
        ValueError: only a head shall learn first, and the model has no module named `head`.
    """
    head = getattr(model, "head", None)
    of_head = [p for p in head.parameters() if p.requires_grad] if isinstance(head, nn.Module) else []
    if recipe.head_only and not of_head:
        raise ValueError(f"`model`: got {type(model).__name__} without a `head`, expected one for head_only above 0")
    if not (recipe.head_only or recipe.head_lr):
        of_head = []  # one group for the whole network
    apart = {id(parameter) for parameter in of_head}
    of_backbone = [p for p in model.parameters() if p.requires_grad and id(p) not in apart]
    groups = [
        {"of": "backbone", "params": of_backbone, "lr": recipe.lr, "weight_decay": recipe.weight_decay},
        {"of": "head", "params": of_head, "lr": recipe.head_lr or recipe.lr, "weight_decay": recipe.weight_decay},
        {"of": "loss", "params": of_loss, "lr": recipe.loss_lr or recipe.lr, "weight_decay": 0.0},
    ]
    return [group | {"peak_lr": group["lr"]} for group in groups if group["params"]]


def make_optimizer(recipe: Recipe, groups: list[dict[str, Any]], device: torch.device) -> torch.optim.Optimizer:
    """Return the optimiser that the recipe names; on a card all parameters are changed in few kernels."""
    fused = device.type == "cuda"
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=recipe.lr, momentum=0.9, nesterov=True, fused=fused)
    kind = torch.optim.Adam if recipe.optimizer == "adam" else torch.optim.AdamW
    return kind(groups, fused=fused)
