"""What the explorer of surrogate bounds draws: values above, slopes below, a probe, and shade where a bound fails."""

import functools
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from suprank_edu._html import asset
from suprank_edu.explore.drawing.palette import EXACT, SMOOTH, SUPRANK, Style, axis, heading, layout
from suprank_edu.explore.drawing.traces import probe
from suprank_edu.explore.drawing.words import fixed, number
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.explore.engine.payload import Script
from suprank_edu.explore.ranks.surrogate_bounds_steps import VARIANTS, Steps, at, sup_step
from suprank_edu.steps import Heaviside, Sigmoid, Step

Array = NDArray[np.float64]

REACH = 0.2
"""The largest score difference that is drawn."""

_VALUES = (-0.2, 3.2)  # H⁻ climbs to 20; at the top its marker becomes an arrow
_SLOPES = (-7.0, 118.0)
_AFTER = 1e-9  # just beyond a jump
_STYLES = Steps((EXACT, "H exact"), (SMOOTH, "σ sigmoid"), (SUPRANK, "H⁻ SupRank"))

MARKS = {name: 10 + 2 * number for number, (_, name) in enumerate(_STYLES)}
"""For each step the place of the trace that marks its value at t."""


@FigureFunction
def figure(t: float, tau: float, rho: float, delta: float, variant: str) -> Description:
    """Return the description for one setting: curves from a cache, and the probe at `t`."""
    values, slopes = at(t, tau, rho, delta, variant)
    smooth_shade, *smooth = _sigmoid_traces(tau)
    sup_shade, *sup = _sup_traces(tau, rho, delta, variant)
    data = [smooth_shade, sup_shade, probe(t, _VALUES, yaxis="y"), probe(t, _SLOPES, yaxis="y2")]
    data += [*_exact_traces(), *sup, *smooth]  # the dashes of σ lie on H⁻ where the two agree
    for (style, name), value, slope in zip(_STYLES, values, slopes, strict=True):
        data += [_marker(style, name, t, value, _VALUES, "y"), _marker(style, name, t, slope, _SLOPES, "y2")]
    return {"data": data, "layout": _layout()}


@functools.cache
def _xs(delta: float = 0.0) -> Array:
    """Return the score differences of the curves: fine around 0, and both sides of the jumps at 0 and at δ."""
    coarse = np.linspace(-REACH, REACH, 41)
    fine = np.concatenate([np.linspace(-0.06, 0.06, 61), np.linspace(-0.02, 0.02, 41)])
    return np.unique(np.concatenate([coarse.round(6), fine.round(6), [-_AFTER, _AFTER, delta, delta + _AFTER]]))


@functools.cache
def _exact_traces() -> list[dict[str, Any]]:
    return _traces(Heaviside(), _xs(), *_STYLES.exact)


@functools.cache
def _sigmoid_traces(tau: float) -> list[dict[str, Any]]:
    step = Sigmoid(tau)
    return [_shade(SMOOTH, step, "/", "under H", _xs()), *_traces(step, _xs(), *_STYLES.smooth)]


@functools.cache
def _sup_traces(tau: float, rho: float, delta: float, variant: str) -> list[dict[str, Any]]:
    step, xs = sup_step(tau, rho, delta, variant), _xs(delta)
    return [_shade(SUPRANK, step, "\\", "", xs), *_traces(step, xs, *_STYLES.sup)]


def _traces(step: Step, xs: Array, style: Style, name: str) -> list[dict[str, Any]]:
    t = torch.from_numpy(xs)
    return [_line(style, name, xs, step(t).numpy(), "y"), _line(style, name, xs, step.slope(t).numpy(), "y2")]


def _shade(style: Style, step: Step, pattern: str, name: str, xs: Array) -> dict[str, Any]:
    """Return the area between H = 1 and the step where it lies under H; of no height where it does not."""
    right = xs[xs >= 0]
    floor = np.minimum(step(torch.from_numpy(right)).numpy(), 1.0)
    outline = np.concatenate([floor, np.ones_like(floor)])
    return {
        "type": "scatter",
        "x": np.concatenate([right, right[::-1]]),
        "y": outline,
        "mode": "lines",
        "line": {"width": 0, "color": style.colour},
        "fill": "toself",
        "fillcolor": style.soft,
        "fillpattern": {"shape": pattern, "fgcolor": style.colour, "bgcolor": style.soft, "size": 6, "solidity": 0.25},
        "name": name,
        "showlegend": bool(name),
        "hoverinfo": "skip",
    }


def _line(style: Style, name: str, xs: Array, y: Array, yaxis: str) -> dict[str, Any]:
    what = "value" if yaxis == "y" else "slope"
    return {
        "type": "scatter",
        "x": xs,
        "y": y,
        "yaxis": yaxis,
        "mode": "lines",
        "line": {"color": style.colour, "width": 4 if style is SUPRANK else 2.5, "dash": style.dash, "simplify": False},
        "name": name,
        "showlegend": yaxis == "y",
        "hovertemplate": f"t = %{{x:.3f}}<br>{what} %{{y:.3g}}<extra>{name}</extra>",
    }


@functools.cache
def _marker(style: Style, name: str, t: float, y: float, span: tuple[float, float], yaxis: str) -> dict[str, Any]:
    """Return the probe's mark on one curve; beyond the top of the axis it becomes an arrow at the top."""
    top = _top(span)
    return {
        "type": "scatter",
        "x": [t],
        "y": [min(y, top)],
        "yaxis": yaxis,
        "mode": "markers",
        "marker": {"color": style.colour, "size": 11, "symbol": style.symbol if y <= top else "triangle-up"},
        "hovertext": f"{name} at t = {fixed(t, 2)}: {number(y)}",
        "hoverinfo": "text",
        "showlegend": False,
    }


def _top(span: tuple[float, float]) -> float:
    return span[1] - 0.04 * (span[1] - span[0])


def script() -> Script:
    """Return what the page computes the figure with: the same formulas, and the constants of this module."""
    return Script(
        asset(__package__, "surrogate_bounds.js"),
        {
            "variants": VARIANTS,
            "xs": _xs().tolist(),
            "tops": [_top(_VALUES), _top(_SLOPES)],
            "styles": [
                {"name": name, "symbol": style.symbol, "marker": {"color": style.colour, "size": 11}}
                for style, name in _STYLES
            ],
        },
    )


@functools.cache
def _layout() -> dict[str, Any]:
    return layout(
        500,
        xaxis=axis("t = s<sub>j</sub> − s<sub>k</sub>", range=[-0.205, 0.205], anchor="y2", zeroline=False),
        yaxis=axis("", range=list(_VALUES), domain=[0.5, 1.0], zeroline=True),
        yaxis2=axis("", range=list(_SLOPES), domain=[0.0, 0.46], zeroline=True),
        annotations=[heading("value", 1.0), heading("slope", 0.46)],
    )
