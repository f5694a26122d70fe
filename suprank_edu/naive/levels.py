"""From labels to shared levels, and from shared levels to relevances."""

from collections.abc import Sequence


def shared_levels(labels: Sequence[int], ref_labels: Sequence[Sequence[int]]) -> list[int]:
    """How many levels each gallery item shares with the query, counted from the coarsest.

    `labels` are the query's, finest first; `ref_labels` holds one such row per gallery item.

    Example:
        >>> shared_levels([7, 1], [[7, 1], [8, 1], [9, 2]])
        [2, 1, 0]
    """
    levels = []
    for row in ref_labels:
        level = 0
        for mine, other in zip(reversed(labels), reversed(row), strict=True):
            if mine != other:
                break
            level += 1
        levels.append(level)
    return levels


def relevance(levels: Sequence[int], alpha: float = 1.0, num_levels: int | None = None) -> list[float]:
    """rel(k) = (l/L)^α / |Ω^(l)|, shared out among the items of exactly that level (E12, HAPPIER).

    `num_levels` is L; by default the highest level in the list.

    Example:
        >>> relevance([2, 1, 1, 0], num_levels=2)
        [1.0, 0.25, 0.25, 0.0]
    """
    if num_levels is None:
        num_levels = max(levels, default=0)
    relevances = []
    for level in levels:
        if level == 0:
            relevances.append(0.0)
        else:
            relevances.append((level / num_levels) ** alpha / levels.count(level))
    return relevances


def relevance_from_weights(levels: Sequence[int], weights: Sequence[float]) -> list[float]:
    """The relevance under which H-AP is the weighted sum of the APs of the levels (E14).

    `weights[c]` belongs to label column c, which is shared level L − c. The weight of a level without items
    is dropped, and the others are scaled to sum to 1.

    Example:
        >>> relevance_from_weights([2, 1, 1, 0], [0.7, 0.3])  # 0.7 / 1 + 0.3 / 3, and 0.3 / 3
        [0.7999999999999999, 0.09999999999999999, 0.09999999999999999, 0.0]
    """
    num_levels = len(weights)
    weight, size = {}, {}
    for p in range(1, num_levels + 1):
        size[p] = sum(1 for level in levels if level >= p)  # |∪_{q≥p} Ω^(q)|
        if size[p] > 0:
            weight[p] = weights[num_levels - p]
    total = sum(weight.values())
    relevances = []
    for level in levels:
        rel = 0.0
        for p in range(1, level + 1):
            if total > 0:
                rel += weight[p] / total / size[p]
        relevances.append(rel)
    return relevances
