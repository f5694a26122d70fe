"""Chapter 15: the interval of a mean over seeds."""

from __future__ import annotations

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Case, Exercise, Mistake
from suprank_edu.exercises.tasks.common import interval, mean_and


def _ends(values: Tensor, t: float) -> Tensor:
    mean, half = interval(values, t)
    return torch.stack([mean - half, mean + half])


SEED_INTERVAL = Exercise(
    name="seed_interval",
    arguments=("values", "t"),
    returns="(2,): the mean, and half the width of the interval",
    truth=interval,
    cases=(
        Case("five seeds", (torch.tensor([0.70, 0.72, 0.71, 0.69, 0.74]), 2.776)),
        Case("two seeds", (torch.tensor([0.45, 0.47]), 12.706)),
        Case("three seeds", (torch.tensor([0.31, 0.30, 0.36]), 4.303)),
    ),
    mistakes=(
        Mistake(
            "normaliser",
            "That spread divides by n. The mean was taken of the same values, which lie closer to it than to the true "
            "mean: divide the squares by n − 1.",
            mean_and(lambda v, t: t * v.std(unbiased=False) / len(v) ** 0.5),
            "`values.std()` divides by n − 1, `correction=0` by n.",
        ),
        Mistake(
            "product",
            "That is where *one* more seed would fall, not the mean: the mean of n seeds varies √n times less. Divide "
            "by √n.",
            mean_and(lambda v, t: t * v.std()),
        ),
        Mistake(
            "product",
            "That is the standard error. An interval that holds the mean 95 times of 100 is t times as wide on each "
            "side.",
            mean_and(lambda v, t: v.std() / len(v) ** 0.5),
        ),
        Mistake(
            "product", "That is the standard deviation alone: times t, divided by √n.", mean_and(lambda v, t: v.std())
        ),
        Mistake(
            "term",
            "1.96 is for a spread that is known. Yours comes from a few seeds, and t makes up for that: use it.",
            mean_and(lambda v, t: 1.96 * v.std() / len(v) ** 0.5),
        ),
        Mistake(
            "normaliser",
            "Divide by √n, not by n.",
            mean_and(lambda v, t: t * v.std() / len(v)),
        ),
        Mistake(
            "term",
            "That is the variance, in squared units. Take its square root.",
            mean_and(lambda v, t: t * v.var() / len(v) ** 0.5),
        ),
        Mistake("sum", "These are the two ends. Asked are the mean and half the width.", _ends),
        Mistake(
            "product", "That is the whole width. Asked is half of it.", mean_and(lambda v, t: 2 * interval(v, t)[1])
        ),
        Mistake(
            "other-metric",
            "That is half of what lies between the best and the worst seed. It grows with the number of seeds.",
            mean_and(lambda v, t: (v.max() - v.min()) / 2),
        ),
    ),
    praise="With two seeds t is 12.7, with five 2.8: a few more runs buy more than any trick.",
    advice={
        "type": "Return two numbers as one tensor: `torch.stack([mean, half])`.",
    },
    further={
        "shape": "Two numbers are asked for: the mean, and half the width.",
    },
)
