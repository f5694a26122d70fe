"""Explorer: the exact step, the sigmoid and the step of SupRank; their values, their slopes, and who bounds whom."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from suprank_edu.explore.controls import Choice, SelectionSlider, Slider
from suprank_edu.explore.explorer import Explorer
from suprank_edu.explore.figures import Description, FigureFunction
from suprank_edu.explore.palette import ACCENT, EXACT, SMOOTH, SUPRANK, Style, axis, heading, layout
from suprank_edu.explore.words import below_one, fixed, number
from suprank_edu.steps import Heaviside, Sigmoid, Step, SupStep

Array = NDArray[np.float64]

CONTINUOUS = "continuous at δ"
PUBLISHED = "published, offset 1.44"
INATURALIST = "iNaturalist, start 0"
VARIANTS: dict[str, tuple[float, float | None]] = {
    CONTINUOUS: (0.5, None),
    PUBLISHED: (0.5, 1.44),
    INATURALIST: (0.0, 1.0),
}

_DELTAS = (0.0, 0.02, 0.05, 0.1)
_REACH = 0.2
_VALUES = (-0.2, 3.2)  # H⁻ climbs to 20; at the top its marker becomes an arrow
_SLOPES = (-7.0, 118.0)
_AFTER = 1e-9  # just beyond a jump


class _Steps(NamedTuple):
    """One number or array for each step: H, sigmoid, H⁻."""

    exact: Any
    smooth: Any
    sup: Any


_STYLES = _Steps((EXACT, "H exact"), (SMOOTH, "σ sigmoid"), (SUPRANK, "H⁻ SupRank"))


def surrogate_bounds() -> Explorer:
    """Return the explorer of the steps that stand for H: value and slope over the score difference t.

    E1 (H), E6 (H⁻, ROADMAP Eq. 4) and E11 (sigmoid). Shaded is where a step lies under H, so that it is no bound.

    Returns:
        An ``Explorer`` with a probe t, τ, ρ, δ and the variant of H⁻, its numbers written out below the figure.

    Example:
        >>> print(surrogate_bounds().readout(t=0.1, tau=0.01, rho=100.0, delta=0.05, variant=CONTINUOUS))
        H(0.10) = 1, slope 0
        σ(t/τ) = σ(0.10/0.01) = 1 − 4.5 × 10⁻⁵, slope 0.0045: no bound; a dead zone, ...
        H⁻(t) = ρ(t − δ) + 1.49 = 100 × (0.10 − 0.05) + 1.49 = 6.49, slope 100: an upper bound, H⁻ ≥ H at every t
    """
    return Explorer(
        figure,
        [
            Slider("t", "Score difference t", -_REACH, _REACH, 0.01, 0.03),
            SelectionSlider("tau", "Temperature τ", (0.005, 0.01, 0.02, 0.05), 0.01),
            SelectionSlider("rho", "Slope ρ beyond δ", (0.0, 10.0, 30.0, 100.0), 100.0),
            SelectionSlider("delta", "Threshold δ", _DELTAS, 0.05),
            Choice("variant", "Variant of H⁻", tuple(VARIANTS), CONTINUOUS),
        ],
        title="Three steps: what a pair counts, and how hard it is pulled",
        alt=(
            "Two panels over the score difference t from −0.2 to 0.2. Above, the value: the exact step H jumps from 0 "
            "to 1 at t = 0; the sigmoid rises smoothly and stays under 1; the SupRank step jumps to at least 1 at "
            "t = 0 and climbs as a straight line beyond δ. Below, the slope: that of the sigmoid is a peak around 0 "
            "and vanishes on both sides; that of the SupRank step stays at ρ beyond δ. Areas where a step lies "
            "under H are shaded."
        ),
        readout=readout,
    )


@FigureFunction
def figure(t: float, tau: float, rho: float, delta: float, variant: str) -> Description:
    """Return the description for one setting: curves from a cache, and the probe at ``t``."""
    values, slopes = _at(t, tau, rho, delta, variant)
    smooth_shade, *smooth = _sigmoid_traces(tau)
    sup_shade, *sup = _sup_traces(tau, rho, delta, variant)
    data = [smooth_shade, sup_shade, _ruler(t, _VALUES, "y"), _ruler(t, _SLOPES, "y2")]
    data += [*_exact_traces(), *sup, *smooth]  # the dashes of σ lie on H⁻ where the two agree
    for (style, name), value, slope in zip(_STYLES, values, slopes, strict=True):
        data += [_marker(style, name, t, value, _VALUES, "y"), _marker(style, name, t, slope, _SLOPES, "y2")]
    return {"data": data, "layout": _layout()}


def readout(t: float, tau: float, rho: float, delta: float, variant: str) -> str:
    """Return the three steps at ``t`` as formulas with the current numbers, their slopes, and the verdict."""
    step = _sup_step(tau, rho, delta, variant)
    values, slopes = _at(t, tau, rho, delta, variant)
    gap = float(Sigmoid(tau)(torch.tensor(-t, dtype=torch.float64)))  # 1 - σ(t/τ), without cancellation
    sigmoid = below_one(gap)
    if t < 0:
        formula = f"σ(t/τ) = {number(values.sup)}"
    elif t <= delta:
        formula = f"σ(t/τ) + {number(step.start)} = {sigmoid} + {number(step.start)} = {number(values.sup)}"
    else:
        beyond = number(step.value_beyond_delta)
        numbers = f"{number(rho)} × ({fixed(t, 2)} − {number(delta)}) + {beyond}"
        formula = f"ρ(t − δ) + {beyond} = {numbers} = {number(values.sup)}"
    return "\n".join(
        [
            f"H({fixed(t, 2)}) = {number(values.exact)}, slope 0",
            f"σ(t/τ) = σ({fixed(t, 2)}/{number(tau)}) = {sigmoid}, slope {number(slopes.smooth, 2)}: "
            + _verdict_sigmoid(t, gap, slopes.smooth * 4 * tau),
            f"H⁻(t) = {formula}, slope {number(slopes.sup)}: {_verdict_sup(step, values.exact - values.sup)}",
        ]
    )


def _verdict_sigmoid(t: float, gap: float, share: float) -> str:
    verdict = "no bound" if t >= 0 else "no bound for t ≥ 0"
    if share < 1e-2:
        return f"{verdict}; a dead zone, {number(share, 1)} of its peak slope"
    return f"under H by {number(gap, 2)}, {verdict}" if t >= 0 else verdict


def _verdict_sup(step: SupStep, gap: float) -> str:
    if gap > 0:
        return f"under H by {number(gap, 2)}, no bound"
    if not step.upper_bounds_heaviside:
        return "no bound for 0 ≤ t ≤ δ"
    before = float(step(torch.tensor(step.delta, dtype=torch.float64)))
    if before > step.value_beyond_delta:
        return f"an upper bound that falls from {number(before)} to {number(step.value_beyond_delta)} at δ"
    return "an upper bound, H⁻ ≥ H at every t"


def _sup_step(tau: float, rho: float, delta: float, variant: str) -> SupStep:
    start, offset = VARIANTS[variant]
    return SupStep(tau=tau, rho=rho, delta=delta, start=start, offset=offset)


def _at(t: float, tau: float, rho: float, delta: float, variant: str) -> tuple[_Steps, _Steps]:
    """Return the values and the slopes of the three steps at ``t``."""
    at = (_point(Heaviside(), t), _point(Sigmoid(tau), t), _point(_sup_step(tau, rho, delta, variant), t))
    return _Steps(*(value for value, _ in at)), _Steps(*(slope for _, slope in at))


@functools.cache
def _point(step: Step, t: float) -> tuple[float, float]:
    point = torch.tensor(t, dtype=torch.float64)
    return float(step(point)), float(step.slope(point))


@functools.cache
def _xs() -> Array:
    """Return the score differences of the curves: fine around 0, and both sides of every possible jump."""
    coarse = np.linspace(-_REACH, _REACH, 41)
    fine = np.concatenate([np.linspace(-0.06, 0.06, 61), np.linspace(-0.02, 0.02, 41)])
    jumps = [-_AFTER, *(delta + _AFTER for delta in _DELTAS)]
    return np.unique(np.concatenate([coarse.round(6), fine.round(6), jumps]))


@functools.cache
def _exact_traces() -> list[dict[str, Any]]:
    return _traces(Heaviside(), *_STYLES.exact)


@functools.cache
def _sigmoid_traces(tau: float) -> list[dict[str, Any]]:
    step = Sigmoid(tau)
    return [_shade(SMOOTH, step, "/", "under H"), *_traces(step, *_STYLES.smooth)]


@functools.cache
def _sup_traces(tau: float, rho: float, delta: float, variant: str) -> list[dict[str, Any]]:
    step = _sup_step(tau, rho, delta, variant)
    return [_shade(SUPRANK, step, "\\", ""), *_traces(step, *_STYLES.sup)]


def _traces(step: Step, style: Style, name: str) -> list[dict[str, Any]]:
    t = torch.from_numpy(_xs())
    return [_line(style, name, step(t).numpy(), "y"), _line(style, name, step.slope(t).numpy(), "y2")]


@functools.cache
def _outline_xs() -> Array:
    right = _xs()[_xs() >= 0]
    return np.concatenate([right, right[::-1]])


def _shade(style: Style, step: Step, pattern: str, name: str) -> dict[str, Any]:
    """Return the area between H = 1 and the step where it lies under H; of no height where it does not."""
    right = _xs()[_xs() >= 0]
    floor = np.minimum(step(torch.from_numpy(right)).numpy(), 1.0)
    outline = np.concatenate([floor, np.ones_like(floor)])
    return {
        "type": "scatter",
        "x": _outline_xs(),
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


@functools.cache
def _ruler(t: float, span: tuple[float, float], yaxis: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [t, t],
        "y": list(span),
        "yaxis": yaxis,
        "mode": "lines",
        "line": {"color": ACCENT.colour, "width": 1, "dash": ACCENT.dash},
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _line(style: Style, name: str, y: Array, yaxis: str) -> dict[str, Any]:
    what = "value" if yaxis == "y" else "slope"
    return {
        "type": "scatter",
        "x": _xs(),
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
    top = span[1] - 0.04 * (span[1] - span[0])
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


@functools.cache
def _layout() -> dict[str, Any]:
    return layout(
        500,
        xaxis=axis("t = s<sub>j</sub> − s<sub>k</sub>", range=[-0.205, 0.205], anchor="y2", zeroline=False),
        yaxis=axis("", range=list(_VALUES), domain=[0.5, 1.0], zeroline=True),
        yaxis2=axis("", range=list(_SLOPES), domain=[0.0, 0.46], zeroline=True),
        annotations=[heading("value", 1.0), heading("slope", 0.46)],
    )
