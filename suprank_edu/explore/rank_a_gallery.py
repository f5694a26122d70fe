"""Explorer: move one item's score; the list re-orders, and ranks, AP, R@k, NDCG and H-AP follow in jumps."""

from __future__ import annotations

import functools
from typing import Any

from suprank_edu.explore.controls import Choice, Slider
from suprank_edu.explore.explorer import Explorer
from suprank_edu.explore.figures import Description, FigureFunction
from suprank_edu.explore.palette import (
    ACCENT,
    AXIS,
    POSITIVE,
    RELATED,
    RIVAL,
    SMOOTH,
    TEXT,
    Style,
    axis,
    layout,
    level_style,
)
from suprank_edu.explore.ranked_list import (
    KINDS,
    LENIENT,
    LEVELS,
    METRICS,
    NAMES,
    SCORES,
    STRICT,
    Ranked,
    item_index,
    ranked_list,
    sweep,
)
from suprank_edu.explore.words import fixed, number

_LOW, _HIGH, _STEP = 0.1, 1.0, 0.02
_ITEMS = tuple(f"{name}, {KINDS[level]}" for name, level in zip(NAMES, LEVELS, strict=True))
_CURVES: tuple[tuple[Style, str], ...] = ((POSITIVE, "solid"), (SMOOTH, "dashdot"), (RIVAL, "dot"), (RELATED, "dash"))


def rank_a_gallery() -> Explorer:
    """Return the explorer of a query's gallery of eight items, one of which the reader moves.

    E1 (rank), E3 (AP), E4 (R@k), E5 (NDCG), E13 and E14 (H-AP). Relevances are those of E12 with α = 1.

    Returns:
        An ``Explorer`` with the item, its score, what counts as relevant, and k.

    Example:
        >>> print(rank_a_gallery().readout(item="E, same castle", score=0.54, counts="the same castle", k=2))
        AP = 1/3 (1/1 + 2/3 + 3/5) = 0.756
        H-AP = (0.333/1 + 0.5/2 + 0.917/3 + 1.25/5 + 1.25/7) / 1.5 = 0.878
        R@2 = 1/2 = 0.5 (hit rate 1), NDCG = 0.919
        The list as it started.
    """
    return Explorer(
        figure,
        [
            Choice(
                "item",
                "Item to move",
                _ITEMS,
                _ITEMS[4],
                presets={option: {"score": score} for option, score in zip(_ITEMS, SCORES, strict=True)},
            ),
            Slider("score", "Its score", _LOW, _HIGH, _STEP, SCORES[4]),
            Choice("counts", "AP and R@k count", (STRICT, LENIENT), STRICT),
            Slider("k", "k of R@k", 1, 5, 1, 2),
        ],
        title="Rank a gallery: move one score and watch every metric",
        alt=(
            "A query shows a castle; eight gallery items A to H are listed by score, best first: three show the same "
            "castle (circles), two another castle (squares), three no castle (crosses). Beside each relevant item a "
            "bar gives what it adds to AP, its rank among the relevant items divided by its rank. Below, AP, R@k, "
            "NDCG and H-AP are drawn over the score of the chosen item: they are flat between the scores of the "
            "other items, jump where it passes one, and leave a single point apart at an exact tie."
        ),
        readout=readout,
    )


@FigureFunction
def figure(item: str, score: float, counts: str, k: int) -> Description:
    """Return the description: the list, what each relevant item adds, and the metrics over the chosen score."""
    chosen = item_index(item)
    values = ranked_list(chosen, score, counts, k).values
    data = [*_list(chosen, score), _shares(chosen, score, counts), *_curves(chosen, counts, k), _ruler(score)]
    data += [_marker(number, score, value) for number, value in enumerate(values)]
    return {"data": data, "layout": _layout()}


def readout(item: str, score: float, counts: str, k: int) -> str:
    """Return AP, H-AP, R@k and NDCG with the current numbers, and what changed against the start."""
    chosen = item_index(item)
    state = ranked_list(chosen, score, counts, k)
    ap, recall, ndcg, h_ap = (number(value) for value in state.values)
    by_rank = sorted(range(len(NAMES)), key=lambda i: state.places[i])
    terms = [f"{state.ranks_plus[i]}/{state.ranks[i]}" for i in by_rank if state.relevant[i]]
    h_terms = [f"{number(state.h_ranks[i])}/{state.ranks[i]}" for i in by_rank if state.relevances[i] > 0]
    found, room = round(state.values[1] * min(len(terms), k)), min(len(terms), k)
    return "\n".join(
        [
            f"AP = 1/{len(terms)} ({' + '.join(terms)}) = {ap}",
            f"H-AP = ({' + '.join(h_terms)}) / {number(sum(state.relevances))} = {h_ap}",
            f"R@{k} = {found}/{room} = {recall} (hit rate {int(state.hit)}), NDCG = {ndcg}",
            _remark(chosen, state, ranked_list(chosen, SCORES[chosen], counts, k)),
        ]
    )


