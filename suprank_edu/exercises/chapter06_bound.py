"""Exercise of chapter 06: SupRank's upper bound of the rank, with its gradient through the negatives only."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.chapter06 import above, at_least, counted, relevant_only
from suprank_edu.exercises.spec import Case, Exercise, Function, Reading, by_row

TAU, RHO, DELTA = 0.01, 100.0, 0.05
_EDGE = 0.5 + float(torch.sigmoid(torch.tensor(DELTA / TAU, dtype=torch.float64)))


def sigmoid(t: Tensor) -> Tensor:
    """The smooth step, no bound."""
    return torch.sigmoid(t / TAU)


def sup_step(t: Tensor) -> Tensor:
    """H⁻ of E6."""
    return torch.where(t > DELTA, RHO * (t - DELTA) + _EDGE, sigmoid(t) + 0.5 * (t >= 0))


def _half_at_zero(t: Tensor) -> Tensor:
    return torch.where(t == 0, 0.5, sup_step(t))


def surrogate(
    negative: Function = sup_step, positive: Function = at_least, start: float = 1.0
) -> Callable[[Tensor, Tensor], Tensor]:
    """Return a rank in which relevant items count through ``positive`` and the others through ``negative``."""

    def value(scores: Tensor, relevant: Tensor) -> Tensor:
        plus = relevant.to(torch.float64)
        return counted(scores, plus, positive, start) + counted(scores, 1 - plus, negative, 0)

    return value


def nothing(t: Tensor) -> Tensor:
    """The step of items that are left out."""
    return torch.zeros_like(t)


def _everyone_again(scores: Tensor, relevant: Tensor) -> Tensor:
    plus = relevant.to(torch.float64)
    return counted(scores, plus, at_least) + counted(scores, torch.ones_like(plus), sup_step, 0)


def _first(definition: Callable[..., tuple[list[float], list[int]]]) -> Callable[..., list[float]]:
    return lambda scores, relevant: definition(scores, relevant)[0]


# Negatives of all kinds: behind by less than τ, in front by less than δ and by more.
SCORES = torch.tensor([[0.5, 0.505, 0.46, 0.54, 0.2], [-0.1, 0.3, 0.294, -0.06, 0.31]])
RELEVANT = torch.tensor([[True, False, True, False, True], [True, True, False, False, False]])
_TIES = torch.tensor([[0.5, 0.5, 0.2, 0.5]])
_TIES_RELEVANT = torch.tensor([[True, False, False, True]])
NO_MISTAKE = "Relevant items in front are no mistake, so rank⁺ counts them exactly and carries no gradient."
_DETACH = "Make rank⁺ of comparisons (`>=`), which carry no gradient, or call `.detach()` on it."

SUP_RANK = Exercise(
    name="sup_rank",
    arguments=("scores", "relevant"),
    returns="(Q, G), the bound of each relevant item's rank; entries of other items are not looked at",
    truth=by_row(_first(naive.sup_rank)),
    cases=(
        Case("two queries, five items", (SCORES, RELEVANT)),
        Case("scores far apart", (torch.tensor([[0.9, 0.1, -0.4, 0.6]]), torch.tensor([[False, True, True, False]]))),
        Case("a tie of all kinds", (_TIES, _TIES_RELEVANT), smooth=False),
        Case("no item but relevant ones", (SCORES[:1], torch.ones(1, 5, dtype=torch.bool)), smooth=False),
    ),
    readings=(
        Reading(
            "no-gradient",
            "That is the exact rank: right as a number, but its steps are flat, so nothing can be learned from it. "
            "Let the negatives count through H⁻.",
            surrogate(negative=at_least),
        ),
        Reading(
            "off-by-one",
            "Every value is one too large. An item does not count itself in rank⁺ (j ≠ k).",
            surrogate(start=2),
        ),
        Reading("off-by-one", "Every value is one too small: rank⁺ starts with 1 +.", surrogate(start=0)),
        Reading(
            "ties",
            "A negative that ties with a relevant item counts σ(0) = ½ with you. H⁻(0) = 1 = H(0), else the bound "
            "breaks at ties.",
            surrogate(negative=_half_at_zero),
        ),
        Reading(
            "ties", "Relevant items that tie must count one another in rank⁺: H(0) = 1.", surrogate(positive=above)
        ),
        Reading(
            "sign",
            "The negatives that score lower cost most. H⁻ takes s_j − s_k, with k the item whose rank is asked.",
            surrogate(negative=lambda t: sup_step(-t)),
            "`scores[:, None, :] - scores[:, :, None]` holds s_j − s_k at [q, k, j].",
        ),
        Reading(
            "sigmoid",
            "You count the negatives with σ(t/τ). It stays below 1, so this is no upper bound of the rank: take H⁻.",
            surrogate(negative=sigmoid),
        ),
        Reading(
            "rank-plus",
            f"You count relevant items through H⁻ as well. {NO_MISTAKE}",
            surrogate(positive=sup_step),
            _DETACH,
        ),
        Reading("rank-plus", f"You count relevant items through σ. {NO_MISTAKE}", surrogate(positive=sigmoid), _DETACH),
        Reading(
            "rank-plus",
            f"You count all items through σ: that is the smooth rank, no bound. {NO_MISTAKE}",
            surrogate(sigmoid, sigmoid),
        ),
        Reading(
            "rank-plus",
            "The relevant items in front are missing: add rank⁺, which counts them exactly.",
            surrogate(positive=nothing),
        ),
        Reading(
            "rank-plus", "Σ H⁻ over the negatives is there; rank⁺ is missing.", surrogate(positive=nothing, start=0)
        ),
        Reading("positives", "Relevant items count twice: H⁻ is for the negatives alone, j ∈ Ω⁻.", _everyone_again),
        Reading(
            "positives",
            "The negatives in front count twice, once in the exact rank and once through H⁻: add the sum to rank⁺.",
            lambda s, r: surrogate()(s, r) + surrogate(at_least, nothing, start=0)(s, r),
        ),
        Reading(
            "negatives",
            "Only negatives in front count with you. One just behind costs σ(t/τ) as well, and that pushes it away.",
            surrogate(negative=lambda t: sup_step(t) * (t >= 0)),
        ),
        Reading(
            "line",
            "Beyond δ your step starts at 1.44, as the published code does; the step of E6 goes on at 1.4933.",
            surrogate(negative=lambda t: sup_step(t) + (1.44 - _EDGE) * (t > DELTA)),
        ),
        Reading("positives", "That is rank⁺ alone. Add the negatives, each through H⁻.", surrogate(negative=nothing)),
    ),
    praise="It is never below the exact rank, and its gradient sets each relevant item against negatives alone: up "
    "with the item, down with those in front.",
    advice={
        "zero-gradient": "The negatives must count through H⁻, whose slope is never 0 for a mistake; comparisons "
        "have none.",
        "no-gradient": "Count the negatives through H⁻ of `scores[:, None, :] - scores[:, :, None]`, and detach "
        "only rank⁺.",
        "shape": "Both sums run over j, the last axis of the `(Q, G, G)` pairs.",
        "wrong-gradient": "Let it through the negatives' sum, undivided and once, and through nothing else.",
    },
    compared=relevant_only,
    gradient=True,
    gradient_readings=(
        Reading(
            "rank-plus",
            f"The value is right, but the gradient runs through rank⁺ as well. {NO_MISTAKE}",
            surrogate(positive=sup_step),
            _DETACH,
        ),
        Reading(
            "rank-plus",
            f"The value is right, but the gradient runs through rank⁺ as well. {NO_MISTAKE}",
            surrogate(positive=sigmoid),
            _DETACH,
        ),
    ),
)

EXERCISES = (SUP_RANK,)
