"""Scores of ranks: what the ranking losses compute once the ranks of a query's positives are known."""

from collections.abc import Sequence

import torch
from torch import Tensor

from suprank_edu._checks import MAX_LEVEL, check_ks, check_positive, detached
from suprank_edu.positives import Positives
from suprank_edu.relevance import relevance_table, weights_table


def mean_over_positives(ratio: Tensor, found: Positives) -> Tensor:
    """Return the mean of `(Q, P)` ratios over each query's positives."""
    return (ratio * found.present).sum(dim=1) / found.present.sum(dim=1).clamp(min=1)


def one_minus(score: Tensor, found: Positives) -> Tensor:
    """Return `1 - score` for queries with a positive, 0 for the others."""
    return torch.where(found.present.any(dim=1), 1 - score, 0.0 * score)


def recall_loss(ranks: Tensor, found: Positives, ks: Sequence[int], temperature: float) -> Tensor:
    """Return `(Q,)`: one minus the mean over k of `1/min(R, k) Σ σ((k - rank)/τ*)` (E9), from `(Q, P)` ranks."""
    check_positive("temperature", temperature)
    cuts = torch.tensor(check_ks(ks), device=ranks.device, dtype=ranks.dtype)  # (K,)
    hits = torch.sigmoid((cuts - ranks[:, :, None]) / temperature) * found.present[:, :, None]  # (Q, P, K)
    most = torch.minimum(found.present.sum(dim=1, keepdim=True).clamp(min=1), cuts)  # (Q, K)
    return one_minus((hits.sum(dim=1) / most).mean(dim=1), found)


def ndcg_loss(ranks: Tensor, found: Positives) -> Tensor:
    """Return `(Q,)`: one minus DCG of `(Q, P)` ranks over DCG of the best ranking (E5), gain `2^l - 1`."""
    gain = ((1 << found.level).to(ranks.dtype) - 1) * found.present  # (Q, P), by decreasing level
    ideal_ranks = torch.arange(1, gain.shape[1] + 1, device=ranks.device, dtype=ranks.dtype)
    ideal = (gain / torch.log2(1 + ideal_ranks)).sum(dim=1)
    dcg = (gain / torch.log2(1 + ranks)).sum(dim=1)
    return one_minus(dcg / torch.where(ideal > 0, ideal, 1.0), found)


def h_ap_loss(h_rank: Tensor, ranks: Tensor, gain: Tensor, found: Positives) -> Tensor:
    """Return `(Q,)`: `1 - Σ H-rank/rank / Σ rel` (E14) of `(Q, P)` H-ranks, ranks and relevances."""
    total = gain.sum(dim=1)
    score = (h_rank / ranks * found.present).sum(dim=1) / torch.where(total > 0, total, 1.0)
    return torch.where(total > 0, 1 - score, 0.0 * score)  # relevances may be 0 at every level a query has


def relevances_by_level(found: Positives, alpha: float, weights: Sequence[float] | None = None) -> Tensor:
    """Return the `(Q, L + 1)` relevance of an item of each level: those of the positives, by weights, or E12."""
    if found.relevances is not None:
        own = found.relevances.to(found.scores.dtype)  # (Q, P)
        return own.new_zeros(len(own), len(found.by_level)).scatter_reduce(1, found.level, own, "amax")
    top = len(found.by_level) - 1
    levels = range(1 + (top if weights is None else len(weights)))
    counts = torch.stack([((found.level == at) & found.present).sum(dim=1) for at in levels], dim=1)  # (Q, L + 1)
    table = relevance_table(counts, alpha) if weights is None else weights_table(counts, weights)[:, : top + 1]
    return table.to(found.scores.dtype)


def check_relevances(relevances: Tensor | None, levels: Tensor) -> None:
    """Raise unless `relevances` are None or floats of the shape of `levels`."""
    if relevances is None:
        return
    if not isinstance(relevances, Tensor):
        raise ValueError(f"`relevances`: got {type(relevances).__name__}, expected a torch.Tensor of floats")
    if relevances.shape != levels.shape or not relevances.is_floating_point():
        raise ValueError(
            f"`relevances`: got {relevances.dtype} of shape {tuple(relevances.shape)}, "
            f"expected floats of shape {tuple(levels.shape)}"
        )


def relevance_extremes(relevances: Tensor | None, visible: Tensor) -> Tensor:
    """Return `(3,)` on the device: the least and the largest relevance of a positive, and whether a level has two.

    Args:
        relevances: `(Q, G)` floats, or None.
        visible: `(Q, G)` levels, -1 where hidden.
    """
    if relevances is None:
        return torch.zeros(3, device=visible.device)
    positive, level = visible >= 1, visible.clamp(min=0).long()
    own = torch.where(positive, detached(relevances), 0.0)  # (Q, G)
    of_level = own.new_zeros(len(own), MAX_LEVEL + 1).scatter_reduce(1, level, own, "amax").gather(1, level)
    return torch.stack(
        [*torch.aminmax(own), (own != of_level.where(positive, 0.0)).any().to(own.dtype)]
    )  # NaN in, NaN out


def check_relevance_extremes(low: float, high: float, differ: float) -> None:
    """Raise where positives have relevances below 0, that are not finite, or that differ within a level of a query."""
    for value in (low, high):
        if not 0 <= value < float("inf"):
            raise ValueError(f"`relevances`: got {value:g}, expected finite values of at least 0")
    if differ:
        raise ValueError("`relevances`: got different values within a level of a query, expected one value per level")
