"""Chapter 08: the decomposability gap, from APs."""

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Mistake, case, forms


def _gap(batch_aps: Tensor, positives: Tensor, whole: Tensor) -> Tensor:
    gaps = []
    for aps, counts, value in zip(batch_aps.tolist(), positives.tolist(), whole.tolist(), strict=True):
        kept = [ap for ap, count in zip(aps, counts, strict=True) if count]
        gaps.append(sum(kept) / len(kept) - value)
    return torch.tensor(gaps, dtype=torch.float64)


def _mean(batch_aps: Tensor, positives: Tensor, every: bool = False, by_positives: bool = False) -> Tensor:
    """Return the mean over the batches that have a positive, or over all, or with the positives as weights."""
    weights = positives if by_positives else positives.clamp(max=1)
    total = (batch_aps * weights).to(torch.float64).sum(1)
    return total / (batch_aps.shape[1] if every else weights.sum(1))


def _left_out_for_all(batch_aps: Tensor, positives: Tensor, whole: Tensor) -> Tensor:
    has = (positives > 0).all(0).to(torch.float64)
    return (batch_aps * has).sum(1) / has.sum().clamp(min=1) - whole


_SIGN = "The gap has a sign: it is the average minus the whole, and it can be negative. The input below is such a case."

GAP = Exercise(
    name="gap",
    arguments=("batch_aps", "positives", "whole"),
    returns="(Q,), one gap per query",
    truth=_gap,
    cases=(
        case("two queries, three batches", [[1.0, 0.5, 0.25], [0.75, 1.0, 0.2]], [[1, 4, 2], [3, 1, 5]], [0.4, 0.3]),
        case("a query without a positive in one batch", [[1.0, 0.0, 0.5, 0.7]], [[1, 0, 3, 2]], [0.6]),
        case(
            "two queries, two and three of four batches",
            [[0.0, 0.9, 0.0, 0.35], [0.6, 0.0, 0.7, 0.8]],
            [[0, 2, 0, 1], [1, 0, 3, 4]],
            [0.5, 0.45],
        ),
        case(
            "three queries in one, two and three of three batches",
            [[0.0, 0.7, 0.0], [0.9, 0.0, 0.4], [0.6, 0.35, 1.0]],
            [[0, 2, 0], [1, 0, 1], [2, 1, 3]],
            [0.3, 0.5, 0.25],
        ),
        case("batches that look worse than the whole", [[1.0, 0.5]], [[1, 1]], [0.8]),
        case("two queries whose batches look worse", [[0.2, 0.4], [0.5, 0.3]], [[2, 1], [1, 3]], [0.55, 0.6]),
    ),
    mistakes=(
        Mistake(
            "sign",
            "That is the whole minus the average. The gap is what the batches show too much: average minus whole.",
            lambda aps, n, whole: whole - _mean(aps, n),
        ),
        Mistake("sign", _SIGN, lambda aps, n, whole: (_mean(aps, n) - whole).abs(), "No `abs` here."),
        Mistake("sign", _SIGN, lambda aps, n, whole: (_mean(aps, n) - whole).clamp(min=0), "No `clamp` here."),
        Mistake(
            "no-positive",
            "A batch without a positive has no AP. Leave it out of that query's average; you count it as 0.",
            lambda aps, n, whole: _mean(aps, n, every=True) - whole,
            "Divide the sum by `(positives > 0).sum(dim=1)`.",
        ),
        Mistake(
            "no-positive",
            "A batch without a positive has no AP. Leave it out of that query's average; you count it as 1.",
            lambda aps, n, whole: (aps + (n == 0)).double().mean(1) - whole,
        ),
        Mistake(
            "normaliser",
            "The APs are summed, not averaged. Divide by the number of batches in which the query has a positive.",
            lambda aps, n, whole: _mean(aps, n, every=True) * aps.shape[1] - whole,
        ),
        Mistake(
            "normaliser",
            "You divide by the number of positives. It is batches that are averaged: divide by their number.",
            lambda aps, n, whole: _mean(aps, n, every=True) * aps.shape[1] / n.sum(1) - whole,
        ),
        Mistake(
            "queries-mixed",
            "You leave out a batch for all queries as soon as one has no positive in it. Look at each query by itself.",
            _left_out_for_all,
        ),
        *forms(
            "queries-mixed",
            "The number of batches of one query divides for all. Each query has a number of its own.",
            lambda aps, n, whole: aps.double().sum(1) / (n > 0).sum(1)[0] - whole,
            lambda aps, n, whole: aps.double().sum(1) / (n > 0).sum(1).max() - whole,
        ),
        Mistake(
            "batches",
            "You weigh the batches by their positives. E17 weighs them alike: (1/B) Σ.",
            lambda aps, n, whole: _mean(aps, n, by_positives=True) - whole,
        ),
        Mistake(
            "other-metric",
            "That is the average over the batches, the first term. The AP of the whole is still to be taken off.",
            lambda aps, n, whole: _mean(aps, n),
        ),
        *forms(
            "other-metric",
            "That is a share of the whole. The gap is the plain difference.",
            lambda aps, n, whole: _mean(aps, n) / whole,
            lambda aps, n, whole: _mean(aps, n) / whole - 1,
        ),
    ),
    praise="Average minus whole, with its sign: what a training log shows and the test set does not.",
    advice={
        "non-finite": "A mean of no batches is 0/0. Every query here has a batch with a positive: see each by itself."
    },
    further={"shape": "One gap per query: average over the batches, dim 1, and keep the queries apart."},
)
