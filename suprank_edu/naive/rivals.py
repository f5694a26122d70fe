"""The rivals of the papers' tables: AP over bins of scores, AP with ranks from a black box, and classes by margins."""

import math
from collections.abc import Sequence

from suprank_edu.naive.ranks import rank, rank_plus


def soft_bin_ap(scores: Sequence[float], levels: Sequence[int], bins: int = 20, min_level: int = 1) -> float:
    """SoftBin-AP: 1 − Σ_m (precision of the first m bins) · (share of the positives that lie in bin m) (E23).

    Bin m is a triangle around a score from 1 down to −1; an item lies in two bins, in each by its share.

    Example:
        >>> round(soft_bin_ap([0.9, 0.8, 0.7], [1, 1, 0], bins=3), 4)  # bins around 1, 0 and -1
        0.2979
        >>> soft_bin_ap([1.0, 0.0], [1, 0], bins=3)  # a bin apart
        0.0
    """
    relevant = [int(level >= min_level) for level in levels]
    if not any(relevant):
        return 0.0
    width = 2 / (bins - 1)
    items = hits = precision = 0.0
    for m in range(bins):
        centre = 1 - m * width
        shares = [max(0.0, 1 - abs(min(1.0, max(-1.0, score)) - centre) / width) for score in scores]
        hits_here = sum(share for share, same in zip(shares, relevant, strict=True) if same)
        items += sum(shares)
        hits += hits_here
        if hits_here > 0:
            precision += hits_here * hits / items
    return 1 - precision / sum(relevant)


def black_box_ap(scores: Sequence[float], levels: Sequence[int], margin: float = 0.02, min_level: int = 1) -> float:
    """BlackBox-AP: exactly 1 − AP, after positives have lost margin/2 and the others have gained it (E24).

    Example:
        >>> black_box_ap([0.90, 0.89], [1, 0])  # ahead, but by less than the margin
        0.5
        >>> black_box_ap([0.90, 0.87], [1, 0])
        0.0
    """
    relevant = [int(level >= min_level) for level in levels]
    shifted = _shifted(scores, relevant, margin)
    ranks, ranks_plus = rank(shifted), rank_plus(shifted, relevant)
    precisions = [ranks_plus[k] / ranks[k] for k in range(len(ranks)) if relevant[k]]
    return 1 - sum(precisions) / len(precisions) if precisions else 0.0


def black_box_slopes(
    scores: Sequence[float],
    levels: Sequence[int],
    interpolation: float = 4.0,
    margin: float = 0.02,
    min_level: int = 1,
) -> list[float]:
    """The gradient of BlackBox-AP: how the ranks move when the scores do what is good for the loss, over λ (E24).

    A rank counts as a share of the gallery. Its slope, for a positive, is G/P · rank⁺/rank².

    Example:
        >>> black_box_slopes([0.50, 0.52], [1, 0])  # the positive would go from 2/2 to 1/2: -1/2 over 4
        [-0.125, 0.125]
    """
    relevant = [int(level >= min_level) for level in levels]
    if not any(relevant):
        return [0.0] * len(scores)
    shifted, size = _shifted(scores, relevant, margin), len(scores)
    before, ranks_plus = rank(shifted), rank_plus(shifted, relevant)
    lifted = []
    for k in range(size):
        slope = relevant[k] * size / sum(relevant) * ranks_plus[k] / before[k] ** 2
        lifted.append(shifted[k] + interpolation * slope)
    return [(after - was) / size / interpolation for after, was in zip(rank(lifted), before, strict=True)]


def csl(
    scores: Sequence[float],
    levels: Sequence[int],
    margins: Sequence[float] = (0.25, 0.35, 0.45),
    scale: float = 32.0,
) -> float:
    """CSL: Σ_c log(1 + Σ_k exp(scale · (s_k − s_own + margin_c))), k the classes that differ in column c (E25).

    `scores` are similarities of one item to the finest classes, `levels` how many levels it shares with each; as many
    as there are margins with its own class. Column 0 is the finest: two that share l of L levels differ in the columns
    before L − l.

    Example:
        >>> round(csl([0.8, 0.5, 0.5], [2, 1, 0], margins=[0.25, 0.35]), 4)
        2.1231
    """
    top, loss = len(margins), 0.0
    if top not in levels:
        return 0.0
    own = scores[list(levels).index(top)]
    for column, margin in enumerate(margins):
        excess = [0.0]  # ln 1
        for score, level in zip(scores, levels, strict=True):
            if level < top - column:
                excess.append(scale * (score - own + margin))
        most = max(excess)  # taken out, so that no exponential overflows
        loss += most + math.log(sum(math.exp(value - most) for value in excess))
    return loss


def _shifted(scores: Sequence[float], relevant: Sequence[int], margin: float) -> list[float]:
    return [score + (-margin / 2 if same else margin / 2) for score, same in zip(scores, relevant, strict=True)]
