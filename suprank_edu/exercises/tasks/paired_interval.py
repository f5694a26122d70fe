"""Chapter 15: the interval of a difference, seed by seed."""

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import interval, mean_and


def _difference(one: Tensor, other: Tensor, t: float) -> Tensor:
    return interval(one.double() - other.double(), t)


def _unpaired(one: Tensor, other: Tensor, t: float) -> Tensor:
    a, b = one.double(), other.double()
    return torch.stack([a.mean() - b.mean(), t * (a.var() / len(a) + b.var() / len(b)).sqrt()])


def _sum_of_halves(one: Tensor, other: Tensor, t: float) -> Tensor:
    a, b = interval(one, t), interval(other, t)
    return torch.stack([a[0] - b[0], a[1] + b[1]])


def _sorted_first(one: Tensor, other: Tensor, t: float) -> Tensor:
    return interval(one.double().sort().values - other.double().sort().values, t)


def _half(width: Function) -> Function:
    """Return the mean difference with half the width by another rule on the differences."""
    return lambda one, other, t: mean_and(width)(one.double() - other.double(), t)


def _every_pair(one: Tensor, other: Tensor, t: float) -> Tensor:
    return interval((one.double()[:, None] - other.double()[None, :]).flatten(), t)


def _ends(one: Tensor, other: Tensor, t: float) -> Tensor:
    mean, half = _difference(one, other, t)
    return torch.stack([mean - half, mean + half])


def _of_distances(one: Tensor, other: Tensor, t: float) -> Tensor:
    return interval((one.double() - other.double()).abs(), t)


PAIRED_INTERVAL = Exercise(
    name="paired_interval",
    arguments=("one", "other", "t"),
    returns="(2,): the mean difference, and half the width of its interval",
    truth=_difference,
    cases=(
        case(
            "five seeds that do the same to both",
            [0.50, 0.55, 0.48, 0.52, 0.49],
            [0.48, 0.54, 0.485, 0.50, 0.46],
            2.776,
        ),
        case("four seeds", [0.61, 0.58, 0.66, 0.63], [0.60, 0.61, 0.62, 0.60], 3.182),
        case("six seeds", [0.41, 0.44, 0.40, 0.47, 0.43, 0.42], [0.43, 0.42, 0.41, 0.44, 0.45, 0.38], 2.571),
        case("three seeds", [0.30, 0.36, 0.33], [0.35, 0.34, 0.40], 4.303),
    ),
    mistakes=(
        Mistake(
            "pairs",
            "You take the two losses for strangers. Seed i gives both the same batches, and what a seed does to both "
            "should cancel out: which value belongs to which?",
            _unpaired,
            "`difference = one - other`",
        ),
        Mistake(
            "pairs",
            "Adding two half widths is wider than needed, for it forgets that seed i gives both the same batches: what "
            "a seed does to both should cancel out.",
            _sum_of_halves,
        ),
        Mistake(
            "order",
            "You sorted both. Then the best seed of one meets the best of the other, and they are no longer the same "
            "seed.",
            _sorted_first,
        ),
        Mistake(
            "sign", "Turned round: asked is `one` minus `other`.", lambda one, other, t: _difference(other, one, t)
        ),
        Mistake(
            "sign",
            "You took distances. A seed on which `other` is better must pull the mean down: keep the signs.",
            _of_distances,
        ),
        Mistake(
            "product", "Divide by √n: asked is the interval of the mean difference.", _half(lambda v, t: t * v.std())
        ),
        Mistake(
            "normaliser",
            "The spread divides by n − 1, not by n.",
            _half(lambda v, t: t * v.std(unbiased=False) / len(v) ** 0.5),
        ),
        Mistake(
            "product", "The t is missing: that is the standard error.", _half(lambda v, t: v.std() / len(v) ** 0.5)
        ),
        Mistake(
            "term",
            "1.96 is for a spread that is known. Yours comes from a few seeds, and t makes up for that: use it.",
            _half(lambda v, t: 1.96 * v.std() / len(v) ** 0.5),
        ),
        Mistake(
            "term",
            "That is the variance, in squared units. Take its square root.",
            _half(lambda v, t: t * v.var() / len(v) ** 0.5),
        ),
        Mistake(
            "normaliser",
            "n counts the differences, one for each seed; you count both losses' runs.",
            _half(lambda v, t: t * v.std() / (2 * len(v)) ** 0.5),
        ),
        Mistake("normaliser", "Divide by √n, not by n.", _half(lambda v, t: t * v.std() / len(v))),
        Mistake("product", "That is the whole width. Asked is half of it.", _half(lambda v, t: 2 * interval(v, t)[1])),
        Mistake(
            "pairs",
            "The spread is that of the first loss. Asked is the spread of the differences.",
            lambda one, other, t: torch.stack([_difference(one, other, t)[0], interval(one, t)[1]]),
        ),
        Mistake(
            "pairs",
            "You subtract one half width from the other. What matters is how the differences spread.",
            lambda one, other, t: interval(one, t) - interval(other, t),
        ),
        Mistake(
            "pairs",
            "You compare every seed of one with every seed of the other. Only the same seed has the same batches.",
            _every_pair,
        ),
        Mistake(
            "normaliser",
            "You divide the difference by the value of `other`. Asked is the difference itself.",
            lambda one, other, t: interval((one.double() - other.double()) / other.double(), t),
        ),
        Mistake(
            "wrong",
            "The two numbers stand the wrong way round: the mean difference first, then half the width.",
            lambda one, other, t: _difference(one, other, t).flip(0),
        ),
        Mistake("sum", "These are the two ends. Asked are the mean difference and half the width.", _ends),
    ),
    praise="What a seed does to both cancels out, where it does: the chapter asks that first.",
    advice={"type": "Return two numbers as one tensor: `torch.stack([mean, half])`."},
    further={"shape": "Two numbers are asked for: the mean difference, and half the width of its interval."},
)
