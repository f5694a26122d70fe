"""Chapter 05: SupRank's upper bound of the step, made of three pieces."""

import math

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import by_element

TAU, RHO, DELTA = 0.01, 100.0, 0.05


def _sigmoid(t: Tensor, tau: float = TAU) -> Tensor:
    return torch.sigmoid(t / tau)


def _pieces(near: Function, far: Function, negative: Function = _sigmoid) -> Function:
    """Put a step together of its three pieces, each right or wrong."""

    def step(t: Tensor) -> Tensor:
        t = t.to(torch.float64)
        return torch.where(t < 0, negative(t), torch.where(t <= DELTA, near(t), far(t)))

    return step


def _near(t: Tensor) -> Tensor:
    return _sigmoid(t) + 0.5


def _far(t: Tensor) -> Tensor:
    return RHO * (t - DELTA) + _near(torch.tensor(DELTA, dtype=torch.float64))


_EDGE = 0.5 + 1 / (1 + math.exp(-DELTA / TAU))

_right_step = _pieces(_near, _far)


def _far_from(value: float) -> Function:
    return _pieces(_near, lambda t: RHO * (t - DELTA) + value)


_OFFSET = "At t = δ the straight part must start where the piece before it ends, else it jumps."
_OFFSET_MORE = "Put t = δ into the piece before it: σ(δ/τ) + ½ = 1 / (1 + e⁻⁵) + ½ = 1.4933."

