"""Explorer: how hard five losses pull one misranked positive, by how far it is misranked."""

import functools
from typing import Any

import numpy as np

from suprank_edu.explore.drawing.palette import axis, layout
from suprank_edu.explore.drawing.traces import probe
from suprank_edu.explore.drawing.words import number
from suprank_edu.explore.engine.controls import Slider
from suprank_edu.explore.engine.drags import Drag
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.explore.ranks.ways_out import LOSSES, STYLES, height, pull_axis, value_and_pulls

NEGATIVE_AT = 0.75
"""The score of the one negative; the one positive lies a mistake below it."""

_SPAN = (height(-30.0), height(60.0))
_STEP, _LEFT, _RIGHT = 0.005, -0.2, 1.5
_BESIDE = 1e-4  # just beyond a jump


def pull_on_a_pair() -> Explorer:
    """Return the explorer of the pull on a misranked positive: minus the derivative of each loss by its score.

    One positive, one negative, and the mistake t = s_n − s_p between them. E8 (Sup-AP), E11 (Smooth-AP), E23
    (SoftBin-AP), E24 (BlackBox-AP), and the triplet loss max(0, t + 0.1).

    Returns:
        An `Explorer` with a probe t that can be dragged on any of the curves.

    Example:
        >>> print(pull_on_a_pair().readout(t=0.1))
        The positive lies 0.1 below the negative: AP = 1/2, and the slope of AP is 0.
        Pull on the positive: triplet 1, Smooth-AP 0.00113, SoftBin-AP 1.36, BlackBox-AP 0.125, Sup-AP 1.78
    """
    return Explorer(
        figure,
        [Slider("t", "Mistake t = s(negative) − s(positive)", _LEFT, _RIGHT, _STEP, 0.1)],
        title="The pull on one misplaced photograph",
        alt=(
            "Curves over the mistake t from −0.2 to 1.5, by logarithm and with their sign: the pull of five losses on "
            "a positive that scores t less than a negative. The triplet loss pulls with 1 at every mistake. Smooth-AP "
            "pulls with 11 at t = 0 and with nothing to speak of from 0.15 on. BlackBox-AP pulls with 0.125 at every "
            "mistake. SoftBin-AP swings between up and down from bin to bin. Sup-AP jumps to 16 just beyond t = 0.05 "
            "and falls from there to 0.005 at 1.5, without ever reaching 0."
        ),
        readout=readout,
        drags=[Drag("t", 1 + len(LOSSES) + i, 0, f"mistake t, on {name}") for i, name in enumerate(LOSSES)],
    )


def pull(loss: str, t: float) -> float:
    """Return the pull on the positive that lies `t` below the negative."""
    return value_and_pulls(loss, (NEGATIVE_AT - t, NEGATIVE_AT), (1, 0))[1][0]


@FigureFunction
def figure(t: float) -> Description:
    """Return the description for one mistake: the curves from a cache, and the probe."""
    return {"data": [probe(t, _SPAN), *_curves(), *(_mark(name, t) for name in LOSSES)], "layout": _layout()}


@functools.cache
def _mistakes() -> tuple[float, ...]:
    fine = [round(i / 400, 6) for i in range(-40, 81)]  # Smooth-AP and Sup-AP change fast around 0
    coarse = [round(i / 200, 6) for i in range(-40, 301)]
    return tuple(sorted({*fine, *coarse, -_BESIDE, 0.05 + _BESIDE, -0.1 - _BESIDE, -0.02 - _BESIDE}))


@functools.cache
def _curves() -> list[dict[str, Any]]:
    at = _mistakes()
    return [
        {
            "type": "scatter",
            "x": np.array(at),
            "y": np.array([height(pull(name, t)) for t in at]),
            "mode": "lines",
            "line": {"color": style.colour, "width": 2.5, "dash": style.dash},
            "name": name,
            "hoverinfo": "name",
        }
        for name, style in STYLES.items()
    ]


def _mark(name: str, t: float) -> dict[str, Any]:
    style, strength = STYLES[name], pull(name, t)
    return {
        "type": "scatter",
        "x": [t],
        "y": [height(strength)],
        "mode": "markers",
        "marker": {"color": style.colour, "size": 11, "symbol": style.symbol},
        "hovertext": f"{name} at t = {number(t)}: {number(strength, 2)}",
        "hoverinfo": "text",
        "showlegend": False,
    }


@functools.cache
def _layout() -> dict[str, Any]:
    ticks = (-10, -1, -0.1, 0, 0.1, 1, 10)
    return layout(
        430,
        xaxis=axis("mistake t = s(negative) − s(positive)", range=[_LEFT - 0.02, _RIGHT + 0.02], zeroline=True),
        yaxis=pull_axis(ticks, range=list(_SPAN), zeroline=True),
    )


def readout(t: float) -> str:
    """Return where the positive lies, and the five pulls."""
    where = f"{number(abs(t))} {'below' if t > 0 else 'above'}" if t else "level with"
    ap = "1/2" if t >= 0 else "1"
    pulls = ", ".join(f"{name} {_said(pull(name, t))}" for name in LOSSES)
    return (
        f"The positive lies {where} the negative: AP = {ap}, and the slope of AP is 0.\nPull on the positive: {pulls}"
    )


def _said(strength: float) -> str:
    return "0" if abs(strength) < 1e-12 else number(strength)
