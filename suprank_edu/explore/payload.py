"""What a built page needs to know of an explorer: every frame of its grid, each thing that changes stored once.

A figure is flattened into leaves (``data[3].y``, ``data[3].marker.color``, the numbers of the readout). A leaf that
never changes goes into the base. For every other leaf the controls it depends on are *found*, by comparing its
values over the whole grid, and its different values are stored once, with an index over those controls alone.
"""

from __future__ import annotations

import base64
import itertools
import json
import math
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from suprank_edu.explore.controls import Control, Value
from suprank_edu.explore.figures import Description, describe

Path: TypeAlias = tuple[str | int, ...]
Payload: TypeAlias = dict[str, Any]

MAX_FRAMES = 20_000
"""Largest number of frames an explorer may have: more would take minutes to compute and megabytes to store."""

DIGITS = 4
"""Significant digits that are kept: less than a pixel on any screen."""

SLOT = "\u0001"
"""Stands for a number in the skeleton of a readout."""

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def grid(controls: Sequence[Control]) -> Iterator[dict[str, Value]]:
    """Yield the parameters of every frame, the last control fastest."""
    names = [control.name for control in controls]
    for values in itertools.product(*(control.values for control in controls)):
        yield dict(zip(names, values, strict=True))


def build(
    figure: Callable[..., Any], controls: Sequence[Control], readout: Callable[..., str] | None = None
) -> Payload:
    """Compute every frame and keep what changes, each different value once.

    Args:
        figure: parameters → plotly figure, or a ``FigureFunction``.
        controls: the controls; the frames are the product of their values.
        readout: parameters → text under the figure, or None.

    Returns:
        A JSON-ready dict: ``sizes`` of the grid, ``data`` and ``layout`` of the first frame, ``leaves`` that change,
        each ``{"p": path, "a": axes, "v": values, "i": index over the axes}``, ``sizer``, the longest readout.

    Raises:
        ValueError: more than ``MAX_FRAMES`` frames, a layout that changes, or traces that come and go.
    """
    sizes = [len(control.values) for control in controls]
    check_size(sizes)
    table = _Table()
    texts: set[str] = set()
    for parameters in grid(controls):
        text = None if readout is None else readout(**parameters)
        table.add(describe(figure, parameters), text, parameters)
        texts.add(text or "")
    leaves, base = table.factorised(sizes)
    return {
        "sizes": sizes,
        "data": base["data"],
        "layout": base["layout"],
        "readout": base.get("readout"),
        "leaves": leaves,
        "sizer": _longest(texts),
    }


def check_size(sizes: Sequence[int]) -> None:
    """Raise unless the grid has at most ``MAX_FRAMES`` frames."""
    frames = math.prod(sizes)
    if frames > MAX_FRAMES:
        shape = " × ".join(str(size) for size in sizes)
        raise ValueError(
            f"`controls`: got a grid of {shape} = {frames:,} frames, expected at most {MAX_FRAMES:,}; "
            "use larger steps or fewer controls"
        )


def frame(payload: Payload, position: Sequence[int]) -> tuple[list[dict[str, Any]], str]:
    """Return the traces and the readout of one frame, as the script in the page does.

    Args:
        payload: what ``build`` returned, or ``decode`` of what the page holds.
        position: for each control the index of its value.
    """
    state = json.loads(json.dumps({"data": payload["data"], "readout": payload["readout"]}))
    for leaf in payload["leaves"]:
        at = 0
        for axis in leaf["a"]:
            at = at * payload["sizes"][axis] + position[axis]
        value = leaf["v"][leaf["i"][at] if "i" in leaf else at]
        target = state
        for key in leaf["p"][:-1]:
            target = target[key]
        target[leaf["p"][-1]] = value
    lines = state["readout"] or {}
    return state["data"], "\n".join(_joined(lines[str(number)]) for number in range(len(lines)))


def encode(payload: Payload) -> str:
    """Return the payload as JSON, deflated, in base64: one line of ASCII."""
    text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")


def decode(text: str) -> Payload:
    """Undo ``encode``."""
    payload: Payload = json.loads(zlib.decompress(base64.b64decode(text)))
    return payload


def quantised(value: Any) -> Any:
    """Return ``value`` ready for JSON: floats with 4 significant digits, NaN and infinity as null, arrays as lists."""
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


