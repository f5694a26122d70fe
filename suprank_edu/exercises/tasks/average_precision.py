"""Chapter 02: average precision, where an item that ties counts as ahead."""

from collections.abc import Callable

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case, forms
from suprank_edu.exercises.tasks.common import (
    ONE_ARGSORT,
    above,
    argsort_once,
    at_least,
    at_most,
    by_row,
    counted,
    ranked,
)


def _ap(step: Function, minus: float = 0.0, plus: float = 0.0) -> Function:
    """Return AP with ranks by `step`; `minus` and `plus` shift rank and rank⁺ by that much."""

    def rule(scores: Tensor, relevant: Tensor) -> Tensor:
        rank = ranked(step, 1 + minus)(scores)
        among = counted(scores, relevant.to(torch.float64), step, 1 + plus)
        return (among / rank * relevant).sum(1) / relevant.sum(1)

    return rule


def _by_storage(flip: bool, trapezoid: bool = False) -> Function:
    """Return AP read off a sorted list, ties by where they were stored."""

    def rule(scores: Tensor, relevant: Tensor) -> Tensor:
        stored = (scores.flip(1), relevant.flip(1)) if flip else (scores, relevant)
        order = stored[0].argsort(dim=1, descending=True, stable=True)
        return _down_the_list(stored[1].gather(1, order), trapezoid)

    return rule


def _down_the_list(relevant: Tensor, trapezoid: bool = False) -> Tensor:
    """Return AP of a list read from its first place to its last."""
    hits = relevant.to(torch.float64)
    place = torch.arange(1, hits.shape[1] + 1, dtype=torch.float64)
    precision = hits.cumsum(1) / place
    if trapezoid:
        before = torch.where(place > 1, (hits.cumsum(1) - hits) / (place - 1).clamp(min=1), 1.0)
        precision = (precision + before) / 2
    return (precision * hits).sum(1) / hits.sum(1)


def _reciprocal(scores: Tensor, relevant: Tensor) -> Tensor:
    return (relevant / ranked(at_least)(scores)).amax(1)


def _counts(scores: Tensor, relevant: Tensor) -> tuple[Tensor, Tensor]:
    # An item that is not relevant does not count itself among the relevant ones.
    plus = counted(scores, relevant.to(torch.float64), at_least, 0) + relevant
    return plus, ranked(at_least)(scores)


def _ratio_of_sums(scores: Tensor, relevant: Tensor) -> Tensor:
    plus, rank = _counts(scores, relevant)
    return (plus * relevant).sum(1) / (rank * relevant).sum(1)


def _mixed(change: Callable[..., tuple[Tensor, Tensor]]) -> Function:
    """Return AP with the ranks of `(scores, relevant, rank⁺, rank)` changed."""

    def rule(scores: Tensor, relevant: Tensor) -> Tensor:
        plus, rank = change(scores, relevant, *_counts(scores, relevant))
        return (plus / rank * relevant).sum(1) / relevant.sum(1)

    return rule


def _at_place_r(scores: Tensor, relevant: Tensor) -> Tensor:
    hits = relevant.gather(1, scores.argsort(dim=1, descending=True, stable=True))
    count = relevant.sum(1)
    within = torch.arange(scores.shape[1])[None, :] < count[:, None]
    return (hits & within).sum(1).to(torch.float64) / count


def _total(scores: Tensor, relevant: Tensor) -> Tensor:
    return _ap(at_least)(scores, relevant) * relevant.sum(1)


def _positive_scores_only(scores: Tensor, relevant: Tensor) -> Tensor:
    kept = relevant & (scores > 0)
    ratio = counted(scores, kept.to(torch.float64), at_least) / ranked(at_least)(scores)
    return (ratio * kept).sum(1) / kept.sum(1).clamp(min=1)


_TIED = "An item that ties counts as ahead, in rank and in rank⁺ alike, as H(0) = 1 says; yours does not."

