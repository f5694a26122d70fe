"""Explorer: batches of a query's gallery, the average of their APs, the AP of the whole, and the bounds of the gap."""

import functools
from typing import Any

from suprank_edu.explore.decomposability.gap_scenes import (
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
from suprank_edu.explore.decomposability.gap_words import clean, readout
from suprank_edu.explore.drawing.palette import (
    ACCENT,
    EXACT,
    NEGATIVE,
    POSITIVE,
    RIVAL,
    SMOOTH,
    Style,
    axis,
    layout,
    unmarked_axis,
    with_lower_legend,
)
from suprank_edu.explore.drawing.traces import Curve, curve_and_mark, rows, upright, words
from suprank_edu.explore.drawing.words import fixed
from suprank_edu.explore.engine.controls import Choice, SelectionSlider
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction

_FADED = 0.45
_GAPS = (-0.5, 0.85)
_WHOLE = 0.35  # the row of the whole set; those of the batches share 1..7
_BESIDE = 0.13  # positives a little above their row, negatives a little below
# The gap is drawn first and broad, with a full mark: a bound that it attains stays in sight on top of it.
_CURVES = (
    Curve(EXACT, "measured gap", 5, EXACT.symbol, 13),
    Curve(RIVAL, "E18", 2.5, f"{RIVAL.symbol}-open", 13),
    Curve(SMOOTH, "E19", 2.5, f"{SMOOTH.symbol}-open", 11),
)


def decomposability_gap() -> Explorer:
    """Return the explorer of the gap between the average AP of batches and the AP of the whole set.

    E17 (gap), E18 and E19 (its bounds; ROADMAP Eq. 6, 8 and 9), for a query with 12 positives and 48 negatives. Two
    scenes hold scores of a network trained on Omniglot, one attains E18, and one has a negative gap.

    Returns:
        An `Explorer` with the scores, the number and the make-up of the batches, and the margins of calibration.

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
    data = [rows(_heights(batches)), _names(now), _threshold(now.threshold)]
    data += [_items(now, POSITIVE, "positive"), _items(now, NEGATIVE, "negative")]
    columns = zip(*((each.gap, each.worst, each.calibrated) for each in along), strict=True)
    bound = 1.0 if now.perfect == batches else _FADED
    for drawn, values, opacity in zip(_CURVES, columns, (1.0, bound, bound), strict=True):
        heights = [clean(value) for value in values]
        data += curve_and_mark(drawn, BATCHES, heights, batches, "%{x} batches: %{y:.3f}", opacity)
    return {"data": data, "layout": _layout()}


def _heights(batches: int) -> list[float]:
    """Return where the rows stand: the whole set, then the batches, few of which share the room of many."""
    return [_WHOLE, *(round(0.7 + (batch + 0.62) * 6.3 / batches, 2) for batch in range(batches))]


def _names(now: Scene) -> dict[str, Any]:
    heights = [height - 0.3 for height in _heights(len(now.batch_aps))]
    aps = [f"batch {batch + 1}: AP {fixed(ap, 2)}" for batch, ap in enumerate(now.batch_aps)]
    return words([0.0] * len(heights), heights, [f"<b>the whole set: AP {fixed(now.whole, 2)}</b>", *aps], "top right")


def _threshold(value: float) -> dict[str, Any]:
    line = {"color": ACCENT.colour, "width": 1.5, "dash": ACCENT.dash}
    return upright(value, (-0.4, 7.4), line) | {"name": "threshold", "hoverinfo": "skip"}


def _items(now: Scene, style: Style, kind: str) -> dict[str, Any]:
    """Return the positives or the negatives, each in the row of the whole set and in that of its batch."""
    members = range(POSITIVES) if style is POSITIVE else range(POSITIVES, POSITIVES + NEGATIVES)
    beside = -_BESIDE if style is POSITIVE else _BESIDE
    whole, *heights = _heights(len(now.batch_aps))
    xs = [now.scores[k] for k in members]
    return {
        "type": "scatter",
        "x": xs + xs,
        "y": [whole + beside] * len(xs) + [heights[now.batch_of[k]] + beside for k in members],
        "mode": "markers",
        "marker": {"color": style.colour, "symbol": style.symbol, "size": 8 if style is POSITIVE else 6},
        "name": kind,
        "hovertemplate": "score %{x:.3f}<extra>" + kind + "</extra>",
    }


@functools.cache
def _layout() -> dict[str, Any]:
    made = layout(
        660,
        xaxis=axis("score", range=[-0.01, 1.01], domain=[0.0, 1.0], anchor="y", zeroline=False, showgrid=False),
        yaxis=unmarked_axis((7.6, -0.5), domain=[0.43, 1.0]),
        xaxis2=axis("number of batches", range=[0.85, 6.15], anchor="y2", tickvals=list(BATCHES), zeroline=False),
        yaxis2=axis("", range=list(_GAPS), domain=[0.0, 0.28], zeroline=True, zerolinewidth=2),
    )
    return with_lower_legend(made, y=0.285)
