"""Checks of what comes in: each error names the argument, what came and what was expected."""

import math
import re
from collections.abc import Collection, Iterable
from numbers import Integral, Real

import numpy as np
import torch
from torch import Tensor, nn

# 2^level - 1 must stay a finite, strictly growing gain.
MAX_LEVEL = 62

# torch stores these, and computes next to nothing with them.
_WIDE_UNSIGNED = (torch.uint16, torch.uint32, torch.uint64)


def check_floating(name: str, value: Tensor, ndim: int) -> None:
    """Raise unless `value` is a non-empty floating-point tensor of `ndim` axes."""
    axes = {1: "(N,)", 2: "(Q, G)" if name in {"scores", "step"} else "(N, D)"}[ndim]
    if not isinstance(value, Tensor):
        raise ValueError(f"`{name}`: got {type(value).__name__}, expected a torch.Tensor of shape {axes}")
    if value.ndim != ndim:
        raise ValueError(f"`{name}`: got shape {tuple(value.shape)}, expected {axes}")
    if not value.is_floating_point():
        raise ValueError(f"`{name}`: got dtype {value.dtype}, expected a floating-point dtype")
    if value.numel() == 0:
        raise ValueError(f"`{name}`: got shape {tuple(value.shape)}, expected at least one row and one column")


def check_ranking(scores: Tensor, levels: Tensor, most: int = MAX_LEVEL) -> None:
    """Raise unless `scores` is a finite `(Q, G)` float tensor and `levels` holds its levels, 0..`most`.

    Reads the device once.
    """
    check_floating("scores", scores, 2)
    check_levels(levels, scores)
    check_ranking_values(scores, levels, most)


def check_ranking_values(scores: Tensor, levels: Tensor, most: int, *also: Tensor) -> list[float]:
    """Check the values of what `check_floating` and `check_levels` have let pass, reading the device once.

    Returns:
        The numbers of the `(N,)` tensors `also`, read on the way.
    """
    extremes = torch.stack([x.double() for x in (*torch.aminmax(detached(scores)), *torch.aminmax(levels))])
    low, high, least, top, *rest = torch.cat([extremes, *(x.double() for x in also)]).tolist()
    if not (math.isfinite(low) and math.isfinite(high)):
        check_scores(scores)
    if least < 0 or top > most:
        raise ValueError(f"`levels`: got levels from {least:.0f} to {top:.0f}, expected 0..{most}")
    return rest


def check_scores(scores: Tensor, name: str = "scores") -> None:
    """Raise unless `scores` is a finite `(Q, G)` floating-point tensor."""
    check_floating(name, scores, 2)
    _check_finite(name, scores)


def check_labels(labels: object, size: int, name: str = "labels") -> Tensor:
    """Return `labels` as an `(N, L)` integer tensor, or raise unless it has `size` rows of integers."""
    if not isinstance(labels, Tensor):
        raise ValueError(f"`{name}`: got {type(labels).__name__}, expected an integer torch.Tensor{numbering(labels)}")
    if labels.ndim not in (1, 2) or labels.shape[0] != size or labels.numel() == 0:
        raise ValueError(
            f"`{name}`: got shape {tuple(labels.shape)}, expected ({size},) or ({size}, L), one row per embedding"
        )
    if labels.is_floating_point() or labels.is_complex() or labels.dtype == torch.bool:
        raise ValueError(f"`{name}`: got dtype {labels.dtype}, expected an integer dtype")
    if labels.dtype in _WIDE_UNSIGNED:
        labels = labels.long()
    return labels if labels.ndim == 2 else labels.unsqueeze(1)  # (N, L)


def numbering(labels: object) -> str:
    """Return how to number classes that come by name, to end a message with; nothing where they do not."""
    first = next(np.asarray(labels, dtype=object).flat, None)
    return "; numpy.unique(names, return_inverse=True)[1] numbers names" if isinstance(first, str | bytes) else ""


def split_classes(labels: Tensor) -> Tensor:
    """Return `(1,)` floats on the device: how often a class of `(N, L)` labels lies under two coarser ones."""
    return sum(
        (_splits(labels, column).sum(dtype=torch.float32) for column in range(labels.shape[1] - 1)),
        start=torch.zeros(1, device=labels.device),
    )


def _splits(labels: Tensor, column: int) -> Tensor:
    """Return `(N - 1,)`: neighbours, in the order of a column's classes, of one class under two of the next."""
    fine, order = labels[:, column].sort(stable=True)
    coarse = labels[order, column + 1]
    return (fine[1:] == fine[:-1]) & (coarse[1:] != coarse[:-1])


def check_tree(labels: Tensor, name: str = "labels") -> None:
    """Raise unless each class of a column of `(N, L)` labels lies under one class of the next column."""
    for column in range(labels.shape[1] - 1):
        split = _splits(labels, column)
        if bool(split.any()):
            fine, order = labels[:, column].sort(stable=True)
            where = int(split.nonzero()[0])
            first, second = labels[order, column + 1][where : where + 2].tolist()
            raise ValueError(
                f"`{name}`: got class {int(fine[where])} of column {column} under two classes of column "
                f"{column + 1} ({first} and {second}), expected a tree"
            )


def check_levels(levels: Tensor, scores: Tensor, name: str = "levels") -> None:
    """Raise unless `levels` holds integers (or bools) and has the shape and device of `scores`."""
    if not isinstance(levels, Tensor):
        raise ValueError(f"`{name}`: got {type(levels).__name__}, expected an integer torch.Tensor")
    if levels.shape != scores.shape:
        raise ValueError(
            f"`{name}`: got shape {tuple(levels.shape)}, expected {tuple(scores.shape)}, the shape of the scores"
        )
    if levels.is_floating_point() or levels.is_complex() or levels.dtype in _WIDE_UNSIGNED:
        raise ValueError(f"`{name}`: got dtype {levels.dtype}, expected integers or bools")
    check_device(name, levels, scores)


