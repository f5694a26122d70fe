"""Exercises of chapter 06: the exact rank, its half among the relevant items, and the upper bound of it."""

from __future__ import annotations

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.spec import Case, Exercise, Function, Reading, by_row


def pairs(scores: Tensor) -> Tensor:
    """Return ``(Q, G, G)``: at [q, k, j] how much item j scores above item k, in float64."""
    scores = scores.to(torch.float64)
    return scores[:, None, :] - scores[:, :, None]


def others(scores: Tensor) -> Tensor:
    """Return ``(Q, G, G)``: 1 for each pair of two items, 0 where item k meets itself."""
    return (1 - torch.eye(scores.shape[1], dtype=torch.float64)).expand(len(scores), -1, -1)


def counted(scores: Tensor, among: Tensor, step: Function, start: float = 1.0) -> Tensor:
    """Return ``(Q, G)``: start + Σ over the items j that ``among`` (Q, G) marks, j ≠ k, of ``step(s_j - s_k)``."""
    total: Tensor = (step(pairs(scores)) * others(scores) * among[:, None, :]).sum(2)
    return start + total


def at_least(t: Tensor) -> Tensor:
    """The step of the pessimistic rank, H(0) = 1."""
    return (t >= 0).to(t.dtype)


def above(t: Tensor) -> Tensor:
    """The step of the optimistic rank: ties cost nothing."""
    return (t > 0).to(t.dtype)


def at_most(t: Tensor) -> Tensor:
    """The step turned round."""
    return (t <= 0).to(t.dtype)


def _everyone(scores: Tensor) -> Tensor:
    return torch.ones_like(scores, dtype=torch.float64)


def _rank(step: Function, start: float = 1.0) -> Function:
    return lambda scores: counted(scores, _everyone(scores), step, start)


def _order(descending: bool, start: int) -> Function:
    return lambda scores: scores.argsort(dim=1, descending=descending, stable=True).to(torch.float64) + start


def _position(flip: bool) -> Function:
    """The place in a sorted list, ties by where they were stored: first come first, or the reverse."""

    def position(scores: Tensor) -> Tensor:
        stored = scores.flip(1) if flip else scores
        place = stored.argsort(dim=1, descending=True, stable=True).argsort(dim=1).to(torch.float64) + 1
        return place.flip(1) if flip else place

    return position


def _across_queries(dim: int) -> Function:
    def mixed(scores: Tensor) -> Tensor:
        # An item never counts itself, so the 1 of its own comparison stands for the 1 + of the formula.
        return at_least(scores[None, :, :] - scores[:, None, :]).sum(dim).to(torch.float64)

    return mixed


def _in_one_gallery(scores: Tensor) -> Tensor:
    ranks: Tensor = _rank(at_least)(scores.reshape(1, -1))  # (1, Q·G)
    return ranks.view_as(scores)


def _dense(scores: Tensor) -> Tensor:
    ranks = [[1 + len({other for other in row if other > own}) for own in row] for row in scores.tolist()]
    return torch.tensor(ranks, dtype=torch.float64)


_SCORES = torch.tensor([[0.9, 0.2, 0.55, 0.35, 0.7], [-0.3, 0.4, 0.05, -0.6, 0.25]])
_TIES = torch.tensor([[0.5, 0.8, 0.5, 0.1]])
_NOT_ITSELF = "An item is not compared with itself (j ≠ k)"
_MIXED = "Each query ranks its own gallery; you compare the scores of all queries with one another."
_MIXED_MORE = "`scores[:, None, :] - scores[:, :, None]` is `(Q, G, G)`: at [q, k, j] it holds s_j − s_k of query q."
_ORDER = (
    "That is the order: at place r the item that stands there. Asked is the reverse, for each item the place where it "
    "stands."
)
_BY_STORAGE = (
    "Among equal scores you rank by where they happen to be stored. In this book every item of a tie gets the worst "
    "place of the tie: the answer must not depend on storage."
)

