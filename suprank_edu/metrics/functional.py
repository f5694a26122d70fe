"""Exact metrics of one ranking per query: `(Q, G)` scores and relevance in, `(Q,)` float64 out.

Metrics without a cut read the rank of E1, in which items that tie count as ahead of one another: a tie with an item of
a lower level costs; one among relevant items raises rank⁺ too, and so AP. Metrics with a cut or a place in the list
put lower levels first among equal scores, and there no tie helps. Without ties both agree.
A query without positives gives NaN. Nothing here has a gradient: the losses have.
"""

import torch
from torch import Tensor

from suprank_edu._checks import check_alpha, check_count, check_levels, check_ranking, check_scores, check_valid
from suprank_edu.metrics import _of_ranks
from suprank_edu.metrics._ranked import Ranked, rank_positives
from suprank_edu.relevance import level_counts, relevance_table


def average_precision(scores: Tensor, relevant: Tensor, at: int | None = None, valid: Tensor | None = None) -> Tensor:
    """Average precision: the mean over the positives of rank⁺(k) / rank(k) (E3; SupRank).

    Args:
        scores: `(Q, G)` floats, higher is better.
        relevant: `(Q, G)` bools or integers of at least 0, an item counts as relevant where it is above 0.
        at: k for AP@k: the precisions at the hits among the first k of the list, divided by min(R, k).
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q,)` float64 in 0..1; NaN for a query without positives.

    Raises:
        ValueError: an argument of another shape, dtype or range.

    Example:
        >>> scores, relevant = torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[1, 0, 1]])
        >>> average_precision(scores, relevant)  # (1/1 + 2/3) / 2
        tensor([0.8333], dtype=torch.float64)
        >>> average_precision(scores, relevant, at=2)  # (1/1) / 2
        tensor([0.5000], dtype=torch.float64)
    """
    if at is None:
        return _of_ranks.average_precision(_hits(scores, relevant, valid))
    check_count("at", at)
    return _of_ranks.average_precision_at(_hits(scores, relevant, valid), at)


def trapezoid_ap(scores: Tensor, relevant: Tensor, valid: Tensor | None = None) -> Tensor:
    """Average precision by the trapezoid rule, as ROxford and RParis print it.

    Each hit adds the mean of the precisions just before and just after it in the list; before the first place the
    precision is 1. Arguments, result and errors are those of `average_precision`.

    Example:
        >>> trapezoid_ap(torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[1, 0, 1]]))  # (1 + (1/2 + 2/3) / 2) / 2
        tensor([0.7917], dtype=torch.float64)
    """
    return _of_ranks.trapezoid_ap(_hits(scores, relevant, valid))


def ap_at_r(scores: Tensor, relevant: Tensor, valid: Tensor | None = None) -> Tensor:
    """mAP@R of each query: the precisions at the hits among the first R of the list, divided by R.

    R is the query's number of positives. Arguments, result and errors are those of `average_precision`.

    Example:
        >>> ap_at_r(torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[1, 0, 1]]))
        tensor([0.5000], dtype=torch.float64)
    """
    return _of_ranks.ap_at_r(_hits(scores, relevant, valid))


def recall_at_k(scores: Tensor, relevant: Tensor, k: int, valid: Tensor | None = None) -> Tensor:
    """Recall: the positives among the first k, of the min(R, k) that fit (E4; SupRank).

    Retrieval papers print `hit_rate_at_k` under the same name. Arguments, result and errors are those of
    `average_precision`; `k` is an integer of at least 1.

    Example:
        >>> recall_at_k(torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[1, 0, 1]]), k=2)
        tensor([0.5000], dtype=torch.float64)
    """
    check_count("k", k)
    return _of_ranks.recall_at_k(_hits(scores, relevant, valid), k)


def hit_rate_at_k(scores: Tensor, relevant: Tensor, k: int, valid: Tensor | None = None) -> Tensor:
    """Hit rate: 1 where a positive is among the first k, else 0; what retrieval papers print as R@k (E4).

    Arguments, result and errors are those of `average_precision`; `k` is an integer of at least 1.

    Example:
        >>> hit_rate_at_k(torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[0, 0, 1]]), k=2)
        tensor([0.], dtype=torch.float64)
    """
    check_count("k", k)
    return _of_ranks.hit_rate_at_k(_hits(scores, relevant, valid), k)


def precision_at_k(scores: Tensor, relevant: Tensor, k: int, valid: Tensor | None = None) -> Tensor:
    """Precision: the positives among the first k, divided by k, also where k is larger than the gallery.

    Arguments, result and errors are those of `average_precision`; `k` is an integer of at least 1.

    Example:
        >>> precision_at_k(torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[1, 0, 1]]), k=2)
        tensor([0.5000], dtype=torch.float64)
    """
    check_count("k", k)
    return _of_ranks.precision_at_k(_hits(scores, relevant, valid), k)