def check_valid(valid: Tensor | None, shape: Iterable[int]) -> None:
    """Raise unless `valid` is None or a bool tensor of `shape`."""
    if valid is None:
        return
    if not isinstance(valid, Tensor) or valid.dtype != torch.bool:
        came = valid.dtype if isinstance(valid, Tensor) else type(valid).__name__
        raise ValueError(f"`valid`: got {came}, expected a bool torch.Tensor")
    if tuple(valid.shape) != tuple(shape):
        raise ValueError(f"`valid`: got shape {tuple(valid.shape)}, expected {tuple(shape)}, queries by gallery items")


def check_count(name: str, value: int, minimum: int = 1) -> None:
    """Raise unless `value` is an integer of at least `minimum`."""
    if not _is_integer(value) or value < minimum:
        raise ValueError(f"`{name}`: got {value!r}, expected an integer of at least {minimum}")


def check_index(name: str, value: int) -> None:
    """Raise unless `value` is an integer of at least 0."""
    check_count(name, value, minimum=0)


def check_column(column: int, num_columns: int, name: str = "column") -> None:
    """Raise unless `column` is a label column in 0..num_columns - 1."""
    if not _is_integer(column) or not 0 <= column < num_columns:
        raise ValueError(f"`{name}`: got {column!r}, expected a label column in 0..{num_columns - 1}")


def check_metric_keys(name: str, keys: Iterable[str]) -> None:
    """Raise for a metric of an older version, which called label column 0 `level0`."""
    for key in keys:
        if re.search(r"/level[0-9]+$", key):
            new = key.replace("/level", "/column")
            raise ValueError(
                f"`{name}`: got the metric {key!r}, the name of an older version, expected {new!r}; make it again"
            )


def check_positive(name: str, value: float) -> None:
    """Raise unless `value` is a finite number above 0."""
    if not _is_number(value) or not 0 < value < float("inf"):
        raise ValueError(f"`{name}`: got {value!r}, expected a finite number above 0")


def check_number(name: str, value: float, minimum: float | None = None) -> None:
    """Raise unless `value` is a finite number, at least `minimum` where that is given."""
    if not _is_number(value) or not math.isfinite(value):
        raise ValueError(f"`{name}`: got {value!r}, expected a finite number")
    if minimum is not None and value < minimum:
        raise ValueError(f"`{name}`: got {value!r}, expected at least {minimum}")


def check_plain_number(name: str, value: object) -> None:
    """Raise unless `value` is a finite number of Python's own, as a page holds it."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"`{name}`: got {value!r}, expected a finite number")


def check_text(name: str, value: object) -> None:
    """Raise unless `value` is a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"`{name}`: got {value!r}, expected a text that is not empty")


def check_step(step: object) -> None:
    """Raise unless `step` can be called and has a `slope`: an instance, not its class."""
    if isinstance(step, type) or not callable(step) or not callable(getattr(step, "slope", None)):
        raise ValueError(f"`step`: got {_shown(step)}, expected a step of suprank_edu.steps, or one with their methods")


def check_module(name: str, value: object) -> None:
    """Raise unless `value` is a `torch.nn.Module`: an instance, not its class."""
    if not isinstance(value, nn.Module):
        raise ValueError(f"`{name}`: got {_shown(value)}, expected a torch.nn.Module")


def _shown(value: object) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else repr(value)


def check_one_of(name: str, value: object, known: Collection[str]) -> None:
    """Raise unless `value` is one of the names that are known."""
    if value not in known:
        raise ValueError(f"`{name}`: got {value!r}, expected one of {', '.join(known)}")


def check_ks(ks: Iterable[int], name: str = "ks") -> tuple[int, ...]:
    """Return `ks` as a tuple, or raise unless it holds at least one integer and none below 1."""
    if not isinstance(ks, Iterable):
        raise ValueError(f"`{name}`: got {ks!r}, expected one or more integers of at least 1, such as ({ks},)")
    values = tuple(ks)
    if not values or any(not _is_integer(k) or k < 1 for k in values):
        raise ValueError(f"`{name}`: got {values!r}, expected one or more integers of at least 1")
    return tuple(int(k) for k in values)


def _is_integer(value: object) -> bool:
    """Return whether `value` is an integer of Python or numpy."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    """Return whether `value` is a real number of Python or numpy."""
    return isinstance(value, Real) and not isinstance(value, bool)


def usable_device(device: str | torch.device) -> torch.device:
    """Return a device by its name, or raise unless torch has it on this machine."""
    try:
        return torch.empty(0, device=device).device
    except (RuntimeError, AssertionError) as error:  # no such name, or torch was built without it
        reason = str(error).partition("\n")[0]
        raise ValueError(f"`device`: got {device!r}, expected one that torch has here ({reason})") from None


def check_device(name: str, value: Tensor, like: Tensor) -> None:
    """Raise unless `value` lies on the device of `like`."""
    if value.device != like.device:
        raise ValueError(f"`{name}`: got device {value.device}, expected {like.device}")


def _check_finite(name: str, value: Tensor) -> None:
    # min and max carry NaN through, and reading both costs one transfer.
    low, high = torch.stack(torch.aminmax(detached(value))).tolist()
    if not (-float("inf") < low and high < float("inf")):
        raise ValueError(f"`{name}`: got NaN or infinity, expected finite values")


def detached(value: Tensor) -> Tensor:
    """Return `value` without its graph, in float32 where it is in half precision."""
    return value.detach() if value.dtype == torch.float64 else value.detach().float()
