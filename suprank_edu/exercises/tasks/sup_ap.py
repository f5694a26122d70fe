"""Chapter 06: the AP loss made of the upper bound of the rank."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Mistake, case, forms
from suprank_edu.exercises.tasks.common import (
    NO_MISTAKE,
    RELEVANT,
    SCORES,
    at_least,
    by_row,
    nothing,
    sigmoid,
    sup_step,
    surrogate,
)
from suprank_edu.ranking import sup_rank as library_sup_rank

Rule = Callable[[Tensor, Tensor], Tensor]

_PLUS = surrogate(negative=nothing)


def ap_loss(rank: Rule, rank_plus: Rule = _PLUS) -> Callable[[Tensor, Tensor], Tensor]:
    """Return 1 - the mean of `rank_plus / rank` over the relevant items, 0 for a query without any."""

    def loss(scores: Tensor, relevant: Tensor) -> Tensor:
        ratio = rank_plus(scores, relevant) / rank(scores, relevant) * relevant
        return _where_positive(relevant, 1 - ratio.sum(1) / relevant.sum(1).clamp(min=1))

    return loss


def _where_positive(relevant: Tensor, values: Tensor) -> Tensor:
    return torch.where(relevant.any(1), values, 0.0)


def _ratio_sum(scores: Tensor, relevant: Tensor) -> Tensor:
    plus = surrogate(negative=nothing)(scores, relevant)
    return (plus / surrogate()(scores, relevant) * relevant).sum(1)


def _all_ratios(scores: Tensor, relevant: Tensor) -> Tensor:
    rank, plus = library_sup_rank(scores.to(torch.float64), relevant)
    return plus / rank  # 1 for an item that is not relevant: both are its exact rank


def _sup_ap(scores: Sequence[float], relevant: Sequence[int]) -> float:
    return naive.sup_ap(scores, relevant)


_SIX = torch.tensor([[0.62, 0.6, 0.57, 0.7, 0.1, 0.605], [-0.3, -0.31, 0.2, -0.26, -0.9, 0.15]])
_SIX_RELEVANT = torch.tensor([[True, False, True, False, True, True], [True, True, False, True, False, False]])

SUP_AP = Exercise(
    name="sup_ap",
    arguments=("scores", "relevant"),
    returns="(Q,), one loss per query",
    truth=by_row(_sup_ap),
    cases=(
        case("two queries, five items", SCORES, RELEVANT),
        case("two queries, six items", _SIX, _SIX_RELEVANT),
        case("one relevant item", SCORES[:1, :4], [[False, False, True, False]]),
        case("a perfect ranking", [[0.9, 0.2, 0.8]], [[True, False, True]], smooth=False),
        case("a query without a relevant item", SCORES, [[False] * 5, [True] + [False] * 4]),
        case("two queries without a relevant item", _SIX, torch.zeros(2, 6, dtype=torch.bool), smooth=False),
    ),
    mistakes=(
        Mistake(
            "no-positive",
            "Right, but for a query without a relevant item: nothing can be asked of it, so its loss is 0, not 1.",
            lambda s, r: torch.where(r.any(1), ap_loss(surrogate())(s, r), 1.0),
        ),
        Mistake(
            "exact-step",
            "That is 1 − AP with exact ranks: right as a metric, but flat. Divide by the bound of `sup_rank`.",
            ap_loss(surrogate(negative=at_least)),
        ),
        Mistake(
            "sign",
            "That is the AP itself, which grows as the ranking gets better. A loss must fall: return 1 − AP.",
            lambda s, r: _ratio_sum(s, r) / r.sum(1).clamp(min=1),
        ),
        Mistake(
            "sign",
            "That is −AP. It falls as it should, but the loss of E8 is 1 − AP, which is 0 for a perfect ranking.",
            lambda s, r: -_ratio_sum(s, r) / r.sum(1).clamp(min=1),
        ),
        *forms(
            "normaliser",
            "You take the mean over all items. AP is the mean over the relevant ones: divide by |Ω⁺|.",
            lambda s, r: _where_positive(r, 1 - _ratio_sum(s, r) / s.shape[1]),
            lambda s, r: 1 - _ratio_sum(s, r) / s.shape[1],
        ),
        *forms(
            "normaliser",
            "The sum over the relevant items is not divided by their number, |Ω⁺|.",
            lambda s, r: _where_positive(r, 1 - _ratio_sum(s, r)),
            lambda s, r: 1 - _ratio_sum(s, r),
            lambda s, r: r.sum(1) - _ratio_sum(s, r),
        ),
        *(
            Mistake(
                "positives",
                "You add the ratios of all items. AP is a mean over the relevant ones: multiply by `relevant` first.",
                rule,
            )
            for rule in (
                lambda s, r: 1 - _all_ratios(s, r).sum(1) / r.sum(1).clamp(min=1),
                lambda s, r: _where_positive(r, 1 - _all_ratios(s, r).sum(1) / r.sum(1).clamp(min=1)),
                lambda s, r: 1 - _all_ratios(s, r).mean(1),
                lambda s, r: _where_positive(r, 1 - _all_ratios(s, r).mean(1)),
            )
        ),
        Mistake(
            "rank-plus",
            "You average 1 / rank. AP averages rank⁺ / rank, the precision at each relevant item.",
            ap_loss(surrogate(), lambda s, r: torch.ones_like(s, dtype=torch.float64)),
        ),
        Mistake(
            "rank-plus",
            "The fraction stands on its head: rank⁺ / rank, the smaller above the larger.",
            ap_loss(surrogate(negative=nothing), surrogate()),
        ),
        Mistake(
            "sum",
            "That is the ratio of two sums. AP is the mean of the ratios rank⁺ / rank: divide first, then add.",
            lambda s, r: _where_positive(r, 1 - (_PLUS(s, r) * r).sum(1) / (surrogate()(s, r) * r).sum(1).clamp(min=1)),
        ),
        Mistake(
            "sigmoid",
            "With σ(t/τ) for the negatives this is no upper bound of 1 − AP: take H⁻.",
            ap_loss(surrogate(negative=sigmoid)),
        ),
        Mistake(
            "sigmoid",
            "With σ(t/τ) for all items this is the Smooth-AP loss, which is no bound: let negatives count through "
            "H⁻ and relevant items exactly.",
            ap_loss(surrogate(sigmoid, sigmoid), surrogate(negative=nothing, positive=sigmoid)),
        ),
        Mistake(
            "rank-plus",
            f"You count relevant items through H⁻ as well. {NO_MISTAKE}",
            ap_loss(surrogate(positive=sup_step), surrogate(negative=nothing, positive=sup_step)),
        ),
    ),
    praise="An upper bound of 1 − AP with a gradient for every mistake: the Sup-AP loss, E8.",
    advice={
        "non-finite": "A query without a relevant item divides 0 by 0, and asks for a loss of 0: see to its divisor.",
        "non-finite-gradient": "`torch.where` hides the NaN of 0/0 in the value, but not in the gradient: clamp the "
        "divisor to at least 1 before you divide.",
        "zero-gradient": "Divide by the bound of `sup_rank`, which carries the gradient, not by the exact rank.",
        "no-gradient": "The gradient lives in the bound, the first of the two results of `sup_rank`; use it as it "
        "comes.",
    },
    further={
        "shape": "One loss per query: sum over the items of each, and leave the mean over the queries to the caller."
    },
    gradient=True,
)
