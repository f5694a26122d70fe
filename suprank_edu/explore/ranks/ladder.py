"""A query's gallery in rows by what it shares with the query: the ladder from right to badly wrong, in photographs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from suprank_edu._checks import check_count, check_scores
from suprank_edu.explore.drawing import thumbnails
from suprank_edu.explore.drawing.picture_grid import mark_of
from suprank_edu.explore.drawing.words import fixed, readable_name
from suprank_edu.explore.ranks.gallery import Gallery, Picture, picture_of
from suprank_edu.relevance import count_shared

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset


def ladder_of_mistakes(
    queries: RetrievalDataset,
    query: int,
    gallery: RetrievalDataset,
    scores: Tensor,
    *,
    each: int = 5,
    size: int = 96,
) -> Gallery:
    """Show a query's gallery in rows, one for each number of shared levels, the best of each first.

    Args:
        queries: the set that the query is in.
        query: its position there.
        gallery: the set that was searched, with the same classes.
        scores: `(G,)` floats, the scores of the whole gallery; above each row stand its first rank and its mean score.
        each: photographs in a row, at most.
        size: pixels a side of a thumbnail.

    Returns:
        Rows that show themselves, from the finest level to nothing shared; a level that nobody shares has no row.

    Raises:
        ValueError: a position that is not in its set, scores of another shape or not finite, other label columns, or
            `each` or `size` below 1.

    Example:
        >>> from suprank_edu.data import read
        >>> glyphs = read("standin", split="test")
        >>> ladder_of_mistakes(glyphs, 0, glyphs.subset([1, 20, 470]), torch.tensor([0.9, 0.2, 0.4]))
        What shares how much with test-alphabet1/character01; below each its rank in the whole list
        query
        ● same character: 1, the first at rank 1, mean score 0.90 ●
        ■ same alphabet: 1, the first at rank 3, mean score 0.20 ■
        ✕ nothing shared: 1, the first at rank 2, mean score 0.40 ✕
    """
    thumbnails.check_positions("query", [query], len(queries))
    check_count("each", each)
    check_count("size", size)
    if tuple(gallery.column_names) != tuple(queries.column_names):
        raise ValueError(f"`gallery`: got the columns {gallery.column_names}, expected {queries.column_names}")
    if scores.shape != (len(gallery),):
        raise ValueError(f"`scores`: got shape {tuple(scores.shape)}, expected ({len(gallery)},), one a photograph")
    check_scores(scores[None])
    order = scores.argsort(descending=True, stable=True)  # (G,)
    own, others = torch.from_numpy(queries.labels)[query], torch.from_numpy(gallery.labels)[order]
    levels = count_shared(own[None], others)[0]  # (G,), best first
    top = queries.labels.shape[1]
    rows: list[tuple[Picture, ...]] = [(picture_of(queries, query, None, size),)]
    titles = ["query"]
    for level in range(top, -1, -1):
        ranks = (levels == level).nonzero()[:, 0]  # 0 the best
        if len(ranks) == 0:
            continue
        shared = f"same {readable_name(queries.column_names[top - level])}" if level else "nothing shared"
        mean = fixed(float(scores[order[ranks]].mean()), 2)
        mark = mark_of(level, top).text
        titles.append(f"{mark} {shared}: {len(ranks):,}, the first at rank {int(ranks[0]) + 1:,}, mean score {mean}")
        rows.append(
            tuple(
                picture_of(gallery, int(order[rank]), level, size, told=f"rank {rank + 1:,}")
                for rank in ranks[:each].tolist()
            )
        )
    name = thumbnails.names_of(queries, query)[0]
    caption = f"What shares how much with {name}; below each its rank in the whole list"
    return Gallery(tuple(rows), caption, tuple(titles))
