"""The *Sup* losses on scores: a score of ranks with SupRank's ranks (E7), one value per query.

All take `scores (Q, G)`, for any similarity, and `levels (Q, G)`, the shared levels, and return `(Q,)` in float32
or better, 0 for a query without a positive. `valid (Q, G)` hides pairs. All raise a `ValueError` that names the
argument when a shape, a dtype or a value is not as described.
"""

from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor

from suprank_edu._checks import check_alpha, check_min_level
from suprank_edu._transforms import left_by_compiler
from suprank_edu.losses.per_query import per_query
from suprank_edu.losses.rank_scores import (
    h_ap_loss,
    mean_over_positives,
    ndcg_loss,
    one_minus,
    recall_loss,
    relevances_by_level,
)
from suprank_edu.positives import Positives, rank_plus
from suprank_edu.steps import Step, SupStep

KS = (1, 2, 4, 8, 16)
"""The cut-offs of the published recall losses (E9)."""


@left_by_compiler
def sup_ap(
    scores: Tensor, levels: Tensor, *, step: Step = SupStep(), min_level: int = 1, valid: Tensor | None = None
) -> Tensor:
    """Sup-AP: `1 - 1/|Ω⁺| Σ rank⁺(k)/rank_s(k)`, at least `1 - AP` when the step bounds `H` (E8; ROADMAP).

    Args:
        scores: `(Q, G)` floats, higher is better.
        levels: `(Q, G)` integers or bools.
        step: what stands in for `H` between a positive and a negative.
        min_level: items that share at least this many levels are positives.
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q,)` losses.

    Raises:
        ValueError: a shape, a dtype or a value that is not as described.

    Example:
        >>> scores = torch.tensor([[0.9, 0.8, 0.7]])
        >>> sup_ap(scores, torch.tensor([[1, 0, 1]]))
        tensor([0.3823])
        >>> sup_ap(scores, torch.tensor([[1, 1, 0]])) < 1e-4  # a perfect ranking with room to spare
        tensor([True])
    """
    check_min_level(min_level)
    return per_query(partial(ap_of, step=step), scores, levels, valid, min_level=min_level)


@left_by_compiler
def sup_recall(
    scores: Tensor,
    levels: Tensor,
    *,
    ks: Sequence[int] = KS,
    temperature: float = 1.0,
    step: Step = SupStep(),
    min_level: int = 1,
    valid: Tensor | None = None,
) -> Tensor:
    """Sup-R@k: one minus the mean over k of a smoothed recall of SupRank's ranks (E9; SupRank).

    Not an upper bound, and not 0 at a perfect ranking: compare it with its own floor.

    Args:
        scores: `(Q, G)` floats, higher is better.
        levels: `(Q, G)` integers or bools.
        ks: the cut-offs 𝒦.
        temperature: τ* > 0 of the sigmoid over ranks.
        step: what stands in for `H` between a positive and a negative.
        min_level: items that share at least this many levels are positives.
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q,)` losses.

    Raises:
        ValueError: a shape, a dtype or a value that is not as described.

    Example:
        >>> sup_recall(torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[1, 0, 1]]), ks=(1, 2))
        tensor([0.5666])
    """
    loss = partial(recall_of, ks=ks, temperature=temperature, step=step)
    check_min_level(min_level)
    return per_query(loss, scores, levels, valid, min_level=min_level)


@left_by_compiler
def sup_ndcg(scores: Tensor, levels: Tensor, *, step: Step = SupStep(), valid: Tensor | None = None) -> Tensor:
    """Sup-NDCG: `1 - DCG/iDCG` with gain `2^l - 1` and SupRank's ranks, a bound of `1 - NDCG` (E10; SupRank).

    Args:
        scores: `(Q, G)` floats, higher is better.
        levels: `(Q, G)` integers or bools.
        step: what stands in for `H` between an item and those of lower level.
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q,)` losses.

    Raises:
        ValueError: a shape, a dtype or a value that is not as described.

    Example:
        >>> sup_ndcg(torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[1, 2, 0]]))
        tensor([0.4569])
    """
    return per_query(partial(ndcg_of, step=step), scores, levels, valid)


@left_by_compiler
def sup_h_ap(
    scores: Tensor,
    levels: Tensor,
    *,
    alpha: float = 1.0,
    relevances: Tensor | None = None,
    step: Step = SupStep(),
    valid: Tensor | None = None,
) -> Tensor:
    """Sup-H-AP: `1 - 1/Σrel Σ H-rank(k)/rank_s(k)`, at least `1 - H-AP` when the step bounds `H` (E15; HAPPIER).

    Args:
        scores: `(Q, G)` floats, higher is better.
        levels: `(Q, G)` integers or bools.
        alpha: α of the relevance E12.
        relevances: `(Q, G)` floats that replace E12, the same for all items of a query's level, such as those of
            `suprank_edu.relevance.relevance_from_weights`; `alpha` is then not used.
        step: what stands in for `H` between an item and those of lower level.
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q,)` losses.

    Raises:
        ValueError: a shape, a dtype or a value that is not as described; relevances that differ within a level.

    Example:
        >>> sup_h_ap(torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[1, 2, 0]]))
        tensor([0.5332])
    """
    check_alpha(alpha)
    loss = partial(h_ap_of, alpha=alpha, step=step)
    return per_query(loss, scores, levels, valid, relevances=relevances)


def ap_of(found: Positives, step: Step) -> Tensor:
    """Return the `(q,)` Sup-AP losses of some queries, see `sup_ap`."""
    plus = rank_plus(found)
    return one_minus(mean_over_positives(plus / (plus + found.lower_sums(step)), found), found)


def recall_of(found: Positives, ks: Sequence[int], temperature: float, step: Step) -> Tensor:
    """Return the `(q,)` Sup-R@k losses of some queries, see `sup_recall`."""
    return recall_loss(rank_plus(found) + found.lower_sums(step), found, ks, temperature)


def ndcg_of(found: Positives, step: Step) -> Tensor:
    """Return the `(q,)` Sup-NDCG losses of some queries, see `sup_ndcg`."""
    return ndcg_loss(rank_plus(found) + found.lower_sums(step), found)


def h_ap_of(found: Positives, alpha: float, step: Step, weights: Sequence[float] | None = None) -> Tensor:
    """Return the `(q,)` Sup-H-AP losses of some queries, see `sup_h_ap`; `weights` replace E12."""
    table = relevances_by_level(found, alpha, weights)
    gain = table.gather(1, found.level)  # (q, P)
    h_rank = gain
    for level, count in enumerate(found.counts, start=1):
        h_rank = h_rank + torch.minimum(gain, table[:, level, None]) * count
    return h_ap_loss(h_rank, rank_plus(found) + found.lower_sums(step), gain, found)
