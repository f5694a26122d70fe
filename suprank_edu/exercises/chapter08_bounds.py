"""Exercises of chapter 08, second half: the bounds of the gap for batches that are all alike."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from suprank_edu.exercises.spec import Case, Exercise, Function, Reading, one_number
from suprank_edu.naive import decomposability

Term = Callable[[int, int, int, int], float]
"""``(j, b, P, N)`` → what the j-th positive of batch b adds, b counted from 0."""


def _worst(batches: int, pos: int, neg: int) -> Tensor:
    return one_number(decomposability.bound_of_order([pos] * batches, [neg] * batches))


def _by_term(term: Term, first: int = 0, last_place: int = 0) -> Function:
    """Return E18 with another term; batches counted from ``first``, and j up to P + ``last_place``."""

    def rule(batches: int, pos: int, neg: int) -> Tensor:
        places = [(j, b) for b in range(first, batches + first) for j in range(1, pos + 1 + last_place)]
        return one_number(1 - sum(term(j, b, pos, neg) for j, b in places) / (batches * pos))

    return rule


def _e18(j: int, b: int, pos: int, neg: int) -> float:
    return (j + b * pos) / (j + b * pos + b * neg)


def _scaled(batches: float, pos: float, sign: bool = True) -> Function:
    """Return E18 whose sum is divided by B to the power ``batches`` and P to the power ``pos``; or without 1 −."""

    def rule(number: int, positives: int, neg: int) -> Tensor:
        places = [(j, b) for b in range(number) for j in range(1, positives + 1)]
        total = sum(_e18(j, b, positives, neg) for j, b in places) / (number**batches * positives**pos)
        return one_number(1 - total if sign else total)

    return rule


def _last_batch(batches: int, pos: int, neg: int) -> Tensor:
    return one_number(1 - sum(_e18(j, batches - 1, pos, neg) for j in range(1, pos + 1)) / pos)


_BEHIND = (
    "Earlier batches put positives in front as well, and those count in rank⁺: the numerator is j + P₁ + … + P_{b−1}."
)
_DIVIDED = "The sum runs over all positives of all batches: divide it by ΣP, which is B · P here."

WORST_CASE_BOUND = Exercise(
    name="worst_case_bound",
    arguments=("batches", "pos", "neg"),
    returns="one number, the bound",
    truth=_worst,
    cases=(
        Case("three batches of 2 positives and 4 negatives", (3, 2, 4)),
        Case("five batches of 3 positives and 10 negatives", (5, 3, 10)),
        Case("two batches of one pair", (2, 1, 1)),
        Case("one batch, which is the whole set", (1, 4, 6)),
    ),
    readings=(
        Reading("sign", "That is the AP of the worst ranking. The bound is 1 minus it.", _scaled(1, 1, sign=False)),
        Reading(
            "off-by-one",
            "You count a batch's own negatives as in front of its positives. It is ranked perfectly: only the batches "
            "before it are in front.",
            _by_term(lambda j, b, p, n: (j + b * p) / (j + b * p + (b + 1) * n)),
        ),
        Reading(
            "off-by-one",
            "The first batch has nothing in front of it. Your counts of earlier items start one batch too late.",
            _by_term(_e18, first=1),
            "`range(batches)` starts at 0: then `b * pos` and `b * neg` are what stands before batch b.",
        ),
        Reading(
            "off-by-one",
            "j runs from 1 to P, the last one included; yours stops one before.",
            _by_term(_e18, last_place=-1),
        ),
        Reading("rank-plus", _BEHIND, _by_term(lambda j, b, p, n: j / (j + b * n))),
        Reading("rank-plus", _BEHIND, _by_term(lambda j, b, p, n: j / (j + b * p + b * n))),
        Reading(
            "negatives",
            "All batches before b send their negatives to the front, not only the one just before.",
            _by_term(lambda j, b, p, n: (j + b * p) / (j + b * p + (n if b else 0))),
        ),
        Reading("normaliser", _DIVIDED, _scaled(1, 0)),
        Reading("normaliser", _DIVIDED, _scaled(0, 1)),
        Reading("normaliser", _DIVIDED, _scaled(0, 0)),
        Reading(
            "batches",
            "That is what the last batch loses. The bound averages over the positives of all batches.",
            _last_batch,
        ),
    ),
    praise="Perfect batches, and still this much can be lost: with many batches it goes to the share of negatives.",
    advice={"type": "Return one number: a Python float, or a tensor with no axes."},
    number=True,
)


def _calibrated(batches: int, pos: int, neg: int, pos_above: int, neg_above: int) -> Tensor:
    counts = ([pos] * batches, [neg] * batches, [pos_above] * batches, [neg_above] * batches)
    return one_number(decomposability.calibrated_bound_of_order(*counts))


Part = Callable[..., float]
"""``(j, b, P, N, G, E)`` → what one positive adds."""


def _above(j: int, b: int, p: int, n: int, g: int, e: int) -> float:
    return (j + b * g) / (j + b * g + b * e)


def _below(j: int, b: int, p: int, n: int, g: int, e: int) -> float:
    return (j + g + b * p) / (j + g + b * p + b * n)


def _parts(above: Part = _above, below: Part = _below, by: str = "all", sign: bool = True) -> Function:
    """Return E19 with other terms above or below the threshold, or another divisor."""

    def rule(batches: int, p: int, n: int, g: int, e: int) -> Tensor:
        total = 0.0
        for b in range(batches):
            total += sum(above(j, b, p, n, g, e) for j in range(1, g + 1))
            total += sum(below(j, b, p, n, g, e) for j in range(1, p - g + 1))
        total /= {"all": batches * p, "above": max(batches * g, 1), "batches": batches, "pos": p}[by]
        return one_number(1 - total if sign else total)

    return rule


def _nothing(*_: int) -> float:
    return 0.0


CALIBRATED_BOUND = Exercise(
    name="calibrated_bound",
    arguments=("batches", "pos", "neg", "pos_above", "neg_above"),
    returns="one number, the bound",
    truth=_calibrated,
    cases=(
        Case("three batches, 3 of 4 positives and 1 of 6 negatives above", (3, 4, 6, 3, 1)),
        Case("four batches, 1 of 3 positives and 2 of 9 negatives above", (4, 3, 9, 1, 2)),
        Case("a threshold that separates all", (4, 3, 8, 3, 0)),
        Case("a threshold above everything", (3, 2, 4, 0, 0)),
    ),
    readings=(
        Reading("sign", "That is the AP of the worst ranking. The bound is 1 minus it.", _parts(sign=False)),
        Reading(
            "positives",
            "The j-th positive below the threshold stands behind the G_b of its own batch that are above it: "
            "j + G_b + P₁ + … + P_{b−1}.",
            _parts(below=lambda j, b, p, n, g, e: (j + b * p) / (j + b * p + b * n)),
        ),
        Reading(
            "positives",
            "Below the threshold all positives of earlier batches are in front, not only those above it: P, not G.",
            _parts(below=lambda j, b, p, n, g, e: (j + g + b * g) / (j + g + b * g + b * n)),
        ),
        Reading(
            "positives",
            "Above the threshold only the positives that are above it can be in front: G, not P.",
            _parts(above=lambda j, b, p, n, g, e: (j + b * p) / (j + b * p + b * e)),
        ),
        Reading(
            "positives",
            "The positives below the threshold are missing. They are P_b − G_b in each batch, and lose most.",
            _parts(below=_nothing),
        ),
        Reading(
            "positives",
            "The positives above the threshold are missing. They are G_b in each batch.",
            _parts(above=_nothing),
        ),
        Reading(
            "negatives",
            "Above the threshold only the negatives that are above it can be in front: E, not N.",
            _parts(above=lambda j, b, p, n, g, e: (j + b * g) / (j + b * g + b * n)),
        ),
        Reading(
            "negatives",
            "Below the threshold all negatives of earlier batches can be in front, those above it too: N, not N − E.",
            _parts(below=lambda j, b, p, n, g, e: (j + g + b * p) / (j + g + b * p + b * (n - e))),
        ),
        Reading(
            "negatives",
            "Below the threshold all negatives of earlier batches can be in front, not only those above it: N, not E.",
            _parts(below=lambda j, b, p, n, g, e: (j + g + b * p) / (j + g + b * p + b * e)),
        ),
        Reading(
            "negatives",
            "That is E18: the threshold plays no part in it. Treat the positives above it apart.",
            lambda batches, pos, neg, pos_above, neg_above: _worst(batches, pos, neg),
        ),
        Reading("normaliser", _DIVIDED, _parts(by="batches")),
        Reading("normaliser", _DIVIDED, _parts(by="pos")),
        Reading("normaliser", _DIVIDED + " Those below the threshold count too.", _parts(by="above")),
    ),
    praise="One threshold that all batches share, and the bound falls; once it separates them all, nothing is left.",
    advice={"type": "Return one number: a Python float, or a tensor with no axes."},
    number=True,
)

EXERCISES = (WORST_CASE_BOUND, CALIBRATED_BOUND)