AVERAGE_PRECISION = Exercise(
    name="average_precision",
    arguments=("scores", "relevant"),
    returns="(Q,), one AP per query",
    truth=by_row(naive.average_precision),
    cases=(
        case(
            "two queries, six items",
            [[0.9, 0.2, 0.55, 0.35, 0.7, 0.1], [-0.3, 0.4, 0.05, -0.6, 0.25, -0.1]],
            [[False, True, True, True, False, False], [True, True, False, False, False, True]],
        ),
        case("a positive that ties with a negative", [[0.8, 0.5, 0.5, 0.1]], [[False, True, False, True]]),
        case("the same tie, stored the other way round", [[0.8, 0.5, 0.5, 0.1]], [[False, False, True, True]]),
        case("one relevant item", [[0.3, 0.9, 0.6]], [[True, False, False]]),
        case("scores below 0", [[0.1, -0.5, -0.2, -0.3]], [[True, True, False, False]]),
        case(
            "three queries with ties",
            [[-0.4, 0.3, 0.3, 0.7, -0.4], [0.2, 0.6, -0.1, 0.6, 0.6], [0.1, 0.9, 0.1, -0.3, 0.1]],
            [[True, True, False, False, True], [False, False, True, True, True], [True, False, False, True, True]],
        ),
        case(
            "three queries with ties, stored the other way round",
            [[0.5, -0.2, 0.4, 0.4], [0.8, 0.8, 0.8, 0.1], [-0.6, -0.1, -0.6, -0.1]],
            [[False, True, True, True], [True, False, True, True], [False, True, False, True]],
        ),
    ),
    mistakes=(
        Mistake(
            "off-by-one", "Ranks start at 1, yours at 2: an item does not count itself (j ≠ k).", _ap(at_least, 1, 1)
        ),
        Mistake(
            "off-by-one",
            "The ranks among all items are one too large: an item does not count itself (j ≠ k).",
            _ap(at_least, 1, 0),
        ),
        Mistake(
            "off-by-one", "The precision at a hit counts that hit too: rank⁺ starts with 1 +.", _ap(at_least, 0, -1)
        ),
        Mistake(
            "off-by-one",
            "The count of relevant items is one too large: an item does not count itself (j ≠ k).",
            _ap(at_least, 0, 1),
        ),
        Mistake(
            "off-by-one",
            "The first item has rank 0 with you, so that the first place is lost: ranks start at 1.",
            _mixed(lambda s, r, plus, rank: (plus, (rank - 1).clamp(min=1))),
        ),
        Mistake("ties", _TIED, _ap(above)),
        Mistake(
            "ties",
            "A tie counts in the rank and not in rank⁺, so that two relevant items that tie hurt each other. It counts "
            "in both, H(0) = 1.",
            _mixed(lambda s, r, plus, rank: (counted(s, r.double(), above), rank)),
        ),
        Mistake("order", ONE_ARGSORT, _mixed(lambda s, r, plus, rank: (plus, argsort_once(s)))),
        Mistake(
            "sum",
            "The fraction is upside down: rank⁺ over rank, which is at most 1.",
            _mixed(lambda s, r, plus, rank: (rank, plus.clamp(min=1))),
        ),
        Mistake(
            "queries-mixed",
            "You divide by the relevant items of all queries together. Each query is divided by its own.",
            lambda s, r: _total(s, r) / r.sum(),
        ),
        *forms(
            "ties",
            _TIED + " Your sorted list breaks the tie by storage, so shuffling the gallery changes your AP.",
            _by_storage(False),
            _by_storage(True),
            more="Count ranks over pairs with `>=` instead of sorting: no order of a list gives two items one rank.",
        ),
        *forms(
            "sign",
            "Your list starts with the lowest score. Higher is better.",
            _ap(at_most),
            _ap(lambda t: (t < 0).to(t.dtype)),
        ),
        Mistake(
            "sign",
            "That is 1 − AP, the loss. Asked is the metric, 1 for a perfect ranking.",
            lambda s, r: 1 - _ap(at_least)(s, r),
        ),
        Mistake(
            "normaliser",
            "You divide by the size of the gallery. AP is a mean over the relevant items, |Ω⁺|.",
            lambda s, r: _total(s, r) / s.shape[1],
        ),
        Mistake("normaliser", "The sum over the relevant items is not divided by their number, |Ω⁺|.", _total),
        Mistake(
            "negative-scores",
            "Relevant items with a score of 0 or less are dropped. A cosine may be negative, and those items still "
            "count.",
            _positive_scores_only,
        ),
        Mistake(
            "other-metric",
            "That is the reciprocal rank: one over the rank of the first hit. AP averages over all relevant items.",
            _reciprocal,
        ),
        Mistake(
            "order",
            "You walk through the gallery as it is stored. Sort it by score first, the highest at the top.",
            lambda s, r: _down_the_list(r),
        ),
        Mistake(
            "positives",
            "You average the precision at every place. AP averages it at the relevant items only.",
            lambda s, r: torch.div(*_counts(s, r)).mean(1),
        ),
        Mistake(
            "other-metric",
            "That is AP@R: it looks at the first R places only, R the number of relevant items. AP goes to the end.",
            _mixed(lambda s, r, plus, rank: (plus * (rank <= r.sum(1, keepdim=True)), rank)),
        ),
        Mistake(
            "other-metric",
            "That is the R-precision: the share of relevant items among the first R places, R their number. AP takes "
            "the precision at each relevant item.",
            _at_place_r,
        ),
        Mistake(
            "sum",
            "You give the ratio of two sums. AP is the mean of the ratios rank⁺ / rank: divide first, then add.",
            _ratio_of_sums,
        ),
        Mistake(
            "rank-plus",
            "You average 1 / rank. AP averages the precision rank⁺ / rank at each relevant item.",
            _mixed(lambda s, r, plus, rank: (torch.ones_like(rank), rank)),
        ),
        Mistake(
            "other-metric",
            "That is the trapezoid AP of the Oxford and Paris sets: the mean of the precision before and after each "
            "hit. Asked is E3, the precision at each hit.",
            _by_storage(False, trapezoid=True),
        ),
    ),
    praise="The precision at each relevant item, averaged, with every tie counted as ahead: your number does "
    "not depend on how the gallery is stored.",
    advice={"non-finite": "Something divides by 0: ranks start at 1, and every query here has a relevant item."},
    further={
        "shape": "One AP per query: sum over the items of each, and leave the mean over the queries to the caller."
    },
)
