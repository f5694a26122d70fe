"""Explorer: batches of a query's gallery whose scales the reader drags apart, the AP of each and of the whole."""

import functools
from typing import Any

from suprank_edu.explore.decomposability.gap_scenes import (
    BATCHES,
    NEGATIVES,
    PERFECT,
    POSITIVES,
    REAL,
    SCENES,
    Scene,
    scene,
    stored,
)
from suprank_edu.explore.decomposability.gap_words import clean, readout
from suprank_edu.explore.drawing.palette import (
    ACCENT,
    AXIS,
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
from suprank_edu.explore.drawing.traces import Curve, curve_and_mark, strokes, upright, words
from suprank_edu.explore.drawing.words import fixed
from suprank_edu.explore.engine.controls import Choice, SelectionSlider, Slider
from suprank_edu.explore.engine.drags import Drag
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction

_NO_BOUND = 0.65  # how strongly a bound is drawn that does not hold
_GAPS = (-0.2, 0.75)
_WHOLE = 0.4  # the row of the whole set; those of the batches share 1.2..7.2
_BESIDE = 0.14  # positives a little above their row, negatives a little below
_REACH = Slider("reach", "Last batch reaches up to", 0.1, 1.0, 0.02, 1.0)
_GRIP = 5  # the place of the grip among the traces
# The gap is drawn first and broad, with a full mark: a bound that it attains stays in sight on top of it.
_CURVES = (
    Curve(EXACT, "measured gap", 5, EXACT.symbol, 13),
    Curve(RIVAL, "E18", 2.5, f"{RIVAL.symbol}-open", 13),
    Curve(SMOOTH, "E19", 2.5, f"{SMOOTH.symbol}-open", 11),
)


def decomposability_gap() -> Explorer:
    """Return the explorer of the gap between the average AP of batches and the AP of the whole set.

    E17 (gap), E18 and E19 (its bounds; ROADMAP Eq. 6, 8 and 9), for a query with 6 positives and 18 negatives. Two
    scenes hold the scores of a photograph of a green pepper, dealt to batches in two ways; in the third every batch
    is perfect, and dragged apart it attains E18. To drag a batch presses its scale together: its own order, and so
    its AP, stays.

    Returns:
        An `Explorer` with the scores, the number of batches, and how far the last batch reaches up, which is dragged.

    Example:
        >>> print(decomposability_gap().readout(scores=PERFECT, batches=3, reach=0.32))
        Gap = mean − whole = (1 + 1 + 1)/3 − 0.56 = +0.44
        All batches perfect: gap ≤ E18 = 1 − (2 + 0.733 + 0.627)/6 = 0.44
        Above 0.54: 4 of 6 right, 6 of 18 wrong: gap ≤ E19 = 0.44
        The worst that perfect batches can do: this ranking attains E18.
    """
    return Explorer(
        figure,
        [
            Choice("scores", "Scores", SCENES, REAL, presets={name: {"reach": 1.0} for name in SCENES}),
            SelectionSlider("batches", "Number of batches", BATCHES, 3),
            _REACH,
        ],
        title="The gap: drag the last batch by its grip, and watch two APs",
        alt=(
            "Above, a row for the whole set and one for each batch; each shows the scores of its items from 0 to 1, "
            "positives as circles a little above the row and negatives as crosses a little below, with its AP beside "
            "its name. A line under each batch is its scale; at the right end of the last one is a grip. Dragged to "
            "the left, the scales of the batches part, until one batch follows the other. A dotted line marks the "
            "threshold that separates best. Below, over how far up the last batch reaches, the measured gap and the "
            "bounds E18 and E19, which are paler where some batch is not ranked perfectly, since they do not hold "
            "there. With perfect batches the gap is 0 on a common scale and rises to E18 as the scales part; the AP "
            "of each batch never changes."
        ),
        readout=readout,
        drags=[
            Drag("reach", trace=_GRIP, point=0, label="upper end of the last batch's scale"),
            Drag(
                "reach",
                trace=_GRIP + 2,
                point=0,
                label="last batch's scale, along the curve of the gap",
            ),
        ],
    )


@FigureFunction
def figure(scores: str, batches: int, reach: float) -> Description:
    """Return the description: the rows of scores, the threshold, and the three curves with the current point."""
    now = scene(scores, batches, reach)
    data = [_scales(now), _names(now), _threshold(now.threshold)]
    data += [_items(scores, now, POSITIVE, "right"), _items(scores, now, NEGATIVE, "wrong"), _grip(now, reach)]
    along = [scene(scores, batches, each) for each in _REACH.values]
    columns = zip(*((each.gap, each.worst, each.calibrated) for each in along), strict=True)
    bound = 1.0 if now.perfect == batches else _NO_BOUND
    for drawn, values, opacity in zip(_CURVES, columns, (1.0, bound, bound), strict=True):
        heights = [round(clean(value), 6) for value in values]
        data += curve_and_mark(drawn, _REACH.values, heights, reach, "last batch up to %{x}: %{y:.3f}", opacity)
    return {"data": data, "layout": _layout()}


def _heights(batches: int) -> list[float]:
    """Return where the rows stand: the whole set, then the batches, few of which share the room of many."""
    return [_WHOLE, *(round(0.95 + (batch + 0.6) * 6.2 / batches, 2) for batch in range(batches))]


def _scales(now: Scene) -> dict[str, Any]:
    """Return a line from end to end of the scale of the whole set and of each batch."""
    return strokes([(0.0, 1.0), *now.scales], _heights(len(now.scales)), AXIS, 3)


def _names(now: Scene) -> dict[str, Any]:
    heights = [height - 0.36 for height in _heights(len(now.batch_aps))]
    aps = [f"batch {batch + 1}: AP {fixed(ap, 2)}" for batch, ap in enumerate(now.batch_aps)]
    return words([0.0] * len(heights), heights, [f"<b>the whole set: AP {fixed(now.whole, 2)}</b>", *aps], "top right")


def _threshold(value: float) -> dict[str, Any]:
    line = {"color": ACCENT.colour, "width": 1.5, "dash": ACCENT.dash}
    return upright(value, (-0.2, 7.4), line) | {"name": "threshold", "hoverinfo": "skip"}


def _items(name: str, now: Scene, style: Style, kind: str) -> dict[str, Any]:
    """Return the positives or the negatives, each in the row of the whole set and in that of its batch."""
    members = range(POSITIVES) if style is POSITIVE else range(POSITIVES, POSITIVES + NEGATIVES)
    beside = -_BESIDE if style is POSITIVE else _BESIDE
    whole, *heights = _heights(len(now.batch_aps))
    xs = [now.scores[k] for k in members]
    told = [kind if name == PERFECT else stored(name)["products"][k] for k in members]
    return {
        "type": "scatter",
        "x": xs + xs,
        "y": [whole + beside] * len(xs) + [round(heights[now.batch_of[k]] + beside, 2) for k in members],
        "mode": "markers",
        "marker": {"color": style.colour, "symbol": style.symbol, "size": 13 if style is POSITIVE else 10},
        "name": kind,
        "text": told + told,
        "hovertemplate": "%{text}, score %{x:.2f}<extra>" + kind + "</extra>",
    }


def _grip(now: Scene, reach: float) -> dict[str, Any]:
    """Return the mark at the upper end of the last batch's scale, which is dragged."""
    return {
        "type": "scatter",
        "x": [reach],
        "y": [_heights(len(now.scales))[-1]],
        "mode": "markers",
        "marker": {"color": ACCENT.colour, "symbol": "diamond-tall", "size": 20},
        "name": "grip: drag it",
        "hoverinfo": "skip",
    }


@functools.cache
def _layout() -> dict[str, Any]:
    made = layout(
        700,
        xaxis=axis("score", range=[-0.02, 1.04], domain=[0.0, 1.0], anchor="y", zeroline=False, showgrid=False),
        yaxis=unmarked_axis((7.5, -0.35), domain=[0.42, 1.0]),
        xaxis2=axis("how far up the last batch reaches", range=[-0.02, 1.04], anchor="y2", zeroline=False),
        yaxis2=axis("", range=list(_GAPS), domain=[0.0, 0.26], zeroline=True, zerolinewidth=2),
    )
    return with_lower_legend(made, y=0.265)
