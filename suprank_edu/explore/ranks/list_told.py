"""What is told of an ordered list of levels: scores, metrics and relevances, each as one line of text.

The page's script, `list_told.js`, writes the same lines; the tests hold the two against plain loops.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from suprank_edu import metrics
from suprank_edu.relevance import level_counts, relevance_table, weights_table

LINES = ("score", "precision", "AP", "recall", "NDCG", "relevance", "H-AP", "ASI")
"""What can be told of the list."""

PRAISE = "No list is better than this one."


def told(
    levels: Sequence[int],
    lines: Sequence[str],
    k: int,
    names: Sequence[str],
    alpha: float = 1.0,
    weights: Sequence[float] | None = None,
) -> str:
    """Return what is told of a list, a line each, and whether it is in order of the levels.

    Args:
        levels: the shared levels, best first, with one that is the finest.
        lines: which of `LINES`.
        k: the places that `"recall"` looks at.
        names: L + 1 words for the levels, from nothing shared on.
        alpha: α of the relevance that is shared out (E12).
        weights: those of the relevance that grows (E14), the finest level first; None: E12.

    Example:
        >>> print(told([1, 2, 0, 1], ["relevance", "H-AP"], 3, ["✕ nothing", "■ kind", "● product"]))
        One is worth: ● product 1.000, ■ kind 0.250, ✕ nothing 0
        H-AP = Σ H-rank/rank ÷ Σ rel = 1.063 / 1.500 = 0.708
    """
    row = torch.tensor([levels])  # (1, G)
    scores = -torch.arange(len(levels), dtype=torch.float64)[None]  # (1, G)
    best = sorted(levels, reverse=True)
    worth = _worth(row, len(names) - 1, alpha, weights)
    write = {
        "score": lambda: f"This list scores {math.floor(_ap(scores, row) * 100 + 0.5)} of 100.",
        "precision": lambda: f"Precision at each ●: {', '.join(_terms(row))}",
        "AP": lambda: f"AP = 1/{len(_terms(row))} ({' + '.join(_terms(row))}) = {three(_ap(scores, row))}",
        "recall": lambda: _recall(scores, row, k),
        "NDCG": lambda: _ratio("NDCG =", float(metrics.ndcg(scores, row)[0]), _ideal(best)),
        "relevance": lambda: _relevances(worth, row, names),
        "H-AP": lambda: _h_ap(scores, row, worth),
        "ASI": lambda: f"ASI = {three(float(metrics.asi(scores, row)[0]))}",
    }
    return "\n".join([write[line]() for line in lines] + ([PRAISE] if list(levels) == best else []))


def three(value: float) -> str:
    """Return three decimals, halves rounded up as the page's script does, where rounding errors do not count.

    Example:
        >>> three(0.8125), three(2 / 3)
        ('0.813', '0.667')
    """
    return f"{math.floor(value * 1000 + 0.5 + 1e-7) / 1000:.3f}"


def _worth(levels: Tensor, top: int, alpha: float, weights: Sequence[float] | None) -> Tensor:
    """Return the relevance of an item of each level, `(L + 1,)`."""
    counts = level_counts(levels, top)
    return (relevance_table(counts, alpha) if weights is None else weights_table(counts, weights))[0]


def _ap(scores: Tensor, levels: Tensor) -> float:
    return float(metrics.average_precision(scores, levels == levels.max())[0])


def _terms(levels: Tensor) -> list[str]:
    """Return the precision at each relevant item as a fraction."""
    places = (levels[0] == levels.max()).nonzero()[:, 0] + 1
    return [f"{seen}/{place}" for seen, place in enumerate(places.tolist(), 1)]


def _recall(scores: Tensor, levels: Tensor, k: int) -> str:
    relevant = levels == levels.max()
    found = int(relevant[0, :k].sum())
    hit = int(metrics.hit_rate_at_k(scores, relevant, k)[0])
    return f"Among the first {k}: hit rate {hit}, recall {found}/{int(relevant.sum())}, precision {found}/{k}"


def _ideal(best: Sequence[int]) -> float:
    return sum((2.0**level - 1) / math.log2(place + 1) for place, level in enumerate(best, 1))


def _ratio(head: str, value: float, whole: float) -> str:
    return f"{head} {three(value * whole)} / {three(whole)} = {three(value)}"


def _relevances(worth: Tensor, levels: Tensor, names: Sequence[str]) -> str:
    there = set(levels[0].tolist())
    each = [f"{names[level]} {three(float(worth[level]))}" for level in range(len(names) - 1, 0, -1) if level in there]
    return f"One is worth: {', '.join([*each, f'{names[0]} 0'])}"


def _h_ap(scores: Tensor, levels: Tensor, worth: Tensor) -> str:
    relevances = worth[levels]  # (1, G)
    value = float(metrics.h_ap(scores, levels, relevances=relevances)[0])
    return _ratio("H-AP = Σ H-rank/rank ÷ Σ rel =", value, float(relevances.sum()))