def _remark(chosen: int, state: Ranked, start: Ranked) -> str:
    """Say what a still picture cannot: a tie, no change at all, or two metrics that disagree."""
    tied = [i for i in range(len(NAMES)) if i != chosen and state.scores[i] == state.scores[chosen]]
    if tied:
        return f"{NAMES[chosen]} ties with {NAMES[tied[0]]}: each stands before the other, H(0) = 1."
    if state.scores == start.scores:
        return "The list as it started."
    if state.places == start.places:
        return "The score moved, the order did not: no metric notices, its slope is 0."
    ap, h_ap = state.values[0] - start.values[0], state.values[3] - start.values[3]
    against = f"Against the start: AP {_change(ap)}, H-AP {_change(h_ap)}"
    return f"{against}: they disagree." if _sign(ap) * _sign(h_ap) < 0 else f"{against}."


def _sign(change: float) -> int:
    return 0 if abs(change) < 1e-9 else 1 if change > 0 else -1


def _change(change: float) -> str:
    return "unchanged" if _sign(change) == 0 else ("+" if change > 0 else "") + fixed(change, 3)


@functools.cache
def _list(chosen: int, score: float) -> list[dict[str, Any]]:
    state = ranked_list(chosen, score, STRICT, 1)  # places and ranks are the same for every count and k
    return [_stems(state), *_items(state), _ring(state, chosen)]


def _stems(state: Ranked) -> dict[str, Any]:
    xs = [x for score in state.scores for x in (_LOW, score, None)]
    ys = [y for place in state.places for y in (place, place, None)]
    line = {"color": AXIS.colour, "width": 1.5}
    return {
        "type": "scatter",
        "x": xs,
        "y": ys,
        "mode": "lines",
        "line": line,
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _items(state: Ranked) -> list[dict[str, Any]]:
    """Return one trace a level, so that the legend names the marks."""
    traces = []
    for level in (2, 1, 0):
        style, members = level_style(level, 2), [i for i in range(len(NAMES)) if LEVELS[i] == level]
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
        "showlegend": False,
        "hoverinfo": "skip",
    }


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
        "textposition": "inside",
        "insidetextanchor": "start",
        "textangle": 0,
        "constraintext": "none",
        "textfont": {"color": TEXT.colour},
        "showlegend": False,
        "hoverinfo": "skip",
    }


@functools.cache
def _curves(chosen: int, counts: str, k: int) -> list[dict[str, Any]]:
    scores, values = sweep(chosen, counts, k, _LOW, _HIGH)
    return [
        {
            "type": "scatter",
            "x": scores,
            "y": tuple(row.tolist()),
            "xaxis": "x3",
            "yaxis": "y2",
            "mode": "lines",
            "line": {"color": style.colour, "width": 2.5, "dash": dash, "simplify": False},
            "name": name,
            "legend": "legend2",
            "hovertemplate": "score %{x:.2f}: %{y:.3f}<extra>" + name + "</extra>",
        }
        for (style, dash), name, row in zip(_CURVES, METRICS, values, strict=True)
    ]


@functools.cache
def _ruler(score: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [score, score],
        "y": [0, 1.08],
        "xaxis": "x3",
        "yaxis": "y2",
        "mode": "lines",
        "line": {"color": ACCENT.colour, "width": 1, "dash": ACCENT.dash},
        "showlegend": False,
        "hoverinfo": "skip",
    }


@functools.cache
def _marker(number: int, score: float, value: float) -> dict[str, Any]:
    style, _ = _CURVES[number]
    return {
        "type": "scatter",
        "x": [score],
        "y": [value],
        "xaxis": "x3",
        "yaxis": "y2",
        "mode": "markers",
        "marker": {"color": style.colour, "size": 10, "symbol": style.symbol},
        "hovertext": f"{METRICS[number]} = {fixed(value, 3)}",
        "hoverinfo": "text",
        "showlegend": False,
    }


@functools.cache
def _layout() -> dict[str, Any]:
    rows = axis("", range=[8.6, 0.4], domain=[0.52, 1.0], tickvals=list(range(1, 9)), zeroline=False, showgrid=False)
    made = layout(
        620,
        xaxis=axis("score", range=[_LOW, 1.1], domain=[0.0, 0.64], anchor="y", zeroline=False, dtick=0.2),
        xaxis2=axis("rank⁺ / rank", range=[0, 1.05], domain=[0.7, 1.0], anchor="y", tickvals=[0, 0.5, 1]),
        xaxis3=axis("score of the chosen item", range=[_LOW, _HIGH], domain=[0.0, 1.0], anchor="y2", zeroline=False),
        yaxis=rows,
        yaxis2=axis("", range=[0, 1.08], domain=[0.0, 0.33], zeroline=False),
    )
    return made | {"legend2": made["legend"] | {"y": 0.335}}
