"""Chapter 05: the slope of the sigmoid, by hand."""

from __future__ import annotations

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Case, Exercise, Mistake
from suprank_edu.exercises.tasks.common import by_element, slope_of_sigmoid


def _bell(t: Tensor, tau: float) -> Tensor:
    value = torch.sigmoid(t.to(torch.float64) / tau)
    return value * (1 - value)


SIGMOID_SLOPE = Exercise(
    name="sigmoid_slope",
    arguments=("t", "tau"),
    returns="one slope per entry of `t`",
    truth=by_element(slope_of_sigmoid),
    cases=(
        Case("differences near 0", (torch.tensor([-0.03, -0.01, 0.0, 0.004, 0.02]), 0.01)),
        Case("a larger temperature", (torch.tensor([[-0.5, -0.1], [0.05, 0.3]]), 0.2)),
        Case("differences far from 0", (torch.tensor([-2.0, 2.0]), 0.01)),
    ),
    mistakes=(
        Mistake(
            "sign",
            "The slope came out negative, but σ(t/τ) rises everywhere.",
            lambda t, tau: -_bell(t, tau) / tau,
        ),
        Mistake(
            "temperature",
            "By the chain rule the inner derivative of t/τ is 1/τ; that factor is missing.",
            _bell,
            "Divide the product σ(1 − σ) by τ.",
        ),
        Mistake(
            "temperature",
            "The inner derivative of t/τ is 1/τ: divide by τ, do not multiply.",
            lambda t, tau: _bell(t, tau) * tau,
        ),
        Mistake("temperature", "The sigmoid takes t/τ; yours takes t itself.", lambda t, tau: _bell(t, 1.0)),
        Mistake(
            "temperature",
            "You divide by τ at the end, as you should; but the sigmoid itself takes t/τ too, and yours takes t.",
            lambda t, tau: _bell(t, 1.0) / tau,
        ),
        Mistake(
            "temperature",
            "You divide by τ twice. The inner derivative of t/τ is 1/τ, once.",
            lambda t, tau: _bell(t, tau) / tau**2,
        ),
        Mistake("temperature", "The sigmoid takes t/τ; yours takes t·τ.", lambda t, tau: _bell(t, 1 / tau)),
        Mistake("temperature", "The sigmoid takes t/τ; yours takes t·τ.", lambda t, tau: _bell(t, 1 / tau) / tau),
        Mistake("temperature", "The sigmoid takes t/τ; yours takes t·τ.", lambda t, tau: _bell(t, 1 / tau) * tau),
        Mistake(
            "product",
            "The slope of σ is the product σ · (1 − σ); the factor σ is missing.",
            lambda t, tau: (1 - torch.sigmoid(t.to(torch.float64) / tau)) / tau,
        ),
        Mistake(
            "product",
            "The slope of σ is the product σ · (1 − σ): 1 − σ, not 1 + σ.",
            lambda t, tau: (2 * torch.sigmoid(t.to(torch.float64) / tau) - _bell(t, tau)) / tau,
        ),
        Mistake(
            "product",
            "The slope of σ is the product σ · (1 − σ); the factor (1 − σ) is missing.",
            lambda t, tau: torch.sigmoid(t.to(torch.float64) / tau) / tau,
        ),
        Mistake(
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
    },
    further={
        "shape": "Each entry is treated alike, so the result has the shape of `t`.",
    },
)
