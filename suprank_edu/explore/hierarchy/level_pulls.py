"""Explorer: what each loss pulls on one query's list with levels, and what becomes of the metrics on the way."""

import functools
from typing import Any

from suprank_edu.explore.drawing.palette import (
    AXIS,
    EXACT,
    POSITIVE,
    RIVAL,
    SMOOTH,
    SUPRANK,
    axis,
    layout,
    level_style,
    unmarked_axis,
    with_lower_legend,
)
from suprank_edu.explore.drawing.traces import LOWER, QUIET, rows, strokes, upright
from suprank_edu.explore.drawing.words import fixed, number
from suprank_edu.explore.engine.controls import Choice, Slider
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.explore.hierarchy.level_pulls_scenes import (
    H_AP,
    LISTS,
    LOSSES,
    MANY_FINE,
    MIXED,
    NDCG,
    STEPS,
    WEIGHTED,
    Pulled,
    course,
    levels_of,
    relevances_of,
)

_NAMES = ("nothing shared", "coarse level", "fine level")
_ROWS = {2: 0.0, 1: 1.0, 0: 2.0}  # the fine level on top
_ARROW = 0.04  # length on the score axis of a pull of 1
_CURVES = (
    (EXACT, "its loss", "dash"),
    (POSITIVE, "AP, fine level", "longdashdot"),
    (SUPRANK, "H-AP, E12", "solid"),
    (RIVAL, "H-AP, growing", "dot"),
    (SMOOTH, "NDCG", "dashdot"),
)


def level_pulls() -> Explorer:
    """Return the explorer of the pulls of Sup-AP, Sup-H-AP and Sup-NDCG on one query's list with two levels.

    E8, E10 and E15 with the relevances of E12 or those that grow with the level (E14); the scores are free to move
    between 0 and 1 and follow the gradient.

    Returns:
        An `Explorer` with the list, the loss and the number of steps.

    Example:
        >>> print(level_pulls().readout(items=MANY_FINE, loss=H_AP, steps=0))
        Relevance: 0.1 for each of 10 fine items, 0.25 for each of 2 coarse items
        Loss 0.39; H-AP with E12 = 1, with growing relevances = 0.808; NDCG = 0.847; AP of the fine level = 0.679
        H-AP is 1 already, and yet the loss pulls coarse items down: it goes by level, H-AP by relevance.
    """
    return Explorer(
        figure,
        [
            Choice("items", "List", LISTS, MANY_FINE),
            Choice("loss", "Loss", LOSSES, H_AP),
            Slider("steps", "Steps down the gradient", STEPS[0], STEPS[-1], STEPS[1], 0),
        ],
        title="Several levels: what a loss pulls, and which metric follows",
        alt=(
            "Above, the items of one query on a score axis, in three rows by what they share with the query: the fine "
            "level as circles, the coarse level as squares, nothing as crosses. A line from each item shows how hard "
            "and in which direction the loss pulls it. Below, over the steps down the gradient, the loss itself, AP "
            "of the fine level, H-AP with the relevance of E12, H-AP with relevances that grow with the level, and "
            "NDCG. With two coarse items before ten fine ones, H-AP with E12 starts at 1 and ends lower, whichever "
            "loss is followed, while all other metrics end higher than they began."
        ),
        readout=readout,
    )


@FigureFunction
def figure(items: str, loss: str, steps: int) -> Description:
    """Return the description: the items with their pulls, and the curves with the current step."""
    along = course(items, loss)
    now = along[STEPS.index(steps)]
    data = [rows(list(_ROWS.values()))]
    for level in (2, 1, 0):
        data += _items(items, now, level)
    columns = [[each.loss for each in along], *zip(*(each.values for each in along), strict=True)]
    data += [_curve(place, list(values)) for place, values in enumerate(columns)]
    now_line = {"color": AXIS.colour, "width": 2}
    return {"data": [*data, upright(steps, (-0.02, 1.04), now_line, **LOWER) | QUIET], "layout": _layout()}


