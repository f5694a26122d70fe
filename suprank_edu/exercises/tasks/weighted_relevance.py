"""Chapter 11: the relevance that collects a weight at each level."""

from __future__ import annotations

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Case, Exercise, Function, Mistake


def _weighted_relevance(levels: Tensor, weights: Tensor) -> Tensor:
    rows = []
    for own in levels.tolist():
        by_level = weights.tolist()[::-1]  # the coarsest first
        sizes = [sum(level >= p for level in own) for p in range(1, len(by_level) + 1)]
        rows.append([sum(by_level[p] / sizes[p] for p in range(level)) for level in own])
    return torch.tensor(rows, dtype=torch.float64)


def _collected(order: str = "finest first", sizes: str = "at least", share: str = "all") -> Function:
    """Return the relevance with the weights, the class sizes or the summed levels read otherwise."""

    def rule(levels: Tensor, weights: Tensor) -> Tensor:
        by_level = (weights.flip(0) if order == "finest first" else weights).to(torch.float64)
        total = torch.zeros(levels.shape, dtype=torch.float64)
        for p, weight in enumerate(by_level.tolist(), 1):
            reached = levels == p if share == "own" else levels >= p
            exactly = levels == p if sizes == "exactly" else levels >= p
            size = torch.ones(()) if sizes == "none" else exactly.sum(1, keepdim=True).clamp(min=1)
            total = total + torch.where(reached, weight / size, 0.0)
        return total

    return rule


def _e12(levels: Tensor, weights: Tensor) -> Tensor:
    return torch.tensor([naive.relevance(row, 1.0, len(weights)) for row in levels.tolist()], dtype=torch.float64)


WEIGHTED_RELEVANCE = Exercise(
    name="weighted_relevance",
    arguments=("levels", "weights"),
    returns="(Q, G), one relevance per item",
    truth=_weighted_relevance,
    cases=(
        Case(
            "two queries, three levels",
            (
                torch.tensor([[3, 2, 1, 0, 2, 1, 1], [1, 3, 3, 0, 2, 2, 2]]),
                torch.tensor([0.5, 0.3, 0.2]),
            ),
        ),
        Case("10 fine items, 2 coarse ones", (torch.tensor([[2] * 10 + [1] * 2 + [0]]), torch.tensor([0.6, 0.4]))),
    ),
    mistakes=(
        Mistake(
            "weights",
            "The weights are read from the wrong end: like label columns, they come with the finest level first, while "
            "level 1 is the coarsest.",
            _collected(order="coarsest first"),
            "`weights.flip(0)` starts with level 1.",
        ),
        Mistake(
            "levels",
            "An item gets the share of its own level only. It collects one at every level up to its own.",
            _collected(share="own"),
        ),
        Mistake(
            "levels",
            "An item gets the share of its own level only, and divided by the items of exactly that level: that is E12 "
            "again, with other numbers.",
            _collected(share="own", sizes="exactly"),
        ),
        Mistake(
            "normaliser",
            "The weight of level p is shared by all items of level p *or more*; you divide by those of exactly p.",
            _collected(sizes="exactly"),
        ),
        Mistake(
            "normaliser",
            "The weight of level p is not divided among the items of level p or more.",
            _collected(sizes="none"),
        ),
        Mistake("other-metric", "That is the relevance of E12, which need not grow with the level.", _e12),
    ),
    praise="A relevance that cannot turn round: with it Sup-H-AP and H-AP always ask for the same order.",
    advice={
        "non-finite": "Where no item reaches level p, the share is 0/0, and nobody gets it.",
    },
    further={
        "shape": "One relevance for each item: `(levels >= p).sum(dim=1, keepdim=True)` keeps the axis.",
    },
)
