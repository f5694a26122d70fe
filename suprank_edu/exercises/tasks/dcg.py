"""Chapter 02: DCG, gains over the logarithms of ranks."""

import math

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import ONE_ARGSORT, above, argsort_once, at_least


def _dcg(scores: Tensor, levels: Tensor) -> Tensor:
    totals = []
    for row, own in zip(scores.tolist(), levels.tolist(), strict=True):
        ranks = naive.rank(row)
        totals.append(sum((2**level - 1) / math.log2(1 + rank) for level, rank in zip(own, ranks, strict=True)))
    return torch.tensor(totals, dtype=torch.float64)


def _ranks(scores: Tensor, step: Function = at_least) -> Tensor:
    """Return `(Q, G)` ranks; `step` says what a tie counts."""
    values = scores.to(torch.float64)
    others = ~torch.eye(scores.shape[1], dtype=torch.bool)
    difference = values[:, None, :] - values[:, :, None]  # (Q, G, G): at [q, k, j] s_j − s_k
    ranks = 1 + (step(difference) * others).sum(2)
    return ranks.to(torch.float64)


def _gain(levels: Tensor) -> Tensor:
    return 2.0 ** levels.to(torch.float64) - 1


def _discounted(
    gain: Function = _gain, discount: Function = lambda rank: torch.log2(1 + rank), **how: Function
) -> Function:
    return lambda scores, levels: (gain(levels) / discount(_ranks(scores, **how))).sum(1)


def _middle_of_ties(scores: Tensor) -> Tensor:
    return (_ranks(scores) + _ranks(scores, above)) / 2


def _among_queries(scores: Tensor) -> Tensor:
    return _ranks(scores.T).T


def _ranked_by(ranks: Function) -> Function:
    return lambda scores, levels: (_gain(levels) / torch.log2(1 + ranks(scores))).sum(1)


def _by_storage(scores: Tensor, levels: Tensor) -> Tensor:
    """Discount by the place in the sorted list, ties by where they were stored."""
    return _by_place(scores, levels.gather(1, scores.argsort(dim=1, descending=True, stable=True)))


def _by_place(scores: Tensor, levels: Tensor) -> Tensor:
    """Discount by the place in the batch, as if the items came sorted."""
    places = torch.arange(scores.shape[1], dtype=torch.float64) + 1
    return (_gain(levels) / torch.log2(1 + places)).sum(1)


def _ideal(levels: Tensor) -> Tensor:
    return _by_place(levels, levels.sort(1, descending=True).values)


DCG = Exercise(
    name="dcg",
    arguments=("scores", "levels"),
    returns="(Q,), one sum per query",
    truth=_dcg,
    cases=(
        case(
            "two queries, six items",
            [[0.2, 0.9, 0.5, 0.7, 0.1, 0.6], [0.8, 0.3, 0.4, -0.2, 0.6, 0.9]],
            [[3, 0, 2, 1, 0, 1], [1, 3, 0, 2, 0, 0]],
        ),
        case("one query, one level", [[0.1, 0.4, 0.3]], [[1, 0, 1]]),
        case("two items that tie", [[0.5, 0.5, 0.9]], [[2, 0, 1]]),
        case(
            "three queries with ties",
            [[0.4, 0.4, 0.4, 0.1], [0.3, 0.8, 0.3, 0.3], [0.2, 0.6, 0.6, 0.2]],
            [[0, 1, 2, 1], [3, 0, 1, 2], [2, 3, 0, 0]],
        ),
    ),
    mistakes=(
        Mistake(
            "levels",
            "You use the level as the gain. The gain is 2^l − 1: a fine match is worth more than twice a coarse one.",
            _discounted(gain=lambda levels: levels.to(torch.float64)),
        ),
        Mistake(
            "levels",
            "The gain lacks its − 1: an item of level 0 must gain nothing.",
            _discounted(gain=lambda levels: 2.0 ** levels.to(torch.float64)),
        ),
        Mistake(
            "levels",
            "The 1 is subtracted in the exponent, 2^(l − 1). The gain is 2^l, minus 1.",
            _discounted(gain=lambda levels: 2.0 ** (levels.to(torch.float64) - 1)),
        ),
        Mistake(
            "levels",
            "In Python `^` is no power: it compares the bits of two whole numbers. A power is written `**`.",
            _discounted(gain=lambda levels: ((2 ^ levels) - 1).to(torch.float64)),
        ),
        Mistake(
            "term",
            "That is the natural logarithm. The discount is log₂(1 + rank), which is 1 at rank 1.",
            _discounted(discount=lambda rank: torch.log(1 + rank)),
            "`torch.log2`",
        ),
        Mistake(
            "off-by-one",
            "The discount at rank 1 is not log₂(1 + 1) = 1: ranks start at 1, and one more is added.",
            _discounted(discount=lambda rank: torch.log2(2 + rank)),
        ),
        Mistake(
            "term",
            "You divide by the rank itself. NDCG discounts more gently: log₂(1 + rank).",
            _discounted(discount=lambda rank: rank),
        ),
        Mistake(
            "ties",
            "Items that tie all get the worst rank, as H(0) = 1 says; yours get the best.",
            _discounted(step=above),
        ),
        Mistake(
            "ties",
            "Items that tie all get the worst rank, as H(0) = 1 says; yours get the middle one.",
            _ranked_by(_middle_of_ties),
        ),
        Mistake(
            "ties",
            "Items that tie get different ranks, by where they are stored, so shuffling the gallery changes your DCG. "
            "They all get the worst of their ranks, H(0) = 1.",
            _by_storage,
        ),
        Mistake("order", ONE_ARGSORT, _ranked_by(argsort_once)),
        Mistake(
            "axis",
            "An item is ranked among the queries, down its column. Its rank is that among the items of its query.",
            _ranked_by(_among_queries),
        ),
        Mistake(
            "order",
            "You discount by the position in the tensor. The items are not sorted: discount by the rank of the score.",
            _by_place,
        ),
        Mistake(
            "sign",
            "The ranking is turned round: rank 1 has the highest score.",
            lambda scores, levels: _discounted()(-scores, levels),
        ),
        Mistake(
            "normaliser",
            "That is NDCG, the quotient. Asked is the sum above the fraction.",
            lambda scores, levels: _discounted()(scores, levels) / _ideal(levels),
        ),
        Mistake(
            "normaliser",
            "Sum over the items. A mean would depend on how many useless items the gallery has.",
            lambda scores, levels: _discounted()(scores, levels) / scores.shape[1],
        ),
        Mistake(
            "other-metric",
            "That is the ideal DCG: the best that any order reaches.",
            lambda scores, levels: _ideal(levels),
        ),
    ),
    praise="Each item alone: its gain over the logarithm of its rank. Sup-NDCG puts a bound in the place of the rank.",
    advice={
        "dtype": "Gains and ranks are whole numbers, but their quotient is not.",
        "non-finite": "A logarithm that is 0 stands below a gain. The best item has rank 1, and its discount is 1.",
    },
    further={"shape": "One sum per query: sum over the items, dim 1."},
)
