"""Chapter 10: hierarchical average precision, from scores and relevances."""

from collections.abc import Sequence

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import (
    ONE_ARGSORT,
    above,
    argsort_once,
    at_least,
    at_most,
    by_row,
    counted,
    everyone,
    others,
    pairs,
)


def _h_ap(scores: Sequence[float], relevances: Sequence[float]) -> float:
    h_ranks, ranks = naive.h_rank(scores, relevances), naive.rank(scores)
    total = sum(h / r for h, r, rel in zip(h_ranks, ranks, relevances, strict=True) if rel > 0)
    return total / sum(relevances)


def _lesser(mine: Tensor, other: Tensor) -> Tensor:
    return torch.minimum(mine, other)


def _h_rank(scores: Tensor, rel: Tensor, step: Function, credit: Function, own: bool) -> Tensor:
    """Return `(Q, G)`: H-rank with `credit(rel(k), rel(j))` for the items ahead, with or without rel(k)."""
    rel = rel.to(torch.float64)
    shared = credit(rel[:, :, None], rel[:, None, :])  # (Q, G, G)
    total = (step(pairs(scores)) * others(scores) * shared).sum(2)
    return total + rel if own else total


def _ratio(
    step: Function = at_least, credit: Function = _lesser, own: bool = True, positives: bool = False
) -> Function:
    """Return Σ H-rank / rank over the relevant items, not divided by anything yet."""

    def rule(scores: Tensor, relevances: Tensor) -> Tensor:
        among = (relevances > 0).to(torch.float64)
        rank = counted(scores, among if positives else torch.ones_like(among), step)
        return (_h_rank(scores, relevances, step, credit, own) / rank * among).sum(1)

    return rule


def _rule(**parts: object) -> Function:
    """Return H-AP with some part read wrongly."""
    return lambda scores, relevances: _ratio(**parts)(scores, relevances) / relevances.sum(1)  # type: ignore[arg-type]


def _ties_in_one(scores: Tensor, relevances: Tensor) -> Tensor:
    """Return H-AP with ties counted in the rank and not in H-rank."""
    h_rank = _h_rank(scores, relevances, above, _lesser, own=True)
    rank = counted(scores, everyone(scores), at_least)
    return (h_rank / rank).sum(1) / relevances.sum(1)


def _by_place(scores: Tensor, relevances: Tensor) -> Tensor:
    """Return H-AP read off a sorted list, ties by where they were stored."""
    order = scores.argsort(dim=1, descending=True, stable=True)
    places = -torch.arange(scores.shape[1], dtype=torch.float64).expand(scores.shape)
    return _rule()(places, relevances.gather(1, order))


def _by_ranks(ranks: Function) -> Function:
    """Return H-AP divided by something else than the rank."""

    def rule(scores: Tensor, relevances: Tensor) -> Tensor:
        h_rank = _h_rank(scores, relevances, at_least, _lesser, own=True)
        return (h_rank / ranks(scores) * (relevances > 0)).sum(1) / relevances.sum(1)

    return rule


def _itself_twice(scores: Tensor, relevances: Tensor) -> Tensor:
    ranks = counted(scores, everyone(scores), at_least)
    h_rank = _h_rank(scores, relevances, at_least, _lesser, own=True) + relevances
    return (h_rank / ranks).sum(1) / relevances.sum(1)


def _weighted_twice(scores: Tensor, relevances: Tensor) -> Tensor:
    ranks = counted(scores, everyone(scores), at_least)
    h_rank = _h_rank(scores, relevances, at_least, _lesser, own=True)
    return (h_rank / ranks * relevances).sum(1) / relevances.sum(1)


def _behind(scores: Tensor, relevances: Tensor) -> Tensor:
    h_rank = _h_rank(scores, relevances, at_most, _lesser, own=True)
    return (h_rank / counted(scores, everyone(scores), at_least)).sum(1) / relevances.sum(1)


def _positives(relevances: Tensor) -> Tensor:
    return (relevances > 0).sum(1)


def _plain_ap(scores: Tensor, relevances: Tensor) -> Tensor:
    return _rule()(scores, (relevances > 0).to(torch.float64))


def _weighted_precision(scores: Tensor, relevances: Tensor) -> Tensor:
    among = (relevances > 0).to(torch.float64)
    precision = counted(scores, among, at_least) / counted(scores, torch.ones_like(among), at_least)
    return (precision * relevances).sum(1) / relevances.sum(1)


_MIN = "An item ahead counts by what it shares with item k: min(rel(k), rel(j))."

