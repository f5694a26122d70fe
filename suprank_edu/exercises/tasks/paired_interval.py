"""Chapter 15: the interval of a difference, seed by seed."""

from __future__ import annotations

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Case, Exercise, Mistake
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


def _of_distances(one: Tensor, other: Tensor, t: float) -> Tensor:
    return interval((one.double() - other.double()).abs(), t)


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
    mistakes=(
        Mistake(
            "pairs",
            "You take the two losses for strangers. Seed i gives both the same batches: subtract seed by seed first, "
            "then take the interval of the differences.",
            _unpaired,
            "`difference = one - other`",
        ),
        Mistake(
            "pairs",
            "Adding two half widths is wider than needed, for it forgets that seed i gives both the same batches. "
            "Subtract seed by seed first.",
            _sum_of_halves,
        ),
        Mistake(
            "order",
            "You sorted both. Then the best seed of one meets the best of the other, and they are no longer the same "
            "seed.",
            _sorted_first,
        ),
        Mistake(
            "sign",
            "Turned round: asked is `one` minus `other`.",
            lambda one, other, t: _difference(other, one, t),
        ),
        Mistake(
            "sign",
            "You took distances. A seed on which `other` is better must pull the mean down: keep the signs.",
            _of_distances,
        ),
        Mistake(
            "product",
            "Divide by √n: asked is the interval of the mean difference.",
            lambda one, other, t: mean_and(lambda v, t: t * v.std())(one.double() - other.double(), t),
        ),
        Mistake(
            "normaliser",
            "The spread divides by n − 1, not by n.",
            lambda one, other, t: mean_and(lambda v, t: t * v.std(unbiased=False) / len(v) ** 0.5)(
                one.double() - other.double(), t
            ),
        ),
        Mistake(
            "product",
            "The t is missing: that is the standard error.",
            lambda one, other, t: mean_and(lambda v, t: v.std() / len(v) ** 0.5)(one.double() - other.double(), t),
        ),
    ),
    praise="What a seed does to both cancels out. The chapter compares every pair of losses so.",
    advice={
        "type": "Return two numbers as one tensor: `torch.stack([mean, half])`.",
    },
    further={
        "shape": "Two numbers are asked for: the mean difference, and half the width of its interval.",
    },
)
