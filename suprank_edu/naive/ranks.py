"""Ranks: exact, smooth, and SupRank. Rank 1 is the best."""

from collections.abc import Callable, Sequence

from suprank_edu.naive.steps import heaviside, sigmoid, sup_step

Step = Callable[[float], float]


def rank(scores: Sequence[float]) -> list[int]:
    """rank(k) = 1 + Σ_{j≠k} H(s_j − s_k): one more than the number of others that score at least as high (E1).

    Without ties it is the place in the sorted list. Items that tie share the last of their places.

    Example:
        >>> rank([0.9, 0.2, 0.5])
        [1, 3, 2]
        >>> rank([0.5, 0.5, 0.2])  # each counts the other as ahead, H(0) = 1: nobody has rank 1
        [2, 2, 3]
    """
    ranks = []
    for k in range(len(scores)):
        above = 0
        for j in range(len(scores)):
            if j != k and heaviside(scores[j] - scores[k]):
                above += 1
        ranks.append(1 + above)
    return ranks


def rank_plus(scores: Sequence[float], levels: Sequence[int]) -> list[int]:
    """rank⁺(k): the rank of k among the items of its own or a higher level (E2, E10).

    Example:
        >>> rank_plus([0.9, 0.8, 0.7], [0, 1, 1])
        [1, 1, 2]
    """
    ranks = []
    for k in range(len(scores)):
        above = 0
        for j in range(len(scores)):
            if j != k and levels[j] >= levels[k] and heaviside(scores[j] - scores[k]):
                above += 1
        ranks.append(1 + above)
    return ranks


def sup_rank(scores: Sequence[float], levels: Sequence[int], step: Step = sup_step) -> tuple[list[float], list[int]]:
    """rank_s(k) = rank⁺(k) + Σ over items of lower level of H⁻(s_j − s_k), and rank⁺ (E7, E10, SupRank).

    Example:
        >>> sup_rank([0.5, 0.5, 0.9], [1, 0, 1])  # the first is tied with the second, of lower level
        ([3.0, 3.0, 1.0], [2, 3, 1])
    """
    exact = rank_plus(scores, levels)
    ranks = []
    for k in range(len(scores)):
        below = 0.0
        for j in range(len(scores)):
            if levels[j] < levels[k]:
                below += step(scores[j] - scores[k])
        ranks.append(exact[k] + below)
    return ranks, exact


def smooth_rank(scores: Sequence[float], levels: Sequence[int], tau: float = 0.01) -> tuple[list[float], list[float]]:
    """rank(k) and rank⁺(k) with σ in place of H, everywhere (E11, Smooth-AP).

    Example:
        >>> smooth_rank([0.5, 0.5], [1, 0])  # a tie counts one half
        ([1.5, 1.5], [1.0, 1.5])
    """
    ranks, ranks_plus = [], []
    for k in range(len(scores)):
        everyone, same_or_higher = 1.0, 1.0
        for j in range(len(scores)):
            if j != k:
                everyone += sigmoid(scores[j] - scores[k], tau)
                if levels[j] >= levels[k]:
                    same_or_higher += sigmoid(scores[j] - scores[k], tau)
        ranks.append(everyone)
        ranks_plus.append(same_or_higher)
    return ranks, ranks_plus


def h_rank(scores: Sequence[float], relevances: Sequence[float], step: Step = heaviside) -> list[float]:
    """H-rank(k) = rel(k) + Σ_{j≠k} min(rel(k), rel(j)) H(s_j − s_k) (E13, HAPPIER).

    Example:
        >>> h_rank([0.9, 0.8, 0.7], [1.0, 0.0, 0.25])
        [1.0, 0.0, 0.5]
    """
    ranks = []
    for k in range(len(scores)):
        value = relevances[k]
        for j in range(len(scores)):
            if j != k:
                value += min(relevances[k], relevances[j]) * step(scores[j] - scores[k])
        ranks.append(value)
    return ranks
