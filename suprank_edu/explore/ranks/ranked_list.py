"""The small gallery that the ranking explorer moves: its items, and every number that follows from their scores."""

import functools
from typing import NamedTuple

import torch
from torch import Tensor

from suprank_edu import metrics, naive
from suprank_edu.explore.ranks.ways_out import moved

NAMES = "ABCDEFGH"
LEVELS = (2, 1, 2, 0, 2, 0, 1, 0)
SCORES = (0.88, 0.80, 0.72, 0.64, 0.54, 0.44, 0.34, 0.24)
"""A start with AP = 1/3 (1/1 + 2/3 + 3/5); the scores lie on the slider's values, so that ties are met exactly."""

KINDS = ("no castle", "other castle", "same castle")
STRICT, LENIENT = "the same castle", "any castle"
METRICS = ("AP", "R@k", "NDCG", "H-AP")


class Ranked(NamedTuple):
    """The list for one position of one item; every tuple is in the order of the items A to H."""

    scores: tuple[float, ...]
    relevant: tuple[int, ...]
    ranks: tuple[int, ...]
    ranks_plus: tuple[int, ...]
    relevances: tuple[float, ...]
    h_ranks: tuple[float, ...]
    places: tuple[int, ...]  # place in the list, 1 the first; ties have one rank but several places
    values: tuple[float, ...]  # of METRICS
    hit: bool  # some relevant item among the first k


def item_index(option: str) -> int:
    """Return the item that an option of the explorer names by its first letter."""
    return NAMES.index(option[0])


def is_relevant(counts: str) -> tuple[int, ...]:
    """Return 1 for the items that AP and R@k count as relevant."""
    return tuple(int(level >= (2 if counts == STRICT else 1)) for level in LEVELS)


@functools.cache
def ranked_list(item: int, score: float, counts: str, k: int) -> Ranked:
    """Return the ranks, the places and the metrics once `item` has `score` (E1 to E5, E13, E14)."""
    without_k, three = _ranked_list(item, score, counts)
    one, relevant = torch.tensor([without_k.scores], dtype=torch.float64), torch.tensor([without_k.relevant])
    ap, ndcg, h_ap = three
    recall = float(metrics.recall_at_k(one, relevant, k)[0])
    hit = bool(metrics.hit_rate_at_k(one, relevant, k)[0])
    return without_k._replace(values=(ap, recall, ndcg, h_ap), hit=hit)


@functools.cache
def _ranked_list(item: int, score: float, counts: str) -> tuple[Ranked, tuple[float, ...]]:
    """Return all that does not depend on k, and AP, NDCG and H-AP."""
    scores, relevant = moved(SCORES, item, score), is_relevant(counts)
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], LEVELS[i]))
    relevances = naive.relevance(LEVELS)
    state = Ranked(
        scores=scores,
        relevant=relevant,
        ranks=tuple(naive.rank(scores)),
        ranks_plus=tuple(naive.rank_plus(scores, relevant)),
        relevances=tuple(relevances),
        h_ranks=tuple(naive.h_rank(scores, relevances)),
        places=tuple(order.index(i) + 1 for i in range(len(scores))),
        values=(),
        hit=False,
    )
    return state, tuple(_without_k(torch.tensor([scores], dtype=torch.float64), counts)[:, 0].tolist())


@functools.cache
def sweep(item: int, counts: str, k: int, low: float, high: float) -> tuple[tuple[float, ...], Tensor]:
    """Return the scores and the `(4, S)` metrics while `item` moves from `low` to `high`, others at rest.

    Metrics are constant between the scores of other items: one score on each side of every tie, and the tie itself,
    draw them without loss.
    """
    beside = 1e-4
    ties = [s + step for i, s in enumerate(SCORES) if i != item for step in (-beside, 0.0, beside)]
    at = tuple(sorted({low, high, *(round(s, 6) for s in ties)}))
    scores = torch.tensor([moved(SCORES, item, s) for s in at], dtype=torch.float64)  # (S, 8)
    ap, ndcg, h_ap = _without_k(scores, counts)
    recall = metrics.recall_at_k(scores, _expanded(is_relevant(counts), scores), k)
    return at, torch.stack([ap, recall, ndcg, h_ap])


def _without_k(scores: Tensor, counts: str) -> Tensor:
    """Return AP, NDCG and H-AP of `(S, 8)` lists as `(3, S)`."""
    relevant, levels = _expanded(is_relevant(counts), scores), _expanded(LEVELS, scores)
    ap = metrics.average_precision(scores, relevant)
    return torch.stack([ap, metrics.ndcg(scores, levels), metrics.h_ap(scores, levels)])


def _expanded(row: tuple[int, ...], scores: Tensor) -> Tensor:
    return torch.tensor(row).expand(scores.shape)
