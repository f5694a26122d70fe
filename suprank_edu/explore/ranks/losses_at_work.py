"""Explorer: three losses of SupRank on one list of photographs, one of which the reader drags, and whom each pulls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torch import Tensor

from suprank_edu.explore.drawing.words import fixed, untagged
from suprank_edu.explore.engine.controls import Choice
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.ranks.forces import AP, LOSSES, RECALL
from suprank_edu.explore.ranks.photographs_on_a_line import explorer_of, scene_of
from suprank_edu.explore.ranks.photographs_on_a_line_figure import force_words

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset


def losses_at_work(
    queries: RetrievalDataset, query: int, gallery: RetrievalDataset, items: Sequence[int], scores: Tensor
) -> Explorer:
    """Return the explorer of three losses of SupRank on the list of one query, and the forces of each.

    E8 (Sup-AP), E9 (Sup-R@k, with k = 1, 2, 4), E10 (Sup-NDCG). AP and R@k count the query's finest class; NDCG counts
    every level that is shared.

    Args:
        queries: the set that the query is in.
        query: its position there.
        gallery: the set that the list is taken from, with the same classes.
        items: G positions in the gallery, with one that shows the query's own class and one that does not.
        scores: `(G,)` floats, their similarities with the query; rounded to hundredths.

    Returns:
        An `Explorer` in which each photograph's mark can be dragged; the arrows are those of the chosen loss.

    Raises:
        ValueError: as `suprank_at_work`.

    Example:
        >>> import torch
        >>> from suprank_edu.data import read
        >>> glyphs = read("standin", split="test")
        >>> work = losses_at_work(glyphs, 0, glyphs, [40, 1, 470], torch.tensor([0.8, 0.7, 0.4]))
        >>> print(work.readout(**work.parameters))
        Sup-AP 0.867, at least 1 − AP = 0.500
        Sup-R@k 0.988, beside 1 − R@k = 0.333
        Sup-NDCG 0.457, at least 1 − NDCG = 0.203
    """
    levels = queries.labels.shape[1]
    scene = scene_of(queries, query, gallery, items, scores, levels=levels, heading="name, force")

    def forces(item: int, score: float, loss: str) -> tuple[Sequence[float], list[str]]:
        found = scene.judged(item, score).forces[loss]
        return found, [
            f"<b>{untagged(scene.names[row])}</b><br>{force_words(force)}" for row, force in enumerate(found)
        ]

    def readout(item: int, score: float, loss: str) -> str:
        judged = scene.judged(item, score)
        return "\n".join(
            f"{name} {fixed(judged.losses[name], 3)}, {'beside' if name == RECALL else 'at least'} "
            f"1 − {name.removeprefix('Sup-')} = {fixed(judged.exact[name], 3)}"
            for name in LOSSES
        )

    return explorer_of(
        scene,
        Choice("loss", "Arrows of", LOSSES, AP),
        forces,
        readout,
        "Three losses of one list: whom does each of them pull?",
        "what it shows",
        "Sup-AP and Sup-R@k tell right from wrong alone; Sup-NDCG pulls what shares a kind ahead of what shares less.",
    )
