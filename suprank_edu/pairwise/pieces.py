"""The steps of the library taken apart: what is smooth, where it jumps, where it is linear."""

import math
from dataclasses import dataclass

from suprank_edu.steps import Heaviside, Sigmoid, Step, SupStep


@dataclass(frozen=True)
class Pieces:
    """A step as the engines see it: `[t ≤ δ] (σ(t/τ) + start · [t ≥ 0]) + [t > δ] (ρ(t - δ) + beyond)`.

    Attributes:
        tau: temperature τ, None without the smooth part.
        start: what is added from `t = 0` on.
        delta: δ, infinite where there is no linear part.
        rho: slope beyond δ.
        beyond: value just beyond δ.
    """

    tau: float | None
    start: float = 0.0
    delta: float = math.inf
    rho: float = 0.0
    beyond: float = 0.0

    @property
    def jump(self) -> float:
        """How much the value rises at δ, 0 where there is no linear part."""
        if self.tau is None or self.delta == math.inf:
            return 0.0
        return self.beyond - (1 / (1 + math.exp(-self.delta / self.tau)) + self.start)


def pieces_of(step: Step) -> Pieces | None:
    """Return the pieces of a step of `suprank_edu.steps`, None for any other.

    Example:
        >>> pieces_of(Heaviside())
        Pieces(tau=None, start=1.0, delta=inf, rho=0.0, beyond=0.0)
        >>> pieces_of(SupStep()).beyond  # σ(δ/τ) + ½, without a jump
        1.4933071490757153
    """
    if isinstance(step, Heaviside):
        return Pieces(None, start=1.0)
    if isinstance(step, Sigmoid):
        return Pieces(step.tau)
    if isinstance(step, SupStep):
        return Pieces(step.tau, step.start, step.delta, step.rho, step.value_beyond_delta)
    return None
