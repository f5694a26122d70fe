"""What explorers of photographs on a line draw: rows, marks at their scores, words beside them, arrows of force."""

import functools
import math
from collections.abc import Sequence
from typing import Any

from suprank_edu.explore.drawing.palette import (
    ACCENT,
    TEXT,
    axis,
    heading,
    layout,
    unmarked_axis,
)
from suprank_edu.explore.drawing.picture_grid import mark_of
from suprank_edu.explore.drawing.traces import QUIET, ring, strokes
from suprank_edu.explore.drawing.words import fixed, number, signed, untagged
from suprank_edu.explore.engine.figures import Description
from suprank_edu.explore.ranks.forces import Scene
from suprank_edu.explore.ranks.ways_out import moved

_ROW = 58  # pixels a row
_PICTURES, _SCORES, _NUMBERS = (
    (0.0, 0.13),
    (0.15, 0.61),
    (0.635, 1.0),
)  # shares of the width, which a phone has little of
_WEAKEST, _STRONGEST = 1e-4, 30.0  # forces between which an arrow grows, by the logarithm
_FIRST_MARK = 3  # after the stems, the shafts and the heads of the arrows


def mark_traces(scene: Scene) -> list[tuple[int, int]]:
    """Return for each item the place of the trace of its mark, and its own place in it."""
    shown = _shown_levels(scene)
    return [
        (_FIRST_MARK + shown.index(level), [j for j, other in enumerate(scene.levels) if other == level].index(i))
        for i, level in enumerate(scene.levels)
    ]


def describe(
    scene: Scene, item: int, score: float, forces: Sequence[float], texts: Sequence[str], span: tuple[float, float]
) -> Description:
    """Return the description of the list with `item` at `score`, the forces as arrows and a text a row."""
    scores = moved(scene.scores, item, score)
    data = [strokes([span] * len(scores), range(len(scores))), *_arrows(scores, forces, span), *_marks(scene, scores)]
    data += [ring(score, item, 24, 2, "the one that moves"), _texts(texts)]
    return {"data": data, "layout": _layout(scene, span)}


def force_words(force: float) -> str:
    """Return a force as a reader reads it: with its sign, or that there is none to speak of."""
    return "no force" if abs(force) < _WEAKEST else f"force {signed(force, 2)}"


def _shown_levels(scene: Scene) -> list[int]:
    return sorted(set(scene.levels), reverse=True)


def arrow_length(force: float) -> float:
    """Return the length of the arrow of a force as a share of the score axis: nothing below the weakest shown.

    Example:
        >>> arrow_length(0.0), arrow_length(-30.0), 0.1 < arrow_length(0.05) < 0.2
        (0.0, -0.3, True)
    """
    if abs(force) < _WEAKEST:
        return 0.0
    share = math.log(min(abs(force), _STRONGEST) / _WEAKEST) / math.log(_STRONGEST / _WEAKEST)
    return math.copysign(round(0.3 * share, 6), force)


def _arrows(scores: Sequence[float], forces: Sequence[float], span: tuple[float, float]) -> list[dict[str, Any]]:
    width = span[1] - span[0]
    ends = [s + width * arrow_length(force) for s, force in zip(scores, forces, strict=True)]
    rows = [row for row, force in enumerate(forces) if arrow_length(force)]
    shaft = strokes([(scores[row], ends[row]) for row in rows], rows, ACCENT, 3)
    heads = {
        "type": "scatter",
        "x": [ends[row] for row in rows],
        "y": rows,
        "mode": "markers",
        "marker": {
            "color": ACCENT.colour,
            "size": 11,
            "symbol": ["triangle-right" if forces[row] > 0 else "triangle-left" for row in rows],
        },
        "name": "force",
        "hovertext": [f"force {number(forces[row], 2)}" for row in rows],
        "hoverinfo": "text",
    }
    return [shaft, heads]


def _marks(scene: Scene, scores: Sequence[float]) -> list[dict[str, Any]]:
    traces = []
    for level in _shown_levels(scene):
        mark, rows = mark_of(level, scene.top), [row for row, own in enumerate(scene.levels) if own == level]
        traces.append(
            {
                "type": "scatter",
                "x": [scores[row] for row in rows],
                "y": rows,
                "mode": "markers",
                "marker": {"color": mark.colour, "symbol": mark.symbol, "size": 14},
                "name": untagged(scene.level_names[level]),
                "hovertext": [
                    f"{row + 1}, {untagged(scene.names[row])}: score {fixed(scores[row], 2)}" for row in rows
                ],
                "hoverinfo": "text",
            }
        )
    return traces


def _texts(texts: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [0.0] * len(texts),
        "y": list(range(len(texts))),
        "xaxis": "x2",
        "mode": "text",
        "text": list(texts),
        "textposition": "middle right",
        "textfont": {"color": TEXT.colour, "size": 12},
        **QUIET,
    }


@functools.cache
def _layout(scene: Scene, span: tuple[float, float]) -> dict[str, Any]:
    count = len(scene.names)
    pictures = [
        {
            "source": source,
            "xref": "paper",
            "yref": "y",
            "x": _PICTURES[0],
            "y": row,
            "sizex": _PICTURES[1] - _PICTURES[0],
            "sizey": 0.92,
            "xanchor": "left",
            "yanchor": "middle",
            "sizing": "contain",
        }
        for row, source in enumerate(scene.pictures)
    ]
    room = 0.02 * (span[1] - span[0])
    made = layout(
        _ROW * count + 90,
        images=pictures,
        xaxis=axis("score", range=[span[0] - room, span[1] + room], domain=list(_SCORES), zeroline=False, anchor="y"),
        xaxis2=unmarked_axis((0, 1), domain=list(_NUMBERS), anchor="y"),
        yaxis=unmarked_axis((count - 0.45, -0.55)),
        annotations=[heading(scene.heading, 1.0) | {"x": _NUMBERS[0], "yanchor": "bottom"}],
    )
    return made | {"legend": made["legend"] | {"y": 1 + 20 / (_ROW * count)}}  # above the heading, not on it
