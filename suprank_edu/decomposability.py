"""The decomposability gap: why the metric of a batch is not the metric of the training set, and by how much.

A batch sees few rivals, so its average precision is easier than that of the whole gallery. ROADMAP bounds the gap when
every batch is ranked perfectly; batches whose positives and negatives also agree on one threshold close it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from suprank_edu._checks import check_levels, check_scores, check_valid

# The worst order of B unequal batches is found over all 2^B sets of batches.
MAX_BATCHES = 16

# Scores gathered at a time.
_ENTRIES_AT_A_TIME = 1 << 22

Metric = Callable[..., Tensor]


def batch_average(
    scores: Tensor,
    levels: Tensor,
    batches: Iterable[Tensor | Sequence[int]],
    metric: Metric,
    valid: Tensor | None = None,
) -> Tensor:
    """Average a metric over the batches of a gallery: (1/B) Σ_b M^b, the first term of E17 (ROADMAP).

    Args:
        scores: ``(Q, G)`` floats, higher is better.
        levels: ``(Q, G)`` integers, the shared levels.
        batches: the numbers of the gallery items of each batch; together each item once. It is fastest where the
            gallery is in the order of the batches.
        metric: a function of scores and levels, such as :func:`suprank_edu.metrics.average_precision`, that gives
            ``(Q,)`` values and NaN without positives; it gets the keyword ``valid`` only where you pass one.
        valid: ``(Q, G)`` bool, False hides a pair.

    Returns:
        ``(Q,)`` averages over the batches in which the query has a positive; NaN if there is none.

    Raises:
        ValueError: an argument of another shape or dtype, or batches that are no partition of the gallery.

    Example:
        >>> from suprank_edu.metrics import average_precision
        >>> scores, levels = torch.tensor([[0.9, 0.8, 0.2, 0.1]]), torch.tensor([[1, 0, 1, 0]])
        >>> batch_average(scores, levels, [[0, 1], [2, 3]], average_precision)
        tensor([1.], dtype=torch.float64)
    """
    check_scores(scores)
    check_levels(levels, scores)
    check_valid(valid, scores.shape)
    by_size: dict[int, list[Tensor]] = {}
    for batch in _checked_batches(batches, scores):
        by_size.setdefault(len(batch), []).append(batch)
    values = []
    for size, same in by_size.items():
        for some in torch.split(torch.stack(same), max(1, _ENTRIES_AT_A_TIME // (size * len(scores)))):  # (b, S)
            values.append(_of_batches(scores, levels, some, metric, valid))
    return torch.cat(values, dim=1).nanmean(dim=1)


def _of_batches(scores: Tensor, levels: Tensor, batches: Tensor, metric: Metric, valid: Tensor | None) -> Tensor:
    """Return ``(Q, b)`` values of a metric in each of the ``(b, S)`` batches of one size, all of them in one call."""
    count, size = batches.shape
    scores, levels = (_columns(x, batches.flatten()).reshape(-1, size) for x in (scores, levels))  # (Q·b, S)
    visible = None if valid is None else _columns(valid, batches.flatten()).reshape(-1, size)
    relevant = levels if levels.dtype == torch.bool else levels > 0
    relevant = relevant if visible is None else relevant & visible
    rows = relevant.any(dim=1).nonzero()[:, 0]  # the metric is NaN for the others: most, where batches are small
    hidden = {} if visible is None else {"valid": visible[rows]}
    values = scores.new_full((len(scores),), torch.nan, dtype=torch.float64)
    if len(rows):
        values[rows] = metric(scores[rows], levels[rows], **hidden).to(values.dtype)
    return values.view(-1, count)  # (Q, b)


def _columns(values: Tensor, items: Tensor) -> Tensor:
    """Return ``values[:, items]``, without a copy where the items follow one another."""
    first = int(items[0])
    if torch.equal(items, torch.arange(first, first + len(items), device=items.device)):
        return values[:, first : first + len(items)]
    return values.index_select(1, items)


def gap(
    scores: Tensor,
    levels: Tensor,
    batches: Iterable[Tensor | Sequence[int]],
    metric: Metric,
    valid: Tensor | None = None,
) -> Tensor:
    """Decomposability gap: the average over batches minus the value on the whole gallery (E17; ROADMAP Eq. 6).

    It is at least 0 when every batch is ranked perfectly, and can be **negative** when some are not. Arguments and
    errors are those of :func:`batch_average`.

    Returns:
        ``(Q,)`` gaps; NaN for a query without positives.

    Example:
        >>> from suprank_edu.metrics import average_precision
        >>> scores, levels = torch.tensor([[0.9, 0.8, 0.2, 0.1]]), torch.tensor([[1, 0, 1, 0]])
        >>> gap(scores, levels, [[0, 1], [2, 3]], average_precision)  # 1 - (1/1 + 2/3) / 2
        tensor([0.1667], dtype=torch.float64)
        >>> gap(scores, levels, [[0, 3], [1, 2]], average_precision)  # (1 + 1/2) / 2 - (1/1 + 2/3) / 2
        tensor([-0.0833], dtype=torch.float64)
    """
    average = batch_average(scores, levels, batches, metric, valid)
    return average - (metric(scores, levels) if valid is None else metric(scores, levels, valid=valid))


def worst_case_bound(
    pos_per_batch: Sequence[int], neg_per_batch: Sequence[int], order: Literal["worst", "given"] = "worst"
) -> float:
    """Bound the gap of AP when every batch is ranked perfectly (E18; ROADMAP Eq. 8).

    The bound is attained by a ranking in which whole batches follow one another, in the worst of all orders.

    Args:
        pos_per_batch: B counts ≥ 0, the query's positives in each batch.
        neg_per_batch: B counts ≥ 0, the query's negatives in each batch.
        order: ``"worst"`` for the bound; ``"given"`` for the gap of the batches one after another as they come, which
            other rankings may exceed.

    Returns:
        A number in 0..1.

    Raises:
        ValueError: bad counts, another ``order``, or more than 16 batches that differ in their counts.

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
        pos_per_batch: B counts ≥ 0, the query's positives in each batch.
        neg_per_batch: B counts ≥ 0, the query's negatives in each batch.
        pos_above: B counts, how many of those positives score above the threshold.
        neg_above: B counts, how many of those negatives score above the threshold.
        order: as in :func:`worst_case_bound`.

    Returns:
        A number in 0..1; 0 when all positives and no negative score above the threshold.

    Raises:
        ValueError: as :func:`worst_case_bound`, or more items above the threshold than there are.

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