RANK = Exercise(
    name="rank",
    arguments=("scores",),
    returns="(Q, G), one rank per item",
    truth=by_row(naive.rank),
    cases=(
        Case("two queries, five items", (_SCORES,)),
        Case("two items that tie", (_TIES,)),
        Case("three items that tie", (torch.tensor([[0.3, 0.3, 0.3]]),)),
        Case("a gallery of one", (torch.tensor([[0.4]]),)),
    ),
    readings=(
        Reading(
            "off-by-one",
            f"Every rank is one too large. {_NOT_ITSELF}, or its H(0) = 1 is the 1 + of the formula.",
            _rank(at_least, 2),
        ),
        Reading(
            "off-by-one",
            "Every rank is one too small: the best item has rank 1, so the count starts with 1 +.",
            _rank(at_least, 0),
        ),
        Reading(
            "off-by-one", "Places start at 1, yours start at 0; and once that is done, look at ties.", _rank(above, 0)
        ),
        Reading(
            "ties",
            "Items that tie get the best place of the tie. H(0) = 1, so each must count the others: compare with `>=`.",
            _rank(above),
        ),
        Reading(
            "ties",
            "Items that tie get the middle of their places. H(0) = 1, so each must count the others in full.",
            _rank(lambda t: (at_least(t) + above(t)) / 2),
        ),
        Reading("ties", "You count the distinct scores in front. Items that tie count each, and one another.", _dense),
        Reading("ties", _BY_STORAGE, _position(flip=False)),
        Reading("ties", _BY_STORAGE, _position(flip=True)),
        *(
            Reading("sign", f"The best score got the last rank{more}", _rank(step, start))
            for step, start, more in (
                (at_most, 1, ". Rank 1 is the highest score: count the items with s_j ≥ s_k."),
                (at_most, 0, ", and places start at 0. Rank 1 is the highest score."),
                (lambda t: (t < 0).to(t.dtype), 1, ". Rank 1 is the highest score; and mind the ties."),
                (lambda t: (t < 0).to(t.dtype), 0, ", and places start at 0. Rank 1 is the highest score."),
            )
        ),
        *(
            Reading(
                "order",
                _ORDER,
                _order(descending, start),
                "Applying `argsort` once more inverts it; better still, count pairs: that treats ties as E1 does.",
            )
            for descending in (True, False)
            for start in (0, 1)
        ),
        Reading("queries-mixed", _MIXED, _in_one_gallery, _MIXED_MORE),
        Reading("queries-mixed", _MIXED, _across_queries(0), _MIXED_MORE),
        Reading("queries-mixed", _MIXED, _across_queries(1), _MIXED_MORE),
    ),
    praise="Ranks as E1 defines them, ties included. It is a sum of steps, and that is where SupRank takes hold.",
    advice={
        "shape": "Compare all pairs, `(Q, G, G)`, then sum over j, the last axis.",
        "dtype": "A rank is a count.",
    },
    floating=False,
)


def relevant_only(scores: Tensor, relevant: Tensor) -> Tensor:
    """Look at the entries of relevant items only."""
    return relevant


_RELEVANT = torch.tensor([[True, False, True, True, False], [True, True, True, False, False]])
_TIES_RELEVANT = torch.tensor([[True, False, True, True]])


def _plus(step: Function, start: float = 1.0) -> Function:
    return lambda scores, relevant: counted(scores, relevant.to(torch.float64), step, start)


def _minus(start: float) -> Function:
    return lambda scores, relevant: counted(scores, (~relevant).to(torch.float64), at_least, start)


def _ignoring(rule: Function) -> Function:
    return lambda scores, relevant: rule(scores)


_ALL_COUNTED = "That is the rank among all items. rank⁺ counts the relevant ones alone: j ∈ Ω⁺."

RANK_PLUS = Exercise(
    name="rank_plus",
    arguments=("scores", "relevant"),
    returns="(Q, G), the rank among the relevant items; entries of other items are not looked at",
    truth=by_row(naive.rank_plus),
    cases=(
        Case("two queries, five items", (_SCORES, _RELEVANT)),
        Case("two relevant items that tie", (_TIES, _TIES_RELEVANT)),
        Case("one relevant item", (_TIES, torch.tensor([[False, False, True, False]]))),
    ),
    readings=(
        Reading(
            "off-by-one",
            f"Every rank⁺ is one too large. {_NOT_ITSELF}, or its H(0) = 1 is the 1 + of the formula.",
            _plus(at_least, 2),
        ),
        Reading("off-by-one", "Every rank⁺ is one too small: the best relevant item has rank⁺ 1.", _plus(at_least, 0)),
        Reading(
            "ties", "Relevant items that tie get the best place of the tie. H(0) = 1: compare with `>=`.", _plus(above)
        ),
        Reading(
            "sign",
            "The best relevant item got the last rank⁺. Count the relevant items with s_j ≥ s_k.",
            _plus(at_most),
        ),
        Reading(
            "positives",
            _ALL_COUNTED,
            _ignoring(_rank(at_least)),
            "Multiply the comparison by `relevant[:, None, :]`, which runs along j, not by `relevant[:, :, None]`.",
        ),
        Reading(
            "negative-scores",
            "You set the scores of the other items to 0, which is not low enough: a cosine may be negative. Leave them "
            "out of the sum.",
            lambda scores, relevant: _rank(at_least)(scores * relevant),
        ),
        Reading(
            "positives",
            "You count the items that are not relevant: that is rank⁻, the other half of the split E2.",
            _minus(0),
        ),
        Reading(
            "positives", "You count the items that are not relevant. rank⁺ counts the relevant ones, j ∈ Ω⁺.", _minus(1)
        ),
    ),
    praise="rank = rank⁺ + rank⁻. Only rank⁻, the negatives in front, is a mistake to be repaired.",
    advice={
        "shape": "Compare all pairs, `(Q, G, G)`, keep the relevant j, then sum over j, the last axis.",
        "dtype": "A rank is a count.",
    },
    floating=False,
    compared=relevant_only,
)


EXERCISES = (RANK, RANK_PLUS)
