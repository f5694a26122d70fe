"""Explorer: which pairs calibration pulls, what it costs, and what becomes of the gap and its bound."""

import functools
from typing import Any

from suprank_edu.explore.decomposability.calibration_scenes import (
    BATCHES,
    SCALES,
    SCENES,
    Calibrated,
    batch_of,
    calibrated,
    of_the_non_zero,
)
from suprank_edu.explore.decomposability.gap_scenes import NEGATIVES, POSITIVES
from suprank_edu.explore.drawing.palette import (
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
from suprank_edu.explore.drawing.words import fixed, number
from suprank_edu.explore.engine.controls import Choice, SelectionSlider, Slider
from suprank_edu.explore.engine.drags import Drag
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction

_MOVES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
_FADED = 0.6  # pale, and still seen on a dark page
_BESIDE = 0.15  # positives a little above their row, negatives a little below
_ALPHA, _BETA, _MOVED = 2, 3, 9  # the places of marks that are dragged among the traces
_CURVES = (
    Curve(SMOOTH, "E20 as coded", 2.5, SMOOTH.symbol, 11),
    Curve(EXACT, "measured gap", 4, EXACT.symbol, 11),
    Curve(RIVAL, "E19", 2.5, RIVAL.symbol, 11),
)


def calibration() -> Explorer:
    """Return the explorer of calibration: a query's scores in three batches against the margins α and β.

    E20 (calibration), E17 (gap) and E19 (its bound; ROADMAP Eq. 9), for 6 positives and 18 negatives, which are
    those of `decomposability_gap`.

    Returns:
        An `Explorer` with the scores, both margins, and how far the scores have moved.

    Example:
        >>> print(calibration().readout(scores=SCALES, alpha=0.9, beta=0.6, move=0.0))
        E20 as coded = mean of the non-zero [α − s]₊ + mean of the non-zero [s − β]₊ = 0.445 + 0.149 = 0.595
        4 of 6 positives and 6 of 18 negatives are pulled; over all pairs, as E20 is written: 0.297 + 0.050 = 0.347
        Gap = 1 − 0.56 = +0.44; threshold 0.54: 4 positives and 6 negatives above it, gap ≤ E19 = 0.44
        Every batch is perfect, so AP batch by batch asks for nothing. Calibration does.
    """
    return Explorer(
        figure,
        [
            Choice("scores", "Scores", SCENES, SCALES),
            Slider("alpha", "Positives above α", 0.6, 0.9, 0.05, 0.9),
            Slider("beta", "Negatives below β", 0.3, 0.8, 0.1, 0.6),
            SelectionSlider("move", "Moved by", _MOVES, 0.0),
        ],
        title="Calibration: which pairs it pulls, and what that buys",
        alt=(
            "Above, three rows, one for each batch of a query, with the scores of its items from 0 to 1: positives "
            "as circles a little above the row, negatives as crosses a little below. A line at α and a line at β "
            "are the margins, which can be dragged; positives left of α and negatives right of β are pulled and "
            "drawn strongly, all others paler. Below, over how far the pulled scores have moved, the calibration "
            "term, the measured gap and the bound E19, which is paler where some batch is not ranked perfectly. As "
            "the scores move and α lies above β, the gap and the bound fall to 0 before the calibration term does, "
            "which can even rise on its way."
        ),
        readout=readout,
        drags=[
            Drag("alpha", trace=_ALPHA, point=0, label="margin α of positives"),
            Drag("beta", trace=_BETA, point=1, label="margin β of negatives"),
            Drag("move", trace=_MOVED, point=0, label="how far the pulled scores have moved"),
        ],
    )


@FigureFunction
def figure(scores: str, alpha: float, beta: float, move: float) -> Description:
    """Return the description: the rows of scores with the margins, and the three curves with the current point."""
    now = calibrated(scores, alpha, beta, move)
    along = [calibrated(scores, alpha, beta, each) for each in _MOVES]
    data = [rows(range(BATCHES)), _names(now), _margin(alpha, POSITIVE, "α"), _margin(beta, NEGATIVE, "β")]
    for style, kind in ((POSITIVE, "positive"), (NEGATIVE, "negative")):
        data += [_items(now, style, kind, pulled) for pulled in (True, False)]
    columns = zip(*((each.coded, each.gap, each.measured.bound) for each in along), strict=True)
    for drawn, values, holds in zip(_CURVES, columns, (True, True, now.perfect), strict=True):
        heights = [round(value, 6) + 0.0 for value in values]  # + 0.0 makes −0.0 a plain 0
        data += curve_and_mark(drawn, _MOVES, heights, move, "moved by %{x}: %{y:.3f}", 1.0 if holds else _FADED)
    return {"data": data, "layout": _layout()}


def _names(now: Calibrated) -> dict[str, Any]:
    names = [f"batch {row + 1}: AP {fixed(ap, 2)}" for row, ap in enumerate(now.measured.batch_aps)]
    return words([0.0] * BATCHES, [row - 0.32 for row in range(BATCHES)], names, "top right")


def _margin(value: float, style: Style, name: str) -> dict[str, Any]:
    line = {"color": style.colour, "width": 2, "dash": style.dash}
    drawn = upright(value, (-0.6, BATCHES - 0.5), line) | {"name": name, "hoverinfo": "skip"}
    grips = {"color": style.colour, "symbol": "diamond-tall", "size": 16}  # at its ends, to be dragged
    return drawn | {"mode": "lines+markers", "marker": grips}


def _items(now: Calibrated, style: Style, kind: str, pulled: bool) -> dict[str, Any]:
    """Return the positives or the negatives that are pulled, or those that rest."""
    first, terms = (0, now.pos_terms) if style is POSITIVE else (POSITIVES, now.neg_terms)
    beside = -_BESIDE if style is POSITIVE else _BESIDE
    members = [first + k for k, term in enumerate(terms) if (term > 0) == pulled]
    return {
        "type": "scatter",
        "x": [now.scores[k] for k in members],
        "y": [batch_of(k) + beside for k in members],
        "mode": "markers",
        "marker": {"color": style.colour, "symbol": style.symbol, "size": 12 if style is POSITIVE else 9},
        "opacity": 1.0 if pulled else _FADED,
        "name": kind if pulled else f"{kind}, at rest",  # short, or the legend of a phone takes four lines
        "showlegend": pulled or not any(term > 0 for term in terms),  # one of both, also where none is pulled
        "hovertemplate": "score %{x:.3f}<extra>" + kind + (", pulled" if pulled else ", at rest") + "</extra>",
    }


@functools.cache
def _layout() -> dict[str, Any]:
    made = layout(
        610,
        xaxis=axis("score", range=[-0.01, 1.01], domain=[0.0, 1.0], anchor="y", zeroline=False, showgrid=False),
        yaxis=unmarked_axis((BATCHES - 0.45, -0.65), domain=[0.52, 1.0]),
        xaxis2=axis("how far the pulled scores have moved", range=[-0.01, 0.61], anchor="y2", zeroline=False),
        yaxis2=axis("", range=[-0.03, 0.8], domain=[0.0, 0.28], zeroline=True, zerolinewidth=2),
    )
    return with_lower_legend(made, y=0.285)


def readout(scores: str, alpha: float, beta: float, move: float) -> str:
    """Return E20, E17 and E19 with the current numbers, and what they say."""
    now = calibrated(scores, alpha, beta, move)
    pulled = [sum(term > 0 for term in terms) for terms in (now.pos_terms, now.neg_terms)]
    coded = [of_the_non_zero(terms) for terms in (now.pos_terms, now.neg_terms)]
    written = [sum(now.pos_terms) / POSITIVES, sum(now.neg_terms) / NEGATIVES]
    found = now.measured
    mean = sum(found.batch_aps) / BATCHES
    gap = number(round(now.gap, 6))
    holds = "gap ≤ E19" if now.perfect else "no bound, E19"
    return "\n".join(
        [
            "E20 as coded = mean of the non-zero [α − s]₊ + mean of the non-zero [s − β]₊ = " + _sum(*coded),
            f"{pulled[0]} of {POSITIVES} positives and {pulled[1]} of {NEGATIVES} negatives are pulled; "
            f"over all pairs, as E20 is written: {_sum(*written)}",
            f"Gap = {number(mean)} − {number(found.whole)} = {'+' if now.gap > 1e-6 else ''}{gap}; threshold "
            f"{fixed(found.threshold, 2)}: {found.above[0]} positives and {found.above[1]} negatives above it, "
            f"{holds} = {number(round(found.bound, 6))}",
            _remark(now),
        ]
    )


def _sum(left: float, right: float) -> str:
    return f"{fixed(left, 3)} + {fixed(right, 3)} = {fixed(left + right, 3)}"


def _remark(now: Calibrated) -> str:
    if now.coded == 0:
        return "Nothing is pulled any more: calibration is content."
    if now.measured.above == (POSITIVES, 0):
        return "One threshold separates all pairs: no gap is left, though calibration still pulls."
    if now.perfect:
        return "Every batch is perfect, so AP batch by batch asks for nothing. Calibration does."
    return "Some batch is not perfect: there both losses pull."