Counts = NDArray[np.int64]
Values = NDArray[np.float64]


def _bound(counts: Counts, order: str) -> float:
    """Return 1 − (Σ over batches of the terms of E19) / ΣP for ``(4, B)`` counts P, N, G, E."""
    if order not in ("worst", "given"):
        raise ValueError(f"`order`: got {order!r}, expected 'worst' or 'given'")
    harmonic = np.concatenate([[0.0], (1 / np.arange(1, counts.sum() + 1, dtype=np.longdouble)).cumsum()])
    number = counts.shape[1]
    if order == "given" or (counts == counts[:, :1]).all():
        before = counts.cumsum(axis=1) - counts  # (4, B)
        total = float(sum(_terms(before[:, b], counts[:, b], harmonic) for b in range(number)))
    elif number > MAX_BATCHES:
        raise ValueError(
            f"`pos_per_batch`: got {number} batches that differ, expected at most {MAX_BATCHES} for order='worst'"
        )
    else:
        total = _least_total(counts, harmonic)
    return max(1 - total / float(counts[0].sum()), 0.0)


def _terms(before: Counts, batch: Counts, harmonic: Values) -> Values:
    """Return Σ_j of E19 for a batch of counts ``(4,)`` behind batches that sum to ``(4, …)``."""
    pos_before, neg_before, good_before, bad_before = before
    positives, _, good, _ = batch
    above = _sum_of_ratios(good_before, bad_before, good, harmonic)
    below = _sum_of_ratios(good + pos_before, neg_before, positives - good, harmonic)
    return above + below


def _sum_of_ratios(start: Counts, extra: Counts, length: int, harmonic: Values) -> Values:
    """Return Σ_{j=1..length} (j + start) / (j + start + extra), as length − extra · Σ_j 1 / (j + start + extra)."""
    return np.asarray(length - extra * (harmonic[start + extra + length] - harmonic[start + extra]))


def _least_total(counts: Counts, harmonic: Values) -> float:
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
            total = least[others] + _terms(before[:, others], counts[:, batch], harmonic)
            with_batch = others | (1 << batch)
            least[with_batch] = np.minimum(least[with_batch], total)
    return float(least[-1])


def _checked_batches(batches: Iterable[Tensor | Sequence[int]], scores: Tensor) -> list[Tensor]:
    found = [torch.as_tensor(batch, device=scores.device) for batch in batches]
    if any(batch.ndim != 1 or batch.dtype != torch.int64 or not len(batch) for batch in found) or not found:
        raise ValueError("`batches`: got an empty batch or one that is no list of integers, expected item numbers")
    items, gallery = torch.cat(found), scores.shape[1]
    inside = (items >= 0) & (items < gallery)
    # The numbers of a partition are all different, and as many as there are items.
    present = torch.zeros(gallery, dtype=torch.bool, device=items.device).index_fill_(0, items[inside], True)
    if len(items) != gallery or not bool(present.all()):
        raise ValueError(f"`batches`: got {len(items)} item numbers, expected each of 0..{gallery - 1} exactly once")
    return found


def _checked_counts(**counts: Sequence[int]) -> list[Counts]:
    arrays: list[Counts] = []
    for name, values in counts.items():
        array = np.asarray(values)
        if array.ndim != 1 or array.dtype.kind not in "iu" or array.size == 0 or (array < 0).any():
            raise ValueError(f"`{name}`: got {values!r}, expected one integer of at least 0 for each batch")
        if arrays and len(array) != len(arrays[0]):
            raise ValueError(f"`{name}`: got {len(array)} batches, expected {len(arrays[0])} as in `pos_per_batch`")
        arrays.append(array.astype(np.int64))
    if not arrays[0].any():
        raise ValueError(f"`pos_per_batch`: got {counts['pos_per_batch']!r}, expected at least one positive")
    return arrays
