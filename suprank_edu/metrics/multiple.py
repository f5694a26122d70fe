"""Many comparisons at once: p-values corrected, and intervals that hold together."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def holm(p_values: Sequence[float] | NDArray[np.floating[Any]]) -> Values:
    """Correct the p-values of several comparisons, so that with all true differences 0 one in twenty sets errs.

    Of n p-values the smallest is multiplied by n, the next by n − 1, …; none comes out below a smaller one, or above
    1. Which differences stand is then asked of all of them at the same level.

    Args:
        p_values: `(n,)`; NaN (nothing compared) does not count and stays.

    Returns:
        `(n,)`, in the same order.

    Raises:
        ValueError: a number outside 0..1, or not one axis.

    Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics, 1979.

    Example:
        >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
        [0.03, 0.06, 0.06]
    """
    try:
        p = np.asarray(p_values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"`p_values`: got {p_values!r}, expected numbers from 0 to 1") from None
    if p.ndim != 1:
        raise ValueError(f"`p_values`: got shape {p.shape}, expected (n,)")
    if ((p < 0) | (p > 1)).any():
        raise ValueError(f"`p_values`: got {p.tolist()}, expected numbers from 0 to 1")
    order = np.argsort(p)  # NaN last
    count = int((~np.isnan(p)).sum())
    times = np.maximum(count - np.arange(len(p)), 1)
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(np.maximum.accumulate(p[order] * times), 1.0)
    return corrected


def level_of_each(misses: Values, together: float = 0.95) -> float:
    """Return the level that each of K intervals needs for all of them to hold at once in a share of the cases.

    Each miss is ranked among those of its own comparison, so that one of large misses does not widen the intervals of
    the others.

    Args:
        misses: `(samples, K)`, by how much each redrawn mean misses; the draws are common to all.
        together: the share of the draws in which none may be missed.

    Source: Beran, "Balanced simultaneous confidence sets", Journal of the American Statistical Association, 1988.

    Example:
        >>> misses = np.abs(np.random.default_rng(0).normal(size=(10_000, 2)))
        >>> round(level_of_each(misses[:, [0, 0]]), 2), round(level_of_each(misses), 2)  # the same twice; two
        (0.95, 0.97)
    """
    below = np.stack([np.searchsorted(np.sort(one), one, side="left") for one in misses.T], axis=1)  # (samples, K)
    most = below.max(axis=1) / len(misses)  # (samples,), of each draw the rarest miss
    return float(max(np.quantile(most, together, method="higher"), together))
