"""What several figures draw alike: rows of a list, lines across a panel, words without a mark."""

import functools
from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from suprank_edu.explore.drawing.palette import ACCENT, AXIS, CLEAR, TEXT, Style

QUIET: dict[str, Any] = {"showlegend": False, "hoverinfo": "skip"}
"""Of a trace that says nothing by itself: neither in the legend nor under the pointer."""

LOWER = {"xaxis": "x2", "yaxis": "y2"}
"""The second panel, which stands below the first."""


def strokes(
    spans: Iterable[tuple[float, float]], heights: Iterable[float], style: Style = AXIS, width: float = 1
) -> dict[str, Any]:
    """Return a horizontal line at each height, from one end of its span to the other."""
    return {
        "type": "scatter",
        "x": [x for span in spans for x in (*span, None)],
        "y": [y for height in heights for y in (height, height, None)],
        "mode": "lines",
        "line": {"color": style.colour, "width": width},
        **QUIET,
    }


def rows(heights: Sequence[float]) -> dict[str, Any]:
    """Return a thin line from 0 to 1 at each height, on which the items of a list stand."""
    return strokes([(0, 1)] * len(heights), heights)


def upright(x: float, span: Sequence[float], line: dict[str, Any], **where: str) -> dict[str, Any]:
    """Return a vertical line at `x` through `span`; `where` names the axes of another panel than the first."""
    return {"type": "scatter", "x": [x, x], "y": list(span), **where, "mode": "lines", "line": line}


@functools.cache  # thousands of frames of a page have it, and it is compared but once
def probe(x: float, span: tuple[float, float], **where: str) -> dict[str, Any]:
    """Return the dotted line at what the reader has chosen."""
    return upright(x, span, {"color": ACCENT.colour, "width": 1, "dash": ACCENT.dash}, **where) | QUIET


def words(x: list[float], y: list[float], text: list[str], position: str, **where: str) -> dict[str, Any]:
    """Return texts at points, placed as plotly's `textposition` says."""
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        **where,
        "mode": "text",
        "text": text,
        "textposition": position,
        "textfont": {"color": TEXT.colour},
        **QUIET,
    }


def seeds(points: Sequence[tuple[float, float]], metric: Literal["x", "y"]) -> dict[str, Any]:
    """Return a small dot for each seed; `metric` is the axis that holds it, of which the pointer tells the value."""
    return {
        "type": "scatter",
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "mode": "markers",
        "marker": {"color": TEXT.colour, "size": 5, "opacity": 0.45, "symbol": "circle"},
        "name": "one seed",
        "hovertemplate": f"%{{{metric}:.4f}}<extra></extra>",
    }


def ring(x: float, y: float, size: int, width: int, name: str, **where: str) -> dict[str, Any]:
    """Return a ring around a point, which leaves the point itself to be seen."""
    return {
        "type": "scatter",
        "x": [x],
        "y": [y],
        **where,
        "mode": "markers",
        "marker": {"color": CLEAR, "size": size, "line": {"color": ACCENT.colour, "width": width}},
        "name": name,
        **QUIET,
    }


class Curve(NamedTuple):
    """How a curve of the lower panel is drawn, and the mark on it at what the reader has chosen."""

    style: Style
    name: str
    width: float
    symbol: str
    size: int


def curve_and_mark(
    drawn: Curve, x: Sequence[float], y: Sequence[float], at: float, hover: str, opacity: float = 1.0
) -> list[dict[str, Any]]:
    """Return a curve in the lower panel and its mark at `at`, one of `x`; `hover` says what x and y are."""
    shared = {"type": "scatter", **LOWER, "opacity": opacity}
    colour = drawn.style.colour
    curve = {
        "x": list(x),
        "y": list(y),
        "mode": "lines",
        "line": {"color": colour, "width": drawn.width, "dash": drawn.style.dash},
        "name": drawn.name,
        "legend": "legend2",
        "hovertemplate": f"{hover}<extra>{drawn.name}</extra>",
    }
    mark = {
        "x": [at],
        "y": [y[x.index(at)]],
        "mode": "markers",
        "marker": {"color": colour, "size": drawn.size, "symbol": drawn.symbol, "line": {"width": 2}},
    }
    return [shared | curve, shared | mark | QUIET]
