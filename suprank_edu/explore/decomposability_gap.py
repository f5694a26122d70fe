"""Explorer: batches of a query's gallery, the average of their APs, the AP of the whole, and the bounds of the gap."""

from __future__ import annotations

import functools
from typing import Any

from suprank_edu.explore.controls import Choice, SelectionSlider
from suprank_edu.explore.explorer import Explorer
from suprank_edu.explore.figures import Description, FigureFunction
from suprank_edu.explore.gap_scenes import (
    BATCHES,
    EQUAL,
    MAKE_UPS,
    NEGATIVES,
    POSITIVES,
    REAL,
    SCENES,
    Scene,
    scene,
)
from suprank_edu.explore.gap_words import clean, readout
from suprank_edu.explore.palette import (
    ACCENT,
    AXIS,
    EXACT,
    NEGATIVE,
    POSITIVE,
    RIVAL,
    SMOOTH,
    TEXT,
    Style,
    axis,
    layout,
)
from suprank_edu.explore.words import fixed

_FADED = 0.45
_GAPS = (-0.5, 0.85)
_WHOLE = 0.35  # the row of the whole set; those of the batches share 1..7
_BESIDE = 0.13  # positives a little above their row, negatives a little below
# The gap is drawn first and broad, with a full mark: a bound that it attains stays in sight on top of it.
_CURVES = (
    (EXACT, "measured gap", 5, EXACT.symbol),
    (RIVAL, "E18", 2.5, f"{RIVAL.symbol}-open"),
    (SMOOTH, "E19", 2.5, f"{SMOOTH.symbol}-open"),
)


def decomposability_gap() -> Explorer:
    """Return the explorer of the gap between the average AP of batches and the AP of the whole set.

    E17 (gap), E18 and E19 (its bounds; ROADMAP Eq. 6, 8 and 9), for a query with 12 positives and 48 negatives. Two
    scenes hold scores of a network trained on Omniglot, one attains E18, and one has a negative gap.

    Returns:
        An ``Explorer`` with the scores, the number and the make-up of the batches, and the margins of calibration.

    Example:
        >>> row = {"scores": SCENES[2], "batches": 3, "make_up": EQUAL, "pos_margin": 0.0, "neg_margin": 1.0}
        >>> print(decomposability_gap().readout(**row))
        Gap = mean − whole = (1 + 1 + 1)/3 − 0.511 = +0.489
        All batches perfect: gap ≤ E18 = 1 − (4 + 1.15 + 0.986)/12 = 0.489
        Above 0.60: 8 of 12 positives, 16 of 48 negatives: gap ≤ E19 = 0.489
        The worst that perfect batches can do: this ranking attains E18.
    """
    return Explorer(
        figure,
        [
            Choice("scores", "Scores", SCENES, REAL),
            Choice("make_up", "Batches are", MAKE_UPS, EQUAL),
            SelectionSlider("batches", "Number of batches", BATCHES, 3),
            SelectionSlider("pos_margin", "Positives ≥ α", (0.0, 0.3, 0.6, 0.9), 0.0),
            SelectionSlider("neg_margin", "Negatives ≤ β", (1.0, 0.9, 0.75, 0.6, 0.3), 1.0),
        ],
        title="The gap: batches that look better than the whole",
        alt=(
            "Above, a row for the whole set and one for each batch; each shows the scores of its items from 0 to 1, "
            "positives as circles a little above the row and negatives as crosses a little below, with its AP beside "
            "its name. A dotted line marks the threshold that separates best. Below, over the number of batches from "
            "1 to 6, the measured gap and the bounds E18 and E19; the bounds are faint where some batch is not ranked "
            "perfectly, since they do not hold there. With perfect batches one after another the gap lies on E18; "
            "with badly ranked batches it is negative; once all positives score above all negatives it is 0."
        ),
        readout=readout,
    )


@FigureFunction
def figure(scores: str, make_up: str, batches: int, pos_margin: float, neg_margin: float) -> Description:
    """Return the description: the rows of scores, the threshold, and the three curves with the current point."""
    now = scene(scores, make_up, batches, pos_margin, neg_margin)
    along = [scene(scores, make_up, count, pos_margin, neg_margin) for count in BATCHES]
    data = [_rows(batches), _names(now), _threshold(now.threshold)]
    data += [_items(now, POSITIVE, "positive"), _items(now, NEGATIVE, "negative")]
    holds = now.perfect == batches
    curves = ([each.gap for each in along], [each.worst for each in along], [each.calibrated for each in along])
    values = (now.gap, now.worst, now.calibrated)
    for place, along_it in enumerate(curves):
        data += _curve(place, along_it, batches, values[place], faded=place > 0 and not holds)
    return {"data": data, "layout": _layout()}


