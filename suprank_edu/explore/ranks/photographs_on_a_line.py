"""Photographs in rows, each with a mark at its score that can be dragged: what two explorers of losses share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from suprank_edu._checks import check_scores
from suprank_edu.explore.drawing import thumbnails
from suprank_edu.explore.drawing.words import readable_name
from suprank_edu.explore.engine.controls import Choice, Slider
from suprank_edu.explore.engine.drags import Drag
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.explore.ranks.forces import Scene
from suprank_edu.explore.ranks.photographs_on_a_line_figure import describe, mark_traces
from suprank_edu.relevance import count_shared

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset

_STEP = 0.01
_PIXELS = 96


def explorer_of(
    scene: Scene,
    choice: Choice,
    forces: Callable[[int, float, str], tuple[Sequence[float], list[str]]],
    readout: Callable[[int, float, str], str],
    title: str,
    told: str,
    seen: str,
) -> Explorer:
    """Return the explorer of a scene: a photograph to move, its score, and a choice named `loss`.

    Args:
        scene: the list at the start.
        choice: on what the forces depend.
        forces: item, score and choice → the force on each item, and the text beside its row.
        readout: item, score and choice → the text below.
        title: what the reader sees above.
        told: what stands beside each row, for those who do not see it.
        seen: what there is to see in the arrows.
    """
    options = tuple(f"{i}: {name}" for i, name in enumerate(scene.names, 1))
    low, high = _reach(scene.scores)

    @FigureFunction
    def figure(item: str, score: float, loss: str) -> Description:
        pulls, texts = forces(options.index(item), score, loss)
        return describe(scene, options.index(item), score, pulls, texts, (low, high))

    return Explorer(
        figure,
        [
            Choice(
                "item",
                "Photograph to move",
                options,
                options[0],
                presets={option: {"score": start} for option, start in zip(options, scene.scores, strict=True)},
            ),
            Slider("score", "Its score", low, high, _STEP, scene.scores[0]),
            choice,
        ],
        title=title,
        alt=(
            f"A query shows {scene.query_name}. {len(options)} photographs stand in rows, each with a mark at its "
            f"score that says by shape and colour what it shares with the query, {told}, and an arrow for the force on "
            "it: to the right where the loss wants a higher score, to the left where it wants a lower one, longer the "
            f"stronger. {seen}"
        ),
        readout=lambda item, score, loss: readout(options.index(item), score, loss),
        drags=[
            Drag("score", trace, point, f"score of {option}", sets={"item": option})
            for option, (trace, point) in zip(options, mark_traces(scene), strict=True)
        ],
    )


def scene_of(
    queries: RetrievalDataset,
    query: int,
    gallery: RetrievalDataset,
    items: Sequence[int],
    scores: Tensor,
    *,
    levels: int,
    heading: str,
) -> Scene:
    """Return the list as it starts, with so many of the finest label columns counted."""
    thumbnails.check_positions("query", [query], len(queries))
    thumbnails.check_positions("items", items, len(gallery))
    check_scores(scores[None] if scores.ndim == 1 else scores)
    if scores.shape != (len(items),):
        raise ValueError(f"`scores`: got shape {tuple(scores.shape)}, expected ({len(items)},), one an item")
    own = torch.from_numpy(queries.labels)[query, :levels]  # (L,)
    shared = count_shared(own[None], torch.from_numpy(gallery.labels)[list(items), :levels])[0].tolist()  # (G,)
    relevant = shared.count(levels)
    if relevant in (0, len(shared)):
        raise ValueError(f"`items`: got {relevant} of {len(shared)} relevant, expected both kinds")
    names = [f"same {readable_name(name)}" for name in queries.column_names[:levels]]
    return Scene(
        query=thumbnails.as_photograph(queries, query, _PIXELS),
        query_name=thumbnails.names_of(queries, query)[0],
        pictures=tuple(thumbnails.as_photograph(gallery, item, _PIXELS) for item in items),
        names=tuple(thumbnails.names_of(gallery, item)[0] for item in items),
        levels=tuple(shared),
        top=levels,
        level_names=("another" if levels == 1 else "nothing shared", *reversed(names)),
        heading=heading,
        scores=tuple(round(value, 2) for value in scores.to(torch.float64).tolist()),
    )


def _reach(scores: Sequence[float]) -> tuple[float, float]:
    """Return round ends of the score axis with room on both sides of the list."""
    return round(max(-1.0, min(scores) - 0.1), 1), round(min(1.0, max(scores) + 0.1), 1)
