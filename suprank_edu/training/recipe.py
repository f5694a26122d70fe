"""Every setting of a training run but the loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Recipe:
    """The settings of a training run; with a data set, a loss and a seed they decide its result.

    The defaults train a small network on 32-pixel drawings in about a minute on two CPU cores.

    Args:
        steps: optimiser steps.
        batch_size: images a batch.
        per_class: images of a class in a batch.
        lr: highest learning rate: it rises over the first ``warmup`` of the steps and falls to 0 as a cosine.
        loss_lr: the same for the parameters of the loss (proxies); None takes ``lr``.
        weight_decay: of AdamW, for the network.
        warmup: share of the steps in which the learning rate rises, 0..1.
        image_size: pixels a side that images are brought to.
        channels: filters of each stage of the network; every stage halves the image.
        embedding_size: dimensions D of the embedding.
        rotation: largest random turn, degrees.
        scale: largest random stretch, as a share of the size, horizontally and vertically apart.
        shear: largest random slant, a tangent.
        shift: largest random move, as a share of the side.
        orientations: 1, or 4 (quarter turns) or 8 (and mirror images): in each batch all images of a class are
            shown in one random orientation, which for a loss on pairs makes new classes of it.
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
    loss_lr: float | None = None
    weight_decay: float = 1e-3
    warmup: float = 0.2
    image_size: int = 32
    channels: tuple[int, ...] = (32, 64, 128, 128)
    embedding_size: int = 128
    rotation: float = 15.0
    scale: float = 0.2
    shear: float = 0.2
    shift: float = 0.1
    orientations: int = 8
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
    (("loss_lr",), lambda v: v is None or (_is_number(v) and v > 0), "a number above 0, or None"),
    (
        ("weight_decay", "rotation", "shear", "shift"),
        lambda v: _is_number(v) and v >= 0,
        "a number of at least 0",
    ),
    (("warmup", "scale"), lambda v: _is_number(v) and 0 <= v < 1, "a number in [0, 1)"),
    (
        ("channels",),
        lambda v: isinstance(v, tuple) and len(v) > 0 and all(_is_int(c) and c >= 1 for c in v),
        "a tuple of one or more integers of at least 1",
    ),
    (("orientations",), lambda v: v in (1, 4, 8), "1, 4 or 8"),
    (("seed",), lambda v: _is_int(v) and v >= 0, "an integer of at least 0"),
)
