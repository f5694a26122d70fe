"""The exact metrics of one query. Those without a cut read ranks (E1), the others read a list.

Ranks and list differ at ties only. In a rank, items that tie count as ahead of one another: relevant items that
tie raise rank⁺ along with rank, and with it their AP. A list has one item per place: among equal scores the lower
levels come first, so that there no tie helps.
"""

import math
from collections.abc import Sequence

from suprank_edu.naive.levels import relevance
from suprank_edu.naive.ranks import h_rank, rank, rank_plus


def ranked(scores: Sequence[float], levels: Sequence[int]) -> list[int]:
    """The levels in the order of the list: best score first, lower levels first among equal scores.

    Example:
        >>> ranked([0.1, 0.9, 0.9], [1, 2, 0])
        [0, 2, 1]
    """
    order = sorted(range(len(scores)), key=lambda k: (-scores[k], levels[k]))
    return [levels[k] for k in order]


def average_precision(scores: Sequence[float], relevant: Sequence[int], at: int | None = None) -> float:
    """AP = mean over the relevant items of rank⁺(k) / rank(k) (E3).

    With `at=k`, the precisions at the hits among the first k of the list, divided by min(R, k).

    Example:
        >>> round(average_precision([0.9, 0.8, 0.7], [1, 0, 1]), 4)  # (1/1 + 2/3) / 2
        0.8333
        >>> round(average_precision([0.9, 0.5, 0.5], [0, 1, 1]), 4)  # a tie: (2/3 + 2/3) / 2
        0.6667
        >>> average_precision([0.9, 0.8, 0.7], [1, 0, 1], at=2)  # (1/1) / 2
        0.5
    """
    positives = sum(relevant)
    if positives == 0:
        return math.nan
    if at is not None:
        return _sum_of_precisions(ranked(scores, relevant)[:at]) / min(positives, at)
    among_all, among_positives = rank(scores), rank_plus(scores, relevant)
    total = 0.0
    for k in range(len(scores)):
        if relevant[k]:
            total += among_positives[k] / among_all[k]
    return total / positives


def ap_at_r(scores: Sequence[float], relevant: Sequence[int]) -> float:
    """mAP@R of one query: the precisions at the hits among the first R of the list, divided by R.

    Example:
        >>> ap_at_r([0.9, 0.8, 0.7], [1, 0, 1])
        0.5
    """
    positives = sum(relevant)
    if positives == 0:
        return math.nan
    return _sum_of_precisions(ranked(scores, relevant)[:positives]) / positives


def _sum_of_precisions(places: Sequence[int]) -> float:
    hits, total = 0, 0.0
    for place, hit in enumerate(places, start=1):
        if hit:
            hits += 1
            total += hits / place
    return total


def recall_at_k(scores: Sequence[float], relevant: Sequence[int], k: int) -> float:
    """Hits among the first k, of the min(k, R) that are possible (E4).

    Example:
        >>> recall_at_k([0.9, 0.8, 0.7], [1, 0, 1], 2)
        0.5
    """
    positives = sum(relevant)
    return sum(ranked(scores, relevant)[:k]) / min(positives, k) if positives else math.nan


def hit_rate_at_k(scores: Sequence[float], relevant: Sequence[int], k: int) -> float:
    """1 if there is a hit among the first k, else 0: what retrieval papers print as R@k (E4).

    Example:
        >>> hit_rate_at_k([0.9, 0.8, 0.7], [0, 0, 1], 2), hit_rate_at_k([0.9, 0.8, 0.7], [0, 0, 1], 3)
        (0.0, 1.0)
    """
    return float(any(ranked(scores, relevant)[:k])) if any(relevant) else math.nan


def precision_at_k(scores: Sequence[float], relevant: Sequence[int], k: int) -> float:
    """Hits among the first k, divided by k.

    Example:
        >>> precision_at_k([0.9, 0.8, 0.7], [1, 0, 1], 2)
        0.5
    """
    return sum(ranked(scores, relevant)[:k]) / k if any(relevant) else math.nan


def trapezoid_ap(scores: Sequence[float], relevant: Sequence[int]) -> float:
    """AP as ROxford and RParis print it: the mean of the precision before and after each hit.

    Example:
        >>> round(trapezoid_ap([0.9, 0.8, 0.7], [1, 0, 1]), 4)  # ((1 + 1)/2 + (1/2 + 2/3)/2) / 2
        0.7917
    """
    positives = sum(relevant)
    hits, total = 0, 0.0
    for before, hit in enumerate(ranked(scores, relevant)):
        if hit:
            precision_before = hits / before if before > 0 else 1.0
            hits += 1
            total += (precision_before + hits / (before + 1)) / 2
    return total / positives if positives else math.nan


def ndcg(scores: Sequence[float], levels: Sequence[int], at: int | None = None) -> float:
    """DCG = Σ_k (2^l(k) − 1) / log₂(1 + rank(k)), divided by that of the best possible ranking (E5).

    With `at=k`, the first k of the list, against the best k of the whole gallery.

    Example:
        >>> ndcg([0.9, 0.8, 0.7], [2, 1, 0])
        1.0
        >>> round(ndcg([0.9, 0.8, 0.7, 0.6, 0.5], [0, 1, 1, 1, 1], at=2), 3)
        0.387
    """
    ideal = _dcg(sorted(levels, reverse=True)[:at], range(1, len(levels) + 1))
    if ideal == 0:
        return math.nan
    if at is not None:
        return _dcg(ranked(scores, levels)[:at], range(1, at + 1)) / ideal
    return _dcg(levels, rank(scores)) / ideal


def _dcg(levels: Sequence[int], ranks: Sequence[int]) -> float:
    return sum((2.0**level - 1) / math.log2(1 + r) for level, r in zip(levels, ranks, strict=False))


def h_ap(scores: Sequence[float], levels: Sequence[int], relevances: Sequence[float] | None = None) -> float:
    """H-AP = Σ_k H-rank(k) / rank(k), divided by Σ_k rel(k) (E14, HAPPIER).

    `relevances` are those of E12 with α = 1 by default.

    Example:
        >>> h_ap([0.9, 0.8, 0.7], [2, 1, 0])
        1.0
        >>> h_ap([0.8, 0.9, 0.7], [2, 1, 0])  # (1.5 / 2 + 0.5 / 1) / (1 + 0.5)
        0.8333333333333334
    """
    if relevances is None:
        relevances = relevance(levels)
    if sum(relevances) == 0:
        return math.nan
    among_all, hierarchical = rank(scores), h_rank(scores, relevances)
    total = 0.0
    for k in range(len(scores)):
        if relevances[k] > 0:
            total += hierarchical[k] / among_all[k]
    return total / sum(relevances)


def asi(scores: Sequence[float], levels: Sequence[int]) -> float:
    """ASI: how much of the ideal first K levels is in the first K, averaged over K = 1..R (E16).

    Example:
        >>> asi([0.9, 0.8, 0.7], [2, 0, 1])  # (1/1 + 1/2) / 2
        0.75
    """
    found, ideal = ranked(scores, levels), sorted(levels, reverse=True)
    positives = sum(1 for level in levels if level > 0)
    total = 0.0
    for size in range(1, positives + 1):
        common = 0
        for level in set(levels):
            common += min(found[:size].count(level), ideal[:size].count(level))
        total += common / size
    return total / positives if positives else math.nan
