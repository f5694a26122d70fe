"""Explorer: what is retrieved for a query, as pictures, under several embeddings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from suprank_edu.explore.drawing.palette import layout
from suprank_edu.explore.drawing.picture_grid import ROW_HEIGHT, picture_axes
from suprank_edu.explore.drawing.pictures import Shelf, shelf
from suprank_edu.explore.drawing.words import number, readable_name
from suprank_edu.explore.engine.controls import Choice, Slider
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction

if TYPE_CHECKING:
    import torch

    from suprank_edu.data import RetrievalDataset


def nearest_pictures(
    dataset: RetrievalDataset, queries: Sequence[int], gallery: Sequence[int], scores: Mapping[str, torch.Tensor]
) -> Explorer:
    """Return the explorer of a query's gallery as pictures, in the order that an embedding gives.

    An item is right when its finest label is that of the query.

    Args:
        dataset: the images and their labels.
        queries: two or more positions in the data set.
        gallery: 2 to 23 positions, none of them a query's.
        scores: two or more embeddings by name, each with `(Q, G)` scores, higher is better.

    Returns:
        An `Explorer` with the query, the embedding, and how many pictures are looked at.

    Raises:
        ValueError: too few queries or embeddings, too large a gallery, a query in it, positions that are not in the
            data set, or scores of another shape or that are not finite.

    Example:
        >>> import torch
        >>> from suprank_edu.data import read
        >>> glyphs = read("standin", split="test")
        >>> guess = {"one": torch.tensor([[0.9, 0.1], [0.2, 0.8]]), "two": torch.tensor([[0.1, 0.9], [0.8, 0.2]])}
        >>> shown = nearest_pictures(glyphs, [0, 20], [1, 21], guess)
        >>> print(shown.readout(**shown.parameters).split("; ")[0])
        Of the first 2, 1 is right: precision 1/2 = 0.5
    """
    pictures = shelf(dataset, queries, gallery, scores, columns=[0])
    kept, embeddings = pictures.query_names, tuple(scores)
    most = len(pictures.gallery)

    def describe(query: str, embedding: str, k: int) -> Description:
        across, down = picture_axes(pictures.rows, 0.0)
        return {
            "data": pictures.traces(query, embedding, k),
            "layout": layout(30 + ROW_HEIGHT * pictures.rows, xaxis=across, yaxis=down, margin=_MARGIN),
        }

    def readout(query: str, embedding: str, k: int) -> str:
        return _readout(pictures, query, embedding, k)

    return Explorer(
        FigureFunction(describe),
        [
            Choice("query", "Query", kept, kept[0]),
            Choice("embedding", "Embedding", embeddings, embeddings[0]),
            Slider("k", "Look at the first k", 1, min(12, most), 1, min(5, most)),
        ],
        title="What is retrieved: one query, several embeddings",
        alt=(
            f"A query picture, then its gallery of {most} pictures by similarity, the best first, in rows. "
            f"Pictures of the same {readable_name(dataset.column_names[0])} have a solid frame and a circle, others a "
            "dashed frame and a cross. Another embedding brings another order; pictures after the first k are faded."
        ),
        readout=readout,
    )


_MARGIN = {"l": 4, "r": 4, "t": 12, "b": 4}


def _readout(pictures: Shelf, query: str, embedding: str, k: int) -> str:
    """Say how many of the first k are right, where the first right one is, and how similar the first of all is."""
    at = pictures.query_names.index(query)
    order = pictures.order(query, embedding)
    hits = [int(pictures.levels[at, j]) for j in order]
    scores = pictures.scores[embedding][at : at + 1]
    right = sum(hits[:k])
    first = f"the first right one has rank {hits.index(1) + 1}" if any(hits) else "none is right"
    return "\n".join(
        [
            f"Of the first {k}, {right} {'is' if right == 1 else 'are'} right: precision {right}/{k} = "
            f"{number(right / k)}; {first}.",
            f"Scores: {number(float(scores[0, order[0]]), 2)} for rank 1, {number(float(scores[0, order[-1]]), 2)} for "
            f"rank {len(order)}. Only their order counts.",
        ]
    )
