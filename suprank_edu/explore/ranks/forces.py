"""A list of photographs with scores, one of which moves: its exact ranks, their stand-ins, the loss and the forces."""

import functools
from dataclasses import dataclass
from typing import NamedTuple

import torch

from suprank_edu import metrics, naive
from suprank_edu.explore.ranks.ways_out import SMOOTH_AP, SUP_AP, moved, value_and_pulls
from suprank_edu.losses import sup_ap, sup_ndcg, sup_recall

SUPRANK, SIGMOID = "SupRank (H⁻)", "sigmoid (Smooth-AP)"
STAND_INS = (SUPRANK, SIGMOID)
"""What stands in for the rank in the loss of AP."""

AP, RECALL, NDCG = "Sup-AP", "Sup-R@k", "Sup-NDCG"
LOSSES = (AP, RECALL, NDCG)
"""Losses of SupRank; the k of R@k are 1, 2 and 4, as many as a short list has room for."""

KS = (1, 2, 4)


class State(NamedTuple):
    """The list at one position of one photograph; every tuple is in the order of the items."""

    scores: tuple[float, ...]
    ranks: tuple[int, ...]
    ranks_plus: tuple[int, ...]
    smooth: tuple[float, ...]  # the stand-in for the rank
    smooth_plus: tuple[float, ...]
    ap: float
    loss: float
    forces: tuple[float, ...]  # minus the derivative of the loss by the score


class Judged(NamedTuple):
    """What the losses of SupRank say of a list, each beside one minus its metric, and the forces of each."""

    losses: dict[str, float]
    exact: dict[str, float]
    forces: dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Scene:
    """A query and its list: pictures, names, the levels shared with the query, and the scores at the start."""

    query: str
    query_name: str
    pictures: tuple[str, ...]
    names: tuple[str, ...]
    levels: tuple[int, ...]
    top: int
    scores: tuple[float, ...]
    level_names: tuple[str, ...]  # from level 0 on
    heading: str  # of what is written beside each row

    @property
    def relevant(self) -> tuple[int, ...]:
        """1 for what shares the finest level."""
        return tuple(int(level == self.top) for level in self.levels)

    def state(self, item: int, score: float, stand_in: str) -> State:
        """Return the ranks and the loss of AP once `item` has `score` (E1, E3, E7 or E11)."""
        return _state(moved(self.scores, item, score), self.relevant, stand_in)

    def judged(self, item: int, score: float) -> Judged:
        """Return the three losses once `item` has `score`, and the forces of each (E8 to E10)."""
        return _judged(moved(self.scores, item, score), self.relevant, self.levels)


@functools.cache
def _state(scores: tuple[float, ...], relevant: tuple[int, ...], stand_in: str) -> State:
    loss, forces = value_and_pulls(SUP_AP if stand_in == SUPRANK else SMOOTH_AP, scores, relevant)
    smooth, smooth_plus = (naive.sup_rank if stand_in == SUPRANK else naive.smooth_rank)(scores, relevant)
    return State(
        scores=scores,
        ranks=tuple(naive.rank(scores)),
        ranks_plus=tuple(naive.rank_plus(scores, relevant)),
        smooth=tuple(smooth),
        smooth_plus=tuple(smooth_plus),
        ap=naive.average_precision(scores, relevant),
        loss=loss,
        forces=forces,
    )


@functools.cache
def _judged(scores: tuple[float, ...], relevant: tuple[int, ...], levels: tuple[int, ...]) -> Judged:
    own = torch.tensor([scores], dtype=torch.float64, requires_grad=True)  # (1, G)
    right, shared = torch.tensor([relevant]), torch.tensor([levels])  # (1, G) each
    values = {AP: sup_ap(own, right)[0], RECALL: sup_recall(own, right, ks=KS)[0], NDCG: sup_ndcg(own, shared)[0]}
    slopes = {name: torch.autograd.grad(value, own)[0][0] for name, value in values.items()}  # (G,) each
    found = own.detach()
    recall = sum(float(metrics.recall_at_k(found, right, k)[0]) for k in KS) / len(KS)
    exact = {AP: float(metrics.average_precision(found, right)[0]), RECALL: recall}
    exact[NDCG] = float(metrics.ndcg(found, shared)[0])
    return Judged(
        losses={name: float(value.detach()) for name, value in values.items()},
        exact={name: 1 - value for name, value in exact.items()},
        forces={name: tuple((0.0 - slope).tolist()) for name, slope in slopes.items()},
    )
