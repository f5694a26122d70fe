"""Explorer: the exact step, the sigmoid and the step of SupRank; their values, their slopes, and who bounds whom."""

import torch

from suprank_edu.explore.drawing.words import below_one, fixed, number
from suprank_edu.explore.engine.controls import Choice, Slider
from suprank_edu.explore.engine.drags import Drag
from suprank_edu.explore.engine.explorer import Explorer
from suprank_edu.explore.ranks.surrogate_bounds_figure import MARKS, REACH, figure, script
from suprank_edu.explore.ranks.surrogate_bounds_steps import CONTINUOUS, INATURALIST, PUBLISHED, VARIANTS, at, sup_step
from suprank_edu.steps import Sigmoid, SupStep


def surrogate_bounds() -> Explorer:
    """Return the explorer of the steps that stand for H: value and slope over the score difference t.

    E1 (H), E6 (H⁻, ROADMAP Eq. 4) and E11 (sigmoid). Shaded is where a step lies under H, so that it is no bound.

    Returns:
        An `Explorer` with a probe t, τ, ρ, δ and the variant of H⁻, its numbers written out below the figure.

    Example:
        >>> print(surrogate_bounds().readout(t=0.1, tau=0.01, rho=100.0, delta=0.05, variant=CONTINUOUS))
        H(0.10) = 1, slope 0
        σ(t/τ) = σ(0.10/0.01) = 1 − 4.5 × 10⁻⁵, slope 0.0045: no bound; a dead zone, ...
        H⁻(t) = ρ(t − δ) + 1.49 = 100 × (0.10 − 0.05) + 1.49 = 6.49, slope 100: an upper bound, H⁻ ≥ H at every t
    """
    return Explorer(
        figure,
        [
            Slider("t", "Score difference t", -REACH, REACH, 0.01, 0.03),
            Slider("tau", "Temperature τ", 0.003, 0.05, 0.001, 0.01),
            Slider("rho", "Slope ρ beyond δ", 0, 110, 2, 100),
            Slider("delta", "Threshold δ", 0.0, 0.1, 0.002, 0.05),
            Choice("variant", "Variant of H⁻", tuple(VARIANTS), CONTINUOUS),
        ],
        title="Three steps: what a pair counts, and how hard it is pulled",
        alt=(
            "Two panels over the score difference t from −0.2 to 0.2. Above, the value: the exact step H jumps from 0 "
            "to 1 at t = 0; the sigmoid rises smoothly and stays under 1; the SupRank step follows the sigmoid up to "
            "t = 0, jumps there to 1, or not at all in the variant that starts at 0, and is a straight line of slope "
            "ρ beyond δ. Below, the slope: that of the sigmoid is a peak around 0 and vanishes on both sides; that of "
            "the SupRank step stays at ρ beyond δ. Areas where a step lies under H are shaded."
        ),
        readout=readout,
        drags=[Drag("t", trace, 0, f"score difference t, on {name}") for name, trace in MARKS.items()],
        script=script(),
    )


def readout(t: float, tau: float, rho: float, delta: float, variant: str) -> str:
    """Return the three steps at `t` as formulas with the current numbers, their slopes, and the verdict."""
    step = sup_step(tau, rho, delta, variant)
    values, slopes = at(t, tau, rho, delta, variant)
    gap = float(Sigmoid(tau)(torch.tensor(-t, dtype=torch.float64)))  # 1 - σ(t/τ), without cancellation
    sigmoid = below_one(gap)
    if t < 0:
        formula = f"σ(t/τ) = {number(values.sup)}"
    elif t <= delta:
        formula = f"σ(t/τ) + {number(step.start)} = {sigmoid} + {number(step.start)} = {number(values.sup)}"
    else:
        beyond = number(step.value_beyond_delta)
        numbers = f"{number(rho)} × ({fixed(t, 2)} − {number(delta)}) + {beyond}"
        formula = f"ρ(t − δ) + {beyond} = {numbers} = {number(values.sup)}"
    return "\n".join(
        [
            f"H({fixed(t, 2)}) = {number(values.exact)}, slope 0",
            f"σ(t/τ) = σ({fixed(t, 2)}/{number(tau)}) = {sigmoid}, slope {number(slopes.smooth, 2)}: "
            + _verdict_sigmoid(t, gap, slopes.smooth * 4 * tau),
            f"H⁻(t) = {formula}, slope {number(slopes.sup)}: {_verdict_sup(step, values.exact - values.sup)}",
        ]
    )


def _verdict_sigmoid(t: float, gap: float, share: float) -> str:
    verdict = "no bound" if t >= 0 else "no bound for t ≥ 0"
    if share < 1e-2:
        return f"{verdict}; a dead zone, {number(share, 1)} of its peak slope"
    return f"under H by {number(gap, 2)}, {verdict}" if t >= 0 else verdict


def _verdict_sup(step: SupStep, gap: float) -> str:
    if gap > 0:
        return f"under H by {number(gap, 2)}, no bound"
    if not step.upper_bounds_heaviside:
        return "no bound for 0 ≤ t ≤ δ"
    before = float(step(torch.tensor(step.delta, dtype=torch.float64)))
    if before > step.value_beyond_delta + 1e-9:  # no rounding
        return f"an upper bound that falls from {number(before)} to {number(step.value_beyond_delta)} at δ"
    return "an upper bound, H⁻ ≥ H at every t"


__all__ = ["CONTINUOUS", "INATURALIST", "PUBLISHED", "VARIANTS", "figure", "readout", "surrogate_bounds"]
