"""Chapter 15: the interval of a mean over seeds."""

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Mistake, case
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
        case("five seeds", [0.70, 0.72, 0.71, 0.69, 0.74], 2.776),
        case("two seeds", [0.45, 0.47], 12.706),
        case("three seeds", [0.31, 0.30, 0.36], 4.303),
        case("three seeds, in per cent", [71.31, 71.25, 71.86], 4.303),
        case("four seeds, in per cent, close together", [55.12, 55.19, 55.14, 55.16], 3.182),
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
        Mistake("normaliser", "Divide by √n, not by n.", mean_and(lambda v, t: t * v.std() / len(v))),
        Mistake(
            "term",
            "That is the variance, in squared units. Take its square root.",
            mean_and(lambda v, t: t * v.var() / len(v) ** 0.5),
        ),
        Mistake(
            "normaliser",
            "The standard deviation has its n − 1 already, and the mean of n seeds varies √n times less: divide by √n, "
            "not by √(n − 1).",
            mean_and(lambda v, t: t * v.std() / (len(v) - 1) ** 0.5),
        ),
        Mistake(
            "normaliser",
            "The standard deviation has its n − 1 already: you divide by its root once more.",
            mean_and(lambda v, t: t * v.std() / (len(v) - 1) ** 0.5 / len(v) ** 0.5),
        ),
        Mistake(
            "term",
            "The spread is taken around 0. It is that around the mean: subtract the mean before you square.",
            mean_and(lambda v, t: t * (v.square().sum() / (len(v) - 1)).sqrt() / len(v) ** 0.5),
        ),
        Mistake(
            "term",
            "The root covers too much: it belongs to n alone. t and the standard deviation stand outside.",
            mean_and(lambda v, t: (t * v.std() / len(v)).sqrt()),
        ),
        Mistake(
            "other-metric",
            "That is the mean distance from the mean. The standard deviation is the root of the mean square.",
            mean_and(lambda v, t: t * (v - v.mean()).abs().mean() / len(v) ** 0.5),
        ),
        Mistake(
            "other-metric",
            "You take half of what lies between the best and the worst seed for the standard deviation.",
            mean_and(lambda v, t: t * (v.max() - v.min()) / 2 / len(v) ** 0.5),
        ),
        Mistake(
            "other-metric",
            "The first number is the median. Asked is the mean.",
            lambda v, t: torch.stack([v.double().median(), interval(v, t)[1]]),
        ),
        Mistake(
            "product",
            "That is a quarter of the width: t times the standard error reaches from the middle to one end, so it is "
            "half the width already.",
            mean_and(lambda v, t: interval(v, t)[1] / 2),
        ),
        Mistake(
            "wrong",
            "The two numbers stand the wrong way round: the mean first, then half the width.",
            lambda v, t: interval(v, t).flip(0),
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
    advice={"type": "Return two numbers as one tensor: `torch.stack([mean, half])`."},
    further={"shape": "Two numbers are asked for: the mean, and half the width."},
)
