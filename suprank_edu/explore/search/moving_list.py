"""One query's list on its way from one network to another: which photographs are seen, and where each stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from suprank_edu import metrics
from suprank_edu.explore.drawing.picture_grid import mark_of
from suprank_edu.explore.drawing.words import fixed, readable_name
from suprank_edu.ranking import full_precision

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""How much the second network has to say at each stop of the slide: the score is the weighted mean of both."""


@dataclass(frozen=True)
class MovingList:
    """The photographs that stand among the first `k` at any stop, and where each of them stands at every stop.

    Args:
        items: positions in the gallery, in the order of the first stop.
        levels: the levels that each shares with the query; None where the query has no labels.
        places: for each stop the place of each item in the whole list, from 1.
        scores: for each stop the score of each item.
        texts: for each stop what is said of the list.
    """

    items: tuple[int, ...]
    levels: tuple[int, ...] | None
    places: tuple[tuple[int, ...], ...]
    scores: tuple[tuple[float, ...], ...]
    texts: tuple[str, ...]


def moving_list(
    before: Tensor, after: Tensor, levels: Tensor | None, column_names: Sequence[str], k: int
) -> MovingList:
    """Return how a query's list changes from one network to another.

    Args:
        before: `(G,)` scores by the first network.
        after: `(G,)` scores by the second.
        levels: `(G,)` shared levels; None where the query has no labels.
        column_names: L names of label columns, the finest first.
        k: how many photographs count as seen.
    """
    known = levels.tolist() if levels is not None else [0] * len(before)
    mixed = [(1 - share) * full_precision(before) + share * full_precision(after) for share in SHARES]  # (G,) each
    orders = []
    for scores in mixed:
        values = scores.tolist()
        orders.append(sorted(range(len(values)), key=lambda j: (-values[j], known[j])))
    seen = {item for order in orders for item in order[:k]}
    items = tuple(item for item in orders[0] if item in seen)
    place = [{item: number for number, item in enumerate(order, 1)} for order in orders]
    if levels is None:
        texts = [f"The first {k} of {len(before):,}. Nobody has said what this photograph shows: judge for yourself."]
        texts *= len(SHARES)
    else:
        metrics_of = [_whole(scores, levels, len(column_names)) for scores in mixed]
        counts = [_counted([known[item] for item in order[:k]], column_names) for order in orders]
        texts = [
            f"{counted}\n{_told(metrics_of[0], found, len(before))}"
            for counted, found in zip(counts, metrics_of, strict=True)
        ]
    return MovingList(
        items=items,
        levels=None if levels is None else tuple(known[item] for item in items),
        places=tuple(tuple(at[item] for item in items) for at in place),
        scores=tuple(tuple(float(scores[item]) for item in items) for scores in mixed),
        texts=tuple(texts),
    )


def _counted(first: Sequence[int], column_names: Sequence[str]) -> str:
    """Say how many of the first share each column with the query."""
    top = len(column_names)
    counts = [
        f"{mark_of(top - column, top).text} {sum(level >= top - column for level in first)} same {readable_name(name)}"
        for column, name in enumerate(column_names)
    ]
    return f"Among the first {len(first)}: {', '.join(counts)}"


def _whole(scores: Tensor, levels: Tensor, top: int) -> dict[str, float]:
    """Return the metrics of the whole list, of those that are defined."""
    found = {
        "AP": float(metrics.average_precision(scores[None], levels[None] == top)[0]),
        "H-AP": float(metrics.h_ap(scores[None], levels[None])[0]),
    }
    return {name: value for name, value in found.items() if math.isfinite(value)}


def _told(start: dict[str, float], now: dict[str, float], size: int) -> str:
    """Say what the metrics are, and what they were at the first stop."""
    if not now:
        return f"Nothing among {size:,} shares a label with it."
    values = [
        f"{name} {fixed(value, 2)}" if now is start else f"{name} {fixed(start[name], 2)} → {fixed(value, 2)}"
        for name, value in now.items()
    ]
    return f"The whole list of {size:,}: {', '.join(values)}"
