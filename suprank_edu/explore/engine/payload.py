"""What a built page needs to know of an explorer: every frame of its grid, each thing that changes stored once.

A figure is flattened into leaves (`data[3].y`, `data[3].marker.color`, the numbers of the readout). A leaf that
never changes goes into the base. Of every other leaf the different values are stored once, with an index over the
controls that it depends on, alone.
"""

import base64
import itertools
import json
import math
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from suprank_edu.explore.engine.controls import Control, Value
from suprank_edu.explore.engine.figures import describe
from suprank_edu.explore.engine.leaf_table import LeafTable
from suprank_edu.explore.engine.leaves import joined, quantised

Payload: TypeAlias = dict[str, Any]

MAX_FRAMES = 20_000
"""Largest number of frames an explorer may have: more would take minutes to compute and megabytes to store."""


class Script(NamedTuple):
    """What a page computes the frames of an explorer with; tests hold it against the figure and the readout.

    Attributes:
        source: JavaScript of a function (parameters, given) → `{data, readout}`, in which `data` maps the number of a
            trace to what of it changes.
        given: numbers that it takes from the library, ready for JSON.
    """

    source: str
    given: dict[str, Any]


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
        figure: parameters → plotly figure, or a `FigureFunction`.
        controls: the controls; the frames are the product of their values.
        readout: parameters → text under the figure, or None.

    Returns:
        A JSON-ready dict: `sizes` of the grid, `data` and `layout` of the first frame, `leaves` that change,
        each `{"p": path, "a": axes, "v": values, "i": index over the axes}`, `sizer`, the longest readout.

    Raises:
        ValueError: more than `MAX_FRAMES` frames, a layout that changes, or traces that come and go.
    """
    sizes = [len(control.values) for control in controls]
    check_size(sizes)
    table = LeafTable()
    texts: set[str] = set()
    for parameters in grid(controls):
        text = None if readout is None else _text(readout(**parameters))
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


def scripted(
    figure: Callable[..., Any], controls: Sequence[Control], readout: Callable[..., str] | None, script: Script
) -> Payload:
    """Return what a page needs that computes its frames: the first of them, and the script.

    The longest readout is sought among the ends and the middles of the controls.
    """
    start = describe(figure, {control.name: control.value for control in controls})
    few = [dict.fromkeys((c.values[0], c.values[len(c.values) // 2], c.value, c.values[-1])) for c in controls]
    names = [control.name for control in controls]
    texts = {_text(readout(**dict(zip(names, at, strict=True)))) for at in itertools.product(*few)} if readout else {""}
    return {
        "sizes": [len(control.values) for control in controls],
        "data": quantised(start["data"]),
        "layout": quantised(start["layout"]),
        "readout": None if readout is None else {},
        "leaves": [],
        "sizer": _longest(texts),
        "script": script._asdict(),
    }


def _text(text: Any) -> str:
    if not isinstance(text, str):
        raise ValueError(f"`readout`: got a function that returns {type(text).__name__}, expected a text")
    return text


def check_size(sizes: Sequence[int]) -> None:
    """Raise unless the grid has at most `MAX_FRAMES` frames."""
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
        payload: what `build` returned, or `decode` of what the page holds.
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
    return state["data"], "\n".join(joined(lines[str(number)]) for number in range(len(lines)))


def encode(payload: Payload) -> str:
    """Return the payload as JSON, deflated, in base64: one line of ASCII."""
    text = json.dumps(payload, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")


def decode(text: str) -> Payload:
    """Undo `encode`."""
    payload: Payload = json.loads(zlib.decompress(base64.b64decode(text)))
    return payload


def _longest(texts: set[str]) -> str:
    """Return a text of the longest first line, the longest second line, …: as much room as any readout takes."""
    lines = [text.split("\n") for text in sorted(texts)]
    return "\n".join(max(row, key=len) for row in itertools.zip_longest(*lines, fillvalue=""))


__all__ = [
    "Payload",
    "Script",
    "build",
    "check_size",
    "decode",
    "describe",
    "encode",
    "frame",
    "grid",
    "quantised",
    "scripted",
]
