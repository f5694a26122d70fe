"""Chapter 06: the exact rank, ties counted against it."""

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case, forms
from suprank_edu.exercises.tasks.common import (
    FIVE_ITEMS,
    FOUR_ITEMS,
    NOT_ITSELF,
    TIED_ITEMS,
    above,
    at_least,
    at_most,
    by_row,
    ranked,
)


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
    ranks = ranked(at_least)(scores.reshape(1, -1))  # (1, Q·G)
    return ranks.view_as(scores)


def _dense(scores: Tensor) -> Tensor:
    ranks = [[1 + len({other for other in row if other > own}) for own in row] for row in scores.tolist()]
    return torch.tensor(ranks, dtype=torch.float64)


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
        case("two queries, five items", FIVE_ITEMS),
        case("three queries, four items", FOUR_ITEMS),
        case("scores that lie close together", [[0.9, 0.9001, 0.35, 0.3499, -0.2]]),
        case("two items that tie", TIED_ITEMS),
        case("three items that tie", [[0.3, 0.3, 0.3]]),
        case("a gallery of one", [[0.4]]),
    ),
    mistakes=(
        Mistake(
            "off-by-one",
            f"Every rank is one too large. {NOT_ITSELF}, or its H(0) = 1 is the 1 + of the formula.",
            ranked(at_least, 2),
        ),
        Mistake(
            "off-by-one",
            "Every rank is one too small: the best item has rank 1, so the count starts with 1 +.",
            ranked(at_least, 0),
        ),
        Mistake(
            "off-by-one", "Places start at 1, yours start at 0; and once that is done, look at ties.", ranked(above, 0)
        ),
        Mistake(
            "ties",
            "Items that tie get the best place of the tie. H(0) = 1, so each must count the others: compare with `>=`.",
            ranked(above),
        ),
        Mistake(
            "ties",
            "Items that tie get the middle of their places. H(0) = 1, so each must count the others in full.",
            ranked(lambda t: (at_least(t) + above(t)) / 2),
        ),
        Mistake("ties", "You count the distinct scores in front. Items that tie count each, and one another.", _dense),
        *forms("ties", _BY_STORAGE, _position(flip=False), _position(flip=True)),
        *(
            Mistake("sign", f"The best score got the last rank{more}", ranked(step, start))
            for step, start, more in (
                (at_most, 1, ". Rank 1 is the highest score: count the items with s_j ≥ s_k."),
                (at_most, 0, ", and places start at 0. Rank 1 is the highest score."),
                (lambda t: (t < 0).to(t.dtype), 1, ". Rank 1 is the highest score; and mind the ties."),
                (lambda t: (t < 0).to(t.dtype), 0, ", and places start at 0. Rank 1 is the highest score."),
            )
        ),
        *(
            Mistake(
                "order",
                _ORDER,
                _order(descending, start),
                "Applying `argsort` once more inverts it; better still, count pairs: that treats ties as E1 does.",
            )
            for descending in (True, False)
            for start in (0, 1)
        ),
        *forms("queries-mixed", _MIXED, _in_one_gallery, _across_queries(0), _across_queries(1), more=_MIXED_MORE),
    ),
    praise="Ranks as E1 defines them, ties included. It is a sum of steps, and that is where SupRank takes hold.",
    advice={"dtype": "A rank is a count."},
    further={"shape": "Compare all pairs, `(Q, G, G)`, then sum over j, the last axis."},
    floating=False,
)
