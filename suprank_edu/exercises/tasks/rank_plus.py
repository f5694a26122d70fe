"""Chapter 06: the rank among the relevant items."""

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import (
    FIVE_ITEMS,
    FOUR_ITEMS,
    NOT_ITSELF,
    TIED_ITEMS,
    above,
    at_least,
    at_most,
    by_row,
    counted,
    ranked,
    relevant_only,
)

_RELEVANT = torch.tensor([[True, False, True, True, False], [True, True, True, False, False]])

_FOUR_RELEVANT = torch.tensor([[True, True, False, True], [True, False, True, False], [True, False, True, True]])
_TIES_RELEVANT = torch.tensor([[True, False, True, True]])


def _plus(step: Function, start: float = 1.0) -> Function:
    return lambda scores, relevant: counted(scores, relevant.to(torch.float64), step, start)


def _minus(start: float) -> Function:
    return lambda scores, relevant: counted(scores, (~relevant).to(torch.float64), at_least, start)


def _ignoring(rule: Function) -> Function:
    return lambda scores, relevant: rule(scores)


def _argsort_once(scores: Tensor) -> Tensor:
    return scores.argsort(dim=1, descending=True, stable=True)


def _sorted_relevant(rule: Function) -> Function:
    """Return a rule on the scores in which items that are not relevant stand at −∞."""
    return lambda scores, relevant: rule(scores.masked_fill(~relevant, float("-inf"))).to(torch.float64)


def _in_one_list(scores: Tensor, relevant: Tensor) -> Tensor:
    chosen = scores[relevant]
    ranks = torch.zeros_like(scores, dtype=torch.float64)
    ranks[relevant] = (chosen[None, :] >= chosen[:, None]).sum(1).to(torch.float64)
    return ranks


_ORDER = (
    "That is the order: at each place the item that stands there. Asked is the reverse, for each item its place among "
    "the relevant ones."
)
_ALL_COUNTED = "That is the rank among all items. rank⁺ counts the relevant ones alone: j ∈ Ω⁺."

RANK_PLUS = Exercise(
    name="rank_plus",
    arguments=("scores", "relevant"),
    returns="(Q, G), the rank among the relevant items; entries of other items are not looked at",
    truth=by_row(naive.rank_plus),
    cases=(
        case("two queries, five items", FIVE_ITEMS, _RELEVANT),
        case("three queries, four items", FOUR_ITEMS, _FOUR_RELEVANT),
        case("two relevant items that tie", TIED_ITEMS, _TIES_RELEVANT),
        case("three items that tie", [[0.2, -0.3, 0.2, 0.2, 0.2]], [[True, True, False, True, True]]),
        case("relevant items of the lowest score there is", [[-1.0, 0.4, -1.0, -0.6]], [[True, False, False, True]]),
        case("one relevant item", TIED_ITEMS, [[False, False, True, False]]),
    ),
    mistakes=(
        Mistake(
            "off-by-one",
            f"Every rank⁺ is one too large. {NOT_ITSELF}, or its H(0) = 1 is the 1 + of the formula.",
            _plus(at_least, 2),
        ),
        Mistake("off-by-one", "Every rank⁺ is one too small: the best relevant item has rank⁺ 1.", _plus(at_least, 0)),
        Mistake(
            "ties", "Relevant items that tie get the best place of the tie. H(0) = 1: compare with `>=`.", _plus(above)
        ),
        Mistake(
            "sign",
            "The best relevant item got the last rank⁺. Count the relevant items with s_j ≥ s_k.",
            _plus(at_most),
        ),
        Mistake(
            "positives",
            _ALL_COUNTED,
            _ignoring(ranked(at_least)),
            "The mask runs along j, the items that are counted: `relevant[:, None, :]`, not `relevant[:, :, None]`.",
        ),
        *(
            Mistake(
                "order", _ORDER, _sorted_relevant(once), "Counting pairs needs no sort, and treats ties as E1 does."
            )
            for once in (_argsort_once, lambda s: _argsort_once(s) + 1)
        ),
        Mistake(
            "ties",
            "Relevant items that tie are counted one after another, by where they are stored. H(0) = 1: each counts "
            "the others.",
            _sorted_relevant(lambda s: _argsort_once(s).argsort(dim=1) + 1),
        ),
        Mistake(
            "queries-mixed",
            "You put the relevant items of all queries into one list. Each query ranks its own gallery.",
            _in_one_list,
        ),
        Mistake(
            "negative-scores",
            "You set the scores of the other items to 0, which is not low enough: a cosine may be negative. Leave them "
            "out of the sum.",
            lambda scores, relevant: ranked(at_least)(scores * relevant),
        ),
        Mistake(
            "positives",
            "You count the items that are not relevant: that is rank⁻, the other half of the split E2.",
            _minus(0),
        ),
        Mistake(
            "positives", "You count the items that are not relevant. rank⁺ counts the relevant ones, j ∈ Ω⁺.", _minus(1)
        ),
    ),
    praise="rank = rank⁺ + rank⁻. Only rank⁻, the negatives in front, is a mistake to be repaired.",
    advice={"dtype": "A rank is a count."},
    further={"shape": "Compare all pairs, `(Q, G, G)`, keep the relevant j, then sum over j, the last axis."},
    floating=False,
    compared=relevant_only,
)
