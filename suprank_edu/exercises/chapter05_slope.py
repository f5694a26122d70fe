"""Exercises of chapter 05, second half: the slope of the sigmoid, and where it dies."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.spec import Case, Exercise, Function, Reading, by_element


def _slope(t: float, tau: float) -> float:
    value = naive.sigmoid(t, tau)
    return value * (1 - value) / tau


def _bell(t: Tensor, tau: float) -> Tensor:
    value = torch.sigmoid(t.to(torch.float64) / tau)
    return value * (1 - value)


SIGMOID_SLOPE = Exercise(
    name="sigmoid_slope",
    arguments=("t", "tau"),
    returns="one slope per entry of `t`",
    truth=by_element(_slope),
    cases=(
        Case("differences near 0", (torch.tensor([-0.03, -0.01, 0.0, 0.004, 0.02]), 0.01)),
        Case("a larger temperature", (torch.tensor([[-0.5, -0.1], [0.05, 0.3]]), 0.2)),
        Case("differences far from 0", (torch.tensor([-2.0, 2.0]), 0.01)),
    ),
    readings=(
        Reading(
            "sign",
            "The slope came out negative, but σ(t/τ) rises everywhere.",
            lambda t, tau: -_bell(t, tau) / tau,
        ),
        Reading(
            "temperature",
            "By the chain rule the inner derivative of t/τ is 1/τ; that factor is missing.",
            _bell,
            "Divide the product σ(1 − σ) by τ.",
        ),
        Reading(
            "temperature",
            "The inner derivative of t/τ is 1/τ: divide by τ, do not multiply.",
            lambda t, tau: _bell(t, tau) * tau,
        ),
        Reading("temperature", "The sigmoid takes t/τ; yours takes t itself.", lambda t, tau: _bell(t, 1.0)),
        Reading(
            "temperature",
            "You divide by τ at the end, as you should; but the sigmoid itself takes t/τ too, and yours takes t.",
            lambda t, tau: _bell(t, 1.0) / tau,
        ),
        Reading(
            "temperature",
            "You divide by τ twice. The inner derivative of t/τ is 1/τ, once.",
            lambda t, tau: _bell(t, tau) / tau**2,
        ),
        Reading("temperature", "The sigmoid takes t/τ; yours takes t·τ.", lambda t, tau: _bell(t, 1 / tau)),
        Reading("temperature", "The sigmoid takes t/τ; yours takes t·τ.", lambda t, tau: _bell(t, 1 / tau) / tau),
        Reading("temperature", "The sigmoid takes t/τ; yours takes t·τ.", lambda t, tau: _bell(t, 1 / tau) * tau),
        Reading(
            "product",
            "The slope of σ is the product σ · (1 − σ); the factor σ is missing.",
            lambda t, tau: (1 - torch.sigmoid(t.to(torch.float64) / tau)) / tau,
        ),
        Reading(
            "product",
            "The slope of σ is the product σ · (1 − σ): 1 − σ, not 1 + σ.",
            lambda t, tau: (2 * torch.sigmoid(t.to(torch.float64) / tau) - _bell(t, tau)) / tau,
        ),
        Reading(
            "product",
            "The slope of σ is the product σ · (1 − σ); the factor (1 − σ) is missing.",
            lambda t, tau: torch.sigmoid(t.to(torch.float64) / tau) / tau,
        ),
        Reading(
            "product",
            "That is the sigmoid itself. Its slope is σ · (1 − σ), times the inner derivative 1/τ.",
            lambda t, tau: torch.sigmoid(t.to(torch.float64) / tau),
        ),
    ),
    praise="The peak is 1/(4τ), at t = 0, and it falls off fast on both sides: a smaller τ is nearer to H and blind "
    "to more mistakes.",
    advice={
        "non-finite": "`exp(−t/τ)` overflows far from 0, and ∞/∞ is NaN. Take `torch.sigmoid`, which does not, and "
        "multiply two of its values.",
        "shape": "Each entry is treated alike, so the result has the shape of `t`.",
    },
)

SHARE = 1e-6
# The slope is σ(1 − σ)/τ and peaks at 1/(4τ): x = t/τ solves 4 σ(x)(1 − σ(x)) = share.
_EDGE = math.log((1 + math.sqrt(1 - SHARE)) / (1 - math.sqrt(1 - SHARE)))


def _dead_zone(tau: float) -> Tensor:
    """Bisect for the |t| at which the slope has fallen to `SHARE` of its peak."""
    low, high = 0.0, 100 * tau
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _slope(middle, tau) > SHARE * _slope(0.0, tau) else (low, middle)
    return torch.tensor(high, dtype=torch.float64)


def _number(rule: Function) -> Function:
    return lambda tau: torch.tensor(rule(tau), dtype=torch.float64)


DEAD_ZONE = Exercise(
    name="dead_zone",
    arguments=("tau",),
    returns="one number, to within 1 %",
    truth=_dead_zone,
    cases=(Case("the published temperature", (0.01,)), Case("a larger one", (0.1,)), Case("τ = 1", (1.0,))),
    readings=(
        Reading("sign", "The size of t is asked for, so the answer is positive.", _number(lambda tau: -_EDGE * tau)),
        Reading(
            "temperature",
            "That is t/τ at the edge. In units of the score it is τ times as much, so that a smaller τ leaves a larger "
            "dead zone.",
            _number(lambda tau: _EDGE),
        ),
        Reading(
            "temperature",
            "You divide by τ where you should multiply: the edge lies at t = τ · x.",
            _number(lambda tau: _EDGE / tau),
        ),
        Reading(
            "peak",
            "You ask where σ(1 − σ) falls below 10⁻⁶. Asked is 10⁻⁶ of its peak, and the peak is ¼.",
            _number(lambda tau: tau * math.log(1 / SHARE)),
        ),
        Reading(
            "peak",
            "You ask where the slope falls below 10⁻⁶. Asked is 10⁻⁶ of its peak, and the peak is 1/(4τ).",
            _number(lambda tau: tau * math.log(1 / (SHARE * tau))),
        ),
        Reading(
            "wrong",
            "That is the width of the zone from −t to t. Asked is its edge, half of it.",
            _number(lambda tau: 2 * _EDGE * tau),
        ),
    ),
    praise="Beyond about 15 τ the sigmoid teaches nothing: at τ = 0.01 that is a difference of 0.15, and cosines "
    "differ by far more than that.",
    advice={
        "type": "Return one number: a Python float, or a tensor with no axes.",
        "wrong": "For a slope far below its peak σ(x)(1 − σ(x)) is almost e⁻ˣ: solve 4 e⁻ˣ = 10⁻⁶, then t = τ·x. "
        "If you try values, take `torch.float64`: so far out 1 − σ has hardly a digit left in float32.",
    },
    number=True,
    rtol=1e-2,
)

EXERCISES = (SIGMOID_SLOPE, DEAD_ZONE)
