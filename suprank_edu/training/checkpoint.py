"""What a run must remember to go on after it was broken, in files that are whole or not there at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from suprank_edu._files import replacing
from suprank_edu.training.device import random_state, set_random_state
from suprank_edu.training.learner import Learner, TrainingError
from suprank_edu.training.loss_settings import settings_of
from suprank_edu.training.recipe import Recipe, differences

FORMAT = 1
"""Changes when a checkpoint's content does; another one is refused."""


def save(path: Path, state: Mapping[str, Any]) -> None:
    """Write a checkpoint.

    Raises:
        TrainingError: it cannot be written, because the disk is full or read-only; an earlier checkpoint stays.
        KeyboardInterrupt: the run was told to end in the middle of the write.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with replacing(path) as file:
            torch.save(dict(state), file)
    except (OSError, RuntimeError) as error:  # torch reports a failed write as a RuntimeError
        if isinstance(error.__context__, KeyboardInterrupt):  # and an interrupted one too
            raise error.__context__ from None
        kept = "; the checkpoint before it is untouched" if path.exists() else ""
        raise TrainingError(f"{path}: the checkpoint could not be written ({error}){kept}") from error


def load(path: Path) -> dict[str, Any]:
    """Read a checkpoint, without running anything that it may contain.

    Raises:
        ValueError: the file is no checkpoint of this library, or of another format.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a damaged archive or a forbidden pickle makes of torch
        # torch's advice, to read the file without its guard, must not reach whoever holds a damaged one.
        reason = _first_line(error).partition(". ")[0]
        raise ValueError(
            f"{path}: got no readable checkpoint ({reason}); it is damaged or was not written here: remove it, and "
            "the run starts from the beginning"
        ) from None
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        found = state.get("format") if isinstance(state, dict) else type(state).__name__
        raise ValueError(f"{path}: got a checkpoint of format {found!r}, expected {FORMAT}")
    return state


def snapshot(
    learner: Learner, step: int, history: list[dict[str, float]], evaluations: list[dict[str, float]]
) -> dict[str, Any]:
    """Return the state of a run after ``step`` steps."""
    scaler = learner.accelerator.scaler
    return {
        "format": FORMAT,
        "recipe": learner.recipe.to_dict(),
        "names": _names(learner),
        "step": step,
        "model": learner.accelerator.unwrap_model(learner.model).state_dict(),
        "loss": learner.loss.state_dict() if isinstance(learner.loss, nn.Module) else {},
        "optimizer": learner.optimizer.state_dict(),
        "scaler": scaler.state_dict() if scaler is not None else {},
        "memory": learner.memory.state_dict() if learner.memory is not None else {},
        "random": random_state(learner.accelerator.device),
        "history": history,
        "evaluations": evaluations,
    }


def restore(learner: Learner, state: Mapping[str, Any], path: Path) -> None:
    """Put a run into the state of a checkpoint.

    Raises:
        ValueError: the checkpoint is of another recipe, network, loss or data set; the message lists the differences.
    """
    model = learner.accelerator.unwrap_model(learner.model)
    found = [
        *differences(state["recipe"], learner.recipe.to_dict()),
        *differences(state["names"], _names(learner)),
        *differences(_shapes(state["model"]), _shapes(model.state_dict())),
    ]
    if found:
        more = f", and {len(found) - 8} more" if len(found) > 8 else ""
        raise ValueError(
            f"{path}: got a checkpoint of another run ({'; '.join(found[:8])}{more}); continue it with its own "
            "recipe, network, loss and data, or give another folder"
        )
    model.load_state_dict(state["model"])
    if isinstance(learner.loss, nn.Module):
        learner.loss.load_state_dict(state["loss"])
    learner.optimizer.load_state_dict(state["optimizer"])
    if learner.accelerator.scaler is not None and state["scaler"]:
        learner.accelerator.scaler.load_state_dict(state["scaler"])
    if state["memory"]:
        embedding_size = state["memory"]["stored_embeddings"].shape[1]
        learner.make_memory(embedding_size, learner.accelerator.device).load_state_dict(state["memory"])
    set_random_state(state["random"], learner.accelerator.device)


def recipe_of(state: Mapping[str, Any]) -> Recipe:
    """Return the recipe that a checkpoint was made with."""
    return Recipe.from_dict(state["recipe"])


def _names(learner: Learner) -> dict[str, str]:
    model = learner.accelerator.unwrap_model(learner.model)
    loss = learner.loss
    names = {"network": type(model).__name__, "loss": getattr(loss, "__name__", type(loss).__name__)}
    return names | learner.identity | settings_of(loss)


def _shapes(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value.shape) for name, value in state.items()}


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
