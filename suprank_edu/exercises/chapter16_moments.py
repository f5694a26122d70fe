"""Exercises of chapter 16: the Chebyshev moments of a bin, and the recall of an approximate search."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from suprank_edu.exercises.spec import Case, Exercise, Function, Reading


def _moments_of(polynomial: Callable[[int, float], float]) -> Function:
    """Return the definition: for each n < count the sum of ``polynomial(n, u)`` over the items."""

    def rule(u: Tensor, count: int) -> Tensor:
        sums = [math.fsum(polynomial(n, x) for x in u.tolist()) for n in range(count)]
        return torch.tensor(sums, dtype=torch.float64)

    return rule


def _chebyshev(n: int, x: float) -> float:
    return math.cos(n * math.acos(x))


def _recurrence(first: float, factor: float, sign: float = -1.0) -> Callable[[int, float], float]:
    """Return the polynomials of ``T_n = factor·u·T_{n-1} + sign·T_{n-2}`` from ``1`` and ``first·u``."""

    def polynomial(n: int, x: float) -> float:
        before, now = 1.0, first * x
        for _ in range(n):
            before, now = now, factor * x * now + sign * before
        return before

    return polynomial


_right = _moments_of(_chebyshev)


def _mean(u: Tensor, count: int) -> Tensor:
    moments: Tensor = _right(u, count)
    return moments / len(u)


def _of_mean(u: Tensor, count: int) -> Tensor:
    centre = min(1.0, max(-1.0, u.double().mean().item()))
    return torch.tensor([len(u) * _chebyshev(n, centre) for n in range(count)], dtype=torch.float64)


CHEBYSHEV_MOMENTS = Exercise(
    name="chebyshev_moments",
    arguments=("u", "count"),
    returns="(count,), one moment for each polynomial",
    truth=_right,
    cases=(
        Case("five items", (torch.tensor([-0.9, -0.35, 0.1, 0.4, 0.8]), 6)),
        Case("both ends of a bin", (torch.tensor([-1.0, 1.0, 0.25]), 10)),
        Case("one item, four polynomials", (torch.tensor([0.5]), 4)),
    ),
    readings=(
        Reading(
            "off-by-one",
            "The first moment is that of T_0 = 1, the number of items. Yours begins with T_1.",
            _moments_of(lambda n, x: _chebyshev(n + 1, x)),
        ),
        Reading(
            "product",
            "In the recurrence a 2 is missing: T_n = 2u·T_{n−1} − T_{n−2}.",
            _moments_of(_recurrence(1.0, 1.0)),
        ),
        Reading(
            "moments",
            "Those are sums of powers uⁿ. They span the same polynomials, but nearby powers look alike on [−1, 1] and "
            "lose digits; use T_n = 2u·T_{n−1} − T_{n−2}.",
            _moments_of(lambda n, x: x**n),
        ),
        Reading(
            "moments",
            "T_1 is u. With T_1 = 2u the same recurrence gives the polynomials of the second kind.",
            _moments_of(_recurrence(2.0, 2.0)),
        ),
        Reading(
            "sign",
            "T_{n−2} is subtracted: T_n = 2u·T_{n−1} − T_{n−2}. You add it, and the values grow beyond 1.",
            _moments_of(_recurrence(1.0, 2.0, 1.0)),
        ),
        Reading(
            "moments",
            "T_n(u) = cos(n · arccos u): you take the cosine of n·u itself.",
            _moments_of(lambda n, x: math.cos(n * x)),
        ),
        Reading(
            "moments",
            "You take the polynomials at the mean position. A moment is a sum of polynomials, and T_n of a mean is not "
            "the mean of T_n.",
            _of_mean,
        ),
        Reading("normaliser", "Those are means. A moment is a sum: that of two bins is the sum of theirs.", _mean),
    ),
    praise="Ten such numbers stand for any number of items of a bin, and those of a part of it are a difference of two "
    "prefix sums.",
    advice={
        "shape": "Sum each polynomial over the items, then put the `count` sums side by side with `torch.stack`.",
        "non-finite": "`arccos` is not defined beyond 1; the recurrence needs no inverse function.",
    },
)


def _recall(scores: Tensor, exact_scores: Tensor, tolerance: float = 1e-6) -> Tensor:
    shares = []
    for found, truth in zip(scores.tolist(), exact_scores.tolist(), strict=True):
        kth = min(truth)
        shares.append(sum(score >= kth - tolerance for score in found) / len(truth))
    return torch.tensor(shares, dtype=torch.float64)


def _share(hit: Callable[[Tensor, Tensor], Tensor]) -> Function:
    return lambda scores, exact: hit(scores.double(), exact.double()).double().mean(1)


def _kth(exact: Tensor) -> Tensor:
    return exact.amin(1, keepdim=True)


_FOUND = torch.tensor([[0.91, 0.84, 0.79, 0.55], [0.88, 0.62, 0.60, 0.41], [0.7, 0.65, 0.61, 0.6]])
_EXACT = torch.tensor([[0.91, 0.86, 0.84, 0.79], [0.88, 0.85, 0.71, 0.66], [0.7, 0.65, 0.61, 0.6]])

SEARCH_RECALL = Exercise(
    name="search_recall",
    arguments=("scores", "exact_scores"),
    returns="(Q,), one share per query",
    truth=_recall,
    cases=(
        Case("three queries, four best", (_FOUND, _EXACT)),
        Case("two that tie for the last place", (torch.tensor([[0.8, 0.5, 0.5]]), torch.tensor([[0.8, 0.7, 0.5]]))),
        Case("scores that differ by rounding", (torch.tensor([[0.9, 0.6999999]]), torch.tensor([[0.9, 0.7]]))),
        Case("fewer found than wanted", (torch.tensor([[0.9, float("-inf")]]), torch.tensor([[0.9, 0.7]]))),
    ),
    readings=(
        Reading(
            "order",
            "You compare place by place. One missed item moves all that follow it, and they were found all the same.",
            _share(lambda scores, exact: (scores - exact).abs() <= 1e-6),
            "An item is among the true k best when its score reaches the k-th exact one.",
        ),
        Reading(
            "order",
            "You compare place by place, and for equality to the last digit.",
            _share(lambda scores, exact: scores == exact),
        ),
        Reading(
            "ties",
            "Of two items that tie for the last place a search may return either. What counts is to reach the k-th "
            "exact score: compare with `>=`.",
            _share(lambda scores, exact: scores > _kth(exact) + 1e-6),
        ),
        Reading(
            "rounding",
            "Right, until rounding: two products of the same vectors differ in the last digits. Let an item lie 1e-6 "
            "below the k-th score.",
            _share(lambda scores, exact: scores >= _kth(exact)),
        ),
        Reading(
            "other-metric",
            "That asks whether the best item was found. Recall looks at all k.",
            _share(lambda scores, exact: scores[:, :1] >= exact[:, :1] - 1e-6),
        ),
        Reading(
            "order",
            "You compare with the best exact score. An item counts when it reaches the k-th, the lowest of them.",
            _share(lambda scores, exact: scores >= exact[:, :1] - 1e-6),
        ),
        Reading(
            "sign",
            "That is the share of what was missed.",
            lambda scores, exact: 1 - _recall(scores, exact),
        ),
        Reading(
            "normaliser",
            "That is how many were found. Divide by k.",
            lambda scores, exact: _recall(scores, exact) * exact.shape[1],
        ),
    ),
    praise="A recall that ties cannot hurt and rounding cannot change: `suprank_edu.retrieval.search_recall` is the "
    "same line.",
    advice={
        "shape": "One share per query: the mean runs along the k items, the last axis.",
        "dtype": "A comparison gives true and false; `.float().mean(dim=1)` makes shares of them.",
    },
)

EXERCISES = (CHEBYSHEV_MOMENTS, SEARCH_RECALL)