def ndcg(scores: Tensor, levels: Tensor, at: int | None = None, valid: Tensor | None = None) -> Tensor:
    """NDCG: Σ_k (2^l(k) − 1) / log₂(1 + rank(k)), divided by that of the best ranking (E5; SupRank).

    Without `at` the ranks are those of E1: items with one and the same score all have the last rank among them, so
    a perfect ranking with ties stays below 1.

    Args:
        scores: `(Q, G)` floats, higher is better.
        levels: `(Q, G)` integers in 0..62, the shared levels.
        at: k for NDCG@k: the first k of the list, against the best k of the whole gallery.
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q,)` float64 in 0..1; NaN for a query with nothing above level 0.

    Raises:
        ValueError: an argument of another shape, dtype or range.

    Example:
        >>> scores, levels = torch.tensor([[0.9, 0.8, 0.7, 0.6, 0.5]]), torch.tensor([[0, 1, 1, 1, 1]])
        >>> ndcg(scores, levels, at=2)  # log(2) / log(3) / (1 + log(2) / log(3))
        tensor([0.3869], dtype=torch.float64)
    """
    if at is not None:
        check_count("at", at)
    return _of_ranks.ndcg(_ranked(scores, levels, valid), at)


def asi(scores: Tensor, levels: Tensor, valid: Tensor | None = None) -> Tensor:
    """Average set intersection: the share of the best K levels in the first K, over K = 1..R (E16; HAPPIER).

    Arguments, result and errors are those of `ndcg`.

    Example:
        >>> asi(torch.tensor([[0.9, 0.8, 0.7]]), torch.tensor([[2, 0, 1]]))  # (1/1 + 1/2) / 2
        tensor([0.7500], dtype=torch.float64)
    """
    return _of_ranks.asi(_ranked(scores, levels, valid))


def h_ap(
    scores: Tensor,
    levels: Tensor,
    alpha: float = 1.0,
    valid: Tensor | None = None,
    *,
    relevances: Tensor | None = None,
) -> Tensor:
    """Hierarchical AP: Σ_k H-rank(k) / rank(k), divided by Σ_k rel(k) (E14; HAPPIER).

    Args:
        scores: `(Q, G)` floats, higher is better.
        levels: `(Q, G)` integers in 0..62, the shared levels.
        alpha: α in 0..20 of the relevance (E12).
        valid: `(Q, G)` bool, False hides a pair.
        relevances: `(Q, G)` floats ≥ 0 in place of those of E12, for instance from
            `suprank_edu.relevance.relevance_from_weights`; `alpha` then has no effect.

    Returns:
        `(Q,)` float64 in 0..1; NaN for a query without an item of relevance above 0.

    Raises:
        ValueError: an argument of another shape, dtype or range.

    Example:
        >>> levels = torch.tensor([[2, 1, 0]])
        >>> h_ap(torch.tensor([[0.9, 0.8, 0.7]]), levels)
        tensor([1.], dtype=torch.float64)
        >>> h_ap(torch.tensor([[0.8, 0.9, 0.7]]), levels)  # (1.5 / 2 + 0.5 / 1) / (1 + 0.5)
        tensor([0.8333], dtype=torch.float64)
    """
    check_alpha(alpha)
    _check(scores, levels, valid)
    if relevances is None:
        counts = level_counts(levels, valid=valid)
        return _of_ranks.h_ap(rank_positives(scores, levels, valid), relevance_table(counts, alpha))
    _check_relevances(relevances, scores)
    tiers, table = _tiers(relevances.detach().double())
    return _of_ranks.h_ap(rank_positives(scores, tiers, valid), table)


def _hits(scores: Tensor, relevant: Tensor, valid: Tensor | None) -> Ranked:
    check_scores(scores)
    check_levels(relevant, scores, "relevant")
    check_valid(valid, scores.shape)
    if relevant.dtype == torch.bool:
        return rank_positives(scores, relevant, valid).at_least(1)
    if (relevant < 0).any():  # -1 marks junk elsewhere, and must not count as relevant
        raise ValueError(
            f"`relevant`: got {relevant.min().item()}, expected bools or integers of at least 0; "
            "`valid` hides what is to be left out"
        )
    return rank_positives(scores, relevant > 0, valid).at_least(1)


def _ranked(scores: Tensor, levels: Tensor, valid: Tensor | None) -> Ranked:
    _check(scores, levels, valid)
    return rank_positives(scores, levels, valid)


def _check(scores: Tensor, levels: Tensor, valid: Tensor | None) -> None:
    check_ranking(scores, levels)
    check_valid(valid, scores.shape)


def _check_relevances(relevances: Tensor, scores: Tensor) -> None:
    check_scores(relevances, "relevances")
    if relevances.shape != scores.shape:
        raise ValueError(
            f"`relevances`: got shape {tuple(relevances.shape)}, expected {tuple(scores.shape)}, "
            "the shape of the scores"
        )
    lowest = float(relevances.min())
    if lowest < 0:
        raise ValueError(f"`relevances`: got {lowest:g}, expected values of at least 0")


def _tiers(relevances: Tensor) -> tuple[Tensor, Tensor]:
    """Number each row's distinct relevances: `(Q, G)` tiers, 0 for relevance 0, and their `(Q, V + 1)` values."""
    # A zero in front makes 0 the value of tier 0 whether or not an item has it.
    values, order = torch.nn.functional.pad(relevances, (1, 0)).sort(dim=1)  # (Q, 1 + G)
    tier = (values.diff(dim=1, prepend=values[:, :1]) > 0).cumsum(dim=1)
    table = values.new_zeros(len(values), max(int(tier.max()), 1) + 1).scatter(1, tier, values)  # (Q, V + 1)
    return torch.empty_like(tier).scatter(1, order, tier)[:, 1:], table
