"""Chapter 08: the bound of the gap when all batches share one threshold."""

from collections.abc import Callable

from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case, forms
from suprank_edu.exercises.tasks.common import DIVIDED_BY_ALL, one_number, worst_case
from suprank_edu.naive import decomposability


def _calibrated(batches: int, pos: int, neg: int, pos_above: int, neg_above: int) -> Tensor:
    counts = ([pos] * batches, [neg] * batches, [pos_above] * batches, [neg_above] * batches)
    return one_number(decomposability.calibrated_bound_of_order(*counts))


Part = Callable[..., float]
"""`(j, b, P, N, G, E)` → what one positive adds."""


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
        case("three batches, 3 of 4 positives and 1 of 6 negatives above", 3, 4, 6, 3, 1),
        case("four batches, 1 of 3 positives and 2 of 9 negatives above", 4, 3, 9, 1, 2),
        case("five batches, 2 of 5 positives and 3 of 7 negatives above", 5, 5, 7, 2, 3),
        case("a threshold below most negatives", 3, 4, 6, 1, 6),
        case("a threshold below all negatives", 4, 3, 5, 1, 5),
        case("a threshold above which is one pair in seven", 2, 5, 3, 1, 3),
        case("a threshold that separates all", 4, 3, 8, 3, 0),
        case("a threshold above everything", 3, 2, 4, 0, 0),
    ),
    mistakes=(
        Mistake("sign", "That is the AP of the worst ranking. The bound is 1 minus it.", _parts(sign=False)),
        Mistake(
            "positives",
            "The j-th positive below the threshold stands behind the G_b of its own batch that are above it: "
            "j + G_b + P₁ + … + P_{b−1}.",
            _parts(below=lambda j, b, p, n, g, e: (j + b * p) / (j + b * p + b * n)),
        ),
        Mistake(
            "positives",
            "Below the threshold all positives of earlier batches are in front, not only those above it: P, not G.",
            _parts(below=lambda j, b, p, n, g, e: (j + g + b * g) / (j + g + b * g + b * n)),
        ),
        Mistake(
            "positives",
            "Above the threshold only the positives that are above it can be in front: G, not P.",
            _parts(above=lambda j, b, p, n, g, e: (j + b * p) / (j + b * p + b * e)),
        ),
        Mistake(
            "positives",
            "The positives below the threshold are missing. They are P_b − G_b in each batch, and lose most.",
            _parts(below=_nothing),
        ),
        Mistake(
            "positives",
            "The positives above the threshold are missing. They are G_b in each batch.",
            _parts(above=_nothing),
        ),
        Mistake(
            "negatives",
            "Above the threshold only the negatives that are above it can be in front: E, not N.",
            _parts(above=lambda j, b, p, n, g, e: (j + b * g) / (j + b * g + b * n)),
        ),
        Mistake(
            "negatives",
            "Below the threshold all negatives of earlier batches can be in front, those above it too: N, not N − E.",
            _parts(below=lambda j, b, p, n, g, e: (j + g + b * p) / (j + g + b * p + b * (n - e))),
        ),
        Mistake(
            "negatives",
            "Below the threshold all negatives of earlier batches can be in front, not only those above it: N, not E.",
            _parts(below=lambda j, b, p, n, g, e: (j + g + b * p) / (j + g + b * p + b * e)),
        ),
        Mistake(
            "negatives",
            "That is E18: the threshold plays no part in it. Treat the positives above it apart.",
            lambda batches, pos, neg, pos_above, neg_above: worst_case(batches, pos, neg),
        ),
        Mistake(
            "other-metric",
            "You return the smaller of E18 and E19. Asked is E19, which a bad threshold can make the larger one.",
            lambda b, p, n, g, e: _calibrated(b, p, n, g, e).minimum(worst_case(b, p, n)),
        ),
        *forms("normaliser", DIVIDED_BY_ALL, _parts(by="batches"), _parts(by="pos")),
        Mistake("normaliser", DIVIDED_BY_ALL + " Those below the threshold count too.", _parts(by="above")),
    ),
    praise="One threshold that all batches share, and the bound falls; once it separates them all, nothing is left.",
    number=True,
)
