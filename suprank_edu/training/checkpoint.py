"""What a run must remember to go on after it was broken, in files that are whole or not there at all."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import torch
from torch import nn

from suprank_edu._checks import check_count
from suprank_edu._files import clear_halves, replacing
from suprank_edu.training.callbacks import TrainingLog
from suprank_edu.training.device import random_state, set_random_state
from suprank_edu.training.learner import Learner, TrainingError
from suprank_edu.training.loss_settings import settings_of
from suprank_edu.training.recipe import Recipe, differences

FORMAT = 2
"""Changes when a checkpoint's content does; another one is refused."""

_OLDER = "; its losses were made of five numbers, where they take `step` now, and its metrics named by levels"


@dataclass(frozen=True)
class Checkpoints:
    """Where to keep a run, so that it can be broken off at any moment and goes on from there.

    A folder that holds `last.pt` is continued: the run ends with the weights of one never broken. `best.pt` holds
    the weights with the best `monitor` of a `Validation`.

    Args:
        folder: made if it is not there.
        every: steps between two checkpoints; there is one more after the last step.

    Raises:
        ValueError: `every` is below 1, or `folder` is a file.
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

    def make_room(self) -> None:
        """Make the folder, see that it can be written to, and clear what a killed run left half written.

        Raises:
            OSError: it cannot be made, or nothing can be written there.
        """
        Path(self.folder).mkdir(parents=True, exist_ok=True)
        clear_halves(self.last, self.best)
        with tempfile.TemporaryFile(dir=self.folder):
            pass


def save(path: Path, state: Mapping[str, Any]) -> None:
    """Write a checkpoint.

    Raises:
        TrainingError: it cannot be written, because the disk is full or read-only; an earlier checkpoint stays.
        KeyboardInterrupt: the run was told to end in the middle of the write.
    """
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
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a damaged archive or a forbidden pickle makes of torch
        # torch's advice, to read the file without its guard, must not reach whoever holds a damaged one.
        reason = _first_line(error).partition(". ")[0]
        raise ValueError(
            f"{path}: got no readable checkpoint ({reason}); it is damaged or was not written here: remove it, and "
            "the run starts from the beginning"
        ) from None
    found = state.get("format") if isinstance(state, dict) else type(state).__name__
    if found != FORMAT:
        why = _OLDER if found == 1 else ""
        raise ValueError(
            f"{path}: got a checkpoint of format {found!r}, expected {FORMAT}{why}; the version of this library that "
            "wrote it can go on with it"
        )
    return state


def snapshot(learner: Learner, log: TrainingLog) -> dict[str, Any]:
    """Return the state of a run."""
    return {
        "format": FORMAT,
        "recipe": learner.recipe.to_dict(),
        "names": _names(learner),
        "step": len(log.history),
        "model": learner.network.state_dict(),
        "loss": learner.loss.state_dict() if isinstance(learner.loss, nn.Module) else {},
        "optimizer": learner.optimizer.state_dict(),
        "scaler": learner.scaler.state_dict(),
        "memory": learner.memory.state_dict() if learner.memory is not None else {},
        "random": random_state(learner.device),
        "history": log.history,
        "evaluations": log.evaluations,
    }


def restore(learner: Learner, state: Mapping[str, Any], path: Path) -> TrainingLog:
    """Put a run into the state of a checkpoint; return its log.

    Raises:
        ValueError: the checkpoint is of another recipe, network, loss or data set; the message lists the differences.
    """
    model = learner.network
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
    if state["scaler"]:
        learner.scaler.load_state_dict(state["scaler"])
    if state["memory"]:
        learner.make_memory(state["memory"]["stored_embeddings"].shape[1]).load_state_dict(state["memory"])
    set_random_state(state["random"], learner.device)
    return TrainingLog(state["history"], state["evaluations"])


def recipe_of(state: Mapping[str, Any]) -> Recipe:
    """Return the recipe that a checkpoint was made with."""
    return Recipe.from_dict(state["recipe"])


def _names(learner: Learner) -> dict[str, str]:
    loss = learner.loss
    names = {"network": type(learner.network).__name__, "loss": getattr(loss, "__name__", type(loss).__name__)}
    return names | learner.identity | settings_of(loss)


def _shapes(state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value.shape) for name, value in state.items()}


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
