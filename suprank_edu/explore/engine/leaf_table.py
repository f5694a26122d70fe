"""Every leaf over a whole grid of frames: which of them change, and with which controls.

The controls that a leaf depends on are *found*, by comparing its values over the grid; they need not be declared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from suprank_edu.explore.engine.controls import Value
from suprank_edu.explore.engine.figures import Description
from suprank_edu.explore.engine.leaves import Path, as_json, leaves_of, path_name, put, split


class LeafTable:
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
            self._piece(("readout", str(number))).add(split(lines[number] if number < len(lines) else ""), None)
        self.frames += 1

    def _piece(self, path: Path) -> _Piece:
        if path not in self.pieces:
            self.pieces[path] = _Piece(path)
            for _ in range(self.frames):  # a line of the readout that frames before this one did not have
                self.pieces[path].add(split(""), None)
        return self.pieces[path]

    def factorised(self, sizes: Sequence[int]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Return the leaves that change, over the axes they depend on, and the base frame of all others."""
        leaves: list[dict[str, Any]] = []
        base: dict[str, Any] = {"data": [], "layout": {}}
        for piece in self.pieces.values():
            for path, values, numbers in piece.leaves():
                put(base, path, values[numbers[0]])
                if len(values) == 1:
                    continue
                if path[0] == "layout":
                    raise ValueError(
                        f"`figure`: got a {path_name(path)} that changes with the controls, expected a layout that is "
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
        """Take in the part of the next frame; `parameters` is None where leaves may come and go."""
        known = self._known.get(id(part))
        if known is None:
            form = self._form(part)
            if parameters is not None and self.forms and form.keys() != self.forms[0].keys():
                odd = path_name(sorted(form.keys() ^ self.forms[0].keys(), key=str)[0])
                raise ValueError(
                    f"`figure`: got {odd} for some parameters only, as seen at {dict(parameters)!r}; give it always"
                )
            known = (part, len(self.forms))
            self.forms.append(form)
            self._known[id(part)] = known
        self.order.append(known[1])

    def _form(self, part: Any) -> dict[Path, int]:
        form = {}
        for path, value in leaves_of(part, self.path):
            numbers = self.values.setdefault(path, {})
            form[path] = numbers.setdefault(self._text(value), len(numbers))
        return form

    def _text(self, value: Any) -> str:
        if isinstance(value, str | int | float):
            scalar = (type(value), value)  # True, 1 and 1.0 are equal, and written differently
            if scalar not in self._scalars:
                self._scalars[scalar] = as_json(value)
            return self._scalars[scalar]
        known = self._written.get(id(value))
        if known is not None:
            return known[1]
        text = as_json(value)
        if isinstance(value, np.ndarray | tuple):
            self._written[id(value)] = (value, text)  # holding the value keeps its id its own
        return text

    def leaves(self) -> Iterator[tuple[Path, list[Any], list[int]]]:
        """Yield for each path its different values, and for each frame which of them it has."""
        for path, numbers in self.values.items():
            missing = numbers.setdefault('""', len(numbers)) if any(path not in form for form in self.forms) else 0
            by_form = [form.get(path, missing) for form in self.forms]
            yield path, [json.loads(text) for text in numbers], [by_form[form] for form in self.order]


def _leaf(path: Path, values: list[Any], numbers: list[int], sizes: Sequence[int]) -> dict[str, Any]:
    """Return a leaf that changes: its path, the axes that it depends on, its values, and which of them each frame has.

    Args:
        path: where the leaf lies.
        values: its different values.
        numbers: for each frame, the last axis fastest, which of `values` it has.
        sizes: frames along each axis.
    """
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
