"""The losses of one query: each is 1 minus a metric whose ranks are replaced by a surrogate."""

import math
from collections.abc import Sequence

from suprank_edu.naive.levels import relevance
from suprank_edu.naive.ranks import Step, h_rank, smooth_rank, sup_rank
from suprank_edu.naive.steps import sigmoid, sup_step


def sup_ap(scores: Sequence[float], levels: Sequence[int], step: Step = sup_step, min_level: int = 1) -> float:
    """Sup-AP, at least 1 − AP: 1 − mean over the positives of rank⁺(k) / rank_s(k) (E8, ROADMAP).

    Items of level `min_level` and above are positives.

    Example:
        >>> round(sup_ap([0.5, 0.9, 0.5], [1, 1, 0]), 4)  # 1 - (2/3 + 1/1) / 2
        0.1667
    """
    relevant = [int(level >= min_level) for level in levels]
    return _ap_loss(relevant, *sup_rank(scores, relevant, step))


def smooth_ap(scores: Sequence[float], levels: Sequence[int], tau: float = 0.01, min_level: int = 1) -> float:
    """Smooth-AP: 1 − AP with σ for H in both ranks (E11).

    Example:
        >>> round(smooth_ap([0.5, 0.9, 0.5], [1, 1, 0]), 4)  # a tie counts one half: 1 - (2/2.5 + 1) / 2
        0.1
    """
    relevant = [int(level >= min_level) for level in levels]
    return _ap_loss(relevant, *smooth_rank(scores, relevant, tau))


def _ap_loss(relevant: Sequence[int], ranks: Sequence[float], ranks_plus: Sequence[float]) -> float:
    precisions = [ranks_plus[k] / ranks[k] for k in range(len(ranks)) if relevant[k]]
    return 1 - sum(precisions) / len(precisions) if precisions else 0.0


def sup_recall(
    scores: Sequence[float],
    levels: Sequence[int],
    step: Step = sup_step,
    min_level: int = 1,
    ks: Sequence[int] = (1, 2, 4, 8, 16),
    temperature: float = 1.0,
) -> float:
    """Sup-R@k: 1 − the mean over K of Σ_k σ((K − rank_s(k)) / τ*) / min(P, K) (E9, SupRank).

    Example:
        >>> from suprank_edu.naive import heaviside
        >>> sup_recall([0.5, 0.9], [1, 0], step=heaviside, ks=[2])  # rank 2 of 2: σ(0) = 1/2
        0.5
    """
    relevant = [int(level >= min_level) for level in levels]
    return _recall_loss(relevant, sup_rank(scores, relevant, step)[0], ks, temperature)


def smooth_recall(
    scores: Sequence[float],
    levels: Sequence[int],
    tau: float = 0.01,
    min_level: int = 1,
    ks: Sequence[int] = (1, 2, 4, 8, 16),
    temperature: float = 1.0,
) -> float:
    """Smooth-R@k: the same with σ for H in the rank (E11).

    Example:
        >>> round(smooth_recall([0.5, 0.9], [1, 0], ks=[2]), 4)
        0.5
    """
    relevant = [int(level >= min_level) for level in levels]
    return _recall_loss(relevant, smooth_rank(scores, relevant, tau)[0], ks, temperature)


def _recall_loss(relevant: Sequence[int], ranks: Sequence[float], ks: Sequence[int], temperature: float) -> float:
    positives = sum(relevant)
    if positives == 0:
        return 0.0
    total = 0.0
    for cut in ks:
        hits = sum(sigmoid(cut - ranks[k], temperature) for k in range(len(ranks)) if relevant[k])
        total += hits / min(positives, cut)
    return 1 - total / len(ks)


def sup_ndcg(scores: Sequence[float], levels: Sequence[int], step: Step = sup_step) -> float:
    """Sup-NDCG, at least 1 − NDCG: 1 − Σ_k (2^l(k) − 1) / log₂(1 + rank_s(k)) / iDCG (E10, SupRank).

    Example:
        >>> round(sup_ndcg([0.9, 0.5, 0.5], [2, 1, 0]), 4)  # the second is tied with a negative
        0.0361
    """
    return _ndcg_loss(levels, sup_rank(scores, levels, step)[0])


def smooth_ndcg(scores: Sequence[float], levels: Sequence[int], tau: float = 0.01) -> float:
    """Smooth-NDCG: 1 − NDCG with σ for H in the rank (E11).

    Example:
        >>> round(smooth_ndcg([0.9, 0.5, 0.5], [2, 1, 0]), 4)
        0.0214
    """
    return _ndcg_loss(levels, smooth_rank(scores, levels, tau)[0])


def _ndcg_loss(levels: Sequence[int], ranks: Sequence[float]) -> float:
    dcg = ideal = 0.0
    for level, r in zip(levels, ranks, strict=True):
        dcg += (2.0**level - 1) / math.log2(1 + r)
    for place, level in enumerate(sorted(levels, reverse=True), start=1):
        ideal += (2.0**level - 1) / math.log2(1 + place)
    return 1 - dcg / ideal if ideal > 0 else 0.0


def sup_h_ap(
    scores: Sequence[float],
    levels: Sequence[int],
    step: Step = sup_step,
    relevances: Sequence[float] | None = None,
) -> float:
    """Sup-H-AP, at least 1 − H-AP: 1 − Σ_k H-rank(k) / rank_s(k) / Σ rel (E15, HAPPIER).

    Example:
        >>> from suprank_edu.naive import heaviside
        >>> round(sup_h_ap([0.8, 0.9, 0.1], [2, 1, 0], step=heaviside), 4)  # 1 - H-AP
        0.1667
    """
    relevances = relevance(levels) if relevances is None else relevances
    return _h_ap_loss(relevances, h_rank(scores, relevances), sup_rank(scores, levels, step)[0])


def smooth_h_ap(
    scores: Sequence[float],
    levels: Sequence[int],
    tau: float = 0.01,
    relevances: Sequence[float] | None = None,
) -> float:
    """Smooth-H-AP: 1 − H-AP with σ for H in the rank and in the H-rank (E11).

    Example:
        >>> round(smooth_h_ap([0.8, 0.9, 0.1], [2, 1, 0]), 4)
        0.1667
    """
    relevances = relevance(levels) if relevances is None else relevances
    hierarchical = h_rank(scores, relevances, step=lambda t: sigmoid(t, tau))
    return _h_ap_loss(relevances, hierarchical, smooth_rank(scores, levels, tau)[0])


def _h_ap_loss(relevances: Sequence[float], hierarchical: Sequence[float], ranks: Sequence[float]) -> float:
    if sum(relevances) == 0:
        return 0.0
    total = sum(hierarchical[k] / ranks[k] for k in range(len(ranks)) if relevances[k] > 0)
    return 1 - total / sum(relevances)
