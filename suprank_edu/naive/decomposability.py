"""Why a batch is not the training set, in loops: the gap, its bounds, and the two losses that close it."""

import math
from collections.abc import Callable, Sequence
from itertools import permutations

Metric = Callable[[Sequence[float], Sequence[int]], float]


def gap(scores: Sequence[float], levels: Sequence[int], batches: Sequence[Sequence[int]], metric: Metric) -> float:
    """DG: the metric averaged over the batches, minus the metric on the whole gallery (E17, ROADMAP Eq. 6).

    `batches` lists the items of each; a batch in which the query has no positive is left out of the average.

    Example:
        >>> from suprank_edu.naive import average_precision
        >>> scores, relevant = [0.9, 0.8, 0.2, 0.1], [1, 0, 1, 0]
        >>> round(gap(scores, relevant, [[0, 1], [2, 3]], average_precision), 4)  # 1 - (1/1 + 2/3) / 2
        0.1667
    """
    values = []
    for batch in batches:
        value = metric([scores[k] for k in batch], [levels[k] for k in batch])
        if not math.isnan(value):
            values.append(value)
    return sum(values) / len(values) - metric(scores, levels)


def bound_of_order(pos_per_batch: Sequence[int], neg_per_batch: Sequence[int]) -> float:
    """The gap of AP when perfect batches follow one another in the given order (E18, ROADMAP Eq. 8).

    Example:
        >>> round(bound_of_order([1, 1], [1, 0]), 4)  # + - +: 1 - (1/1 + 2/3) / 2
        0.1667
    """
    total, pos_before, neg_before = 0.0, 0, 0
    for positives, negatives in zip(pos_per_batch, neg_per_batch, strict=True):
        for j in range(1, positives + 1):
            total += (j + pos_before) / (j + pos_before + neg_before)
        pos_before += positives
        neg_before += negatives
    return 1 - total / sum(pos_per_batch)


def worst_case_bound(pos_per_batch: Sequence[int], neg_per_batch: Sequence[int]) -> float:
    """The largest gap that perfect batches allow: E18 over every order of the batches.

    Example:
        >>> round(worst_case_bound([1, 1], [0, 1]), 4)  # the second batch first, then the other
        0.1667
    """
    bounds = []
    for order in permutations(range(len(pos_per_batch))):
        bounds.append(bound_of_order([pos_per_batch[b] for b in order], [neg_per_batch[b] for b in order]))
    return max(bounds)


def calibrated_bound_of_order(
    pos_per_batch: Sequence[int],
    neg_per_batch: Sequence[int],
    pos_above: Sequence[int],
    neg_above: Sequence[int],
) -> float:
    """E18 when `pos_above` and `neg_above` of each batch score above a common threshold (E19, ROADMAP Eq. 9).

    Example:
        >>> calibrated_bound_of_order([1, 1], [1, 1], [1, 1], [0, 0])  # the threshold separates them all
        0.0
    """
    total = 0.0
    pos_before = neg_before = pos_above_before = neg_above_before = 0
    for p, n, g, e in zip(pos_per_batch, neg_per_batch, pos_above, neg_above, strict=True):
        for j in range(1, g + 1):
            total += (j + pos_above_before) / (j + pos_above_before + neg_above_before)
        for j in range(1, p - g + 1):
            total += (j + g + pos_before) / (j + g + pos_before + neg_before)
        pos_before, neg_before = pos_before + p, neg_before + n
        pos_above_before, neg_above_before = pos_above_before + g, neg_above_before + e
    return 1 - total / sum(pos_per_batch)


def calibration(
    scores: Sequence[float], relevant: Sequence[int], pos_margin: float = 0.9, neg_margin: float = 0.6
) -> float:
    """L_DG of pairs: mean non-zero [α − s]₊ of positive pairs + mean non-zero [s − β]₊ of the others (E20).

    The pairs of a whole batch go in as one list, each as its cosine similarity; no item is paired with itself.

    Example:
        >>> round(calibration([0.7, 0.95, 0.8, 0.1], [1, 1, 0, 0]), 4)  # (0.9 - 0.7) + (0.8 - 0.6)
        0.4
    """
    too_low, too_high = [], []
    for score, same in zip(scores, relevant, strict=True):
        if same and score < pos_margin:
            too_low.append(pos_margin - score)
        if not same and score > neg_margin:
            too_high.append(score - neg_margin)
    loss = 0.0
    for excess in (too_low, too_high):
        if excess:
            loss += sum(excess) / len(excess)
    return loss


def proxy(similarities: Sequence[float], label: int, temperature: float = 0.05) -> float:
    """L_DG of proxies: −log of the share of the item's own class in a softmax over the proxies (E21).

    `similarities` holds the cosine similarity of one embedding to the proxy of each class.

    Example:
        >>> round(proxy([0.9, 0.9], label=0), 4)  # log 2
        0.6931
    """
    highest = max(similarities)
    total = sum(math.exp((s - highest) / temperature) for s in similarities)
    return math.log(total) - (similarities[label] - highest) / temperature
