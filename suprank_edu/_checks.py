"""Checks of what comes in: each error names the argument, what came and what was expected."""

import math
import re
import sys
from collections.abc import Collection, Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

# 2^level - 1 must stay a finite, strictly growing gain.
MAX_LEVEL = 62

# torch stores these, and computes next to nothing with them.
WIDE_UNSIGNED = (torch.uint16, torch.uint32, torch.uint64)


_MAX_ALPHA = 20
_MAX_COUNT = (1 << 63) - 1
_FLOAT32 = (1e-18, 1e18)  # beyond them a product or a quotient in float32 is soon 0 or infinite, and then NaN


def check_floating(name: str, value: Tensor, ndim: int) -> None:
    """Raise unless `value` is a non-empty floating-point tensor of `ndim` axes."""
    axes = {1: "(N,)", 2: "(Q, G)" if name in {"scores", "step"} else "(N, D)"}[ndim]
    if not isinstance(value, Tensor):
        raise ValueError(f"`{name}`: got {type(value).__name__}, expected a torch.Tensor of shape {axes}")
    if value.ndim != ndim:
        raise ValueError(f"`{name}`: got shape {tuple(value.shape)}, expected {axes}")
    if not value.is_floating_point():
        raise ValueError(f"`{name}`: got dtype {value.dtype}, expected a floating-point dtype")
    check_dense(name, value)
    if value.numel() == 0:
        raise ValueError(f"`{name}`: got shape {tuple(value.shape)}, expected at least one row and one column")


def check_dense(name: str, value: Tensor) -> None:
    """Raise for a sparse tensor: next to nothing that ranks need is there for it."""
    if value.layout != torch.strided:
        raise ValueError(f"`{name}`: got layout {value.layout}, expected a dense tensor, such as its to_dense()")


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


def check_levels(levels: Tensor, scores: Tensor, name: str = "levels") -> None:
    """Raise unless `levels` holds integers (or bools) and has the shape and device of `scores`."""
    if not isinstance(levels, Tensor):
        raise ValueError(f"`{name}`: got {type(levels).__name__}, expected an integer torch.Tensor")
    if levels.shape != scores.shape:
        raise ValueError(
            f"`{name}`: got shape {tuple(levels.shape)}, expected {tuple(scores.shape)}, the shape of the scores"
        )
    if levels.is_floating_point() or levels.is_complex() or levels.dtype in WIDE_UNSIGNED:
        raise ValueError(f"`{name}`: got dtype {levels.dtype}, expected integers or bools")
    check_dense(name, levels)
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
    check_dense("valid", valid)


def as_array(name: str, value: object) -> npt.NDArray[Any]:
    """Return an array, a tensor or lists as a numpy array, or raise where they are none."""
    try:
        return np.asarray(value.detach() if isinstance(value, Tensor) else value)
    except (ValueError, TypeError, RuntimeError) as error:  # ragged lists, a dtype or a layout that numpy has not
        reason = str(error).partition("\n")[0]
        raise ValueError(f"`{name}`: got no array ({reason}), expected rows of equal length") from None


def check_count(name: str, value: int, minimum: int = 1, maximum: int = _MAX_COUNT) -> None:
    """Raise unless `value` is an integer in `minimum..maximum`, at most of 64 bits as torch takes it."""
    if not _is_integer(value) or not minimum <= value <= maximum:
        wanted = f"of at least {minimum}" if maximum == _MAX_COUNT else f"in {minimum}..{maximum}"
        raise ValueError(f"`{name}`: got {value!r}, expected an integer {wanted}")


def check_index(name: str, value: int) -> None:
    """Raise unless `value` is an integer of at least 0."""
    check_count(name, value, minimum=0)


def check_min_level(min_level: int) -> None:
    """Raise unless `min_level` is a level that an item may share."""
    if not _is_integer(min_level) or not 1 <= min_level <= MAX_LEVEL:
        raise ValueError(f"`min_level`: got {min_level!r}, expected a level in 1..{MAX_LEVEL}")


def check_alpha(alpha: float) -> None:
    """Raise unless `alpha` is a number in 0..20: (l/L)^α of 62 levels is 0 in float32 soon above it."""
    if not _is_number(alpha) or not 0 <= alpha <= _MAX_ALPHA:
        raise ValueError(f"`alpha`: got {alpha!r}, expected a number in 0..{_MAX_ALPHA}")


def check_column(column: int, num_columns: int) -> None:
    """Raise unless `column` is a label column in 0..num_columns - 1."""
    if not _is_integer(column) or not 0 <= column < num_columns:
        raise ValueError(f"`column`: got {column!r}, expected a label column in 0..{num_columns - 1}")


def check_metric_keys(name: str, keys: Iterable[str]) -> None:
    """Raise for a metric of an older version, which called label column 0 `level0`."""
    for key in keys:
        if re.search(r"/level[0-9]+$", key):
            new = key.replace("/level", "/column")
            raise ValueError(
                f"`{name}`: got the metric {key!r}, the name of an older version, expected {new!r}; make it again"
            )


def check_positive(name: str, value: float) -> None:
    """Raise unless `value` is a number above 0 that float32 can compute with."""
    least, most = _FLOAT32
    if not _is_number(value) or not least <= value <= most:
        raise ValueError(f"`{name}`: got {value!r}, expected a finite number above 0, in {least:g}..{most:g}")


def check_number(name: str, value: float, minimum: float | None = None) -> None:
    """Raise unless `value` is a finite number that float32 can hold, at least `minimum` where that is given."""
    if not _is_number(value) or not abs(value) <= _FLOAT32[1]:
        raise ValueError(f"`{name}`: got {value!r}, expected a finite number of at most {_FLOAT32[1]:g} in size")
    if minimum is not None and value < minimum:
        raise ValueError(f"`{name}`: got {value!r}, expected at least {minimum}")


def check_plain_number(name: str, value: object) -> None:
    """Raise unless `value` is a finite number of Python's own, as a page holds it."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= sys.float_info.max:
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
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"`{name}`: got {value!r}, expected {alternatives(known)}")


def alternatives(names: Iterable[str]) -> str:
    """Return names as an error offers them: `'a', 'b' or 'c'`."""
    *others, last = map(repr, names)
    return f"{', '.join(others)} or {last}" if others else last


def check_ks(ks: Iterable[int], name: str = "ks") -> tuple[int, ...]:
    """Return `ks` as a tuple, or raise unless it holds at least one integer and none below 1."""
    if not isinstance(ks, Iterable):
        raise ValueError(f"`{name}`: got {ks!r}, expected one or more integers of at least 1, such as ({ks},)")
    values = tuple(ks)
    if not values or any(not _is_integer(k) or not 1 <= k < 1 << 63 for k in values):
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
