"""Means over queries that come in classes: the classes are the sample, and they are drawn again together."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
# Redrawn class numbers held at once.
_DRAWS_AT_ONCE = 1 << 20
# A sum of squares below this share of what it is made of is rounding.
_ROUNDING = 1e-20


class Bootstrap(NamedTuple):
    """Means, their standard errors, and by how many redrawn standard errors the redrawn means miss them.

    `mean (K,)`, NaN without a value; `error (K,)`, infinite with a single class; `misses (samples, K)`, never below 0,
    infinite where the classes drawn say nothing of their spread.
    """

    mean: Values
    error: Values
    misses: Values


def class_sums(values: Values, classes: NDArray[np.integer[Any]]) -> tuple[Values, Values]:
    """Return `(C, K)` sums and numbers of the values `(Q, K)` of each class; NaN is left out."""
    number = np.unique(classes, return_inverse=True)[1]  # (Q,)
    order = np.argsort(number, kind="stable")
    first = np.flatnonzero(np.diff(number[order], prepend=-1))  # (C,)
    counted = ~np.isnan(values)
    sums = np.add.reduceat(np.where(counted, values, 0.0)[order], first, axis=0)  # (C, K)
    return sums, np.add.reduceat(counted[order].astype(np.float64), first, axis=0)


def cluster_bootstrap(values: Values, classes: NDArray[np.integer[Any]], samples: int, seed: int) -> Bootstrap:
    """Draw whole classes again, with replacement, and take the mean over their queries and its error each time.

    The mean is a ratio, the sum over the queries by their number, which differs from draw to draw; its error is that
    of clusters, √(C/(C − 1) Σ_c (S_c − m n_c)²) / Σ_c n_c with S_c the sum and n_c the number of queries of class c.

    Args:
        values: `(Q, K)`, NaN for what does not count.
        classes: `(Q,)`.
        samples: how often.
        seed: of the draws.

    Source: Cameron, Gelbach and Miller, "Bootstrap-based improvements for inference with clustered errors", 2008.
    """
    sums, sizes = class_sums(values, classes)  # (C, K) each
    count, total = (sizes > 0).sum(axis=0), sizes.sum(axis=0)  # (K,) each
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sums.sum(axis=0) / total
        left = sums - mean * sizes  # (C, K), of sum 0
        squares = (left**2).sum(axis=0)
        squares[squares <= _ROUNDING * (sums**2).sum(axis=0)] = 0.0
        error = np.where(count == 1, np.inf, np.sqrt(count / (count - 1) * squares) / total)
        terms = np.concatenate([left, sizes, left**2, left * sizes, sizes**2], axis=1)  # (C, 5 K)
        redrawn = np.concatenate([times @ terms for times in _times_drawn(len(sums), samples, seed)])
        first, size, second, mixed, square = np.split(redrawn, 5, axis=1)  # (samples, K) each
        shift = first / size  # the redrawn mean minus the mean
        spread = second - 2 * shift * mixed + shift**2 * square  # the squares around the redrawn mean
        nothing = (size == 0) | (spread <= _ROUNDING**0.5 * squares)
        misses = np.where(nothing, np.inf, np.abs(shift) * size / np.sqrt(count / (count - 1) * spread))
    misses[:, squares == 0] = 0.0
    return Bootstrap(mean, error, misses)


def _times_drawn(size: int, samples: int, seed: int) -> list[Values]:
    """Return blocks of rows, one for each draw: how often each of `size` classes is drawn."""
    generator = np.random.default_rng(seed)
    blocks = []
    for start in range(0, samples, at_once := max(_DRAWS_AT_ONCE // size, 1)):
        rows = min(at_once, samples - start)
        drawn = generator.integers(size, size=(rows, size)) + size * np.arange(rows)[:, None]
        blocks.append(np.bincount(drawn.ravel(), minlength=rows * size).reshape(rows, size).astype(np.float64))
    return blocks
