"""Chapter 06: SupRank's upper bound of the rank, with its gradient through the negatives only."""

from collections.abc import Callable

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Mistake, case, forms
from suprank_edu.exercises.tasks.common import (
    DELTA,
    EDGE,
    NO_MISTAKE,
    RELEVANT,
    SCORES,
    above,
    at_least,
    by_row,
    counted,
    nothing,
    relevant_only,
    sigmoid,
    sup_step,
    surrogate,
)


def _half_at_zero(t: Tensor) -> Tensor:
    return torch.where(t == 0, 0.5, sup_step(t))


def _everyone_again(scores: Tensor, relevant: Tensor) -> Tensor:
    plus = relevant.to(torch.float64)
    return counted(scores, plus, at_least) + counted(scores, torch.ones_like(plus), sup_step, 0)


def _first(definition: Callable[..., tuple[list[float], list[int]]]) -> Callable[..., list[float]]:
    return lambda scores, relevant: definition(scores, relevant)[0]


_CLOSE = torch.tensor([[0.3, 0.292, 0.33, 0.285, 0.41], [-0.2, -0.21, -0.195, -0.5, -0.12]])
_CLOSE_RELEVANT = torch.tensor([[True, False, True, False, False], [True, False, True, False, False]])
_TIES = torch.tensor([[0.5, 0.5, 0.2, 0.5]])

_TIES_RELEVANT = torch.tensor([[True, False, False, True]])

_DETACH = "Make rank⁺ of comparisons (`>=`), which carry no gradient, or call `.detach()` on it."


def _mean_over_negatives(scores: Tensor, relevant: Tensor) -> Tensor:
    plus = relevant.to(torch.float64)
    total = counted(scores, 1 - plus, sup_step, 0)
    return counted(scores, plus, at_least) + total / (1 - plus).sum(1, keepdim=True).clamp(min=1)


SUP_RANK = Exercise(
    name="sup_rank",
    arguments=("scores", "relevant"),
    returns="(Q, G), the bound of each relevant item's rank; entries of other items are not looked at",
    truth=by_row(_first(naive.sup_rank)),
    cases=(
        case("two queries, five items", SCORES, RELEVANT),
        case("scores far apart", [[0.9, 0.1, -0.4, 0.6]], [[False, True, True, False]]),
        case("negatives in front and just behind", _CLOSE, _CLOSE_RELEVANT),
        case("a tie of all kinds", _TIES, _TIES_RELEVANT, smooth=False),
        case("another tie of all kinds", [[-0.1, 0.3, -0.1, -0.1]], [[True, True, False, True]], smooth=False),
        case("no item but relevant ones", SCORES[:1], torch.ones(1, 5, dtype=torch.bool), smooth=False),
    ),
    mistakes=(
        Mistake(
            "exact-step",
            "That is the exact rank. Its steps are flat, so nothing can be learned from it: let the negatives count "
            "through H⁻.",
            surrogate(negative=at_least),
        ),
        Mistake(
            "off-by-one",
            "Every value is one too large. An item does not count itself in rank⁺ (j ≠ k).",
            surrogate(start=2),
        ),
        Mistake("off-by-one", "Every value is one too small: rank⁺ starts with 1 +.", surrogate(start=0)),
        Mistake(
            "ties",
            "A negative that ties with a relevant item counts σ(0) = ½ with you. H⁻(0) = 1 = H(0), else the bound "
            "breaks at ties.",
            surrogate(negative=_half_at_zero),
        ),
        Mistake(
            "ties", "Relevant items that tie must count one another in rank⁺: H(0) = 1.", surrogate(positive=above)
        ),
        Mistake(
            "sign",
            "The negatives that score lower cost most. H⁻ takes s_j − s_k, with k the item whose rank is asked.",
            surrogate(negative=lambda t: sup_step(-t)),
            "`scores[:, None, :] - scores[:, :, None]` holds s_j − s_k at [q, k, j].",
        ),
        Mistake(
            "sigmoid",
            "You count the negatives with σ(t/τ). It stays below 1, so this is no upper bound of the rank: take H⁻.",
            surrogate(negative=sigmoid),
        ),
        Mistake(
            "rank-plus",
            f"You count relevant items through H⁻ as well. {NO_MISTAKE}",
            surrogate(positive=sup_step),
            _DETACH,
        ),
        Mistake("rank-plus", f"You count relevant items through σ. {NO_MISTAKE}", surrogate(positive=sigmoid), _DETACH),
        Mistake(
            "rank-plus",
            f"You count all items through σ: that is the smooth rank, no bound. {NO_MISTAKE}",
            surrogate(sigmoid, sigmoid),
        ),
        Mistake(
            "rank-plus",
            "The relevant items in front are missing: add rank⁺, which counts them exactly.",
            surrogate(positive=nothing),
        ),
        Mistake(
            "rank-plus", "Σ H⁻ over the negatives is there; rank⁺ is missing.", surrogate(positive=nothing, start=0)
        ),
        Mistake("positives", "Relevant items count twice: H⁻ is for the negatives alone, j ∈ Ω⁻.", _everyone_again),
        Mistake(
            "positives",
            "The negatives in front count twice, once in the exact rank and once through H⁻: add the sum to rank⁺.",
            lambda s, r: surrogate()(s, r) + surrogate(at_least, nothing, start=0)(s, r),
        ),
        Mistake("normaliser", "You take the mean over the negatives. A rank counts them: sum.", _mean_over_negatives),
        Mistake(
            "positives",
            "Positives and negatives have changed places. Relevant items count exactly, and negatives through H⁻.",
            surrogate(negative=at_least, positive=sup_step),
        ),
        Mistake(
            "negatives",
            "Only negatives in front count with you. One just behind costs σ(t/τ) as well, and that pushes it away.",
            surrogate(negative=lambda t: sup_step(t) * (t >= 0)),
        ),
        Mistake(
            "line",
            "Beyond δ your step starts at 1.44, as the published code does; the step of E6 goes on at 1.4933.",
            surrogate(negative=lambda t: sup_step(t) + (1.44 - EDGE) * (t > DELTA)),
        ),
        Mistake(
            "positives",
            "No negative arrives: that is rank⁺ alone. Add H⁻ over the negatives, the items j that are not relevant.",
            surrogate(negative=nothing),
            "The mask runs along j, the items that are counted: `relevant[:, None, :]`, not `relevant[:, :, None]`.",
        ),
    ),
    praise="It is never below the exact rank, and its gradient sets each relevant item against negatives alone: up "
    "with the item, down with those in front.",
    advice={
        "zero-gradient": "The negatives must count through H⁻, whose slope is never 0 for a mistake; comparisons "
        "have none.",
        "no-gradient": "Count the negatives through H⁻ of the differences s_j − s_k, and detach only rank⁺.",
        "wrong-gradient": "Let it through the negatives' sum, undivided and once, and through nothing else.",
    },
    further={"shape": "Both sums run over j, the last axis of the `(Q, G, G)` pairs."},
    compared=relevant_only,
    gradient=True,
    gradient_mistakes=(
        *forms(
            "rank-plus",
            f"The value is right, but the gradient runs through rank⁺ as well. {NO_MISTAKE}",
            surrogate(positive=sup_step),
            surrogate(positive=sigmoid),
            more=_DETACH,
        ),
    ),
)
