"""Chapter 08: the bound of the gap for batches that are all alike."""

from collections.abc import Callable

from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case, forms
from suprank_edu.exercises.tasks.common import DIVIDED_BY_ALL, one_number, worst_case

Term = Callable[[int, int, int, int], float]
"""`(j, b, P, N)` → what the j-th positive of batch b adds, b counted from 0."""


def _by_term(term: Term, first: int = 0, last_place: int = 0) -> Function:
    """Return E18 with another term; batches counted from `first`, and j up to P + `last_place`."""

    def rule(batches: int, pos: int, neg: int) -> Tensor:
        places = [(j, b) for b in range(first, batches + first) for j in range(1, pos + 1 + last_place)]
        return one_number(1 - sum(term(j, b, pos, neg) for j, b in places) / (batches * pos))

    return rule


def _e18(j: int, b: int, pos: int, neg: int) -> float:
    return (j + b * pos) / (j + b * pos + b * neg)


def _scaled(batches: float, pos: float, sign: bool = True) -> Function:
    """Return E18 whose sum is divided by B to the power `batches` and P to the power `pos`; or without 1 −."""

    def rule(number: int, positives: int, neg: int) -> Tensor:
        places = [(j, b) for b in range(number) for j in range(1, positives + 1)]
        total = sum(_e18(j, b, positives, neg) for j, b in places) / (number**batches * positives**pos)
        return one_number(1 - total if sign else total)

    return rule


def _last_batch(batches: int, pos: int, neg: int) -> Tensor:
    return one_number(1 - sum(_e18(j, batches - 1, pos, neg) for j in range(1, pos + 1)) / pos)


def _from_zero(j: int, b: int, pos: int, neg: int) -> float:
    ahead = j - 1 + b * pos
    return ahead / (ahead + b * neg) if ahead else float(b == 0)


def _over_all_items(batches: int, pos: int, neg: int) -> Tensor:
    total = _scaled(0, 0, sign=False)(batches, pos, neg)
    return 1 - total / (batches * (pos + neg))


_BEHIND = "Earlier batches put positives in front as well: P₁ + … + P_{b−1} of them, in the rank and in rank⁺."

WORST_CASE_BOUND = Exercise(
    name="worst_case_bound",
    arguments=("batches", "pos", "neg"),
    returns="one number, the bound",
    truth=worst_case,
    cases=(
        case("three batches of 2 positives and 4 negatives", 3, 2, 4),
        case("five batches of 3 positives and 10 negatives", 5, 3, 10),
        case("four batches of 4 positives and 3 negatives", 4, 4, 3),
        case("two batches of one pair", 2, 1, 1),
        case("one batch, which is the whole set", 1, 4, 6),
    ),
    mistakes=(
        Mistake("sign", "That is the AP of the worst ranking. The bound is 1 minus it.", _scaled(1, 1, sign=False)),
        Mistake(
            "off-by-one",
            "You count a batch's own negatives as in front of its positives. It is ranked perfectly: only the batches "
            "before it are in front.",
            _by_term(lambda j, b, p, n: (j + b * p) / (j + b * p + (b + 1) * n)),
        ),
        Mistake(
            "off-by-one",
            "You count one batch too many as earlier ones: the first batch has nothing in front of it.",
            _by_term(_e18, first=1),
            "`range(batches)` starts at 0: then `b * pos` and `b * neg` are what stands before batch b.",
        ),
        Mistake(
            "off-by-one",
            "j runs from 1 to P, the last one included; yours stops one before.",
            _by_term(_e18, last_place=-1),
        ),
        *forms(
            "rank-plus",
            _BEHIND,
            _by_term(lambda j, b, p, n: j / (j + b * n)),
            _by_term(lambda j, b, p, n: j / (j + b * p + b * n)),
        ),
        Mistake(
            "negatives",
            "All batches before b send their negatives to the front, not only the one just before.",
            _by_term(lambda j, b, p, n: (j + b * p) / (j + b * p + (n if b else 0))),
        ),
        Mistake("off-by-one", "Places start at 1: j runs from 1 to P. Yours starts at 0.", _by_term(_from_zero)),
        Mistake(
            "negatives",
            "Positives and negatives have changed places.",
            lambda batches, pos, neg: _by_term(_e18)(batches, neg, pos),
        ),
        Mistake(
            "negatives",
            "You let the negatives of all batches stand in front. In front of batch b are those of the batches before.",
            lambda batches, pos, neg: _by_term(lambda j, b, p, n: (j + b * p) / (j + b * p + batches * n))(
                batches, pos, neg
            ),
        ),
        Mistake(
            "normaliser",
            "You divide by all items, negatives too. The bound averages over the positives.",
            _over_all_items,
        ),
        *forms("normaliser", DIVIDED_BY_ALL, _scaled(1, 0), _scaled(0, 1), _scaled(0, 0)),
        Mistake(
            "batches",
            "That is what the last batch loses. The bound averages over the positives of all batches.",
            _last_batch,
        ),
    ),
    praise="Perfect batches, and still this much can be lost: with many batches it goes to the share of negatives.",
    number=True,
)
