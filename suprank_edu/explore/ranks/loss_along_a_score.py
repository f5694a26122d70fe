"""Explorer: AP along the score of one photograph, a staircase, and what five losses put in its place."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from suprank_edu import naive
from suprank_edu._checks import check_count
from suprank_edu.explore.drawing.palette import AXIS, EXACT, NEGATIVE, POSITIVE, Style, axis, heading, layout
from suprank_edu.explore.drawing.traces import LOWER, QUIET, probe, ring
from suprank_edu.explore.drawing.words import fixed, number
from suprank_edu.explore.engine.controls import Choice, Slider
from suprank_edu.explore.engine.drags import Drag
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.explore.ranks.ways_out import LOSSES, SMOOTH_AP, STYLES, height, moved, pull_axis, value_and_pulls

_VALUES, _PULLS = (-0.2, 1.08), (height(-40.0), height(40.0))
_FLOOR = -0.12  # where the photographs lie, below the losses
_STEP = 0.01
_MOVES = 2  # the trace of the one that moves


def loss_along_a_score(scores: Sequence[float], relevant: Sequence[int], item: int) -> Explorer:
    """Return the explorer of a loss as a function of one item's score, the others at rest.

    E3 (AP) beside E8 (Sup-AP), E11 (Smooth-AP), E23 (SoftBin-AP), E24 (BlackBox-AP) or a triplet loss of margin 0.1;
    below, the pull on the item that moves: minus the derivative of the loss by its score.

    Args:
        scores: cosine similarities of G items with the query, from 0 to 1; rounded to hundredths.
        relevant: for each item 1 or 0, with both kinds among them.
        item: which of them moves.

    Raises:
        ValueError: scores beyond 0 and 1, not one flag an item, items all of one kind, or no such item.

    Example:
        >>> along = loss_along_a_score([0.8, 0.5, 0.6], [1, 1, 0], item=1)
        >>> print(along.readout(score=0.5, loss="Smooth-AP"))
        1 − AP = 0.167, slope 0
        Smooth-AP = 0.167; it pulls this photograph up with 5 × 10⁻⁴
    """
    own, flags = _checked(scores, relevant, item)

    @FigureFunction
    def figure(score: float, loss: str) -> Description:
        return _describe(own, flags, item, score, loss)

    return Explorer(
        figure,
        [
            Slider("score", "Score of the photograph that moves", 0.0, 1.0, _STEP, own[item]),
            Choice("loss", "In place of AP", tuple(LOSSES), SMOOTH_AP),
        ],
        title="A loss along one score",
        alt=(
            f"Two panels over the score of one of {len(own)} photographs, the others at rest as marks along the axis. "
            "Above, 1 − AP is a staircase: flat, with a jump wherever the photograph passes one of another kind; a "
            "second curve is the loss in its place. Below, the pull of that loss on the photograph: to a higher score "
            "above the middle line, to a lower one below it. On the steps of the staircase itself the pull is 0."
        ),
        readout=lambda score, loss: _readout(own, flags, item, score, loss),
        drags=[Drag("score", _MOVES, 0, "score of the photograph that moves")],
    )


def _checked(scores: Sequence[float], relevant: Sequence[int], item: int) -> tuple[tuple[float, ...], tuple[int, ...]]:
    own = tuple(round(float(score), 2) for score in scores)
    flags = tuple(int(flag) for flag in relevant)
    if not all(0 <= score <= 1 for score in own):
        raise ValueError(f"`scores`: got {list(scores)!r}, expected numbers from 0 to 1")
    if len(flags) != len(own) or set(flags) != {0, 1}:
        raise ValueError(f"`relevant`: got {list(relevant)!r}, expected 0 or 1 for each score, and both among them")
    check_count("item", item, minimum=0)
    if item >= len(own):
        raise ValueError(f"`item`: got {item}, expected a position in 0..{len(own) - 1}")
    return own, flags


@functools.cache
def _places(scores: tuple[float, ...], item: int) -> tuple[float, ...]:
    """Return the scores of the curves: hundredths, and both sides of every other item."""
    others = [s for i, s in enumerate(scores) if i != item]
    beside = [round(s + step, 6) for s in others for step in (-0.005, -0.0001, 0.0001, 0.005) if 0 < s + step < 1]
    return tuple(sorted({*(i / 100 for i in range(101)), *beside}))


def _describe(scores: tuple[float, ...], flags: tuple[int, ...], item: int, score: float, loss: str) -> Description:
    others = [_others(scores, flags, item, kind) for kind in (1, 0)]
    kind = POSITIVE if flags[item] else NEGATIVE
    moving = _dots([score], kind, "the one that moves") | {"showlegend": False}
    value, pulls = value_and_pulls(loss, moved(scores, item, score), flags)
    data = [*others, moving, ring(score, _FLOOR, 22, 2, "the one that moves")]
    data += [probe(score, _VALUES), probe(score, _PULLS, **LOWER), *_curves(scores, flags, item, loss)]
    data += [_point(score, value, STYLES[loss]), _point(score, height(pulls[item]), STYLES[loss], **LOWER)]
    return {"data": data, "layout": _layout()}


@functools.cache
def _others(scores: tuple[float, ...], flags: tuple[int, ...], item: int, kind: int) -> dict[str, Any]:
    style, name = (POSITIVE, "same product") if kind else (NEGATIVE, "another")
    return _dots([s for i, s in enumerate(scores) if i != item and flags[i] == kind], style, name)


def _dots(at: list[float], style: Style, name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": at,
        "y": [_FLOOR] * len(at),
        "mode": "markers",
        "marker": {"color": style.colour, "symbol": style.symbol, "size": 12},
        "name": name,
        "hovertemplate": f"{name}, score %{{x:.2f}}<extra></extra>",
    }


def _point(x: float, y: float, style: Style, **where: str) -> dict[str, Any]:
    marker = {"color": style.colour, "symbol": style.symbol, "size": 11}
    return {"type": "scatter", "x": [x], "y": [y], **where, "mode": "markers", "marker": marker, **QUIET}


@functools.cache
def _curves(scores: tuple[float, ...], flags: tuple[int, ...], item: int, loss: str) -> list[dict[str, Any]]:
    at, style = list(_places(scores, item)), STYLES[loss]
    found = [value_and_pulls(loss, moved(scores, item, x), flags) for x in at]
    exact = [1 - naive.average_precision(moved(scores, item, x), flags) for x in at]
    flat = [0.0, 1.0]
    return [
        _line(at, exact, EXACT, "1 − AP", 3),
        _line(at, [round(value, 6) for value, _ in found], style, loss, 2.5),
        _line(flat, [0.0, 0.0], EXACT, "", 3, **LOWER) | {"showlegend": False},
        _line(at, [height(pulls[item]) for _, pulls in found], style, "", 2.5, **LOWER) | {"showlegend": False},
    ]


def _line(x: list[float], y: list[float], style: Style, name: str, width: float, **where: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": np.array(x),
        "y": np.array(y),
        **where,
        "mode": "lines",
        "line": {"color": style.colour, "width": width, "dash": style.dash, "simplify": False},
        "name": name,
        "hoverinfo": "skip",
    }


@functools.cache
def _layout() -> dict[str, Any]:
    ticks = (-10, -1, -0.1, 0, 0.1, 1, 10)
    return layout(
        500,
        xaxis=axis("", range=[-0.02, 1.02], anchor="y", showticklabels=False, zeroline=False),
        xaxis2=axis("score of the photograph that moves", range=[-0.02, 1.02], anchor="y2", zeroline=False),
        yaxis=axis("", range=list(_VALUES), domain=[0.45, 1.0], tickvals=[0, 0.25, 0.5, 0.75, 1], zeroline=True),
        yaxis2=pull_axis(ticks, range=list(_PULLS), domain=[0.0, 0.4], zeroline=True),
        annotations=[heading("loss", 1.0), heading("pull", 0.4)],
        shapes=[{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": _FLOOR, "y1": _FLOOR,
                 "line": {"color": AXIS.colour, "width": 1}, "layer": "below"}],
    )  # fmt: skip


def _readout(scores: tuple[float, ...], flags: tuple[int, ...], item: int, score: float, loss: str) -> str:
    at = moved(scores, item, score)
    value, pulls = value_and_pulls(loss, at, flags)
    strength = pulls[item]
    way = "nowhere" if abs(strength) < 1e-12 else "up" if strength > 0 else "down"
    pulled = "" if way == "nowhere" else f" with {number(abs(strength), 2)}"
    return (
        f"1 − AP = {fixed(1 - naive.average_precision(at, flags), 3)}, slope 0\n"
        f"{loss} = {fixed(value, 3)}; it pulls this photograph {way}{pulled}"
    )
