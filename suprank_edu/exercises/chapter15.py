"""Exercises of chapter 15: the interval over seeds, and the interval of a difference seed by seed."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from suprank_edu.exercises.spec import Case, Exercise, Function, Reading


def _interval(values: Tensor, t: float) -> Tensor:
    numbers = [float(value) for value in values.double()]
    mean = math.fsum(numbers) / len(numbers)
    variance = math.fsum((number - mean) ** 2 for number in numbers) / (len(numbers) - 1)
    return torch.tensor([mean, t * math.sqrt(variance / len(numbers))], dtype=torch.float64)


def _half(width: Function) -> Function:
    """Return mean and half the width by another rule."""

    def rule(values: Tensor, t: float) -> Tensor:
        numbers = values.double()
        return torch.stack([numbers.mean(), torch.as_tensor(width(numbers, t), dtype=torch.float64)])

    return rule


def _ends(values: Tensor, t: float) -> Tensor:
    mean, half = _interval(values, t)
    return torch.stack([mean - half, mean + half])


SEED_INTERVAL = Exercise(
    name="seed_interval",
    arguments=("values", "t"),
    returns="(2,): the mean, and half the width of the interval",
    truth=_interval,
    cases=(
        Case("five seeds", (torch.tensor([0.70, 0.72, 0.71, 0.69, 0.74]), 2.776)),
        Case("two seeds", (torch.tensor([0.45, 0.47]), 12.706)),
        Case("three seeds", (torch.tensor([0.31, 0.30, 0.36]), 4.303)),
    ),
    readings=(
        Reading(
            "normaliser",
            "That spread divides by n. The mean was taken of the same values, which lie closer to it than to the true "
            "mean: divide the squares by n − 1.",
            _half(lambda v, t: t * v.std(unbiased=False) / len(v) ** 0.5),
            "`values.std()` divides by n − 1, `correction=0` by n.",
        ),
        Reading(
            "product",
            "That is where *one* more seed would fall, not the mean: the mean of n seeds varies √n times less. Divide "
            "by √n.",
            _half(lambda v, t: t * v.std()),
        ),
        Reading(
            "product",
            "That is the standard error. An interval that holds the mean 95 times of 100 is t times as wide on each "
            "side.",
            _half(lambda v, t: v.std() / len(v) ** 0.5),
        ),
        Reading(
            "product", "That is the standard deviation alone: times t, divided by √n.", _half(lambda v, t: v.std())
        ),
        Reading(
            "term",
            "1.96 is for a spread that is known. Yours comes from a few seeds, and t makes up for that: use it.",
            _half(lambda v, t: 1.96 * v.std() / len(v) ** 0.5),
        ),
        Reading(
            "normaliser",
            "Divide by √n, not by n.",
            _half(lambda v, t: t * v.std() / len(v)),
        ),
        Reading(
            "term",
            "That is the variance, in squared units. Take its square root.",
            _half(lambda v, t: t * v.var() / len(v) ** 0.5),
        ),
        Reading("sum", "These are the two ends. Asked are the mean and half the width.", _ends),
        Reading("product", "That is the whole width. Asked is half of it.", _half(lambda v, t: 2 * _interval(v, t)[1])),
        Reading(
            "other-metric",
            "That is half of what lies between the best and the worst seed. It grows with the number of seeds.",
            _half(lambda v, t: (v.max() - v.min()) / 2),
        ),
    ),
    praise="With two seeds t is 12.7, with five 2.8: a few more runs buy more than any trick.",
    advice={
        "type": "Return two numbers as one tensor: `torch.stack([mean, half])`.",
        "shape": "Two numbers are asked for: the mean, and half the width.",
    },
)


def _difference(one: Tensor, other: Tensor, t: float) -> Tensor:
    return _interval(one.double() - other.double(), t)


def _unpaired(one: Tensor, other: Tensor, t: float) -> Tensor:
    a, b = one.double(), other.double()
    return torch.stack([a.mean() - b.mean(), t * (a.var() / len(a) + b.var() / len(b)).sqrt()])


def _sum_of_halves(one: Tensor, other: Tensor, t: float) -> Tensor:
    a, b = _interval(one, t), _interval(other, t)
    return torch.stack([a[0] - b[0], a[1] + b[1]])


def _sorted_first(one: Tensor, other: Tensor, t: float) -> Tensor:
    return _interval(one.double().sort().values - other.double().sort().values, t)


def _of_distances(one: Tensor, other: Tensor, t: float) -> Tensor:
    return _interval((one.double() - other.double()).abs(), t)


PAIRED_INTERVAL = Exercise(
    name="paired_interval",
    arguments=("one", "other", "t"),
    returns="(2,): the mean difference, and half the width of its interval",
    truth=_difference,
    cases=(
        Case(
            "five seeds that do the same to both",
            (
                torch.tensor([0.50, 0.55, 0.48, 0.52, 0.49]),
                torch.tensor([0.48, 0.54, 0.485, 0.50, 0.46]),
                2.776,
            ),
        ),
        Case("three seeds", (torch.tensor([0.30, 0.36, 0.33]), torch.tensor([0.35, 0.34, 0.40]), 4.303)),
    ),
    readings=(
        Reading(
            "pairs",
            "You take the two losses for strangers. Seed i gives both the same batches: subtract seed by seed first, "
            "then take the interval of the differences.",
            _unpaired,
            "`difference = one - other`",
        ),
        Reading(
            "pairs",
            "Adding two half widths is wider than needed, for it forgets that seed i gives both the same batches. "
            "Subtract seed by seed first.",
            _sum_of_halves,
        ),
        Reading(
            "order",
            "You sorted both. Then the best seed of one meets the best of the other, and they are no longer the same "
            "seed.",
            _sorted_first,
        ),
        Reading(
            "sign",
            "Turned round: asked is `one` minus `other`.",
            lambda one, other, t: _difference(other, one, t),
        ),
        Reading(
            "sign",
            "You took distances. A seed on which `other` is better must pull the mean down: keep the signs.",
            _of_distances,
        ),
        Reading(
            "product",
            "Divide by √n: asked is the interval of the mean difference.",
            lambda one, other, t: _half(lambda v, t: t * v.std())(one.double() - other.double(), t),
        ),
        Reading(
            "normaliser",
            "The spread divides by n − 1, not by n.",
            lambda one, other, t: _half(lambda v, t: t * v.std(unbiased=False) / len(v) ** 0.5)(
                one.double() - other.double(), t
            ),
        ),
        Reading(
            "product",
            "The t is missing: that is the standard error.",
            lambda one, other, t: _half(lambda v, t: v.std() / len(v) ** 0.5)(one.double() - other.double(), t),
        ),
    ),
    praise="What a seed does to both cancels out. The chapter compares every pair of losses so.",
    advice={
        "type": "Return two numbers as one tensor: `torch.stack([mean, half])`.",
        "shape": "Two numbers are asked for: the mean difference, and half the width of its interval.",
    },
)

EXERCISES = (SEED_INTERVAL, PAIRED_INTERVAL)
