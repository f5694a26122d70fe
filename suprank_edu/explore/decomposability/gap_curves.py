"""Measured gaps over the size of a batch, one curve for each way of making batches, as a figure."""

from collections.abc import Mapping
from typing import Any

from suprank_edu._checks import check_count, check_number
from suprank_edu.explore.drawing.palette import POSITIVE, RELATED, RIVAL, SMOOTH, Style, axis, layout
from suprank_edu.explore.drawing.words import fixed, untagged
from suprank_edu.explore.engine.explorer import Explorer, show_figure

_STYLES = (POSITIVE, SMOOTH, RIVAL, RELATED)


def gap_curves(gaps: Mapping[str, Mapping[int, float]]) -> Explorer:
    """Show measured decomposability gaps over the batch size (E17).

    Args:
        gaps: how the batches were made → batch size → the gap, a mean over queries.

    Raises:
        ValueError: no curve, more than four, a curve without points, a size below 1, or a gap that is not finite.

    Example:
        >>> gap_curves({"at random": {32: 0.3, 128: 0.2}, "4 of a class": {32: 0.4, 128: 0.25}})
        Explorer('The measured gap over the size of a batch', controls=[])
    """
    if not 1 <= len(gaps) <= len(_STYLES):
        raise ValueError(f"`gaps`: got {len(gaps)} curves, expected 1 to {len(_STYLES)}")
    traces, words = [], []
    for (name, curve), style in zip(gaps.items(), _STYLES, strict=False):
        _check(name, curve)
        sizes = sorted(curve)
        traces.append(_curve(name, sizes, [round(curve[size], 4) for size in sizes], style))
        first, last = (f"{fixed(curve[size], 2)} at {size}" for size in (sizes[0], sizes[-1]))
        words.append(f"{name}, from {first} to {last}")
    ticks = sorted({size for curve in gaps.values() for size in curve})
    figure = {
        "data": traces,
        "layout": layout(
            360,
            xaxis=axis("images in a batch", type="log", tickvals=ticks, ticktext=[str(size) for size in ticks]),
            yaxis=axis("", rangemode="tozero", zeroline=True),
            showlegend=True,
        ),
    }
    title = "The measured gap over the size of a batch"
    return show_figure(
        figure, title, f"The gap of AP over the batch size, by how batches are made: {'; '.join(words)}."
    )


def _check(name: str, curve: Mapping[int, float]) -> None:
    if not curve:
        raise ValueError(f"`gaps`: got no point in the curve {name!r}, expected at least one")
    for size, gap in curve.items():
        check_count("gaps", size)
        check_number("gaps", gap)


def _curve(name: str, sizes: list[int], gaps: list[float], style: Style) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": untagged(name),
        "x": sizes,
        "y": gaps,
        "line": {"color": style.colour, "dash": style.dash, "width": 2.5},
        "marker": {"color": style.colour, "symbol": style.symbol, "size": 9},
        "hovertemplate": "batches of %{x}: gap %{y:.3f}<extra>" + untagged(name) + "</extra>",
    }
