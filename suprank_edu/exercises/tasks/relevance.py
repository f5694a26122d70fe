"""Chapter 10: the relevance of an item, from the levels it shares."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case


def _relevance(levels: Tensor, alpha: float, num_levels: int) -> Tensor:
    return torch.tensor([naive.relevance(row, alpha, num_levels) for row in levels.tolist()], dtype=torch.float64)


def _sizes(levels: Tensor, at_least: bool = False) -> Tensor:
    """Return `(Q, G)`: how many items of the query have the level of this one, or that level and more."""
    mine, other = levels[:, :, None], levels[:, None, :]
    return (other >= mine if at_least else other == mine).sum(2).to(torch.float64)


def _shared_out(levels: Tensor, share: Tensor, sizes: Tensor | float) -> Tensor:
    return torch.where(levels > 0, share / sizes, 0.0)


def _by(sizes: Callable[..., Any]) -> Function:
    """Return E12 with other numbers than the class sizes below the fraction."""
    return lambda levels, alpha, num_levels: _shared_out(levels, (levels / num_levels) ** alpha, sizes(levels))


def _of(share: Callable[..., Any]) -> Function:
    """Return E12 with another share than (l/L)^α above the fraction."""
    return lambda levels, alpha, num_levels: _shared_out(levels, share(levels, alpha, num_levels), _sizes(levels))


def _zero_counts(levels: Tensor, alpha: float, num_levels: int) -> Tensor:
    return (levels / num_levels) ** alpha / _sizes(levels)


def _highest(levels: Tensor) -> Tensor:
    return levels.amax(1, keepdim=True)


def _collected(levels: Tensor, alpha: float, num_levels: int) -> Tensor:
    total = torch.zeros(levels.shape, dtype=torch.float64)
    for p in range(1, num_levels + 1):
        total += (levels >= p) * (p / num_levels) ** alpha / (levels >= p).sum(1, keepdim=True).clamp(min=1)
    return total


def _down_the_columns(levels: Tensor) -> Tensor:
    return (levels[None, :, :] == levels[:, None, :]).sum(1).to(torch.float64)


def _sizes_over_all(levels: Tensor) -> Tensor:
    return (levels[:, :, None, None] == levels[None, None, :, :]).sum((2, 3)).to(torch.float64)


RELEVANCE = Exercise(
    name="relevance",
    arguments=("levels", "alpha", "num_levels"),
    returns="(Q, G), one relevance per item",
    truth=_relevance,
    cases=(
        case("two queries, α = 2, L = 3", [[3, 2, 2, 1, 1, 1, 0], [0, 3, 1, 3, 3, 2, 1]], 2.0, 3),
        case("α = 1, no item of the finest level", [[1, 2, 1, 0, 1], [1, 0, 1, 2, 2]], 1.0, 3),
        case("α = ½, L = 4, no item of the finest level", [[3, 1, 1, 0, 2]], 0.5, 4),
        case("α = 0", [[2, 1, 1, 0, 0]], 0.0, 2),
        case("α = 0, two queries", [[0, 3, 0, 1, 0], [1, 1, 0, 1, 2]], 0.0, 3),
    ),
    mistakes=(
        Mistake(
            "normaliser",
            "The class size is missing: each item has the whole (l/L)^α, which E12 shares out among the items of "
            "exactly that level.",
            _by(lambda levels: 1.0),
            "`(levels[:, None, :] == levels[:, :, None]).sum(dim=2)` counts, for each item, those of its level.",
        ),
        Mistake(
            "normaliser",
            "You divide by the items of that level *or finer*. In E12, Ω^(l) holds those that share exactly l.",
            _by(lambda levels: _sizes(levels, at_least=True)),
        ),
        Mistake(
            "normaliser",
            "You divide by the size of the gallery. Divide by the number of items of the same level.",
            _by(lambda levels: float(levels.shape[1])),
        ),
        Mistake(
            "normaliser",
            "You divide by the number of all relevant items. Divide by the number of items of the same level.",
            _by(lambda levels: (levels > 0).sum(1, keepdim=True)),
        ),
        Mistake(
            "queries-mixed",
            "You count the items of a level over all queries. Each query has a gallery, and class sizes, of its own.",
            _by(_sizes_over_all),
        ),
        Mistake(
            "axis",
            "You count down the columns, over the queries at one place of the gallery. The items of a query lie along "
            "its row.",
            _by(_down_the_columns),
        ),
        Mistake(
            "normaliser",
            "You divide each row by its sum. E12 shares out (l/L)^α among the items of a level, and nothing more: the "
            "row's sum is what it is.",
            lambda levels, a, n: _relevance(levels, a, n) / _relevance(levels, a, n).sum(1, keepdim=True),
        ),
        Mistake(
            "levels",
            "An item collects the shares of all levels up to its own, as with the weights of E14. In E12 it has the "
            "share of its own level alone.",
            _collected,
        ),
        Mistake(
            "levels",
            "The items of level L get nothing: the loop over the levels ends one too early.",
            lambda levels, a, n: _relevance(levels, a, n) * (levels < n),
        ),
        Mistake(
            "levels",
            "l/L came out as a whole number, so each level below L is worth 0: `//` drops what is behind the point.",
            _of(lambda level, a, n: (level // n) ** a),
        ),
        Mistake(
            "levels",
            "The power α takes the class size too. It is the power of l/L alone; then comes the division.",
            lambda levels, a, n: _shared_out(levels, (levels / n / _sizes(levels)) ** a, 1.0),
        ),
        Mistake("levels", "α is not used: raise l/L to the power α.", _of(lambda level, a, n: level / n)),
        Mistake("levels", "You multiply by α. It is a power: (l/L)^α.", _of(lambda level, a, n: a * level / n)),
        Mistake(
            "levels",
            "The power α takes l alone: (l/L)^α puts L under it too.",
            _of(lambda level, a, n: level.to(torch.float64) ** a / n),
        ),
        Mistake(
            "levels",
            "You divide by the highest level that is present. L is the number of levels, whether or not this query has "
            "an item of the finest.",
            _of(lambda level, a, n: (level / _highest(level)) ** a),
        ),
        Mistake(
            "levels",
            "You divide by L − 1, as the published code does, so that the finest weighs more than 1. E12 divides by L.",
            _of(lambda level, a, n: (level / (n - 1)) ** a),
        ),
        Mistake(
            "levels",
            "With α = 0 the items of level 0 get a relevance: 0⁰ is 1. An item that shares nothing is worth nothing.",
            _zero_counts,
            "`torch.where(levels > 0, …, 0.0)`.",
        ),
    ),
    praise="Each level shares out one sum, (l/L)^α. An item of a small coarse class can be worth more "
    "than one of a large fine class.",
    advice={
        "dtype": "Divide, and the result is a float.",
        "non-finite": "No item is in an empty class, so count, for each item, the items of its own level.",
    },
    further={"shape": "One relevance per item of each query: the shape of `levels`."},
)
