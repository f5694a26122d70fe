"""A list of photographs with scores, one of which moves: its exact ranks, their stand-ins, the loss and the forces."""

import functools
from dataclasses import dataclass
from typing import NamedTuple

import torch

from suprank_edu import naive
from suprank_edu.losses import smooth_ap, sup_ap

SUPRANK, SIGMOID = "SupRank (H⁻)", "sigmoid (Smooth-AP)"
LOSSES = (SUPRANK, SIGMOID)


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


@dataclass(frozen=True)
class Scene:
    """A query and its list: pictures, names, which are relevant, and the scores at the start."""

    query: str
    query_name: str
    pictures: tuple[str, ...]
    names: tuple[str, ...]
    relevant: tuple[int, ...]
    scores: tuple[float, ...]

    def state(self, item: int, score: float, loss: str) -> State:
        """Return the list once `item` has `score` (E1, E3, E7 or E11)."""
        return _state((*self.scores[:item], score, *self.scores[item + 1 :]), self.relevant, loss)


@functools.cache
def _state(scores: tuple[float, ...], relevant: tuple[int, ...], loss: str) -> State:
    own = torch.tensor([scores], dtype=torch.float64, requires_grad=True)  # (1, G)
    levels = torch.tensor([relevant])  # (1, G)
    value = (sup_ap if loss == SUPRANK else smooth_ap)(own, levels)[0]
    (slope,) = torch.autograd.grad(value, own)
    stand_in = naive.sup_rank if loss == SUPRANK else naive.smooth_rank
    smooth, smooth_plus = stand_in(scores, relevant)
    return State(
        scores=scores,
        ranks=tuple(naive.rank(scores)),
        ranks_plus=tuple(naive.rank_plus(scores, relevant)),
        smooth=tuple(smooth),
        smooth_plus=tuple(smooth_plus),
        ap=naive.average_precision(scores, relevant),
        loss=float(value.detach()),
        forces=tuple((0.0 - slope[0]).tolist()),
    )
