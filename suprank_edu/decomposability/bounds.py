"""Bounds of the gap of AP, from how many positives and negatives of a query each batch holds."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from suprank_edu._checks import as_array, check_one_of

# The worst order of B unequal batches is found over all 2^B sets of batches.
MAX_BATCHES = 16

# So that sums over any list of batches stay within 64 bits.
MAX_COUNT = 1 << 40

# Harmonic numbers are summed up to the last of these; beyond, the error of their series is below the last bit.
_SUMS = np.concatenate([[0.0], (1 / np.arange(1, 1_001, dtype=np.longdouble)).cumsum()])

Counts = NDArray[np.int64]
Values = NDArray[np.float64]


def worst_case_bound(
    pos_per_batch: Sequence[int], neg_per_batch: Sequence[int], order: Literal["worst", "given"] = "worst"
) -> float:
    """Bound the gap of AP when every batch is ranked perfectly (E18; ROADMAP Eq. 8).

    The bound is attained by a ranking in which whole batches follow one another, in the worst of all orders.

    Args:
        pos_per_batch: B counts in 0..2^40, the query's positives in each batch.
        neg_per_batch: B counts in 0..2^40, the query's negatives in each batch.
        order: `"worst"` for the bound; `"given"` for the gap of the batches one after another as they come, which
            other rankings may exceed.

    Returns:
        A number in 0..1.

    Raises:
        ValueError: bad counts, another `order`, or more than 16 batches that differ in their counts.

    Example:
        >>> round(worst_case_bound([1, 1], [1, 0]), 4)  # + − +: 1 − (1/1 + 2/3) / 2
        0.1667
        >>> worst_case_bound([1, 1], [0, 1], order="given")  # + + −
        0.0
    """
    positives, negatives = _checked_counts(pos_per_batch=pos_per_batch, neg_per_batch=neg_per_batch)
    nothing = np.zeros_like(positives)
    return _bound(np.stack([positives, negatives, nothing, nothing]), order)


def calibrated_bound(
    pos_per_batch: Sequence[int],
    neg_per_batch: Sequence[int],
    pos_above: Sequence[int],
    neg_above: Sequence[int],
    order: Literal["worst", "given"] = "worst",
) -> float:
    """Bound the gap of AP when, besides, one threshold holds for all batches (E19; ROADMAP Eq. 9).

    Args:
        pos_per_batch: B counts in 0..2^40, the query's positives in each batch.
        neg_per_batch: B counts in 0..2^40, the query's negatives in each batch.
        pos_above: B counts, how many of those positives score above the threshold.
        neg_above: B counts, how many of those negatives score above the threshold.
        order: as in `worst_case_bound`.

    Returns:
        A number in 0..1; 0 when all positives and no negative score above the threshold.

    Raises:
        ValueError: as `worst_case_bound`, or more items above the threshold than there are.

    Example:
        >>> calibrated_bound([1, 1], [1, 1], pos_above=[1, 1], neg_above=[0, 0])
        0.0
    """
    positives, negatives, good, bad = _checked_counts(
        pos_per_batch=pos_per_batch, neg_per_batch=neg_per_batch, pos_above=pos_above, neg_above=neg_above
    )
    for name, above, name_of_all, count in (
        ("pos_above", good, "pos_per_batch", positives),
        ("neg_above", bad, "neg_per_batch", negatives),
    ):
        if (above > count).any():
            raise ValueError(f"`{name}`: got {above.tolist()}, expected at most `{name_of_all}`, {count.tolist()}")
    return _bound(np.stack([positives, negatives, good, bad]), order)


def _bound(counts: Counts, order: str) -> float:
    """Return 1 − (Σ over batches of the terms of E19) / ΣP for `(4, B)` counts P, N, G, E."""
    check_one_of("order", order, ("worst", "given"))
    number = counts.shape[1]
    if order == "given" or (counts == counts[:, :1]).all():
        before = counts.cumsum(axis=1) - counts  # (4, B)
        total = float(sum(_terms(before[:, b], counts[:, b]) for b in range(number)))
    elif number > MAX_BATCHES:
        raise ValueError(
            f"`pos_per_batch`: got {number} batches that differ, expected at most {MAX_BATCHES} for order='worst'"
        )
    else:
        total = _least_total(counts)
    return max(1 - total / float(counts[0].sum()), 0.0)


def _terms(before: Counts, batch: Counts) -> Values:
    """Return Σ_j of E19 for a batch of counts `(4,)` behind batches that sum to `(4, …)`."""
    pos_before, neg_before, good_before, bad_before = before
    positives, _, good, _ = batch
    above = _sum_of_ratios(good_before, bad_before, good)
    below = _sum_of_ratios(good + pos_before, neg_before, positives - good)
    return above + below


def _sum_of_ratios(start: Counts, extra: Counts, length: int) -> Values:
    """Return Σ_{j=1..length} (j + start) / (j + start + extra), as length − extra · Σ_j 1 / (j + start + extra)."""
    return np.asarray(length - extra * (_harmonic(start + extra + length) - _harmonic(start + extra)))


def _harmonic(count: Counts) -> Values:
    """Return 1 + 1/2 + … + 1/n of each n: its sum, or where n is large the first terms of its asymptotic series."""
    last = len(_SUMS) - 1
    n = np.maximum(count, last).astype(np.longdouble)
    series = _SUMS[last] + np.log(n / last) + _tail(n) - _tail(last)
    return np.where(count < last, _SUMS[np.minimum(count, last)], series)


def _tail(n: Any) -> Any:
    """Return H_n − ln n − γ, but for 1 / (252 n^6)."""
    return 1 / (2 * n) - 1 / (12 * n**2) + 1 / (120 * n**4)


def _least_total(counts: Counts) -> float:
    """Return the least total over all orders of the batches, one set of batches at a time.

    What a batch adds depends on which batches come before it, not on their order. So the least total of a set is the
    least, over the batch that comes last, of the least total of the others plus what this batch adds behind them.
    """
    number = counts.shape[1]
    sets = np.arange(1 << number)
    members = (sets[:, None] >> np.arange(number)) & 1  # (2^B, B)
    before = counts @ members.T  # (4, 2^B)
    least = np.full(len(sets), np.inf)
    least[0] = 0.0
    size = members.sum(axis=1)
    for placed in range(number):
        for batch in range(number):
            others = sets[(size == placed) & (members[:, batch] == 0)]
            total = least[others] + _terms(before[:, others], counts[:, batch])
            with_batch = others | (1 << batch)
            least[with_batch] = np.minimum(least[with_batch], total)
    return float(least[-1])


def _checked_counts(**counts: Sequence[int]) -> list[Counts]:
    arrays: list[Counts] = []
    for name, values in counts.items():
        array = as_array(name, values)
        if array.ndim != 1 or array.dtype.kind not in "iu" or array.size == 0 or (array < 0).any():
            raise ValueError(f"`{name}`: got {values!r}, expected one integer of at least 0 for each batch")
        if (array > MAX_COUNT).any():
            raise ValueError(f"`{name}`: got {values!r}, expected counts of at most 2^40")
        if arrays and len(array) != len(arrays[0]):
            raise ValueError(f"`{name}`: got {len(array)} batches, expected {len(arrays[0])} as in `pos_per_batch`")
        arrays.append(array.astype(np.int64))
    if not arrays[0].any():
        raise ValueError(f"`pos_per_batch`: got {counts['pos_per_batch']!r}, expected at least one positive")
    return arrays
