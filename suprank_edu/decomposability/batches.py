"""What the metric of a batch shows too much: the average over batches, and the gap between it and the whole gallery."""

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

from suprank_edu._checks import check_ranking, check_valid

_INTEGERS = (torch.uint8, torch.int8, torch.int16, torch.int32)

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
        scores: `(Q, G)` floats, higher is better.
        levels: `(Q, G)` integers, the shared levels.
        batches: the numbers of the gallery items of each batch; together each item once. It is fastest where the
            gallery is in the order of the batches.
        metric: a function of scores and levels, such as `suprank_edu.metrics.average_precision`, that gives
            `(Q,)` values and NaN without positives; it gets the keyword `valid` only where you pass one.
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q,)` averages over the batches in which the query has a positive; NaN if there is none.

    Raises:
        ValueError: an argument of another shape or dtype, or batches that are no partition of the gallery.

    Example:
        >>> from suprank_edu.metrics import average_precision
        >>> scores, levels = torch.tensor([[0.9, 0.8, 0.2, 0.1]]), torch.tensor([[1, 0, 1, 0]])
        >>> batch_average(scores, levels, [[0, 1], [2, 3]], average_precision)
        tensor([1.], dtype=torch.float64)
    """
    check_ranking(scores, levels)
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
    """Return `(Q, b)` values of a metric in each of the `(b, S)` batches of one size, all of them in one call."""
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
    """Return `values[:, items]`, without a copy where the items follow one another."""
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
    errors are those of `batch_average`.

    Returns:
        `(Q,)` gaps; NaN for a query without positives.

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


def _checked_batches(batches: Iterable[Tensor | Sequence[int]], scores: Tensor) -> list[Tensor]:
    try:
        found = [torch.as_tensor(batch, device=scores.device) for batch in batches]
    except (TypeError, ValueError, RuntimeError):  # no list at all, or one of something that is no number
        raise ValueError(f"`batches`: got {batches!r}, expected a list of the item numbers of each batch") from None
    found = [batch.long() if batch.dtype in _INTEGERS else batch for batch in found]
    if any(batch.ndim != 1 or batch.dtype != torch.int64 or not len(batch) for batch in found) or not found:
        raise ValueError("`batches`: got an empty batch or one that is no list of integers, expected item numbers")
    items, gallery = torch.cat(found), scores.shape[1]
    inside = (items >= 0) & (items < gallery)
    # The numbers of a partition are all different, and as many as there are items.
    present = torch.zeros(gallery, dtype=torch.bool, device=items.device).index_fill_(0, items[inside], True)
    if len(items) != gallery or not bool(present.all()):
        raise ValueError(f"`batches`: got {len(items)} item numbers, expected each of 0..{gallery - 1} exactly once")
    return found