def _height(batch: int, batches: int) -> float:
    """Return where the row of a batch stands, so that few batches share the room of many."""
    return round(0.7 + (batch + 0.62) * 6.3 / batches, 2)


@functools.cache
def _rows(batches: int) -> dict[str, Any]:
    heights = [_WHOLE, *(_height(batch, batches) for batch in range(batches))]
    return {
        "type": "scatter",
        "x": [x for _ in heights for x in (0, 1, None)],
        "y": [y for height in heights for y in (height, height, None)],
        "mode": "lines",
        "line": {"color": AXIS.colour, "width": 1},
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _names(now: Scene) -> dict[str, Any]:
    batches = len(now.batch_aps)
    heights = [_WHOLE, *(_height(batch, batches) for batch in range(batches))]
    aps = [f"batch {batch + 1}: AP {fixed(ap, 2)}" for batch, ap in enumerate(now.batch_aps)]
    return {
        "type": "scatter",
        "x": [0.0] * len(heights),
        "y": [height - 0.3 for height in heights],
        "mode": "text",
        "text": [f"<b>the whole set: AP {fixed(now.whole, 2)}</b>", *aps],
        "textposition": "top right",
        "textfont": {"color": TEXT.colour},
        "showlegend": False,
        "hoverinfo": "skip",
    }


@functools.cache
def _threshold(value: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [value, value],
        "y": [-0.4, 7.4],
        "mode": "lines",
        "line": {"color": ACCENT.colour, "width": 1.5, "dash": ACCENT.dash},
        "name": "threshold",
        "hoverinfo": "skip",
    }


def _items(now: Scene, style: Style, kind: str) -> dict[str, Any]:
    """Return the positives or the negatives, each in the row of the whole set and in that of its batch."""
    members = range(POSITIVES) if style is POSITIVE else range(POSITIVES, POSITIVES + NEGATIVES)
    beside = -_BESIDE if style is POSITIVE else _BESIDE
    batches = len(now.batch_aps)
    xs = [now.scores[k] for k in members]
    return {
        "type": "scatter",
        "x": xs + xs,
        "y": [_WHOLE + beside] * len(xs) + [_height(now.batch_of[k], batches) + beside for k in members],
        "mode": "markers",
        "marker": {"color": style.colour, "symbol": style.symbol, "size": 8 if style is POSITIVE else 6},
        "name": kind,
        "hovertemplate": "score %{x:.3f}<extra>" + kind + "</extra>",
    }


def _curve(place: int, values: list[float], batches: int, value: float, faded: bool) -> list[dict[str, Any]]:
    """Return one curve over the number of batches, and its mark at the current number."""
    style, name, width, symbol = _CURVES[place]
    shared = {"type": "scatter", "xaxis": "x2", "yaxis": "y2", "opacity": _FADED if faded else 1.0}
    curve = {
        "x": list(BATCHES),
        "y": [clean(v) for v in values],
        "mode": "lines",
        "line": {"color": style.colour, "width": width, "dash": style.dash},
        "name": name,
        "legend": "legend2",
        "hovertemplate": "%{x} batches: %{y:.3f}<extra>" + name + "</extra>",
    }
    mark = {
        "x": [batches],
        "y": [clean(value)],
        "mode": "markers",
        "marker": {"color": style.colour, "size": 13 - 2 * (place == 2), "symbol": symbol, "line": {"width": 2}},
        "showlegend": False,
        "hoverinfo": "skip",
    }
    return [shared | curve, shared | mark]


@functools.cache
def _layout() -> dict[str, Any]:
    rows = axis("", range=[7.6, -0.5], domain=[0.43, 1.0], showticklabels=False, showgrid=False, zeroline=False)
    made = layout(
        660,
        xaxis=axis("score", range=[-0.01, 1.01], domain=[0.0, 1.0], anchor="y", zeroline=False, showgrid=False),
        yaxis=rows | {"ticks": ""},
        xaxis2=axis("number of batches", range=[0.85, 6.15], anchor="y2", tickvals=list(BATCHES), zeroline=False),
        yaxis2=axis("", range=list(_GAPS), domain=[0.0, 0.28], zeroline=True, zerolinewidth=2),
    )
    return made | {"legend2": made["legend"] | {"y": 0.285}}
