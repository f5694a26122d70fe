"""The three steps of the explorer of surrogate bounds: H, the sigmoid and H⁻, with their values and slopes."""

import functools
from typing import Any, NamedTuple

import torch

from suprank_edu.steps import Heaviside, Sigmoid, Step, SupStep

CONTINUOUS = "continuous at δ"
PUBLISHED = "published, offset 1.44"
INATURALIST = "iNaturalist, start 0"
VARIANTS: dict[str, tuple[float, float | None]] = {
    CONTINUOUS: (0.5, None),
    PUBLISHED: (0.5, 1.44),
    INATURALIST: (0.0, 1.0),
}


class Steps(NamedTuple):
    """One number or array for each step: H, sigmoid, H⁻."""

    exact: Any
    smooth: Any
    sup: Any


def sup_step(tau: float, rho: float, delta: float, variant: str) -> SupStep:
    """Return H⁻ in one of its `VARIANTS`."""
    start, offset = VARIANTS[variant]
    return SupStep(tau=tau, rho=rho, delta=delta, start=start, offset=offset)


def at(t: float, tau: float, rho: float, delta: float, variant: str) -> tuple[Steps, Steps]:
    """Return the values and the slopes of the three steps at `t`."""
    three = (_point(Heaviside(), t), _point(Sigmoid(tau), t), _point(sup_step(tau, rho, delta, variant), t))
    return Steps(*(value for value, _ in three)), Steps(*(slope for _, slope in three))


@functools.cache
def _point(step: Step, t: float) -> tuple[float, float]:
    point = torch.tensor(t, dtype=torch.float64)
    return float(step(point)), float(step.slope(point))