def _items(items: str, now: Pulled, level: int) -> list[dict[str, Any]]:
    """Return the pulls and the marks of the items of one level."""
    style, row = level_style(level, 2), _ROWS[level]
    members = [k for k, own in enumerate(levels_of(items)[0].tolist()) if own == level]
    ends = [round(min(max(now.scores[k] + _ARROW * now.pulls[k], 0.0), 1.0), 4) for k in members]
    # Lines a little apart in height, or those of neighbours could not be told apart.
    heights = [round(row - 0.16 - 0.045 * place, 3) for place in range(len(members))]
    lines = strokes([(now.scores[k], end) for k, end in zip(members, ends, strict=True)], heights, style, 3)
    lines |= {"name": f"pull, {_NAMES[level]}", "showlegend": True}
    marks = {
        "type": "scatter",
        "x": [now.scores[k] for k in members],
        "y": [row] * len(members),
        "mode": "markers",
        "marker": {"color": style.colour, "symbol": style.symbol, "size": 10},
        "name": _NAMES[level],
        "text": [fixed(now.pulls[k], 2) for k in members],
        "hovertemplate": "score %{x:.3f}, pull %{text}<extra>" + _NAMES[level] + "</extra>",
    }
    return [lines, marks]


def _curve(place: int, values: list[float]) -> dict[str, Any]:
    style, name, dash = _CURVES[place]
    return {
        "type": "scatter",
        "x": list(STEPS),
        "y": [round(value, 5) for value in values],
        **LOWER,
        "mode": "lines",
        "line": {"color": style.colour, "width": 2.5, "dash": dash},
        "name": name,
        "legend": "legend2",
        "hovertemplate": "%{x} steps: %{y:.3f}<extra>" + name + "</extra>",
    }


@functools.cache
def _layout() -> dict[str, Any]:
    made = layout(
        660,
        xaxis=axis("score", range=[0.33, 0.8], domain=[0.0, 1.0], anchor="y", zeroline=False, showgrid=False),
        yaxis=unmarked_axis((2.35, -0.75), domain=[0.6, 1.0]),
        xaxis2=axis("steps down the gradient", range=[-4, 244], anchor="y2", zeroline=False),
        yaxis2=axis("", range=[-0.02, 1.04], domain=[0.0, 0.32], zeroline=False),
    )
    return with_lower_legend(made, y=0.325)


def readout(items: str, loss: str, steps: int) -> str:
    """Return the relevances, the loss and the metrics with the current numbers, and what they say."""
    now = course(items, loss)[STEPS.index(steps)]
    ap, plain, weighted, ndcg = now.values
    return "\n".join(
        [
            _weights(items, loss),
            f"Loss {number(now.loss)}; H-AP with E12 = {number(plain)}, with growing relevances = {number(weighted)}; "
            f"NDCG = {number(ndcg)}; AP of the fine level = {number(ap)}",
            _remark(items, loss, steps, now),
        ]
    )


def _weights(items: str, loss: str) -> str:
    levels = levels_of(items)[0].tolist()
    fine, coarse = levels.count(2), levels.count(1)
    if loss in (H_AP, WEIGHTED):
        relevances = relevances_of(items, loss)[0].tolist()
        worth = [relevances[levels.index(level)] for level in (2, 1)]
        word = "Relevance"
    elif loss == NDCG:
        word, worth = "Gain 2^l − 1", [3.0, 1.0]
    else:
        word, worth = "Relevance", [1.0, 0.0]
    each = [f"{number(w)} for each of {n}" for w, n in zip(worth, (fine, coarse), strict=True)]
    return f"{word}: {each[0]} fine items, {each[1]} coarse items"


def _remark(items: str, loss: str, steps: int, now: Pulled) -> str:
    start = course(items, loss)[0]
    if items == MIXED:
        if steps == 0:
            return "Fine, coarse and foreign items mixed up: every loss finds something to pull."
        done = min(now.values) > 1 - 1e-6
        return "The list is in order of the levels." if done else "Metrics and loss agree: the loss falls, they rise."
    if loss == H_AP and steps == 0:
        return "H-AP is 1 already, and yet the loss pulls coarse items down: it goes by level, H-AP by relevance."
    if now.values[1] < start.values[1] - 1e-6:
        if loss == H_AP:
            return "The loss is lower than at the start, and so is the metric it was made for."
        return "The fine items come forward; H-AP with E12 falls, since it is worth more to have the coarse ones first."
    return "The order is as it was so far; the pulls say where it goes."
