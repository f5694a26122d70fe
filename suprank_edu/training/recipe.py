"""Every setting of a training run but the loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from os import PathLike
from typing import Any

from suprank_edu._files import read_json, write_json


@dataclass(frozen=True)
class Recipe:
    """The settings of a training run; with a data set, a loss and a seed they decide its result.

    The defaults train a small network on 32-pixel drawings in about a minute on two CPU cores.

    Args:
        steps: optimiser steps.
        batch_size: images a batch.
        per_class: images of a class in a batch.
        lr: highest learning rate: it rises over the first `warmup` of the steps and then falls, see `schedule`.
        head_lr: the same for the network's `head`, where it has a module of that name; None takes `lr`.
        loss_lr: the same for the parameters of the loss (proxies); None takes `lr`.
        optimizer: `"adamw"`, `"adam"` or `"sgd"` (momentum 0.9, nesterov).
        weight_decay: of the optimiser, for the network.
        warmup: share of the steps in which the learning rate rises, 0..1.
        schedule: `"cosine"` falls to `final_lr`; `"steps"` divides by 10 after 1/2 and after 3/4 of the steps.
        final_lr: what the cosine falls to, as a share of the peak.
        head_only: share of the steps, the first, in which only the network's `head` and the loss learn. 1 freezes the
            features for good: they are computed once, without augmentation, and a run takes seconds on a CPU.
        max_grad_norm: longer gradients of the network are shortened to this norm; None leaves them.
        precision: `"fp32"`, or autocast of the network to `"bf16"` or `"fp16"`; losses run in float32.
        compile: run the network through `torch.compile`, which takes a minute before the first step and makes those
            after it faster, on a card. Weights and checkpoints are those of the network itself.
        deterministic: on a card, take only operations that give the same bits twice; some are slower, and one that has
            no such way warns. On a CPU it is always so. CUBLAS_WORKSPACE_CONFIG=:4096:8 must be in the environment.
        freeze_batch_norm: use the running statistics of batch norm, and leave its weights as they are.
        embed_at_once: images embedded with a graph at a time; None is the whole batch. Fewer take less memory and
            two passes instead of one, with the same gradient.
        memory_size: embeddings of past batches that are ranked too (cross-batch memory); 0 for none. The loss of the
            batch and that against the memory are added, as published: a term that takes no references, such as one of
            proxies, counts in both.
        memory_start: share of the steps after which the memory is used.
        image_size: pixels a side that images are brought to.
        channels: filters of each stage of the network; every stage halves the image.
        embedding_size: dimensions D of the embedding.
        rotation: largest random turn, degrees.
        scale: largest random stretch, as a share of the size, horizontally and vertically apart.
        shear: largest random slant, a tangent.
        shift: largest random move, as a share of the side.
        orientations: 1, or 4 (quarter turns) or 8 (and mirror images): in each batch all images of a class are
            shown in one random orientation, which for a loss on pairs makes new classes of it. Right for characters,
            where a turned one is another one; wrong for photographs.
        crop: smallest share of the image's area that a random crop keeps, its sides at a ratio of 3:4 to 4:3; 1 for
            no crop.
        flip: mirror every second image, at random, from left to right.
        seed: decides initial weights, batches and augmentation.

    Raises:
        ValueError: if a setting is out of its range.

    Example:
        >>> print(Recipe(steps=100, seed=1))
        Recipe (others at their defaults)
          steps = 100
          seed = 1
        >>> Recipe(steps=0)
        Traceback (most recent call last):
        ValueError: `steps`: got 0, expected an integer of at least 1
    """

    steps: int = 400
    batch_size: int = 128
    per_class: int = 4
    lr: float = 2e-3
    head_lr: float | None = None
    loss_lr: float | None = None
    optimizer: str = "adamw"
    weight_decay: float = 1e-3
    warmup: float = 0.2
    schedule: str = "cosine"
    final_lr: float = 0.0
    head_only: float = 0.0
    max_grad_norm: float | None = None
    precision: str = "fp32"
    compile: bool = False
    deterministic: bool = False
    freeze_batch_norm: bool = False
    embed_at_once: int | None = None
    memory_size: int = 0
    memory_start: float = 0.0
    image_size: int = 32
    channels: tuple[int, ...] = (32, 64, 128, 128)
    embedding_size: int = 128
    rotation: float = 15.0
    scale: float = 0.2
    shear: float = 0.2
    shift: float = 0.1
    orientations: int = 1
    crop: float = 1.0
    flip: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        for names, holds, expected in _RULES:
            for name in names:
                value = getattr(self, name)
                if not holds(value):
                    raise ValueError(f"`{name}`: got {value!r}, expected {expected}")

    def __str__(self) -> str:
        changed = [f for f in fields(self) if getattr(self, f.name) != f.default]
        lines = [f"  {f.name} = {getattr(self, f.name)!r}" for f in changed]
        return "\n".join(["Recipe (others at their defaults)" if lines else "Recipe (all defaults)", *lines])

    def to_dict(self) -> dict[str, object]:
        """Return every setting by name, ready for a table or a file."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Recipe:
        """Return the recipe of such a dict, read from a file or not; what is missing takes its default.

        Raises:
            ValueError: a setting that does not exist, or is out of its range.
        """
        known = [f.name for f in fields(cls)]
        for name in settings:
            if name not in known:
                raise ValueError(f"`{name}`: got a setting that does not exist, expected some of {', '.join(known)}")
        given: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in settings.items()}
        return cls(**given)

    def save(self, path: str | PathLike[str]) -> None:
        """Write every setting to a JSON file, whole or not at all."""
        write_json(path, self.to_dict(), indent=2)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Recipe:
        """Read a JSON file of settings, as `save` writes it.

        Raises:
            ValueError: the file is no JSON object, or holds a setting that does not exist or is out of its range.
            OSError: the file cannot be read.
        """
        settings = read_json(path)
        if not isinstance(settings, dict):
            raise ValueError(f"{path}: got a {type(settings).__name__}, expected an object of settings")
        return cls.from_dict(settings)


