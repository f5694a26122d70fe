"""Explorer: the relevance of an item of each level, as α and the sizes of the classes change."""

import functools
from typing import Any, NamedTuple

import torch
from torch import Tensor

from suprank_edu import metrics
from suprank_edu.explore.drawing.palette import EXACT, TEXT, axis, heading, layout, level_style
from suprank_edu.explore.drawing.words import number
from suprank_edu.explore.engine.controls import SelectionSlider
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.relevance import relevance, relevance_from_weights

_LEVELS = 3
_NAMES = ("department", "kind", "product")
_WORTH = (0, 0.5, 1, 2, 3, 5)


def relevance_weights() -> Explorer:
    """Return the explorer of the relevances of H-AP: what an item of each level is worth, and all items together.

    E12 (relevance), E14 (H-AP and the relevance of weighted level APs), E5 (NDCG).

    Returns:
        An `Explorer` with α, and how many items share exactly 1, 2 and 3 levels.

    Example:
        >>> print(relevance_weights().readout(alpha=1, three=6, two=1, one=60))
        rel(3) = (3/3)^1 / 6 = 0.167, rel(2) = (2/3)^1 / 1 = 0.667, rel(1) = (1/3)^1 / 60 = 0.00556
        rel falls from level 2 to level 3: one item of level 2 is worth more than one of level 3.
        Listed by level, the finest first: NDCG = 1, but H-AP = 0.786.
    """
    return Explorer(
        figure,
        [
            SelectionSlider("alpha", "α", _WORTH, 1),
            SelectionSlider("three", "Of the product, level 3", (1, 2, 3, 6, 10, 20), 6),
            SelectionSlider("two", "Others of its kind, level 2", (1, 2, 6, 12, 24), 24),
            SelectionSlider("one", "Others of its department, level 1", (1, 6, 24, 60, 140), 140),
        ],
        title="Relevance: what a photograph of each level is worth",
        alt=(
            "Two panels of bars over the levels department, kind and product, the finest last. Left, the relevance of "
            "one photograph; right, of all photographs of that level together. Beside each bar in colour, where each "
            "level shares out (l/L) to the power α whatever its size, stands a grey one for the relevance that makes "
            "H-AP the mean of the APs of the levels: that of one photograph always grows with the level, while the "
            "coloured ones fall where a finer level has many more photographs."
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
def case(alpha: float, three: int, two: int, one: int) -> _Case:
    """Return the relevances of each level, and H-AP and NDCG of the list ordered by level, the finest first."""
    sizes = (one, two, three)
    levels = torch.tensor([[level for level in range(_LEVELS, 0, -1) for _ in range(sizes[level - 1])]])
    scores = -torch.arange(levels.shape[1], dtype=torch.float64)[None, :]
    mine = relevance(levels, alpha, _LEVELS)
    even = relevance_from_weights(levels, [1 / _LEVELS] * _LEVELS)
    return _Case(
        sizes,
        _by_level(mine, levels),
        _by_level(even, levels),
        float(metrics.h_ap(scores, levels, relevances=mine.to(torch.float64))[0]),
        float(metrics.ndcg(scores, levels)[0]),
    )


def _by_level(values: Tensor, levels: Tensor) -> tuple[float, ...]:
    return tuple(float(values[levels == level][0]) for level in range(1, _LEVELS + 1))


@FigureFunction
def figure(alpha: float, three: int, two: int, one: int) -> Description:
    """Return the description: relevances of one item and of a whole level, twice."""
    now = case(alpha, three, two, one)
    whole = tuple(n * r for n, r in zip(now.sizes, now.relevances, strict=True))
    whole_even = tuple(n * r for n, r in zip(now.sizes, now.weighted, strict=True))
    return {
        "data": [
            _shared_out(now.relevances, "x"),
            _shared_out(whole, "x2"),
            _growing(now.weighted, "x"),
            _growing(whole_even, "x2"),
        ],
        "layout": _layout(),
    }


def readout(alpha: float, three: int, two: int, one: int) -> str:
    """Return E12 with the current numbers, where it falls, and what that does to H-AP."""
    now = case(alpha, three, two, one)
    terms = [
        f"rel({level}) = ({level}/{_LEVELS})^{number(alpha)} / {n} = {number(r)}"
        for level, (n, r) in enumerate(zip(now.sizes, now.relevances, strict=True), 1)
    ]
    falls = [level for level in range(1, _LEVELS) if now.relevances[level] < now.relevances[level - 1] - 1e-6]
    if not falls:
        verdict = "rel grows with the level, or stays."
    else:
        places = " and ".join(f"from level {level} to level {level + 1}" for level in falls)
        verdict = f"rel falls {places}: one item of level {falls[0]} is worth more than one of level {falls[0] + 1}."
    wrong = now.h_ap < 1 - 1e-6
    ending = f"NDCG = {number(now.ndcg)}, {'but ' if wrong else ''}H-AP = {number(now.h_ap)}"
    return "\n".join([", ".join(reversed(terms)), verdict, f"Listed by level, the finest first: {ending}."])


def _shared_out(values: tuple[float, ...], xaxis: str) -> dict[str, Any]:
    """Return the bars of E12, each in the colour of its level."""
    colours = [level_style(level, _LEVELS).colour for level in range(1, _LEVELS + 1)]
    return _bars(values, xaxis, -0.2, "shared out (E12)") | {"marker": {"color": colours}}


def _growing(values: tuple[float, ...], xaxis: str) -> dict[str, Any]:
    """Return the bars of the relevance that grows."""
    return _bars(values, xaxis, 0.2, "growing (E14)") | {"marker": {"color": EXACT.soft, "line": _EDGE}}


_EDGE = {"color": EXACT.colour, "width": 1}


def _bars(values: tuple[float, ...], xaxis: str, aside: float, name: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": [level + aside for level in range(1, _LEVELS + 1)],
        "y": list(values),
        "xaxis": xaxis,
        "yaxis": "y" if xaxis == "x" else "y2",
        "width": 0.38,
        "text": [number(value, 2) if value >= 0.005 else "<0.01" for value in values],
        "textposition": "outside",
        "cliponaxis": False,
        "textfont": {"color": TEXT.colour, "size": 11},
        "name": name,
        "showlegend": xaxis == "x",
        "hovertemplate": "%{y:.3f}<extra>" + name + "</extra>",
    }


@functools.cache
def _layout() -> dict[str, Any]:
    one, two, three = _NAMES
    names = [one, f"<br>{two}", three]  # the middle one lower: on a phone there is no room for three in a row
    ticks = {"tickvals": [1, 2, 3], "ticktext": names, "tickangle": 0, "range": [0.45, 3.55], "zeroline": False}
    up = {"range": [0, 1.24], "tickvals": [0, 0.25, 0.5, 0.75, 1]}
    return layout(
        360,
        xaxis=axis("", domain=[0.0, 0.47], anchor="y", showgrid=False, **ticks),
        xaxis2=axis("", domain=[0.53, 1.0], anchor="y2", showgrid=False, **ticks),
        yaxis=axis("", anchor="x", **up),
        yaxis2=axis("", anchor="x2", showticklabels=False, **up),
        annotations=[heading("one photograph", 1.0), heading("the whole level", 1.0) | {"x": 0.54}],
    )
