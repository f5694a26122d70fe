"""The leaves of a figure, as a page keeps them: paths to values, short numbers, and lines taken apart.

A path leads through a figure's description to a leaf: `("data", 3, "marker", "color")`.
"""

import itertools
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

Path: TypeAlias = tuple[str | int, ...]

DIGITS = 4
"""Significant digits that are kept: less than a pixel on any screen."""

SLOT = "\u0001"
"""Stands for a number in the skeleton of a readout."""

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def leaves_of(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield every leaf of `value`, which lies at `path`, with its own path; lists and arrays are leaves."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves_of(inner, (*path, key))
    else:
        yield path, value


def put(base: dict[str, Any], path: Path, value: Any) -> None:
    """Set the leaf at `path`, and build what leads there; parts of a list must come in order."""
    target: Any = base
    for key, following in itertools.pairwise(path):
        if isinstance(target, list):
            while len(target) <= int(key):
                target.append({})
        elif key not in target:
            target[key] = [] if isinstance(following, int) else {}
        target = target[key]
    if isinstance(target, list):
        target.append(value)
    else:
        target[path[-1]] = value


def path_name(path: Path) -> str:
    """Return a path as one would write it in Python: `data[0].marker.color`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")


def quantised(value: Any) -> Any:
    """Return `value` ready for JSON: floats with 4 significant digits, NaN and infinity as null, arrays as lists."""
    if isinstance(value, np.ndarray):
        return quantised(value.tolist())
    if isinstance(value, np.generic):
        return quantised(value.item())
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        short = float(f"{value:.{DIGITS}g}")
        # 1.0 and -0.0 are written as 1 and 0: shorter, and the same number to a browser.
        return int(short) if short.is_integer() and abs(short) < 1e9 else short
    if isinstance(value, Mapping):
        return {str(key): quantised(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [quantised(inner) for inner in value]
    if value is None or isinstance(value, str | int):
        return value
    raise ValueError(f"`figure`: got a {type(value).__name__} in its description, expected plain numbers and text")


def as_json(value: Any) -> str:
    """Return `value`, quantised, as JSON: equal texts are equal leaves."""
    return json.dumps(quantised(value), separators=(",", ":"), ensure_ascii=False)


def split(line: str) -> dict[str, str]:
    """Split a line of the readout into its skeleton and its numbers, which repeat far more often than lines do."""
    numbers = {str(i): number for i, number in enumerate(_NUMBER.findall(line))}
    return {"text": _NUMBER.sub(SLOT, line), **numbers}


def joined(parts: Mapping[str, str]) -> str:
    """Undo `split`."""
    first, *others = parts["text"].split(SLOT)
    return first + "".join(parts[str(i)] + other for i, other in enumerate(others))