def differences(found: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Say in words in which settings two runs differ; a list and a tuple of one content are the same.

    Example:
        >>> differences({"lr": 1e-3, "channels": [8, 8]}, {"lr": 2e-3, "channels": (8, 8)})
        ['lr: 0.001 there, 0.002 here']
    """
    return [
        f"{name}: {found.get(name)!r} there, {expected.get(name)!r} here"
        for name in [*expected, *(name for name in found if name not in expected)]
        if _plain(found.get(name)) != _plain(expected.get(name))
    ]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < float("inf")


_RULES: tuple[tuple[tuple[str, ...], Callable[[Any], bool], str], ...] = (
    (
        ("steps", "batch_size", "image_size", "embedding_size"),
        lambda v: _is_int(v) and v >= 1,
        "an integer of at least 1",
    ),
    (("per_class",), lambda v: _is_int(v) and v >= 2, "an integer of at least 2"),
    (("lr",), lambda v: _is_number(v) and v > 0, "a number above 0"),
    (
        ("head_lr", "loss_lr", "max_grad_norm"),
        lambda v: v is None or (_is_number(v) and v > 0),
        "a number above 0, or None",
    ),
    (("optimizer",), lambda v: v in ("adamw", "adam", "sgd"), "'adamw', 'adam' or 'sgd'"),
    (("schedule",), lambda v: v in ("cosine", "steps"), "'cosine' or 'steps'"),
    (("precision",), lambda v: v in ("fp32", "bf16", "fp16"), "'fp32', 'bf16' or 'fp16'"),
    (("freeze_batch_norm", "flip", "compile", "deterministic"), lambda v: isinstance(v, bool), "True or False"),
    (("embed_at_once",), lambda v: v is None or (_is_int(v) and v >= 1), "an integer of at least 1, or None"),
    (("weight_decay", "rotation", "shear", "shift"), lambda v: _is_number(v) and v >= 0, "a number of at least 0"),
    (("warmup", "scale", "final_lr", "memory_start"), lambda v: _is_number(v) and 0 <= v < 1, "a number in [0, 1)"),
    (("head_only",), lambda v: _is_number(v) and 0 <= v <= 1, "a number in [0, 1]"),
    (
        ("channels",),
        lambda v: isinstance(v, tuple) and len(v) > 0 and all(_is_int(c) and c >= 1 for c in v),
        "a tuple of one or more integers of at least 1",
    ),
    (("crop",), lambda v: _is_number(v) and 0 < v <= 1, "a number in (0, 1]"),
    (("orientations",), lambda v: v in (1, 4, 8), "1, 4 or 8"),
    (("seed", "memory_size"), lambda v: _is_int(v) and v >= 0, "an integer of at least 0"),
)
