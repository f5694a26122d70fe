"""Exact ranks, and the SupRank operator: a rank with a gradient that never understates the exact one."""

import torch
from torch import Tensor

from suprank_edu._checks import check_one_of, check_ranking, check_scores, check_valid
from suprank_edu._transforms import left_by_compiler, refused_by_transforms
from suprank_edu.positives import find_positives, rank_plus, visible_levels
from suprank_edu.steps import Step, SupStep

_INFINITY = float("inf")


def rank(scores: Tensor, *, ties: str = "pessimistic", valid: Tensor | None = None) -> Tensor:
    """Rank each item among its query's gallery: `rank(k) = 1 + Σ_{j≠k} H(s_j - s_k)` (E1), 1 the best.

    Args:
        scores: `(Q, G)` floats, higher is better.
        ties: what an item with the same score adds: `"pessimistic"` 1, as `H(0) = 1`; `"optimistic"` 0;
            `"average"` ½.
        valid: `(Q, G)` bool; a hidden pair counts nowhere, and its own rank is 0.

    Returns:
        `(Q, G)` ranks in the dtype of `scores` (float32 for half precision), without gradient.

    Raises:
        ValueError: `scores` is no finite `(Q, G)` float tensor, `ties` is unknown, `valid` has another shape.

    Example:
        >>> rank(torch.tensor([[0.9, 0.2, 0.9, 0.4]]))
        tensor([[2., 4., 2., 3.]])
        >>> rank(torch.tensor([[0.9, 0.2, 0.9, 0.4]]), ties="average")
        tensor([[1.5000, 4.0000, 1.5000, 3.0000]])
    """
    check_scores(scores)
    check_valid(valid, scores.shape)
    check_one_of("ties", ties, ("pessimistic", "optimistic", "average"))
    values = full_precision(scores).detach()
    visible = values if valid is None else values.masked_fill(~valid, -_INFINITY)
    ascending = visible.sort(dim=1).values.contiguous()
    ranks = torch.zeros_like(values)
    if ties != "optimistic":  # items that score at least as high, the item itself among them
        ranks += scores.shape[1] - torch.searchsorted(ascending, values.contiguous())
    if ties != "pessimistic":
        ranks += 1 + scores.shape[1] - torch.searchsorted(ascending, values.contiguous(), right=True)
    if ties == "average":
        ranks /= 2
    return ranks if valid is None else ranks.masked_fill(~valid, 0)


@left_by_compiler
@refused_by_transforms("sup_rank")
def sup_rank(
    scores: Tensor, levels: Tensor, step: Step = SupStep(), valid: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """SupRank: the rank in which items of lower level count through a differentiable step (E7, E10; ROADMAP).

    `rank_plus(k) = 1 + #{j ≠ k: level_j ≥ level_k, s_j ≥ s_k}` is exact and has no gradient;
    `rank(k) = rank_plus(k) + Σ_{level_j < level_k} step(s_j - s_k)` is at least the exact rank whenever
    `step.upper_bounds_heaviside`. For items of level 0 both are the exact rank, without gradient.

    Args:
        scores: `(Q, G)` floats, higher is better.
        levels: `(Q, G)` integers (or bools): the shared levels.
        step: what stands in for `H`.
        valid: `(Q, G)` bool; a hidden pair counts nowhere, and its own ranks are 0.

    Returns:
        `(rank, rank_plus)`, both `(Q, G)`.

    Raises:
        ValueError: an argument of another shape or dtype, scores that are not finite, or `step` is no step.

    Example:
        >>> scores = torch.tensor([[0.9, 0.5, 0.8]])
        >>> surrogate, plus = sup_rank(scores, torch.tensor([[1, 1, 0]]))
        >>> surrogate, plus
        (tensor([[ 1.0000, 28.4933,  2.0000]]), tensor([[1., 2., 2.]]))
    """
    check_ranking(scores, levels)
    check_valid(valid, scores.shape)
    values = full_precision(scores)
    found = find_positives(values, visible_levels(levels, valid))
    plus = rank_plus(found)
    surrogate = plus + found.lower_sums(step)
    # Padded slots point at item 0 of level -1; their sums are dropped, never written.
    exact = rank(values, valid=valid)
    query, slot = found.present.nonzero(as_tuple=True)
    where = (query, found.index[query, slot])
    return exact.index_put(where, surrogate[query, slot]), exact.index_put(where, plus[query, slot])


def full_precision(scores: Tensor) -> Tensor:
    """Return `scores` in float32 where they are in half precision: ranks above 2,048 need it."""
    return scores.float() if scores.dtype in (torch.float16, torch.bfloat16) else scores
