"""Explorer: the relevance of an item of each level, as α and the sizes of the classes change."""

import functools
from typing import Any, NamedTuple

import torch
from torch import Tensor

from suprank_edu import metrics
from suprank_edu.explore.drawing.palette import EXACT, TEXT, axis, heading, layout, level_style
from suprank_edu.explore.drawing.traces import QUIET
from suprank_edu.explore.drawing.words import number
from suprank_edu.explore.engine.controls import SelectionSlider
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.relevance import relevance, relevance_from_weights

_MOST = 3
_SIZES = (1, 2, 4, 10, 20)


def relevance_weights() -> Explorer:
    """Return the explorer of the relevances of H-AP: what an item of each level is worth, and all items together.

    E12 (relevance), E14 (H-AP and the relevance of weighted level APs), E5 (NDCG).

    Returns:
        An `Explorer` with α, the number of levels, and how many items share exactly 1, 2 and 3 levels.

    Example:
        >>> print(relevance_weights().readout(alpha=1, num_levels=2, one=2, two=10, three=1))
        rel(1) = (1/2)^1 / 2 = 0.25, rel(2) = (2/2)^1 / 10 = 0.1
        rel falls from level 1 to level 2: one item of level 1 is worth more than one of level 2.
        Listed by level, the finest first: NDCG = 1, but H-AP = 0.826.
    """
    return Explorer(
        figure,
        [
            SelectionSlider("alpha", "α", (0, 0.5, 1, 2, 3, 5), 1),
            SelectionSlider("num_levels", "Levels L", (1, 2, 3), 2),
            SelectionSlider("one", "Items at level 1", _SIZES, 2),
            SelectionSlider("two", "Items at level 2 (L ≥ 2)", _SIZES, 10),
            SelectionSlider("three", "Items at level 3 (L = 3)", _SIZES, 4),
        ],
        title="Relevance: what an item of each level is worth",
        alt=(
            "Two panels of bars over the levels 1 to 3, the finest last. Left, the relevance of one item; right, of "
            "all items of that level together, which is (l/L) to the power α whatever their number. Diamonds give the "
            "relevance that makes H-AP the mean of the APs of the levels: that of one item always grows with the "
            "level, while its bars fall where a finer level has many more items."
        ),
        readout=readout,
    )


class _Case(NamedTuple):
    """One setting: sizes of the levels 1..L, the two relevances of an item of each, and the list by level."""

    sizes: tuple[int, ...]
    relevances: tuple[float, ...]
    weighted: tuple[float, ...]
    h_ap: float
    ndcg: float


@functools.cache
def case(alpha: float, num_levels: int, one: int, two: int, three: int) -> _Case:
    """Return the relevances of each level, and H-AP and NDCG of the list ordered by level, the finest first."""
    sizes = (one, two, three)[:num_levels]
    levels = torch.tensor([[level for level in range(num_levels, 0, -1) for _ in range(sizes[level - 1])]])
    scores = -torch.arange(levels.shape[1], dtype=torch.float64)[None, :]
    mine = relevance(levels, alpha, num_levels)
    even = relevance_from_weights(levels, [1 / num_levels] * num_levels)
    return _Case(
        sizes,
        _by_level(mine, levels, num_levels),
        _by_level(even, levels, num_levels),
        float(metrics.h_ap(scores, levels, relevances=mine.to(torch.float64))[0]),
        float(metrics.ndcg(scores, levels)[0]),
    )


def _by_level(values: Tensor, levels: Tensor, num_levels: int) -> tuple[float, ...]:
    return tuple(float(values[levels == level][0]) for level in range(1, num_levels + 1))


@FigureFunction
def figure(alpha: float, num_levels: int, one: int, two: int, three: int) -> Description:
    """Return the description: relevances of one item and of a whole level, twice."""
    now = case(alpha, num_levels, one, two, three)
    whole = tuple(n * r for n, r in zip(now.sizes, now.relevances, strict=True))
    whole_even = tuple(n * r for n, r in zip(now.sizes, now.weighted, strict=True))
    return {
        "data": [
            _bars(now.relevances, num_levels, "x"),
            _bars(whole, num_levels, "x2"),
            _diamonds(now.weighted, "x"),
            _diamonds(whole_even, "x2"),
        ],
        "layout": _layout(),
    }


def readout(alpha: float, num_levels: int, one: int, two: int, three: int) -> str:
    """Return E12 with the current numbers, where it falls, and what that does to H-AP."""
    now = case(alpha, num_levels, one, two, three)
    terms = [
        f"rel({level}) = ({level}/{num_levels})^{number(alpha)} / {n} = {number(r)}"
        for level, (n, r) in enumerate(zip(now.sizes, now.relevances, strict=True), 1)
    ]
    falls = [level for level in range(1, num_levels) if now.relevances[level] < now.relevances[level - 1] - 1e-6]
    if not falls:
        verdict = "rel grows with the level, or stays." if num_levels > 1 else "One level: H-AP is AP."
    else:
        places = " and ".join(f"from level {level} to level {level + 1}" for level in falls)
        verdict = f"rel falls {places}: one item of level {falls[0]} is worth more than one of level {falls[0] + 1}."
    wrong = now.h_ap < 1 - 1e-6
    ending = f"NDCG = {number(now.ndcg)}, {'but ' if wrong else ''}H-AP = {number(now.h_ap)}"
    return "\n".join([", ".join(terms), verdict, f"Listed by level, the finest first: {ending}."])


def _bars(values: tuple[float, ...], num_levels: int, xaxis: str) -> dict[str, Any]:
    """Return a bar for each level; those beyond L have no height and no text."""
    missing = _MOST - num_levels
    return {
        "type": "bar",
        "x": [1, 2, 3],
        "y": [*values, *[0] * missing],
        "xaxis": xaxis,
        "yaxis": "y" if xaxis == "x" else "y2",
        "width": 0.62,
        "marker": {"color": [level_style(min(level, num_levels), num_levels).colour for level in (1, 2, 3)]},
        "text": [*[number(value) for value in values], *[""] * missing],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"color": TEXT.colour},
        **QUIET,
    }


def _diamonds(values: tuple[float, ...], xaxis: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [level + 0.4 for level in range(1, len(values) + 1)],
        "y": list(values),
        "xaxis": xaxis,
        "yaxis": "y" if xaxis == "x" else "y2",
        "mode": "lines+markers",
        "marker": {"color": EXACT.colour, "symbol": EXACT.symbol, "size": 9},
        "line": {"color": EXACT.colour, "width": 1, "dash": "dot"},
        "name": "if H-AP were the mean of the levels' APs",
        "showlegend": xaxis == "x",
        "hovertemplate": "%{y:.3f}<extra></extra>",
    }


@functools.cache
def _layout() -> dict[str, Any]:
    ticks = {"tickvals": [1, 2, 3], "range": [0.45, 3.7], "zeroline": False, "showgrid": False}
    up = {"range": [0, 1.24], "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    made = layout(
        360,
        xaxis=axis("levels shared", domain=[0.0, 0.47], anchor="y", **ticks),
        xaxis2=axis("levels shared", domain=[0.53, 1.0], anchor="y2", **ticks),
        yaxis=axis("", anchor="x", **up),
        yaxis2=axis("", anchor="x2", showticklabels=False, **up),
        annotations=[heading("one item", 1.0), heading("the whole level", 1.0) | {"x": 0.54}],
    )
    return made
