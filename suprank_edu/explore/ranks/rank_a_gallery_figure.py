"""What the ranking explorer draws: the list, what each relevant item adds to AP, and the metrics over one score."""

import functools
from typing import Any

from suprank_edu.explore.drawing.palette import (
    ACCENT,
    POSITIVE,
    RELATED,
    RIVAL,
    SMOOTH,
    TEXT,
    Style,
    axis,
    layout,
    level_style,
    with_lower_legend,
)
from suprank_edu.explore.drawing.traces import IN_BAR, QUIET, probe, strokes, words
from suprank_edu.explore.drawing.words import fixed
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.explore.ranks.ranked_list import (
    KINDS,
    LEVELS,
    METRICS,
    NAMES,
    STRICT,
    Ranked,
    item_index,
    ranked_list,
    sweep,
)

LOW, HIGH = 0.1, 1.0
"""Between which scores the chosen item moves."""

_MEMBERS = {level: [i for i, found in enumerate(LEVELS) if found == level] for level in (2, 1, 0)}  # a trace each

MARKS = tuple((1 + list(_MEMBERS).index(level), _MEMBERS[level].index(i)) for i, level in enumerate(LEVELS))
"""For each item the place of its trace, and its own place in that trace."""

_LEFT, _ROOM = 0.05, 0.015  # where the stems begin, and room for a mark at either end of the sweep
_BELOW = {"xaxis": "x3", "yaxis": "y2"}
_CURVES: tuple[tuple[Style, str], ...] = ((POSITIVE, "solid"), (SMOOTH, "dashdot"), (RIVAL, "dot"), (RELATED, "dash"))


@FigureFunction
def figure(item: str, score: float, counts: str, k: int) -> Description:
    """Return the description: the list, what each relevant item adds, and the metrics over the chosen score."""
    chosen = item_index(item)
    values = ranked_list(chosen, score, counts, k).values
    data = [
        *_list(chosen, score),
        _shares(chosen, score, counts),
        *_curves(chosen, counts, k),
        probe(score, (0, 1.08), **_BELOW),
    ]
    data += [_marker(number, score, value) for number, value in enumerate(values)]
    return {"data": data, "layout": _layout()}


@functools.cache
def _list(chosen: int, score: float) -> list[dict[str, Any]]:
    state = ranked_list(chosen, score, STRICT, 1)  # places and ranks are the same for every count and k
    stems = strokes([(_LEFT, score) for score in state.scores], state.places, width=1.5)
    return [stems, *_items(state), _ring(state, chosen), _ranks(state)]


def _items(state: Ranked) -> list[dict[str, Any]]:
    """Return one trace a level, so that the legend names the marks."""
    traces = []
    for level, members in _MEMBERS.items():
        style = level_style(level, 2)
        traces.append(
            {
                "type": "scatter",
                "x": [state.scores[i] for i in members],
                "y": [state.places[i] for i in members],
                "mode": "markers+text",
                "marker": {"color": style.colour, "symbol": style.symbol, "size": 13},
                "text": [f"\u2002<b>{NAMES[i]}</b>" for i in members],
                "textposition": "middle right",
                "textfont": {"color": TEXT.colour},
                "name": KINDS[level],
                "hovertext": [
                    f"{NAMES[i]}, {KINDS[level]}: score {fixed(state.scores[i], 2)}, rank {state.ranks[i]}"
                    for i in members
                ],
                "hoverinfo": "text",
            }
        )
    return traces


def _ring(state: Ranked, chosen: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [state.scores[chosen]],
        "y": [state.places[chosen]],
        "mode": "markers",
        "marker": {"color": ACCENT.colour, "symbol": "circle-open", "size": 22, "line": {"width": 2}},
        **QUIET,
    }


def _ranks(state: Ranked) -> dict[str, Any]:
    """Return the number in front of each row: the rank of its item, the same for two that tie."""
    by_place = sorted(range(len(NAMES)), key=lambda i: state.places[i])
    numbers = [f"{state.ranks[i]}\u2002" for i in by_place]
    rows = [float(place) for place in range(1, len(NAMES) + 1)]
    return words([_LEFT] * len(rows), rows, numbers, "middle left") | {"cliponaxis": False}


@functools.cache
def _shares(chosen: int, score: float, counts: str) -> dict[str, Any]:
    """Return the bars rank⁺/rank, one for each relevant item, in its row of the list."""
    state = ranked_list(chosen, score, counts, 1)
    members = [i for i in range(len(NAMES)) if state.relevant[i]]
    return {
        "type": "bar",
        "orientation": "h",
        "x": [state.ranks_plus[i] / state.ranks[i] for i in members],
        "y": [state.places[i] for i in members],
        "xaxis": "x2",
        "width": 0.7,
        "marker": {"color": [level_style(LEVELS[i], 2).soft for i in members]},
        "text": [f"{state.ranks_plus[i]}/{state.ranks[i]}" for i in members],
        **IN_BAR,
        **QUIET,
    }


@functools.cache
def _curves(chosen: int, counts: str, k: int) -> list[dict[str, Any]]:
    scores, values = sweep(chosen, counts, k, LOW, HIGH)
    return [
        {
            "type": "scatter",
            "x": scores,
            "y": tuple(row.tolist()),
            **_BELOW,
            "mode": "lines",
            "line": {"color": style.colour, "width": 2.5, "dash": dash, "simplify": False},
            "name": name,
            "legend": "legend2",
            "hovertemplate": "score %{x:.2f}: %{y:.3f}<extra>" + name + "</extra>",
        }
        for (style, dash), name, row in zip(_CURVES, METRICS, values, strict=True)
    ]


@functools.cache
def _marker(number: int, score: float, value: float) -> dict[str, Any]:
    style, _ = _CURVES[number]
    return {
        "type": "scatter",
        "x": [score],
        "y": [value],
        **_BELOW,
        "mode": "markers",
        "marker": {"color": style.colour, "size": 10, "symbol": style.symbol},
        "hovertext": f"{METRICS[number]} = {fixed(value, 3)}",
        "hoverinfo": "text",
        "showlegend": False,
    }


@functools.cache
def _layout() -> dict[str, Any]:
    rows = axis("", range=[8.6, 0.4], domain=[0.52, 1.0], showticklabels=False, zeroline=False, showgrid=False)
    made = layout(
        620,
        xaxis=axis("score", range=[_LEFT, 1.1], domain=[0.0, 0.64], anchor="y", zeroline=False, dtick=0.2),
        xaxis2=axis("rank⁺ / rank", range=[0, 1.05], domain=[0.7, 1.0], anchor="y", tickvals=[0, 0.5, 1]),
        xaxis3=axis(
            "score of the chosen item",
            range=[LOW - _ROOM, HIGH + _ROOM],
            domain=[0.0, 1.0],
            anchor="y2",
            zeroline=False,
        ),
        yaxis=rows,
        yaxis2=axis("", range=[0, 1.08], domain=[0.0, 0.33], zeroline=False),
    )
    return with_lower_legend(made, y=0.335)
