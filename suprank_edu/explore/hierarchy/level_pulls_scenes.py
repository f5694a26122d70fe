"""The courses of the explorer of pulls: a query's list with levels, whose scores follow the gradient of a loss."""

import functools
from typing import NamedTuple

import torch
from torch import Tensor

from suprank_edu.losses import sup_ap, sup_h_ap, sup_ndcg
from suprank_edu.metrics import average_precision, h_ap, ndcg
from suprank_edu.relevance import relevance, relevance_from_weights

AP, H_AP, WEIGHTED, NDCG = "Sup-AP", "Sup-H-AP, E12", "Sup-H-AP, growing", "Sup-NDCG"
LOSSES = (AP, H_AP, WEIGHTED, NDCG)

MANY_FINE, MIXED = "2 coarse, 10 fine", "mixed up"
LISTS = (MANY_FINE, MIXED)
WEIGHTS = (0.6, 0.4)
"""Of the fine and the coarse level, for the growing relevance (E14)."""

STEPS = tuple(range(0, 241, 6))
_RATE = 1e-3

_LEVELS = {MANY_FINE: (1,) * 2 + (2,) * 10 + (0,) * 4, MIXED: (0, 1, 2, 0, 1, 2, 1, 0, 2, 1, 0, 2)}
_TOP, _APART = 0.7, 0.02

Numbers = tuple[float, ...]


class Pulled(NamedTuple):
    """Where a list stands after some steps down the gradient, and how it is pulled there."""

    scores: Numbers
    pulls: Numbers  # minus the gradient, one number for each item: above 0 upwards
    loss: float
    values: Numbers  # AP of the fine level, H-AP with E12, H-AP with the growing relevance, NDCG


def levels_of(name: str) -> Tensor:
    """Return the `(1, G)` levels of a list, in the order of the starting scores, best first.

    Example:
        >>> levels_of(MIXED).shape
        torch.Size([1, 12])
    """
    return torch.tensor([_LEVELS[name]])


def relevances_of(name: str, loss: str) -> Tensor:
    """Return the `(1, G)` relevances that a loss goes by: E12, or those that grow with the level."""
    levels = levels_of(name)
    found = relevance_from_weights(levels, WEIGHTS) if loss == WEIGHTED else relevance(levels, num_levels=2)
    return found.double()


@functools.cache
def course(name: str, loss: str) -> tuple[Pulled, ...]:
    """Return the list at each of `STEPS` while its scores, free to move between 0 and 1, follow the gradient."""
    scores = _TOP - _APART * torch.arange(len(_LEVELS[name]), dtype=torch.float64)[None]  # (1, G)
    found = []
    for step in range(STEPS[-1] + 1):
        leaf = scores.clone().requires_grad_()
        value = _loss(leaf, name, loss)
        (gradient,) = torch.autograd.grad(value.sum(), leaf)
        if step in STEPS:
            found.append(_pulled(scores, -gradient, float(value.detach()[0]), name))
        scores = (scores - _RATE * gradient).clamp(0, 1)
    return tuple(found)


def _loss(scores: Tensor, name: str, loss: str) -> Tensor:
    levels = levels_of(name)
    if loss == AP:
        return sup_ap(scores, levels, min_level=2)
    if loss == NDCG:
        return sup_ndcg(scores, levels)
    return sup_h_ap(scores, levels, relevances=relevances_of(name, loss))


def _pulled(scores: Tensor, pulls: Tensor, loss: float, name: str) -> Pulled:
    levels, scores = levels_of(name), scores.round(decimals=4)  # what is drawn is what is measured
    values = (
        average_precision(scores, levels >= 2),
        h_ap(scores, levels, relevances=relevances_of(name, H_AP)),
        h_ap(scores, levels, relevances=relevances_of(name, WEIGHTED)),
        ndcg(scores, levels),
    )
    return Pulled(
        scores=tuple(scores[0].tolist()),
        pulls=tuple(round(p, 4) for p in pulls[0].tolist()),
        loss=loss,
        values=tuple(float(value[0]) for value in values),
    )
