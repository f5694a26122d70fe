"""Chapter 13: the learning rate of each step, a rise and half a cosine."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case


def _of_steps(rule: Callable[[int, int, int, float], float]) -> Function:
    """Return the function that applies `rule(step, steps, rise, peak)` to each step."""

    def rates(steps: int, rise: int, peak: float) -> Tensor:
        return torch.tensor([rule(step, steps, rise, peak) for step in range(steps)], dtype=torch.float64)

    return rates


def _rate(up: Function | None = None, down: Function | None = None) -> Function:
    """Return the rates with another rise or another fall than the right one."""

    def rule(step: int, steps: int, rise: int, peak: float) -> float:
        if step < rise:
            return float(up(step, steps, rise, peak)) if up else peak * (step + 1) / rise
        if down:
            return float(down(step, steps, rise, peak))
        return peak * _half_cosine((step - rise + 0.5) / (steps - rise))

    return _of_steps(rule)


def _half_cosine(share: float) -> float:
    return (1 + math.cos(math.pi * share)) / 2


LEARNING_RATES = Exercise(
    name="learning_rates",
    arguments=("steps", "rise", "peak"),
    returns="(steps,), one learning rate a step",
    truth=_rate(),
    cases=(
        case("ten steps, three of them rising", 10, 3, 2.0),
        case("eight steps, two of them rising", 8, 2, 0.5),
        case("twelve steps, five of them rising", 12, 5, 3.0),
        case("six steps without a rise", 6, 0, 1.5),
    ),
    mistakes=(
        Mistake(
            "off-by-one",
            "Your first step has the rate 0, so it changes nothing, and the peak is missed by one step. Step 0 is the "
            "first of `rise` equal steps up.",
            _rate(up=lambda t, n, r, p: p * t / r),
            "`(step + 1) / rise`",
        ),
        Mistake(
            "off-by-one",
            "The rise is right. The fall begins half a step early: step `rise` is already half a step down the cosine.",
            _rate(down=lambda t, n, r, p: p * _half_cosine((t - r) / (n - r))),
            "`(step - rise + 0.5) / (steps - rise)`",
        ),
        Mistake(
            "off-by-one",
            "Your last step has the rate 0, so it changes nothing. The cosine is read in the middle of each step.",
            _rate(down=lambda t, n, r, p: p * _half_cosine((t - r + 1) / (n - r))),
            "`(step - rise + 0.5) / (steps - rise)`",
        ),
        Mistake(
            "line",
            "The rise is right, and at its end the rate jumps down. The cosine begins where the rise ends, not at "
            "step 0.",
            _rate(down=lambda t, n, r, p: p * _half_cosine((t + 0.5) / n)),
            "Count the steps of the fall: `step - rise`, of `steps - rise`.",
        ),
        Mistake(
            "line",
            "The fall counts from the end of the rise, but it is divided by all steps, so it never gets down.",
            _rate(down=lambda t, n, r, p: p * _half_cosine((t - r + 0.5) / n)),
        ),
        Mistake(
            "term",
            "You rise, and then you stay at the peak. Half a cosine brings the rate down.",
            _rate(down=lambda t, n, r, p: p),
        ),
        Mistake(
            "term",
            "You fall along a straight line. Asked is half a cosine, which leaves the peak slowly and lands slowly.",
            _rate(down=lambda t, n, r, p: p * (1 - (t - r + 0.5) / (n - r))),
        ),
        Mistake(
            "term",
            "That is a quarter of a cosine: it is steepest at the end. Half a cosine lands slowly.",
            _rate(down=lambda t, n, r, p: p * math.cos(math.pi / 2 * (t - r + 0.5) / (n - r))),
        ),
        Mistake(
            "term",
            "The cosine goes through a whole turn, and the rate is back at the peak in the end. Half a turn is π.",
            _rate(down=lambda t, n, r, p: p * _half_cosine(2 * (t - r + 0.5) / (n - r))),
        ),
        Mistake(
            "order",
            "The rates are right, and the last comes first. Step 0 is the first of the rise.",
            lambda steps, rise, peak: _rate()(steps, rise, peak).flip(0),
        ),
        Mistake(
            "sign",
            "Your rates rise to the peak, drop to nothing and rise again. Plus or minus the cosine?",
            _rate(down=lambda t, n, r, p: p * (1 - _half_cosine((t - r + 0.5) / (n - r)))),
        ),
        Mistake(
            "sign",
            "A cosine alone runs from 1 to −1, and a negative rate goes uphill. Add 1 and halve it.",
            _rate(down=lambda t, n, r, p: p * math.cos(math.pi * (t - r + 0.5) / (n - r))),
        ),
        Mistake(
            "normaliser",
            "The fall begins at twice the peak: 1 plus a cosine runs from 2 to 0. Halve it.",
            _rate(down=lambda t, n, r, p: 2 * p * _half_cosine((t - r + 0.5) / (n - r))),
        ),
        Mistake(
            "product",
            "These are shares of the peak, and right. Multiply by the peak.",
            lambda steps, rise, peak: _rate()(steps, rise, 1.0),
        ),
        Mistake(
            "line",
            "There is no rise: the cosine begins at step 0. The first `rise` steps go up in equal steps.",
            _of_steps(lambda t, n, r, p: p * _half_cosine((t + 0.5) / n)),
        ),
        Mistake(
            "product",
            "You multiply the cosine of all steps with the rise, so that the peak is never reached. First the one, "
            "then the other.",
            _of_steps(lambda t, n, r, p: p * min(1.0, (t + 1) / max(r, 1)) * _half_cosine((t + 0.5) / n)),
        ),
    ),
    praise='These are the rates of `fit` with `schedule="cosine"`: slow at first, while nothing fits yet, and slow at '
    "the end, where the last steps settle.",
    advice={
        "dtype": "A rate is a float.",
        "non-finite": "Where nothing rises, begin with the fall.",
    },
    further={"shape": "One rate for each of the `steps` steps, the first `rise` of them rising."},
)
