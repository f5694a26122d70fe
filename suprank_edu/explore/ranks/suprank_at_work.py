"""Explorer: SupRank at work on one list of photographs, one of which the reader drags: ranks, loss, and the forces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from suprank_edu._checks import check_scores
from suprank_edu.explore.drawing import thumbnails
from suprank_edu.explore.drawing.words import fixed, number
from suprank_edu.explore.engine.controls import Choice, Slider
from suprank_edu.explore.engine.drags import Drag
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.engine.figures import Description, FigureFunction
from suprank_edu.explore.ranks.forces import LOSSES, SUPRANK, Scene
from suprank_edu.explore.ranks.suprank_at_work_figure import describe, mark_traces

if TYPE_CHECKING:
    from torch import Tensor

    from suprank_edu.data import RetrievalDataset

_STEP = 0.01
_PIXELS = 96


def suprank_at_work(
    queries: RetrievalDataset, query: int, gallery: RetrievalDataset, items: Sequence[int], scores: Tensor
) -> Explorer:
    """Return the explorer of SupRank on the list of one query: exact ranks, SupRank, the loss and every force.

    E1 (rank), E3 (AP), E7 (SupRank), E11 (Smooth-AP). The force on a photograph is minus the derivative of the loss by
    its score: a step down the gradient moves the score that way.

    Args:
        queries: the set that the query is in.
        query: its position there.
        gallery: the set that the list is taken from, with the same classes.
        items: G positions in the gallery, with one that shows the query's own class and one that does not.
        scores: `(G,)` floats, their similarities with the query; rounded to hundredths.

    Returns:
        An `Explorer` in which each photograph's mark can be dragged, for SupRank or the sigmoid in its place.

    Raises:
        ValueError: a position is not in its set, not one score an item, or items that are all right or all wrong.

    Example:
        >>> from suprank_edu.data import read
        >>> glyphs = read("standin", split="test")
        >>> work = suprank_at_work(glyphs, 0, glyphs, [40, 1, 470], torch.tensor([0.8, 0.7, 0.4]))
        >>> print(work.readout(**work.parameters))
        AP = 1/1 (1/2) = 0.500
        Sup-AP: 1 − 1/1 (1/7.49) = 0.867, at least 1 − AP = 0.500
        Strongest force: 2, +1.8; this photograph, 1: −1.8
    """
    scene = _scene(queries, query, gallery, items, scores)
    options = tuple(f"{i}: {name}" for i, name in enumerate(scene.names, 1))
    low, high = _reach(scene.scores)

    @FigureFunction
    def figure(item: str, score: float, loss: str) -> Description:
        return describe(scene, options.index(item), score, loss, (low, high))

    def readout(item: str, score: float, loss: str) -> str:
        return _readout(scene, options.index(item), score, loss)

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
            Choice("loss", "Stand-in for the rank", LOSSES, SUPRANK),
        ],
        title="SupRank at work: drag a photograph's mark along its score",
        alt=(
            f"A query shows {scene.query_name}. {len(items)} photographs stand in rows, each with a mark at its score "
            "(a circle where it shows the same product, a cross where it does not), its exact rank, the stand-in for "
            "its rank, and an arrow for the force on it: to the right where the loss wants a higher score, to the left "
            "where it wants a lower one, longer the stronger. Under SupRank every misplaced photograph is pulled; "
            "under the sigmoid those far from any other have no arrow."
        ),
        readout=readout,
        drags=[
            Drag("score", trace, point, f"score of {option}", sets={"item": option})
            for option, (trace, point) in zip(options, mark_traces(scene), strict=True)
        ],
    )


def _scene(
    queries: RetrievalDataset, query: int, gallery: RetrievalDataset, items: Sequence[int], scores: Tensor
) -> Scene:
    thumbnails.check_positions("query", [query], len(queries))
    thumbnails.check_positions("items", items, len(gallery))
    check_scores(scores[None] if scores.ndim == 1 else scores)
    if scores.shape != (len(items),):
        raise ValueError(f"`scores`: got shape {tuple(scores.shape)}, expected ({len(items)},), one an item")
    relevant = tuple(int(gallery.labels[item, 0] == queries.labels[query, 0]) for item in items)
    if sum(relevant) in (0, len(relevant)):
        raise ValueError(f"`items`: got {sum(relevant)} of {len(relevant)} relevant, expected both kinds")
    return Scene(
        query=thumbnails.as_photograph(queries, query, _PIXELS),
        query_name=thumbnails.names_of(queries, query)[0],
        pictures=tuple(thumbnails.as_photograph(gallery, item, _PIXELS) for item in items),
        names=tuple(thumbnails.names_of(gallery, item)[0] for item in items),
        relevant=relevant,
        scores=tuple(round(value, 2) for value in scores.to(torch.float64).tolist()),
    )


def _reach(scores: Sequence[float]) -> tuple[float, float]:
    """Return round ends of the score axis with room on both sides of the list."""
    return round(max(-1.0, min(scores) - 0.1), 1), round(min(1.0, max(scores) + 0.1), 1)


def _readout(scene: Scene, item: int, score: float, loss: str) -> str:
    state = scene.state(item, score, loss)
    positives = [i for i in sorted(range(len(scene.names)), key=lambda i: state.ranks[i]) if scene.relevant[i]]
    exact = " + ".join(f"{state.ranks_plus[i]}/{state.ranks[i]}" for i in positives)
    smooth = " + ".join(f"{number(state.smooth_plus[i])}/{number(state.smooth[i])}" for i in positives)
    strongest = max(range(len(scene.names)), key=lambda i: abs(state.forces[i]))
    title, count = ("Sup-AP", "at least") if loss == SUPRANK else ("Smooth-AP", "no bound on")
    return "\n".join(
        [
            f"AP = 1/{len(positives)} ({exact}) = {fixed(state.ap, 3)}",
            f"{title}: 1 − 1/{len(positives)} ({smooth}) = {fixed(state.loss, 3)}, "
            f"{count} 1 − AP = {fixed(1 - state.ap, 3)}",
            f"Strongest force: {strongest + 1}, {_signed(state.forces[strongest])}; "
            f"this photograph, {item + 1}: {_signed(state.forces[item])}",
        ]
    )


def _signed(force: float) -> str:
    return ("+" if force > 0 else "") + number(force, 2)
