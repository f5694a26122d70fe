"""The step functions: how much an item that scores `t` higher than another pushes it down the list."""

import math


def heaviside(t: float) -> float:
    """H, the exact step: 1 when the other item scores at least as high (E1).

    Example:
        >>> heaviside(-0.1), heaviside(0.0), heaviside(0.1)
        (0.0, 1.0, 1.0)
    """
    return 1.0 if t >= 0 else 0.0


def sigmoid(t: float, tau: float = 0.01) -> float:
    """σ(t/τ), the smooth step, below 1 everywhere (E11, Smooth-AP).

    Example:
        >>> sigmoid(0.0)
        0.5
        >>> round(sigmoid(0.02), 4)
        0.8808
    """
    if t >= 0:
        return 1 / (1 + math.exp(-t / tau))
    return math.exp(t / tau) / (1 + math.exp(t / tau))  # the same value, without overflow


def sup_step(
    t: float,
    tau: float = 0.01,
    rho: float = 100.0,
    delta: float = 0.05,
    start: float = 0.5,
    offset: float | None = None,
) -> float:
    """H⁻, the step that stays above H and keeps its slope far from 0 (E6, ROADMAP Eq. 4).

    Example:
        >>> sup_step(0.0)
        1.0
        >>> round(sup_step(-0.02), 4), round(sup_step(0.05), 4), round(sup_step(0.15), 4)
        (0.1192, 1.4933, 11.4933)
        >>> sup_step(0.15, start=0.0, offset=1.0)  # the published iNaturalist setting
        11.0
    """
    if t < 0:
        return sigmoid(t, tau)
    if t <= delta:
        return sigmoid(t, tau) + start
    if offset is None:
        offset = sigmoid(delta, tau) + start  # where the middle piece ends: no jump
    return rho * (t - delta) + offset
