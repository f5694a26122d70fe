"""Chapter 11: the relevance that collects a weight at each level."""

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case


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


def _with_sizes(size: Function, reached: Function = lambda levels, p: levels >= p, first: int = 1) -> Function:
    """Return the relevance with other divisors, other items at each level, or levels counted from `first`."""

    def rule(levels: Tensor, weights: Tensor) -> Tensor:
        total = torch.zeros(levels.shape, dtype=torch.float64)
        for p, weight in enumerate(weights.flip(0).tolist(), first):
            total = total + reached(levels, p) * weight / size(levels, p)
        return total

    return rule


def _size(levels: Tensor, p: int) -> Tensor:
    return (levels >= p).sum(1, keepdim=True)


def _divided_once(levels: Tensor, weights: Tensor) -> Tensor:
    collected = torch.nn.functional.pad(weights.double().flip(0).cumsum(0), (1, 0))[levels]
    return collected / (levels[:, None, :] >= levels[:, :, None]).sum(2)


def _last_for_zero(levels: Tensor, weights: Tensor) -> Tensor:
    right = _weighted_relevance(levels, weights)
    return torch.where(levels > 0, right, right.amax(1, keepdim=True))


def _e12(levels: Tensor, weights: Tensor) -> Tensor:
    return torch.tensor([naive.relevance(row, 1.0, len(weights)) for row in levels.tolist()], dtype=torch.float64)


WEIGHTED_RELEVANCE = Exercise(
    name="weighted_relevance",
    arguments=("levels", "weights"),
    returns="(Q, G), one relevance per item",
    truth=_weighted_relevance,
    cases=(
        case("two queries, seven items, three levels", [[3, 2, 1, 0, 2, 1, 1], [1, 3, 3, 0, 2, 2, 2]], [0.5, 0.3, 0.2]),
        case("10 fine items, 2 coarse ones", [[2] * 10 + [1] * 2 + [0]], [0.6, 0.4]),
        case("two queries, five items, three levels", [[0, 2, 3, 1, 1], [3, 1, 0, 2, 2]], [0.2, 0.3, 0.5]),
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
        Mistake(
            "queries-mixed",
            "You count the items of level p or more over all queries. Each query has class sizes of its own.",
            _with_sizes(lambda levels, p: (levels >= p).sum()),
        ),
        Mistake(
            "axis",
            "You count down the columns, over the queries at one place of the gallery. The items of a query lie along "
            "its row.",
            _with_sizes(lambda levels, p: (levels >= p).sum(0, keepdim=True).clamp(min=1)),
        ),
        Mistake(
            "normaliser",
            "You divide by the size of the gallery. The weight of level p is shared by the items of level p or more.",
            _with_sizes(lambda levels, p: levels.shape[1]),
        ),
        Mistake(
            "normaliser",
            "You add the weights up first and divide once. Each level has a number of items of its own: divide each "
            "weight, then add.",
            _divided_once,
        ),
        Mistake(
            "levels",
            "An item collects from the levels *below* its own only; that of its own level is missing.",
            _with_sizes(_size, lambda levels, p: levels > p),
        ),
        Mistake(
            "levels",
            "An item collects from the levels above its own, which it does not reach. It collects up to its own.",
            _with_sizes(_size, lambda levels, p: (levels <= p) & (levels > 0)),
        ),
        Mistake(
            "levels",
            "Level 0 counts as a level that is reached, so that every weight is one level too low. The last weight is "
            "that of level 1.",
            _with_sizes(_size, first=0),
        ),
        Mistake(
            "levels",
            "An item of level 0 gets what one of the finest level gets: a place of −1 is the last one.",
            _last_for_zero,
        ),
        Mistake("other-metric", "That is the relevance of E12, which need not grow with the level.", _e12),
    ),
    praise="A relevance that cannot turn round: with it Sup-H-AP and H-AP always ask for the same order.",
    advice={"non-finite": "Where no item reaches level p, the share is 0/0, and nobody gets it."},
    further={"shape": "One relevance for each item: `(levels >= p).sum(dim=1, keepdim=True)` keeps the axis."},
)
