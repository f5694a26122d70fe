"""Pictures that change places: a query and its gallery as one list of thumbnails, framed by what they share.

Each thumbnail is a trace of its own that keeps its picture and only moves, so a built page stores it once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from suprank_edu._checks import check_scores
from suprank_edu.explore.drawing.picture_grid import (
    COLUMNS,
    PIXELS,
    frames,
    hovers,
    mark_of,
    marks,
    picture,
    query_frame,
)
from suprank_edu.explore.drawing.thumbnails import as_photograph, check_positions, names_of
from suprank_edu.explore.drawing.words import fixed, readable_name
from suprank_edu.relevance import count_shared

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset

MAX_GALLERY = 23
"""Four rows of six pictures, the query the first of them."""


@dataclass(frozen=True)
class Shelf:
    """Queries, one gallery for all of them, and the scores that several embeddings give.

    Args:
        queries: Q thumbnails as data addresses.
        query_names: Q different names, for a drop-down list.
        gallery: G thumbnails.
        captions: G texts that say what the gallery shows.
        levels: `(Q, G)` int64, the shared levels.
        column_names: L names, finest first.
        scores: embedding → `(Q, G)` scores.
    """

    queries: tuple[str, ...]
    query_names: tuple[str, ...]
    gallery: tuple[str, ...]
    captions: tuple[str, ...]
    levels: Tensor
    column_names: tuple[str, ...]
    scores: Mapping[str, Tensor]

    @property
    def num_levels(self) -> int:
        """L, the levels of labels."""
        return len(self.column_names)

    @property
    def rows(self) -> int:
        """Rows of pictures."""
        return -(-(len(self.gallery) + 1) // COLUMNS)

    def order(self, query: str, embedding: str) -> list[int]:
        """Return the gallery in the order of the list: by score, lower levels first among equals."""
        at = self.query_names.index(query)
        scores, levels = self.scores[embedding][at].tolist(), self.levels[at].tolist()
        return sorted(range(len(scores)), key=lambda j: (-scores[j], levels[j]))

    def traces(self, query: str, embedding: str) -> list[dict[str, Any]]:
        """Return every picture in its place, its frame and its mark."""
        at, order = self.query_names.index(query), self.order(query, embedding)
        place = {item: number for number, item in enumerate(order, 1)}
        traces = [picture(self.queries[at], 0)]
        traces += [picture(source, place[item]) for item, source in enumerate(self.gallery)]
        of_level = [[j for j in order if self.levels[at, j] == level] for level in range(self.num_levels + 1)]
        for level in reversed(range(self.num_levels + 1)):
            mark, places = mark_of(level, self.num_levels), [place[j] for j in of_level[level]]
            traces += [frames(mark, places), marks(mark, places, self.name_of(level))]
        return [*traces, query_frame(), self._hover(at, order, embedding)]

    def name_of(self, level: int) -> str:
        """Return what an item of `level` shares with the query, in words."""
        if level == 0:
            return "nothing shared" if self.num_levels > 1 else f"another {readable_name(self.column_names[0])}"
        return f"same {readable_name(self.column_names[self.num_levels - level])}"

    def _hover(self, at: int, order: Sequence[int], embedding: str) -> dict[str, Any]:
        scores, shared = self.scores[embedding][at].tolist(), self.levels[at].tolist()
        texts = [
            f"rank {place}: {self.captions[j]}<br>score {fixed(scores[j], 2)}, {self.name_of(shared[j])}"
            for place, j in enumerate(order, 1)
        ]
        return hovers(texts, 44)


def shelf(
    dataset: RetrievalDataset, queries: Sequence[int], gallery: Sequence[int], scores: Mapping[str, Tensor]
) -> Shelf:
    """Decode the pictures and count what they share.

    Args:
        dataset: the images and their labels.
        queries: two or more positions in the data set.
        gallery: 2 to 23 positions, none of them a query's.
        scores: two or more embeddings by name, each with `(Q, G)` scores.

    Raises:
        ValueError: too few queries or embeddings, too large a gallery, a query in it, positions that are not in the
            data set, or scores of another shape, that are not finite or no floating-point tensor.
    """
    _check(len(dataset), queries, gallery, scores)
    labels = torch.from_numpy(dataset.labels)
    names = [names_of(dataset, index) for index in queries]
    return Shelf(
        queries=tuple(as_photograph(dataset, index, PIXELS) for index in queries),
        query_names=tuple(f"{i}: {name[0]}" for i, name in enumerate(names, 1)),
        gallery=tuple(as_photograph(dataset, index, PIXELS) for index in gallery),
        captions=tuple(", ".join(names_of(dataset, index)) for index in gallery),
        levels=count_shared(labels[list(queries)], labels[list(gallery)]),
        column_names=tuple(dataset.column_names),
        scores={name: value.detach().to("cpu", torch.float64) for name, value in scores.items()},
    )


def _check(size: int, queries: Sequence[int], gallery: Sequence[int], scores: Mapping[str, Tensor]) -> None:
    if len(queries) < 2:
        raise ValueError(f"`queries`: got {len(queries)}, expected two or more, to choose from")
    if not 2 <= len(gallery) <= MAX_GALLERY:
        raise ValueError(f"`gallery`: got {len(gallery)} items, expected 2..{MAX_GALLERY}, as many as have room")
    check_positions("queries", queries, size)
    check_positions("gallery", gallery, size)
    both = sorted(set(queries) & set(gallery))
    if both:
        raise ValueError(f"`gallery`: got item {both[0]}, which is a query, expected no query in its own gallery")
    if len(scores) < 2:
        raise ValueError(f"`scores`: got {len(scores)} embeddings, expected two or more, to choose from")
    for name, value in scores.items():
        check_scores(value)
        if value.shape != (len(queries), len(gallery)):
            raise ValueError(
                f"`scores`: got shape {tuple(value.shape)} for {name!r}, expected ({len(queries)}, {len(gallery)})"
            )
