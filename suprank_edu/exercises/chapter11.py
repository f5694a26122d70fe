"""Exercises of chapter 11: DCG, and mistakes that are mild."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.chapter06 import above, at_least
from suprank_edu.exercises.spec import Case, Exercise, Function, Reading


def _dcg(scores: Tensor, levels: Tensor) -> Tensor:
    totals = []
    for row, own in zip(scores.tolist(), levels.tolist(), strict=True):
        ranks = naive.rank(row)
        totals.append(sum((2**level - 1) / math.log2(1 + rank) for level, rank in zip(own, ranks, strict=True)))
    return torch.tensor(totals, dtype=torch.float64)


def _ranks(scores: Tensor, step: Function = at_least) -> Tensor:
    """Return ``(Q, G)`` ranks; ``step`` says what a tie counts."""
    values = scores.to(torch.float64)
    others = ~torch.eye(scores.shape[1], dtype=torch.bool)
    difference = values[:, None, :] - values[:, :, None]  # (Q, G, G): at [q, k, j] s_j − s_k
    ranks: Tensor = 1 + (step(difference) * others).sum(2)
    return ranks.to(torch.float64)


def _gain(levels: Tensor) -> Tensor:
    return 2.0 ** levels.to(torch.float64) - 1


def _discounted(
    gain: Function = _gain, discount: Function = lambda rank: torch.log2(1 + rank), **how: Function
) -> Function:
    return lambda scores, levels: (gain(levels) / discount(_ranks(scores, **how))).sum(1)


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
        Case(
            "two queries, six items",
            (
                torch.tensor([[0.2, 0.9, 0.5, 0.7, 0.1, 0.6], [0.8, 0.3, 0.4, -0.2, 0.6, 0.9]]),
                torch.tensor([[3, 0, 2, 1, 0, 1], [1, 3, 0, 2, 0, 0]]),
            ),
        ),
        Case("one query, one level", (torch.tensor([[0.1, 0.4, 0.3]]), torch.tensor([[1, 0, 1]]))),
        Case("two items that tie", (torch.tensor([[0.5, 0.5, 0.9]]), torch.tensor([[2, 0, 1]]))),
    ),
    readings=(
        Reading(
            "levels",
            "You use the level as the gain. The gain is 2^l − 1: a fine match is worth more than twice a coarse one.",
            _discounted(gain=lambda levels: levels.to(torch.float64)),
        ),
        Reading(
            "levels",
            "The gain lacks its − 1: an item of level 0 must gain nothing.",
            _discounted(gain=lambda levels: 2.0 ** levels.to(torch.float64)),
        ),
        Reading(
            "term",
            "That is the natural logarithm. The discount is log₂(1 + rank), which is 1 at rank 1.",
            _discounted(discount=lambda rank: torch.log(1 + rank)),
            "`torch.log2`",
        ),
        Reading(
            "off-by-one",
            "The discount at rank 1 is not log₂(1 + 1) = 1: ranks start at 1, and one more is added.",
            _discounted(discount=lambda rank: torch.log2(2 + rank)),
        ),
        Reading(
            "term",
            "You divide by the rank itself. NDCG discounts more gently: log₂(1 + rank).",
            _discounted(discount=lambda rank: rank),
        ),
        Reading(
            "ties",
            "Items that tie all get the worst rank, as H(0) = 1 says; yours get the best.",
            _discounted(step=above),
        ),
        Reading(
            "order",
            "You discount by the position in the tensor. The items are not sorted: discount by the rank of the score.",
            _by_place,
        ),
        Reading(
            "sign",
            "The ranking is turned round: rank 1 has the highest score.",
            lambda scores, levels: _discounted()(-scores, levels),
        ),
        Reading(
            "normaliser",
            "That is NDCG, the quotient. Asked is the sum above the fraction.",
            lambda scores, levels: _discounted()(scores, levels) / _ideal(levels),
        ),
        Reading(
            "normaliser",
            "Sum over the items. A mean would depend on how many useless items the gallery has.",
            lambda scores, levels: _discounted()(scores, levels) / scores.shape[1],
        ),
        Reading(
            "other-metric",
            "That is the ideal DCG: the best that any order reaches.",
            lambda scores, levels: _ideal(levels),
        ),
    ),
    praise="Each item alone: its gain over the logarithm of its rank. Sup-NDCG puts a bound in the place of the rank.",
    advice={
        "shape": "One sum per query: sum over the items, dim 1.",
        "dtype": "Gains and ranks are whole numbers, but their quotient is not.",
        "non-finite": "log₂ of rank 1 is 0: the discount is log₂(1 + rank).",
    },
)


def _mild_mistakes(scores: Tensor, levels: Tensor, top: int) -> Tensor:
    mild, wrong = 0, 0
    for row, own in zip(scores.tolist(), levels.tolist(), strict=True):
        level = own[max(range(len(row)), key=row.__getitem__)]
        if level < top:
            wrong += 1
            mild += level > 0
    return torch.tensor(mild / wrong, dtype=torch.float64)


def _first(scores: Tensor, levels: Tensor, last: bool = False) -> Tensor:
    """Return the ``(Q,)`` levels of the items that score highest, or lowest."""
    best = scores.argmin(1) if last else scores.argmax(1)
    found: Tensor = levels.gather(1, best[:, None])[:, 0]
    return found


def _share(among: Function, mild: Function) -> Function:
    def rule(scores: Tensor, levels: Tensor, top: int) -> Tensor:
        level = _first(scores, levels)
        counted = among(level, top)
        share: Tensor = (mild(level, top) & counted).double().sum() / counted.double().sum().clamp(min=1)
        return share

    return rule


def _wrong(level: Tensor, top: int) -> Tensor:
    return level < top


def _some(level: Tensor, top: int) -> Tensor:
    return (level > 0) & (level < top)


def _every(level: Tensor, top: int) -> Tensor:
    return torch.ones_like(level, dtype=torch.bool)


def _of_all_items(scores: Tensor, levels: Tensor, top: int) -> Tensor:
    return _some(levels, top).double().sum() / _wrong(levels, top).double().sum()


def _count(scores: Tensor, levels: Tensor, top: int) -> Tensor:
    return _some(_first(scores, levels), top).double().sum()


def _mean_level(scores: Tensor, levels: Tensor, top: int) -> Tensor:
    level = _first(scores, levels)
    mean: Tensor = level[level < top].double().mean() / top
    return mean


def _worst_item(scores: Tensor, levels: Tensor, top: int) -> Tensor:
    level = _first(scores, levels, last=True)
    return _some(level, top).double().sum() / _wrong(level, top).double().sum().clamp(min=1)


MILD_MISTAKES = Exercise(
    name="mild_mistakes",
    arguments=("scores", "levels", "top"),
    returns="one number, a share",
    truth=_mild_mistakes,
    cases=(
        Case(
            "six queries, four items, two levels",
            (
                torch.tensor(
                    [
                        [0.9, 0.1, 0.2, 0.3],
                        [0.1, 0.8, 0.2, 0.7],
                        [0.3, 0.4, 0.6, 0.5],
                        [0.2, 0.1, 0.3, 0.9],
                        [0.5, 0.9, 0.8, 0.1],
                        [0.6, 0.2, 0.7, 0.4],
                    ]
                ),
                torch.tensor([[2, 0, 1, 1], [2, 1, 0, 0], [1, 2, 0, 0], [2, 0, 0, 1], [0, 2, 1, 0], [2, 1, 1, 0]]),
                2,
            ),
        ),
        Case(
            "four queries, three levels",
            (
                torch.tensor([[0.2, 0.9, 0.1], [0.8, 0.3, 0.4], [0.1, 0.2, 0.7], [0.6, 0.5, 0.1]]),
                torch.tensor([[3, 2, 0], [1, 3, 0], [2, 3, 0], [3, 0, 1]]),
                3,
            ),
        ),
    ),
    readings=(
        Reading(
            "normaliser",
            "You divide by all queries. The question is about the mistakes: divide by the number of queries whose "
            "first item is wrong.",
            _share(_every, _some),
        ),
        Reading(
            "levels",
            "You count first items of the top level as mild mistakes. They are no mistakes at all.",
            _share(_every, lambda level, top: level > 0),
        ),
        Reading("normaliser", "That is a number of queries. Divide it by the number of mistakes.", _count),
        Reading(
            "levels",
            "That is the share of mistakes that are *not* mild: those whose first item shares nothing.",
            _share(_wrong, lambda level, top: level == 0),
        ),
        Reading(
            "levels",
            "Mild is any level above 0 and below the top, not only the one just below the top.",
            _share(_wrong, lambda level, top: level == top - 1),
        ),
        Reading("other-metric", "That is the share of wrong first items, 1 − R@1.", _share(_every, _wrong)),
        Reading(
            "other-metric",
            "That is the share of right first items, R@1.",
            _share(_every, lambda level, top: level == top),
        ),
        Reading(
            "other-metric",
            "That is the mean level of the mistakes, as a share. Asked is how many have a level above 0.",
            _mean_level,
        ),
        Reading(
            "order",
            "You look at all items. Asked is the first of each list, that with the highest score.",
            _of_all_items,
        ),
        Reading("sign", "You look at the last item of each list. The first has the highest score.", _worst_item),
    ),
    praise="A number that any user understands, and that AP cannot see.",
    advice={
        "type": "Return one number: a Python float, or a tensor with no axes.",
        "shape": "Take the mean over the mistakes.",
        "dtype": "Take the mean of the flags as floats.",
        "non-finite": "Divide by the number of mistakes; each input here has some.",
        "wrong": "First the level of each query's best item, `levels.gather(1, scores.argmax(1, keepdim=True))`.",
    },
    floating=False,
    number=True,
)


EXERCISES = (DCG, MILD_MISTAKES)