SUP_STEP = Exercise(
    name="sup_step",
    arguments=("t",),
    returns="one value per entry of `t`",
    truth=by_element(naive.sup_step),
    cases=(
        case("differences on all three pieces", [[-1.0, -0.3, -0.02, -0.005], [0.004, 0.03, 0.08, 0.4]]),
        case("just before δ and beyond it", [0.045, 0.06, 0.07, 0.09, 0.2, 1.1, -0.6]),
        case("a difference of exactly 0", [-0.004, 0.0, 0.004], smooth=False),
        case("two differences of exactly 0", [[0.0, 0.055], [-0.012, 0.0]], smooth=False),
    ),
    mistakes=(
        Mistake(
            "ties",
            "At exactly t = 0 you give σ(0) = ½. The middle piece starts at 0 itself, 0 ≤ t, and there it is σ(0) + "
            "½ = 1: so the bound holds at ties too.",
            lambda t: torch.where(t == 0, 0.5, _right_step(t)),
            "Choose the piece with `t >= 0`, not with `t > 0`.",
        ),
        Mistake(
            "sign", "The pieces are mirrored: positive t is the mistake that must cost.", lambda t: _right_step(-t)
        ),
        Mistake("sign", "The whole step came out negative.", lambda t: -_right_step(t)),
        Mistake(
            "sigmoid",
            "That is σ(t/τ) everywhere: it stays below 1, so it is no upper bound, and it is flat where the worst "
            "mistakes are. For t ≥ 0 add ½, and beyond δ go up in a straight line.",
            _sigmoid,
        ),
        Mistake(
            "sigmoid",
            "For 0 ≤ t ≤ δ the ½ is missing: σ(t/τ) alone stays below 1, so a misranked pair would count too little.",
            _pieces(_sigmoid, _far),
        ),
        Mistake(
            "sigmoid",
            "The ½ is missing in the middle piece, and so in the height at which the line starts.",
            _pieces(_sigmoid, lambda t: _far(t) - 0.5),
        ),
        Mistake(
            "sigmoid",
            "You add ½ for negative t too. There H is 0, and σ(t/τ) alone already lies above it.",
            _pieces(_near, _far, negative=_near),
        ),
        Mistake(
            "line",
            "Beyond δ you stay at σ(t/τ) + ½, which is flat: the worst mistakes would teach nothing. There the step "
            "goes up in a straight line.",
            _pieces(_near, _near),
        ),
        Mistake("line", _OFFSET + " Yours starts at ½.", _far_from(0.5), _OFFSET_MORE),
        Mistake("line", _OFFSET + " Yours starts at 0.", _far_from(0.0), _OFFSET_MORE),
        Mistake("line", _OFFSET + " Yours starts at 1.", _far_from(1.0), _OFFSET_MORE),
        Mistake("line", _OFFSET + " Yours starts at 1.44, as the published code does.", _far_from(1.44), _OFFSET_MORE),
        Mistake(
            "line",
            _OFFSET + " Yours starts at σ(δ/τ), without the ½.",
            _pieces(_near, lambda t: _far(t) - 0.5),
            _OFFSET_MORE,
        ),
        Mistake(
            "line",
            "The line rises by ρ for each unit of t beyond δ; the factor ρ is missing.",
            _pieces(_near, lambda t: _far(t) / RHO + _EDGE * (1 - 1 / RHO)),
        ),
        Mistake(
            "line",
            "The line is steeper than ρ: it takes t itself, not t/τ.",
            _pieces(_near, lambda t: RHO * (t - DELTA) / TAU + _EDGE),
        ),
        Mistake(
            "line",
            "The line is ρ(t − δ) + σ(δ/τ) + ½: ρ multiplies the difference, so it needs its parentheses.",
            _pieces(_near, lambda t: RHO * t - DELTA + _EDGE),
        ),
        Mistake(
            "line",
            "Beyond δ you add both pieces: the middle one ends at δ, so its condition is 0 ≤ t ≤ δ, not t ≥ 0.",
            _pieces(_near, lambda t: _near(t) + _far(t)),
        ),
        Mistake(
            "line",
            "Beyond δ the height where the line starts is σ(δ/τ) + ½, a constant. You take σ(t/τ) + ½, which still "
            "grows.",
            _pieces(_near, lambda t: RHO * (t - DELTA) + _near(t)),
        ),
        Mistake(
            "line",
            "The line rises by ρ for each unit of t beyond δ: ρ(t − δ), not ρt.",
            _pieces(_near, lambda t: RHO * t + _near(torch.tensor(DELTA, dtype=torch.float64))),
        ),
        Mistake(
            "line",
            "The line rises by ρ for each unit of t beyond δ: the −δ is missing.",
            _pieces(_near, lambda t: RHO * t),
        ),
        Mistake(
            "sigmoid",
            "You give 0 for negative t, as H does. There H⁻ is σ(t/τ): it pushes away those that are just behind.",
            _pieces(_near, _far, negative=torch.zeros_like),
        ),
        Mistake(
            "temperature",
            "In the height at which the line starts the sigmoid takes δ/τ; yours takes δ itself.",
            _far_from(0.5 + 1 / (1 + math.exp(-DELTA))),
        ),
        Mistake(
            "temperature",
            "The sigmoid takes t/τ; yours takes t itself.",
            _pieces(
                lambda t: _sigmoid(t, 1) + 0.5,
                lambda t: RHO * (t - DELTA) + 0.5 + 1 / (1 + math.exp(-DELTA)),
                lambda t: _sigmoid(t, 1),
            ),
        ),
        Mistake(
            "temperature",
            "The sigmoid takes t/τ; yours takes t·τ.",
            _pieces(
                lambda t: _sigmoid(t, 1 / TAU) + 0.5,
                lambda t: RHO * (t - DELTA) + 0.5 + 1 / (1 + math.exp(-DELTA * TAU)),
                lambda t: _sigmoid(t, 1 / TAU),
            ),
        ),
    ),
    praise="Nowhere below H, continuous beyond 0, and with slope ρ for every mistake beyond δ: that is what SupRank "
    "counts negatives with.",
    advice={
        "non-finite-gradient": "`1 / (1 + exp(−t/τ))` overflows for t far below 0 and then divides ∞ by ∞; "
        "`torch.sigmoid` does not.",
        "no-gradient": "Use `torch.sigmoid` and `torch.where` on `t` itself.",
    },
    further={
        "shape": "Each entry is treated alike, so the result has the shape of `t`. `torch.where(condition, a, b)` "
        "keeps it."
    },
    gradient=True,
)
