"""Explorer: SupRank at work on one list of photographs, one of which the reader drags: ranks, loss, and the forces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torch import Tensor

from suprank_edu.explore.drawing.words import fixed, number, signed
from suprank_edu.explore.engine.controls import Choice
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.ranks.forces import STAND_INS, SUPRANK, Scene
from suprank_edu.explore.ranks.photographs_on_a_line import explorer_of, scene_of
from suprank_edu.explore.ranks.photographs_on_a_line_figure import force_words

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset


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
        >>> import torch
        >>> from suprank_edu.data import read
        >>> glyphs = read("standin", split="test")
        >>> work = suprank_at_work(glyphs, 0, glyphs, [40, 1, 470], torch.tensor([0.8, 0.7, 0.4]))
        >>> print(work.readout(**work.parameters))
        AP = 1/1 (1/2) = 0.500
        Sup-AP: 1 − 1/1 (1/7.49) = 0.867, at least 1 − AP = 0.500
        Strongest force: 2, +1.8; this photograph, 1: −1.8
    """
    scene = scene_of(queries, query, gallery, items, scores, levels=1, heading="rank → stand-in")

    def forces(item: int, score: float, stand_in: str) -> tuple[Sequence[float], list[str]]:
        state = scene.state(item, score, stand_in)
        return state.forces, [
            f"<b>rank {state.ranks[row]}{f' → {number(state.smooth[row])}' if scene.relevant[row] else ''}</b>"
            f"<br>{force_words(state.forces[row])}"
            for row in range(len(state.ranks))
        ]

    return explorer_of(
        scene,
        Choice("loss", "Stand-in for the rank", STAND_INS, SUPRANK),
        forces,
        lambda item, score, stand_in: _readout(scene, item, score, stand_in),
        "SupRank at work: drag a photograph's mark along its score",
        "its exact rank, the stand-in for its rank",
        "Under SupRank every misplaced photograph is pulled; under the sigmoid those far from any other have no arrow.",
    )


def _readout(scene: Scene, item: int, score: float, stand_in: str) -> str:
    state = scene.state(item, score, stand_in)
    positives = [i for i in sorted(range(len(scene.names)), key=lambda i: state.ranks[i]) if scene.relevant[i]]
    exact = " + ".join(f"{state.ranks_plus[i]}/{state.ranks[i]}" for i in positives)
    smooth = " + ".join(f"{number(state.smooth_plus[i])}/{number(state.smooth[i])}" for i in positives)
    strongest = max(range(len(scene.names)), key=lambda i: abs(state.forces[i]))
    title, count = ("Sup-AP", "at least") if stand_in == SUPRANK else ("Smooth-AP", "no bound on")
    return "\n".join(
        [
            f"AP = 1/{len(positives)} ({exact}) = {fixed(state.ap, 3)}",
            f"{title}: 1 − 1/{len(positives)} ({smooth}) = {fixed(state.loss, 3)}, "
            f"{count} 1 − AP = {fixed(1 - state.ap, 3)}",
            f"Strongest force: {strongest + 1}, {signed(state.forces[strongest], 2)}; "
            f"this photograph, {item + 1}: {signed(state.forces[item], 2)}",
        ]
    )
