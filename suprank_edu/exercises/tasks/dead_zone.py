"""Chapter 05: how far from 0 the sigmoid stops teaching."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import slope_of_sigmoid

SHARE = 1e-6

# The slope is σ(1 − σ)/τ and peaks at 1/(4τ): x = t/τ solves 4 σ(x)(1 − σ(x)) = share.
_EDGE = math.log((1 + math.sqrt(1 - SHARE)) / (1 - math.sqrt(1 - SHARE)))


def _dead_zone(tau: float) -> Tensor:
    """Bisect for the |t| at which the slope has fallen to `SHARE` of its peak."""
    low, high = 0.0, 100 * tau
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if slope_of_sigmoid(middle, tau) > SHARE * slope_of_sigmoid(0.0, tau) else (low, middle)
        )
    return torch.tensor(high, dtype=torch.float64)


def _number(rule: Callable[..., Any]) -> Function:
    return lambda tau: torch.tensor(rule(tau), dtype=torch.float64)


DEAD_ZONE = Exercise(
    name="dead_zone",
    arguments=("tau",),
    returns="one number, to within 1 %",
    truth=_dead_zone,
    cases=(
        case("the published temperature", 0.01),
        case("a larger one", 0.1),
        case("a smaller one", 0.002),
        case("τ = 1", 1.0),
        case("τ = 2.5", 2.5),
    ),
    mistakes=(
        Mistake("sign", "The size of t is asked for, so the answer is positive.", _number(lambda tau: -_EDGE * tau)),
        Mistake(
            "temperature",
            "That is t/τ at the edge. In units of the score it is τ times as much, so that a smaller τ leaves a larger "
            "dead zone.",
            _number(lambda tau: _EDGE),
        ),
        Mistake(
            "temperature",
            "You divide by τ where you should multiply: the edge lies at t = τ · x.",
            _number(lambda tau: _EDGE / tau),
        ),
        Mistake(
            "peak",
            "You ask where σ(1 − σ), or 1 − σ, falls below 10⁻⁶. Asked is 10⁻⁶ of its peak, and the peak is ¼.",
            _number(lambda tau: tau * math.log(1 / SHARE)),
        ),
        Mistake(
            "peak",
            "You ask where the slope falls below 10⁻⁶. Asked is 10⁻⁶ of its peak, and the peak is 1/(4τ).",
            _number(lambda tau: tau * math.log(1 / (SHARE * tau))),
        ),
        Mistake(
            "peak",
            "The ¼ of the peak stands on the wrong side: the slope must fall to 10⁻⁶ · ¼, not to 10⁻⁶ · 4.",
            _number(lambda tau: tau * math.log(1 / (4 * SHARE))),
        ),
        Mistake(
            "term",
            "You take the logarithm to base 10. The exponential function asks for the natural one.",
            _number(lambda tau: tau * math.log10(4 / SHARE)),
        ),
        Mistake(
            "wrong",
            "That is the width of the zone from −t to t. Asked is its edge, half of it.",
            _number(lambda tau: 2 * _EDGE * tau),
        ),
    ),
    praise="Beyond about 15 τ the sigmoid teaches nothing: at τ = 0.01 that is a difference of 0.15, and cosines "
    "differ by far more than that.",
    further={
        "wrong": "So far out one of the two factors of σ(x)(1 − σ(x)) is almost 1, and the other a plain exponential. "
        "If you try values, take `torch.float64`: so far out 1 − σ has hardly a digit left in float32."
    },
    number=True,
    rtol=1e-2,
)
