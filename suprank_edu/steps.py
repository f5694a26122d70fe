"""Step functions: what one pair of items adds to a rank.

The rank counts, over the gallery, `H(s_j - s_k)`: 1 when item j scores at least as high as item k. `H` has no
useful gradient, so losses put another step in its place. Every step here is a callable `t → value` with its
derivative `slope(t)`, and says whether it lies on or above `H` everywhere.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from suprank_edu._checks import check_number, check_positive


class Step(Protocol):
    """What the engines ask of a step: its value, its slope, both 0 at minus infinity."""

    def __call__(self, t: Tensor) -> Tensor:
        """Return the value at each score difference `t`, any shape."""
        ...

    def slope(self, t: Tensor) -> Tensor:
        """Return the derivative at each score difference `t`, any shape."""
        ...

    @property
    def upper_bounds_heaviside(self) -> bool:
        """Whether the value is at least `H(t)` for every `t`."""
        ...


@dataclass(frozen=True)
class Heaviside:
    """The exact step `H(t) = 1` for `t ≥ 0`, else 0 (E1): right, and without a gradient.

    Example:
        >>> Heaviside()(torch.tensor([-0.1, 0.0, 0.1]))
        tensor([0., 1., 1.])
    """

    def __call__(self, t: Tensor) -> Tensor:
        """Return 1 where `t ≥ 0`, else 0, in the dtype of `t`."""
        return (t >= 0).to(t.dtype)

    def slope(self, t: Tensor) -> Tensor:
        """Return 0 everywhere: the derivative, except at 0, where there is none."""
        return torch.zeros_like(t)

    @property
    def upper_bounds_heaviside(self) -> bool:
        """True: the exact step bounds itself."""
        return True


@dataclass(frozen=True)
class Sigmoid:
    """The logistic step `σ(t/τ)` of Smooth-AP and its kin (E11): no bound, and flat where it matters.

    Args:
        tau: temperature τ > 0, in units of the score.

    Raises:
        ValueError: `tau` is not a finite number above 0.

    Example:
        >>> Sigmoid(tau=0.1)(torch.tensor([-0.1, 0.0, 0.1]))
        tensor([0.2689, 0.5000, 0.7311])
    """

    tau: float = 0.01

    def __post_init__(self) -> None:
        check_positive("tau", self.tau)

    def __call__(self, t: Tensor) -> Tensor:
        """Return `σ(t/τ)`."""
        return torch.sigmoid(t / self.tau)

    def slope(self, t: Tensor) -> Tensor:
        """Return `σ(t/τ)(1 - σ(t/τ))/τ`."""
        value = self(t)
        return value * (1 - value) / self.tau

    @property
    def upper_bounds_heaviside(self) -> bool:
        """False: `σ < 1` counts a misranked pair as less than one."""
        return False


@dataclass(frozen=True)
class SupStep:
    """The step `H⁻` of SupRank (E6; ROADMAP, Eq. 4): an upper bound of `H` that keeps its pull far out.

    `H⁻(t) = σ(t/τ)` for `t < 0`; `σ(t/τ) + start` for `0 ≤ t ≤ δ`; `ρ(t - δ) + offset` for `t > δ`.

    Args:
        tau: temperature τ > 0 of the logistic part, in units of the score.
        rho: slope ρ ≥ 0 beyond δ, so that the worst mistakes pull with constant force.
        delta: δ ≥ 0, where the linear part starts.
        start: what is added from `t = 0` on; ½ makes the step meet `H` there.
        offset: value just beyond δ; None for the continuous `σ(δ/τ) + start`.

    Raises:
        ValueError: `tau` is not above 0, `rho` or `delta` is below 0, or a number is not finite.

    Example:
        >>> SupStep()(torch.tensor([-0.1, 0.0, 0.05, 0.1]))
        tensor([4.5398e-05, 1.0000e+00, 1.4933e+00, 6.4933e+00])
        >>> SupStep().upper_bounds_heaviside, SupStep(start=0.0, offset=1.0).upper_bounds_heaviside
        (True, False)
    """

    tau: float = 0.01
    rho: float = 100.0
    delta: float = 0.05
    start: float = 0.5
    offset: float | None = None

    def __post_init__(self) -> None:
        check_positive("tau", self.tau)
        check_number("rho", self.rho, minimum=0)
        check_number("delta", self.delta, minimum=0)
        check_number("start", self.start)
        if self.offset is not None:
            check_number("offset", self.offset)

    @property
    def value_beyond_delta(self) -> float:
        """The value just beyond δ: `offset`, or `σ(δ/τ) + start` where that is None."""
        if self.offset is not None:
            return self.offset
        return 1 / (1 + math.exp(-self.delta / self.tau)) + self.start

    def __call__(self, t: Tensor) -> Tensor:
        """Return `H⁻(t)`."""
        smooth = torch.sigmoid(t * (1 / self.tau))
        near = torch.add(smooth, t >= 0, alpha=self.start)  # half the time of a torch.where
        far = self.rho * t + (self.value_beyond_delta - self.rho * self.delta)
        return torch.where(t > self.delta, far, near)

    def slope(self, t: Tensor) -> Tensor:
        """Return the derivative of `H⁻`: the logistic slope up to δ, ρ beyond; jumps have none."""
        value = torch.sigmoid(t * (1 / self.tau))
        return torch.where(t > self.delta, self.rho, value * (1 - value) * (1 / self.tau))

    @property
    def upper_bounds_heaviside(self) -> bool:
        """Whether `H⁻ ≥ H` everywhere: `start ≥ ½` and a value of at least 1 beyond δ."""
        return self.start >= 0.5 and (self.offset is None or self.offset >= 1)


PUBLISHED = SupStep(offset=1.44)
"""The published setting for SOP, CUB, DyML and GLDv2: a bound, but it falls from 1.4933 to 1.44 at δ."""

PUBLISHED_INAT = SupStep(start=0.0, offset=1.0)
"""The published setting for iNaturalist: no upper bound on [0, δ]."""