class _Table:
    """All frames, piece by piece: the traces, the layout, and each line of the readout."""

    def __init__(self) -> None:
        self.pieces: dict[Path, _Piece] = {}
        self.frames = 0
        self.traces = 0

    def add(self, description: Description, text: str | None, parameters: Mapping[str, Value]) -> None:
        """Take in the next frame."""
        traces = description["data"]
        if self.frames and len(traces) != self.traces:
            raise ValueError(
                f"`figure`: got {len(traces)} traces for {dict(parameters)!r} and {self.traces} before, expected "
                "as many for all; hide a trace by empty data"
            )
        self.traces = len(traces)
        for number, trace in enumerate(traces):
            self._piece(("data", number)).add(trace, parameters)
        self._piece(("layout",)).add(description["layout"], parameters)
        lines = [] if text is None else text.split("\n")
        known = sum(path[0] == "readout" for path in self.pieces)
        for number in range(max(len(lines), known)):
            self._piece(("readout", str(number))).add(_split(lines[number] if number < len(lines) else ""), None)
        self.frames += 1

    def _piece(self, path: Path) -> _Piece:
        if path not in self.pieces:
            self.pieces[path] = _Piece(path)
            for _ in range(self.frames):  # a line of the readout that frames before this one did not have
                self.pieces[path].add(_split(""), None)
        return self.pieces[path]

    def factorised(self, sizes: Sequence[int]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Return the leaves that change, over the axes they depend on, and the base frame of all others."""
        leaves: list[dict[str, Any]] = []
        base: dict[str, Any] = {"data": [], "layout": {}}
        for piece in self.pieces.values():
            for path, values, numbers in piece.leaves():
                _put(base, path, values[numbers[0]])
                if len(values) == 1:
                    continue
                if path[0] == "layout":
                    raise ValueError(
                        f"`figure`: got a {_name(path)} that changes with the controls, expected a layout that is "
                        "built once; put what changes into a trace"
                    )
                leaves.append(_leaf(path, values, numbers, sizes))
        return leaves, base


class _Piece:
    """One trace, the layout or a line of the readout over all frames, each different form of it flattened once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.order: list[int] = []  # frame → form
        self.forms: list[dict[Path, int]] = []  # form → path → number of the value
        self.values: dict[Path, dict[str, int]] = {}  # path → value as JSON → its number
        # A figure function that caches its traces gives the same object again: then nothing need be compared.
        self._known: dict[int, tuple[Any, int]] = {}
        self._written: dict[int, tuple[Any, str]] = {}
        self._scalars: dict[tuple[type, Any], str] = {}

    def add(self, part: Any, parameters: Mapping[str, Value] | None) -> None:
        """Take in the part of the next frame; ``parameters`` is None where leaves may come and go."""
        known = self._known.get(id(part))
        if known is None:
            form = self._form(part)
            if parameters is not None and self.forms and form.keys() != self.forms[0].keys():
                odd = _name(sorted(form.keys() ^ self.forms[0].keys(), key=str)[0])
                raise ValueError(
                    f"`figure`: got {odd} for some parameters only, as seen at {dict(parameters)!r}; give it always"
                )
            known = (part, len(self.forms))
            self.forms.append(form)
            self._known[id(part)] = known
        self.order.append(known[1])

    def _form(self, part: Any) -> dict[Path, int]:
        form = {}
        for path, value in _leaves(part, self.path):
            numbers = self.values.setdefault(path, {})
            form[path] = numbers.setdefault(self._text(value), len(numbers))
        return form

    def _text(self, value: Any) -> str:
        if isinstance(value, str | int | float):
            scalar = (type(value), value)  # True, 1 and 1.0 are equal, and written differently
            if scalar not in self._scalars:
                self._scalars[scalar] = _json(value)
            return self._scalars[scalar]
        known = self._written.get(id(value))
        if known is not None:
            return known[1]
        text = _json(value)
        if isinstance(value, np.ndarray | tuple):
            self._written[id(value)] = (value, text)  # holding the value keeps its id its own
        return text

    def leaves(self) -> Iterator[tuple[Path, list[Any], list[int]]]:
        """Yield for each path its different values, and for each frame which of them it has."""
        for path, numbers in self.values.items():
            missing = numbers.setdefault('""', len(numbers)) if any(path not in form for form in self.forms) else 0
            by_form = [form.get(path, missing) for form in self.forms]
            yield path, [json.loads(text) for text in numbers], [by_form[form] for form in self.order]


def _json(value: Any) -> str:
    return json.dumps(quantised(value), separators=(",", ":"), ensure_ascii=False)


def _leaf(path: Path, values: list[Any], numbers: list[int], sizes: Sequence[int]) -> dict[str, Any]:
    index = np.asarray(numbers).reshape(list(sizes))
    axes = [axis for axis in range(len(sizes)) if (index != index.take([0], axis)).any()]
    still = tuple(slice(None) if axis in axes else 0 for axis in range(len(sizes)))
    kept = index[still].ravel()
    _, first, inverse = np.unique(kept, return_index=True, return_inverse=True)
    order = np.argsort(first)  # number the values in the order in which the grid meets them
    place = np.argsort(order)[inverse.ravel()]
    leaf: dict[str, Any] = {"p": list(path), "a": axes, "v": [values[kept[first[o]]] for o in order]}
    if len(leaf["v"]) < kept.size:
        leaf["i"] = place.tolist()
    return leaf


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    else:
        yield path, value


def _put(base: dict[str, Any], path: Path, value: Any) -> None:
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


def _split(line: str) -> dict[str, str]:
    """Split a line of the readout into its skeleton and its numbers, which repeat far more often than lines do."""
    numbers = {str(i): number for i, number in enumerate(_NUMBER.findall(line))}
    return {"text": _NUMBER.sub(SLOT, line), **numbers}


def _joined(parts: Mapping[str, str]) -> str:
    """Undo ``_split``."""
    first, *others = parts["text"].split(SLOT)
    return first + "".join(parts[str(i)] + other for i, other in enumerate(others))


def _longest(texts: set[str]) -> str:
    """Return a text of the longest first line, the longest second line, …: as much room as any readout takes."""
    lines = [text.split("\n") for text in sorted(texts)]
    return "\n".join(max(row, key=len) for row in itertools.zip_longest(*lines, fillvalue=""))


def _name(path: Path) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")
