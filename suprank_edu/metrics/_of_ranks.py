"""Each metric as a function of where the positives stand.

Queries without positives give NaN, from 0 / 0. Padding has rank and place ∞ and adds 0 to every sum.
"""

import torch
from torch import Tensor

from suprank_edu.metrics._ranked import Ranked


def row_sum(terms: Tensor) -> Tensor:
    """Sum `(Q, P)` rows from left to right, so that padding at the end changes no bit of the result."""
    return terms.cumsum(dim=1)[:, -1]


def average_precision(hits: Ranked) -> Tensor:
    """E3: the mean of rank⁺ / rank over the positives."""
    return row_sum(hits.rank_plus / hits.rank) / hits.total


def average_precision_at(hits: Ranked, at: int | Tensor) -> Tensor:
    """The precisions at the hits in the first `at` places, divided by min(R, at)."""
    cut = torch.as_tensor(at, dtype=hits.total.dtype, device=hits.total.device).expand_as(hits.total)
    counted = torch.where(hits.place <= cut[:, None], hits.seen / hits.place, 0.0)
    return row_sum(counted) / torch.minimum(hits.total, cut)


def ap_at_r(hits: Ranked) -> Tensor:
    """The precisions at the hits in the first R places, divided by R."""
    return average_precision_at(hits, hits.total)


def trapezoid_ap(hits: Ranked) -> Tensor:
    """The mean over the positives of the precisions just before and just after them; 1 before the first place."""
    before = torch.where(hits.place > 1, (hits.seen - 1) / (hits.place - 1), 1.0)
    return row_sum((before + hits.seen / hits.place) / 2) / hits.total


def _hits_in_first(hits: Ranked, k: int) -> Tensor:
    # Places are in ascending order, so the hits are counted by bisection.
    return torch.searchsorted(hits.place, torch.full_like(hits.place[:, :1], k), right=True)[:, 0].double()  # (Q,)


def recall_at_k(hits: Ranked, k: int) -> Tensor:
    """E4: hits in the first k places, divided by min(R, k)."""
    return _hits_in_first(hits, k) / hits.total.clamp(max=k)


def hit_rate_at_k(hits: Ranked, k: int) -> Tensor:
    """1 with a hit in the first k places, else 0."""
    return torch.where(hits.total > 0, (_hits_in_first(hits, k) > 0).double(), torch.nan)


def precision_at_k(hits: Ranked, k: int) -> Tensor:
    """Hits in the first k places, divided by k."""
    return torch.where(hits.total > 0, _hits_in_first(hits, k) / k, torch.nan)


def ndcg(ranked: Ranked, at: int | None = None) -> Tensor:
    """E5: DCG over that of the best ranking, both of the first `at` places; by rank when `at` is None."""
    top = int(ranked.level.max())
    gains = 2.0 ** torch.arange(top + 1, device=ranked.level.device, dtype=torch.float64) - 1  # (L + 1,)
    gain, best_gain = gains[ranked.level], gains[_best_levels(ranked)]  # (Q, P)
    if at is None:
        return row_sum(gain / (1 + ranked.rank).log2()) / row_sum(best_gain / (1 + ranked.seen).log2())
    counted = torch.where(ranked.place <= at, gain / (1 + ranked.place).log2(), 0.0)
    best = torch.where(ranked.seen <= at, best_gain / (1 + ranked.seen).log2(), 0.0)
    return row_sum(counted) / row_sum(best)


def asi(ranked: Ranked) -> Tensor:
    """E16: the share of the ideal first K levels found in the first K places, averaged over K = 1..R."""
    size = torch.arange(1, ranked.level.shape[1] + 1, device=ranked.level.device)  # (P,): K
    total = (ranked.level > 0).sum(dim=1, keepdim=True)  # (Q, 1): R
    best = _best_levels(ranked)
    # Only the first R <= P places are asked for; column P collects the items behind them.
    column = ranked.place.clamp(max=len(size) + 1).long() - 1  # (Q, P)
    common = torch.zeros_like(ranked.level)
    for level in range(1, int(ranked.level.max()) + 1):
        at_level = (ranked.level == level).long()
        found = torch.zeros(len(column), len(size) + 1, dtype=torch.int64, device=column.device)
        found = found.scatter_add(1, column, at_level)[:, :-1].cumsum(dim=1)  # (Q, P)
        common = common + torch.minimum(found, (best == level).cumsum(dim=1))
    share = common.double() / size
    return row_sum(torch.where(size <= total, share, 0.0)) / total[:, 0]


def h_ap(ranked: Ranked, table: Tensor) -> Tensor:
    """E14, from the `(Q, L + 1)` relevance of an item of each level; column 0 is 0.

    With r_1 ≤ r_2 ≤ … the relevances in order and r_0 = 0, min(a, b) = Σ_v (r_v − r_{v−1}) [a ≥ r_v] [b ≥ r_v],
    so that Σ_k H-rank(k) / rank(k) is a weighted sum of Σ rank⁺(k) / rank(k), one for each threshold r_v.
    """
    relevance = table.gather(1, ranked.level)  # (Q, P)
    thresholds = table[:, 1:].sort(dim=1).values  # (Q, L)
    steps = thresholds.diff(dim=1, prepend=torch.zeros_like(thresholds[:, :1]))
    total = torch.zeros_like(thresholds[:, 0])
    for v in range(thresholds.shape[1]):
        hit = (relevance >= thresholds[:, v, None]) & (relevance > 0)
        rank_plus = hit.cumsum(dim=1).gather(1, ranked.tie_end)
        total = total + steps[:, v] * row_sum(torch.where(hit, rank_plus / ranked.rank, 0.0))
    return total / row_sum(relevance)


def _best_levels(ranked: Ranked) -> Tensor:
    """Return the levels of each query's positives in decreasing order, 0 behind them."""
    place = torch.arange(ranked.level.shape[1], device=ranked.level.device)
    best = torch.zeros_like(ranked.level)
    for level in range(1, int(ranked.level.max()) + 1):
        best = best + (place < (ranked.level >= level).sum(dim=1, keepdim=True))
    return best
