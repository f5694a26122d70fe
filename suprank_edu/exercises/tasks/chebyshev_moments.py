"""Chapter 18: the Chebyshev moments of a bin."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case


def _moments_of(polynomial: Callable[[int, float], float]) -> Function:
    """Return the definition: for each n < count the sum of `polynomial(n, u)` over the items."""

    def rule(u: Tensor, count: int) -> Tensor:
        sums = [math.fsum(polynomial(n, x) for x in u.tolist()) for n in range(count)]
        return torch.tensor(sums, dtype=torch.float64)

    return rule


def _chebyshev(n: int, x: float) -> float:
    return math.cos(n * math.acos(x))


def _recurrence(first: float, factor: float, sign: float = -1.0) -> Callable[[int, float], float]:
    """Return the polynomials of `T_n = factor·u·T_{n-1} + sign·T_{n-2}` from `1` and `first·u`."""

    def polynomial(n: int, x: float) -> float:
        before, now = 1.0, first * x
        for _ in range(n):
            before, now = now, factor * x * now + sign * before
        return before

    return polynomial


_right = _moments_of(_chebyshev)


def _of_sums(u: Tensor, count: int) -> Tensor:
    values = [float(len(u)), u.double().sum().item()]
    while len(values) < count:
        values.append(2 * values[1] * values[-1] - values[-2])
    return torch.tensor(values[:count], dtype=torch.float64)


def _without_u(n: int, x: float) -> float:
    before, now = 1.0, x
    for _ in range(n):
        before, now = now, 2 * now - before
    return before


def _too_far_back(n: int, x: float) -> float:
    values = [1.0, x]
    while len(values) <= n:
        values.append(2 * x * values[-1] - values[max(len(values) - 3, 0)])
    return values[n]


def _mean(u: Tensor, count: int) -> Tensor:
    moments = _right(u, count)
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
        case("five items", [-0.9, -0.35, 0.1, 0.4, 0.8], 6),
        case("both ends of a bin", [-1.0, 1.0, 0.25], 10),
        case("three items, two polynomials", [0.3, -0.7, 0.6], 2),
        case("one item, four polynomials", [0.5], 4),
    ),
    mistakes=(
        Mistake(
            "off-by-one",
            "The first moment is that of T_0 = 1, the number of items. Yours begins with T_1.",
            _moments_of(lambda n, x: _chebyshev(n + 1, x)),
        ),
        Mistake(
            "product",
            "In the recurrence a 2 is missing: T_n = 2u·T_{n−1} − T_{n−2}.",
            _moments_of(_recurrence(1.0, 1.0)),
        ),
        Mistake(
            "moments",
            "Those are sums of powers uⁿ. They span the same polynomials, but nearby powers look alike on [−1, 1] and "
            "lose digits; use T_n = 2u·T_{n−1} − T_{n−2}.",
            _moments_of(lambda n, x: x**n),
        ),
        Mistake(
            "moments",
            "T_1 is u. With T_1 = 2u the same recurrence gives the polynomials of the second kind.",
            _moments_of(_recurrence(2.0, 2.0)),
        ),
        Mistake(
            "sign",
            "T_{n−2} is subtracted: T_n = 2u·T_{n−1} − T_{n−2}. You add it, and the values grow beyond 1.",
            _moments_of(_recurrence(1.0, 2.0, 1.0)),
        ),
        Mistake(
            "moments",
            "T_n(u) = cos(n · arccos u): you take the cosine of n·u itself.",
            _moments_of(lambda n, x: math.cos(n * x)),
        ),
        Mistake(
            "moments",
            "You take the polynomials at the mean position. A moment is a sum of polynomials, and T_n of a mean is not "
            "the mean of T_n.",
            _of_mean,
        ),
        Mistake(
            "moments",
            "You apply the recurrence to the sums. It holds for each item: the sum of products is no product of sums. "
            "Sum at the end.",
            _of_sums,
        ),
        Mistake(
            "normaliser",
            "The first moment sums T_0 = 1 over the items, so it is their number; yours is 1.",
            lambda u, count: torch.cat([torch.ones(1, dtype=torch.float64), _right(u, count)[1:]]),
        ),
        Mistake("product", "In the recurrence the u is missing: T_n = 2u·T_{n−1} − T_{n−2}.", _moments_of(_without_u)),
        Mistake(
            "off-by-one",
            "You subtract T_{n−3}, one too far back. The recurrence needs the last two.",
            _moments_of(_too_far_back),
        ),
        Mistake(
            "sign",
            "You add absolute values up. A moment keeps the signs, and what cancels cancels.",
            _moments_of(lambda n, x: abs(_chebyshev(n, x))),
        ),
        Mistake("normaliser", "Those are means. A moment is a sum: that of two bins is the sum of theirs.", _mean),
    ),
    praise="Ten such numbers stand for any number of items of a bin, and those of a part of it are a difference of two "
    "prefix sums.",
    advice={"non-finite": "`arccos` is not defined beyond 1; the recurrence needs no inverse function."},
    further={"shape": "Sum each polynomial over the items, then put the `count` sums side by side with `torch.stack`."},
)
