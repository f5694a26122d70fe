"""Chapter 05: the slope of the sigmoid, by hand."""

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Mistake, case, forms
from suprank_edu.exercises.tasks.common import by_element, slope_of_sigmoid


def _bell(t: Tensor, tau: float) -> Tensor:
    value = torch.sigmoid(t.to(torch.float64) / tau)
    return value * (1 - value)


_PRODUCT = "The slope of σ is the product σ · (1 − σ), times the inner derivative 1/τ."

SIGMOID_SLOPE = Exercise(
    name="sigmoid_slope",
    arguments=("t", "tau"),
    returns="one slope per entry of `t`",
    truth=by_element(slope_of_sigmoid),
    cases=(
        case("differences near 0", [-0.03, -0.01, 0.0, 0.004, 0.02], 0.01),
        case("a larger temperature", [[-0.5, -0.1], [0.05, 0.3]], 0.2),
        case("a temperature of 1", [-3.0, -0.4, 0.0, 1.7, 5.0], 1.0),
        case("differences far from 0", [-2.0, 2.0], 0.01),
    ),
    mistakes=(
        Mistake(
            "sign", "The slope came out negative, but σ(t/τ) rises everywhere.", lambda t, tau: -_bell(t, tau) / tau
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
        *forms(
            "temperature",
            "The sigmoid takes t/τ; yours takes t·τ.",
            lambda t, tau: _bell(t, 1 / tau),
            lambda t, tau: _bell(t, 1 / tau) / tau,
            lambda t, tau: _bell(t, 1 / tau) * tau,
        ),
        *forms(
            "product",
            "One factor is missing: at both ends the sigmoid is flat, and your slope is 0 at one end only.",
            lambda t, tau: (1 - torch.sigmoid(t.to(torch.float64) / tau)) / tau,
            lambda t, tau: torch.sigmoid(t.to(torch.float64) / tau) / tau,
            more=_PRODUCT,
        ),
        Mistake(
            "product",
            "You multiply σ by 1 + σ. Look at the sign inside the second factor.",
            lambda t, tau: (2 * torch.sigmoid(t.to(torch.float64) / tau) - _bell(t, tau)) / tau,
            _PRODUCT,
        ),
        Mistake(
            "product",
            "You give 1 − σ², which is the rule of tanh, not that of the sigmoid.",
            lambda t, tau: (1 - torch.sigmoid(t.to(torch.float64) / tau) ** 2) / tau,
            _PRODUCT,
        ),
        Mistake(
            "product",
            "That is the sigmoid itself. Asked is its slope.",
            lambda t, tau: torch.sigmoid(t.to(torch.float64) / tau),
            _PRODUCT,
        ),
        Mistake(
            "peak",
            "That is the slope at t = 0, the peak, for every t.",
            lambda t, tau: torch.full_like(t, 1 / (4 * tau), dtype=torch.float64),
        ),
        Mistake(
            "other-metric",
            "That is the second derivative, the slope of the slope.",
            lambda t, tau: _bell(t, tau) * (1 - 2 * torch.sigmoid(t.to(torch.float64) / tau)) / tau**2,
        ),
        Mistake(
            "temperature", "You take τ = 0.01 whatever comes: τ is an argument.", lambda t, tau: _bell(t, 0.01) / 0.01
        ),
    ),
    praise="The peak is 1/(4τ), at t = 0, and it falls off fast on both sides: a smaller τ is nearer to H and blind "
    "to more mistakes.",
    advice={
        "non-finite": "`exp(−t/τ)` overflows far from 0, and ∞/∞ is NaN. Which function of torch gives the sigmoid "
        "without that?"
    },
    further={"shape": "Each entry is treated alike, so the result has the shape of `t`."},
)
