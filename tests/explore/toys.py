"""Small explorers for the tests, with every kind of control and of change, and runs as the dashboard sees them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from suprank_edu.explore import Choice, Explorer, FigureFunction, SelectionSlider, Slider, Toggle

X = np.linspace(-1, 1, 11)


def describe(slope: float, power: float, shape: str, dots: bool) -> dict[str, Any]:
    """A curve that depends on three controls, a mark on one, a constant trace, and a nested leaf."""
    curve = slope * np.sign(X) * np.abs(X) ** power
    if shape == "absolute":
        curve = np.abs(curve)
    return {
        "data": [
            {"type": "scatter", "x": X, "y": curve, "mode": "lines+markers" if dots else "lines"},
            {"type": "scatter", "x": [0.5], "y": [slope / 3], "marker": {"size": 4, "color": "#0067b1"}},
            {"type": "scatter", "x": [0, 1], "y": [1, 0], "name": "still"},
        ],
        "layout": {"height": 300, "xaxis": {"title": {"text": "x"}}},
    }


def readout(slope: float, power: float, shape: str, dots: bool) -> str:
    """Two lines, a third for some parameters, and sometimes another number of numbers."""
    lines = [f"slope {slope:.1f} to the power {power:g}", "dotted" if dots else "plain"]
    if shape == "absolute":
        lines += [f"absolute: {abs(slope):.1f}, twice {2 * abs(slope):.1f}"]
    return "\n".join(lines)


def toy(**changes: Any) -> Explorer:
    """An explorer of 5 × 3 × 2 × 2 frames."""
    arguments: dict[str, Any] = {
        "figure": FigureFunction(describe),
        "controls": [
            Slider("slope", "Slope", -1.0, 1.0, 0.5, 0.5),
            SelectionSlider("power", "Power", (0.5, 1, 3), 1),
            Choice("shape", "Shape", ("odd", "absolute"), "odd", presets={"absolute": {"slope": 1.0, "dots": True}}),
            Toggle("dots", "Dots", False),
        ],
        "title": "A toy",
        "alt": "A curve through the origin.",
        "readout": readout,
    }
    return Explorer(**(arguments | changes))


def history(losses: list[float], seconds: float = 0.5) -> list[dict[str, float]]:
    """The history of a run with these losses, ``seconds`` a step."""
    return [
        {"step": step, "loss": loss, "lr": 0.01 * step, "seconds": seconds * step}
        for step, loss in enumerate(losses, 1)
    ]


def by_panel(figure: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the traces by the name that is written on their panel."""
    names = [re.sub("<.*?>", "", note["text"]) for note in figure["layout"]["annotations"]]
    axes = {"y" if place == 1 else f"y{place}": name for place, name in enumerate(names, 1)}
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for trace in figure["data"]:
        found[axes[trace["yaxis"]]].append(trace)
    return found
