"""Explorer: a query's gallery as pictures, framed by shared levels, with H-AP, NDCG and the AP of every level."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from suprank_edu import metrics
from suprank_edu.explore.drawing.palette import POSITIVE, RELATED, RIVAL, axis, layout
from suprank_edu.explore.drawing.picture_grid import ROW_HEIGHT, picture_axes
from suprank_edu.explore.drawing.pictures import Shelf, shelf
from suprank_edu.explore.drawing.traces import IN_BAR, LOWER, QUIET
from suprank_edu.explore.drawing.words import fixed, number, readable_name
from suprank_edu.explore.engine.controls import Choice
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.relevance import relevance

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset


def hierarchical_ranking(
    dataset: RetrievalDataset, queries: Sequence[int], gallery: Sequence[int], scores: Mapping[str, torch.Tensor]
) -> Explorer:
    """Return the explorer of a query's gallery as pictures, each framed by the levels it shares with the query.

    E12 to E14 (relevance with α = 1, H-rank, H-AP), E5 (NDCG), and E3 (AP) at each level.

    Args:
        dataset: the images and their labels at two levels or more.
        queries: two or more positions in the data set.
        gallery: 2 to 23 positions, none of them a query's.
        scores: two or more embeddings by name, each with `(Q, G)` scores, higher is better.

    Returns:
        An `Explorer` with the query and the embedding.

    Raises:
        ValueError: too few queries or embeddings, too large a gallery, a query in it, positions that are not in the
            data set, or scores of another shape or that are not finite; one level only.

    Example:
        >>> from suprank_edu.data import read
        >>> glyphs = read("standin", split="test")  # character, alphabet; 20 drawings each
        >>> guess = {"one": torch.tensor([[0.9, 0.1, 0.5]] * 2), "two": torch.tensor([[0.1, 0.9, 0.5]] * 2)}
        >>> shown = hierarchical_ranking(glyphs, [0, 5], [1, 200, 21], guess)
        >>> print(shown.readout(query=shown.parameters["query"], embedding="one").split("; ")[0])
        H-AP = Σ H-rank/rank ÷ Σ rel = 1.5 ÷ 1.5 = 1
    """
    if dataset.labels.shape[1] < 2:
        raise ValueError("`dataset`: got 1 level of labels, expected two or more")
    pictures = shelf(dataset, queries, gallery, scores)
    kept, embeddings = pictures.query_names, tuple(scores)

    def describe(query: str, embedding: str) -> Description:
        return {"data": [*pictures.traces(query, embedding), _bars(pictures, query, embedding)], "layout": made}

    def readout(query: str, embedding: str) -> str:
        return _readout(pictures, query, embedding)

    made = _layout(pictures)
    names = ", ".join(f"the same {readable_name(name)}" for name in pictures.column_names)
    kinds = ", ".join(("circle", "square", "open square")[: pictures.num_levels])
    return Explorer(
        FigureFunction(describe),
        [Choice("query", "Query", kept, kept[0]), Choice("embedding", "Order by", embeddings, embeddings[0])],
        title="A gallery with degrees: who shares what with the query",
        alt=(
            f"A query picture, then its gallery of {len(pictures.gallery)} pictures, the best first, in rows. Frames "
            f"and marks tell what each shares with the query: {names} ({kinds}), or nothing "
            "(dashed frame, cross). Below, bars give H-AP, NDCG and the AP of each level, and follow the order."
        ),
        readout=readout,
    )


def _values(pictures: Shelf, query: str, embedding: str) -> dict[str, float]:
    """Return H-AP, NDCG and the AP of each level, the finest first, by the name that the bar carries."""
    at = pictures.query_names.index(query)
    scores, levels = pictures.scores[embedding][at : at + 1], pictures.levels[at : at + 1]
    values = {"H-AP": _h_ap(pictures, scores, levels)[2], "NDCG": float(metrics.ndcg(scores, levels)[0])}
    for column, name in enumerate(pictures.column_names):
        relevant = levels >= pictures.num_levels - column
        values[f"AP, same {readable_name(name)}"] = float(metrics.average_precision(scores, relevant)[0])
    return values


def _h_ap(pictures: Shelf, scores: Tensor, levels: Tensor) -> tuple[float, float, float]:
    """Return Σ H-rank/rank, Σ rel, and their ratio, H-AP; L is that of the labels."""
    relevances = relevance(levels, num_levels=pictures.num_levels).to(torch.float64)
    value = float(metrics.h_ap(scores, levels, relevances=relevances)[0])
    total = float(relevances.sum())
    return value * total, total, value


def _readout(pictures: Shelf, query: str, embedding: str) -> str:
    at = pictures.query_names.index(query)
    scores, levels = pictures.scores[embedding][at : at + 1], pictures.levels[at : at + 1]
    above, total, value = _h_ap(pictures, scores, levels)
    remark = _remark(pictures, query, embedding)
    if total == 0:
        return f"H-AP and NDCG are not defined: nobody here shares anything with the query.\n{remark}"
    ndcg = float(metrics.ndcg(scores, levels)[0])
    relevances = relevance(levels, num_levels=pictures.num_levels)[0]
    shares = []
    for level in range(pictures.num_levels, 0, -1):
        own = relevances[levels[0] == level].tolist()
        if own:
            shares.append(f"{number(own[0])} for each of {len(own)} of level {level}")
    return "\n".join(
        [
            f"H-AP = Σ H-rank/rank ÷ Σ rel = {number(above)} ÷ {number(total)} = {number(value)}; "
            f"NDCG = {number(ndcg)}",
            f"Relevance: {', '.join(shares)}, 0 for the rest.",
            remark,
        ]
    )


def _remark(pictures: Shelf, query: str, embedding: str) -> str:
    """Name the first picture of the list that stands before a better one, and how bad that is."""
    at = pictures.query_names.index(query)
    levels = [int(pictures.levels[at, j]) for j in pictures.order(query, embedding)]
    for place, level in enumerate(levels, 1):
        best = max(levels[place:], default=0)
        if best > level:
            better = levels.index(best, place) + 1
            return (
                f"First mistake: rank {place} shares {level} of {pictures.num_levels} levels and stands before rank "
                f"{better}, which shares {best}."
            )
    return "No mistake: nobody stands before one who shares more."


def _bars(pictures: Shelf, query: str, embedding: str) -> dict[str, Any]:
    values = _values(pictures, query, embedding)
    colours = [RELATED.soft, RIVAL.soft, *[POSITIVE.soft] * pictures.num_levels]
    return {
        "type": "bar",
        "orientation": "h",
        "x": [value if math.isfinite(value) else None for value in values.values()],
        "y": list(range(len(values))),
        **LOWER,
        "width": 0.86,
        "marker": {"color": colours},
        "text": [
            f"{name} {fixed(value, 2)}" if math.isfinite(value) else f"{name}: not defined"
            for name, value in values.items()
        ],
        **IN_BAR,
        **QUIET,
    }


def _layout(pictures: Shelf) -> dict[str, Any]:
    bars = 2 + pictures.num_levels
    below, height = 24 * bars, ROW_HEIGHT * pictures.rows
    whole = height + 30 + below
    across, down = picture_axes(pictures.rows, (below + 30) / whole)
    return layout(
        whole + 62,
        xaxis=across,
        yaxis=down,
        xaxis2=axis("", range=[0, 1], domain=[0.0, 1.0], anchor="y2", tickvals=[0, 0.25, 0.5, 0.75, 1]),
        yaxis2=axis("", range=[bars - 0.5, -0.5], domain=[0.0, below / whole], anchor="x2", visible=False),
        margin={"l": 6, "r": 10, "t": 12, "b": 28},
    )
