"""The *Smooth* losses on scores: `σ(t/τ)` for `H` everywhere (E11), one value per query.

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
from suprank_edu.losses.sup import KS
from suprank_edu.positives import Positives
from suprank_edu.steps import Sigmoid


@left_by_compiler
def smooth_ap(
    scores: Tensor, levels: Tensor, *, tau: float = 0.01, min_level: int = 1, valid: Tensor | None = None
) -> Tensor:
    """Smooth-AP: one minus AP with `σ(t/τ)` for `H`, in `rank⁺` too (E11; Brown et al., ECCV 2020).

    Args:
        scores: `(Q, G)` floats, higher is better.
        levels: `(Q, G)` integers or bools.
        tau: temperature τ > 0 of the sigmoid.
        min_level: items that share at least this many levels are positives.
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q,)` losses; they may lie below `1 - AP`.

    Raises:
        ValueError: a shape, a dtype or a value that is not as described.

    Example:
        >>> smooth_ap(torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[1, 0, 1]]))
        tensor([0.1667])
    """
    check_min_level(min_level)
    return per_query(partial(ap_of, step=Sigmoid(tau)), scores, levels, valid, min_level=min_level)


@left_by_compiler
def smooth_recall(
    scores: Tensor,
    levels: Tensor,
    *,
    tau: float = 0.01,
    ks: Sequence[int] = KS,
    temperature: float = 1.0,
    min_level: int = 1,
    valid: Tensor | None = None,
) -> Tensor:
    """Smooth-R@k: the recall loss E9 with sigmoid ranks (E11; SupRank).

    Args:
        scores: `(Q, G)` floats, higher is better.
        levels: `(Q, G)` integers or bools.
        tau: temperature τ > 0 of the sigmoid over scores.
        ks: the cut-offs 𝒦.
        temperature: τ* > 0 of the sigmoid over ranks.
        min_level: items that share at least this many levels are positives.
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q,)` losses.

    Raises:
        ValueError: a shape, a dtype or a value that is not as described.

    Example:
        >>> smooth_recall(torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[1, 0, 1]]), ks=(1, 2))
        tensor([0.4404])
    """
    loss = partial(recall_of, ks=ks, temperature=temperature, step=Sigmoid(tau))
    check_min_level(min_level)
    return per_query(loss, scores, levels, valid, min_level=min_level)


@left_by_compiler
def smooth_ndcg(scores: Tensor, levels: Tensor, *, tau: float = 0.01, valid: Tensor | None = None) -> Tensor:
    """Smooth-NDCG: `1 - DCG/iDCG` with sigmoid ranks (E5 with E11; SupRank).

    Args:
        scores: `(Q, G)` floats, higher is better.
        levels: `(Q, G)` integers or bools.
        tau: temperature τ > 0 of the sigmoid.
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q,)` losses.

    Raises:
        ValueError: a shape, a dtype or a value that is not as described.

    Example:
        >>> smooth_ndcg(torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[1, 2, 0]]))
        tensor([0.2033])
    """
    return per_query(partial(ndcg_of, step=Sigmoid(tau)), scores, levels, valid)


@left_by_compiler
def smooth_h_ap(
    scores: Tensor,
    levels: Tensor,
    *,
    tau: float = 0.01,
    alpha: float = 1.0,
    relevances: Tensor | None = None,
    valid: Tensor | None = None,
) -> Tensor:
    """Smooth-H-AP: one minus H-AP with `σ(t/τ)` for `H` everywhere (E14 with E11; HAPPIER).

    Args:
        scores: `(Q, G)` floats, higher is better.
        levels: `(Q, G)` integers or bools.
        tau: temperature τ > 0 of the sigmoid.
        alpha: α of the relevance E12.
        relevances: as in `sup_h_ap`.
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q,)` losses.

    Raises:
        ValueError: a shape, a dtype or a value that is not as described.

    Example:
        >>> smooth_h_ap(torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[1, 2, 0]]))
        tensor([0.1667])
    """
    check_alpha(alpha)
    loss = partial(h_ap_of, alpha=alpha, step=Sigmoid(tau))
    return per_query(loss, scores, levels, valid, relevances=relevances)


def ap_of(found: Positives, step: Sigmoid) -> Tensor:
    """Return the `(q,)` Smooth-AP losses of some queries, see `smooth_ap`."""
    plus = 1 + found.sigmoid_sums_at(1, step)
    return one_minus(mean_over_positives(plus / (plus + found.sigmoid_sums_at(0, step)), found), found)


def recall_of(found: Positives, ks: Sequence[int], temperature: float, step: Sigmoid) -> Tensor:
    """Return the `(q,)` Smooth-R@k losses of some queries, see `smooth_recall`."""
    return recall_loss(_smooth_rank(found, step), found, ks, temperature)


def ndcg_of(found: Positives, step: Sigmoid) -> Tensor:
    """Return the `(q,)` Smooth-NDCG losses of some queries, see `smooth_ndcg`."""
    return ndcg_loss(_smooth_rank(found, step), found)


def h_ap_of(found: Positives, alpha: float, step: Sigmoid, weights: Sequence[float] | None = None) -> Tensor:
    """Return the `(q,)` Smooth-H-AP losses of some queries, see `smooth_h_ap`; `weights` replace E12."""
    table = relevances_by_level(found, alpha, weights)
    gain = table.gather(1, found.level)  # (q, P)
    h_rank, smooth_rank = gain, 1 + found.sigmoid_sums_at(0, step)
    for level in range(1, len(found.by_level)):
        sums = found.sigmoid_sums_at(level, step)
        h_rank = h_rank + torch.minimum(gain, table[:, level, None]) * sums
        smooth_rank = smooth_rank + sums
    return h_ap_loss(h_rank, smooth_rank, gain, found)


def _smooth_rank(found: Positives, step: Sigmoid) -> Tensor:
    sums = [found.sigmoid_sums_at(level, step) for level in range(len(found.by_level))]
    return 1 + torch.stack(sums).sum(dim=0)  # (q, P)