_CASES = (
    case(
        "two queries, six items",
        [[0.9, 0.2, 0.55, 0.35, 0.7, 0.1], [-0.3, 0.4, 0.05, -0.6, 0.25, -0.1]],
        [[0.25, 1.0, 0.0, 0.25, 0.0, 0.5], [0.5, 0.0, 1.0, 0.2, 0.2, 0.0]],
    ),
    case("two items that tie, of different relevance", [[0.8, 0.5, 0.5, 0.1]], [[0.0, 1.0, 0.25, 0.25]]),
    case(
        "three queries with ties",
        [[0.6, 0.6, 0.6, 0.2], [0.3, 0.7, 0.1, 0.3], [0.4, -0.2, 0.4, -0.2]],
        [[0.0, 0.5, 1.0, 0.0], [0.25, 0.0, 0.5, 1.0], [0.5, 0.0, 0.2, 1.0]],
    ),
    case("one relevant item", [[0.3, 0.9, 0.6]], [[0.5, 0.0, 0.0]]),
)

H_AP = Exercise(
    name="h_ap",
    arguments=("scores", "relevances"),
    returns="(Q,), one H-AP per query",
    truth=by_row(_h_ap),
    cases=_CASES,
    mistakes=(
        Mistake("ties", "Items that tie are not counted as ahead. They are, H(0) = 1.", _rule(step=above)),
        Mistake(
            "ties", "A tie counts in the rank and not in H-rank. It counts as ahead in both, H(0) = 1.", _ties_in_one
        ),
        Mistake(
            "ties",
            "Items that tie get different ranks, by where they are stored, so shuffling the gallery changes your H-AP. "
            "A tie counts as ahead, both ways round.",
            _by_place,
        ),
        Mistake("sign", "Your list starts with the lowest score. Higher is better.", _rule(step=at_most)),
        Mistake(
            "axis",
            "The rank counts the items ahead, but your H-rank sums over those *behind* item k: the two axes of the "
            "table of pairs have changed places.",
            _behind,
        ),
        Mistake("order", ONE_ARGSORT, _by_ranks(argsort_once)),
        Mistake(
            "off-by-one",
            "The rank is one too large: it starts at 1 for the item itself, which a comparison with itself counts "
            "once more.",
            _by_ranks(lambda scores: counted(scores, everyone(scores), at_least, 2)),
        ),
        Mistake(
            "off-by-one",
            "H-rank has rel(k) twice: once from the start, and once from the comparison of k with itself.",
            _itself_twice,
        ),
        Mistake(
            "h-rank",
            "H-rank over rank is weighed by rel(k) once more. rel(k) is in H-rank already: only add up.",
            _weighted_twice,
        ),
        Mistake("h-rank", f"You take the larger of the two relevances. {_MIN}", _rule(credit=torch.maximum)),
        Mistake(
            "h-rank",
            f"Each item ahead counts with its whole relevance rel(j). {_MIN} A better match ahead of k is no mistake, "
            "but it cannot earn k more than rel(k).",
            _rule(credit=lambda mine, other: other.expand(-1, mine.shape[1], -1)),
        ),
        Mistake(
            "h-rank",
            f"Each relevant item ahead counts with rel(k), as if it were as good as k. {_MIN}",
            _weighted_precision,
        ),
        Mistake(
            "h-rank",
            "Every item ahead counts with rel(k), relevant or not, so your H-AP is 1 for any list. " + _MIN,
            _rule(credit=lambda mine, other: mine.expand(-1, -1, other.shape[2])),
        ),
        Mistake(
            "off-by-one",
            "H-rank starts with rel(k), the item itself; yours counts only the items ahead.",
            _rule(own=False),
        ),
        Mistake(
            "rank-plus",
            "You divide by the rank among the relevant items, so mistakes cost nothing. The rank counts everyone.",
            _rule(positives=True),
        ),
        Mistake(
            "normaliser",
            "You divide by the number of relevant items. Divide by the sum of their relevances, so that the best is 1.",
            lambda s, r: _ratio()(s, r) / _positives(r),
        ),
        Mistake(
            "queries-mixed",
            "You divide by the relevances of all queries together. Each query has a sum of its own.",
            lambda s, r: _ratio()(s, r) / r.sum(),
        ),
        Mistake("normaliser", "The sum is not divided yet: divide it by the sum of the relevances.", _ratio()),
        Mistake(
            "normaliser",
            "You divide by the size of the gallery. Divide by the sum of the relevances.",
            lambda s, r: _ratio()(s, r) / s.shape[1],
        ),
        Mistake(
            "other-metric",
            "That is AP with everything of relevance above 0 as relevant: a coarse match earns as much as a fine one.",
            _plain_ap,
        ),
        Mistake(
            "sign",
            "That is 1 − H-AP, the loss. Asked is the metric, 1 for a perfect list.",
            lambda s, r: 1 - _rule()(s, r),
        ),
    ),
    praise="Each item is paid for what stands ahead of it, by what the two share: AP with degrees.",
    advice={"non-finite": "Something divides by 0: ranks start at 1, and every query here has a relevant item."},
    further={"shape": "One H-AP per query: sum over its items, and leave the mean over the queries to the caller."},
)
