"""Hierarchical labels → shared levels → relevances.

Labels `(N, L)` name, per item, its class at L levels: column 0 the finest, each further column one level coarser.
Two items share `l` levels when their `l` coarsest columns agree: 0 for nothing in common, L for the same instance.
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from suprank_edu._checks import MAX_LEVEL, check_alpha, check_count, check_levels, check_number, check_valid
from suprank_edu._label_checks import check_labels, check_tree


def shared_levels(labels: Tensor, ref_labels: Tensor | None = None) -> Tensor:
    """Count the levels that each query shares with each gallery item, from the coarsest on.

    Args:
        labels: `(Q,)` or `(Q, L)` integers, column 0 the finest.
        ref_labels: `(G,)` or `(G, L)` integers; None takes the queries as their own gallery.

    Returns:
        `(Q, G)` int64 in 0..L; L where the finest classes agree.

    Raises:
        ValueError: labels of another shape or dtype, of different numbers of levels, or that are no tree.

    Example:
        >>> labels = torch.tensor([[0, 7], [0, 7], [1, 7], [2, 8]])  # landmark, supercategory
        >>> shared_levels(labels)[0]
        tensor([2, 2, 1, 0])
    """
    queries = check_labels(labels, _rows(labels))
    gallery = queries if ref_labels is None else check_labels(ref_labels, _rows(ref_labels), "ref_labels")
    if queries.shape[1] != gallery.shape[1]:
        raise ValueError(
            f"`ref_labels`: got {gallery.shape[1]} columns, expected {queries.shape[1]}, the levels of `labels`"
        )
    check_tree(queries if ref_labels is None else torch.cat([queries, gallery]))
    return count_shared(queries, gallery)


def _rows(labels: object) -> int:
    return len(labels) if isinstance(labels, Tensor) and labels.ndim else 0


def count_shared(queries: Tensor, gallery: Tensor, dtype: torch.dtype = torch.int64) -> Tensor:
    """Return the `(Q, G)` shared levels of `(Q, L)` and `(G, L)` labels that are checked to be a tree.

    Example:
        >>> count_shared(torch.tensor([[0, 7]]), torch.tensor([[0, 7], [1, 7], [2, 8]]))
        tensor([[2, 1, 0]])
    """
    shared = queries.new_zeros(len(queries), len(gallery), dtype=dtype)
    for column in range(queries.shape[1]):  # in a tree two classes that agree have the same coarser classes
        shared += queries[:, column, None] == gallery[None, :, column]
    return shared


def relevance(levels: Tensor, alpha: float = 1.0, num_levels: int | None = None, valid: Tensor | None = None) -> Tensor:
    """Relevance of each item for H-AP: `rel(k) = (l/L)^α / |Ω^(l)|` (E12; HAPPIER).

    `Ω^(l)` are the query's items that share exactly `l` levels, so that all of them together weigh `(l/L)^α`.

    Args:
        levels: `(Q, G)` integers in 0..62, the shared levels.
        alpha: α in 0..20; a large one favours the finest level.
        num_levels: L, 1 to 62; None takes the largest level present.
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q, G)` floats; 0 at level 0 and for hidden pairs.

    Raises:
        ValueError: levels, `alpha`, `num_levels` or `valid` of another kind or shape.

    Example:
        >>> relevance(torch.tensor([[2, 1, 1, 0]]))
        tensor([[1.0000, 0.2500, 0.2500, 0.0000]])
    """
    check_alpha(alpha)
    if num_levels is not None:
        check_count("num_levels", num_levels, maximum=MAX_LEVEL)
    counts = level_counts(levels, num_levels, valid)
    return _look_up(relevance_table(counts, alpha), levels, valid)


def relevance_from_weights(levels: Tensor, weights: Sequence[float], valid: Tensor | None = None) -> Tensor:
    """Relevance under which H-AP is the `weights`-weighted sum of the APs of the levels (E14; HAPPIER).

    `rel(k) = Σ_{p=1..l} w_p / |∪_{q≥p} Ω^(q)|` grows with the level. Weights of levels at which a query has no
    positive are dropped and the others renormalised to sum 1.

    Args:
        levels: `(Q, G)` integers, the shared levels.
        weights: L weights ≥ 0, not all 0; `weights[c]` belongs to label column c, so `weights[0]` to the finest.
        valid: `(Q, G)` bool, False hides a pair.

    Returns:
        `(Q, G)` floats; 0 at level 0 and for hidden pairs.

    Raises:
        ValueError: levels, `weights` or `valid` of another kind or shape, or a level above `len(weights)`.

    Example:
        >>> relevance_from_weights(torch.tensor([[2, 1, 1, 0]]), weights=[0.7, 0.3])
        tensor([[0.8000, 0.1000, 0.1000, 0.0000]])
    """
    checked = check_weights(weights)
    counts = level_counts(levels, len(checked), valid)
    return _look_up(weights_table(counts, checked), levels, valid)


def check_weights(weights: Sequence[float]) -> tuple[float, ...]:
    """Return `weights` as a tuple, or raise unless they are finite, at least 0 and not all 0."""
    if not isinstance(weights, Iterable):
        raise ValueError(f"`weights`: got {weights!r}, expected one weight per level")
    values = tuple(weights)
    for value in values:
        check_number("weights", value, minimum=0)
    if not sum(values) > 0:
        raise ValueError(f"`weights`: got {values!r}, expected one weight per level, not all 0")
    return values


def level_counts(levels: Tensor, num_levels: int | None = None, valid: Tensor | None = None) -> Tensor:
    """Count, per query, the items at each level: `(Q, G)` levels in, `(Q, L + 1)` int64 out.

    Raises:
        ValueError: `levels` is no `(Q, G)` integer tensor or holds a level outside 0..`num_levels`, or above 62.

    Example:
        >>> level_counts(torch.tensor([[2, 1, 1, 0]]))
        tensor([[1, 2, 1]])
    """
    if not isinstance(levels, Tensor) or levels.ndim != 2:
        came = tuple(levels.shape) if isinstance(levels, Tensor) else type(levels).__name__
        raise ValueError(f"`levels`: got {came}, expected a tensor of shape (Q, G)")
    check_levels(levels, levels)
    check_valid(valid, levels.shape)
    low, high = (int(x) for x in torch.aminmax(levels)) if levels.numel() else (0, 0)
    top = min(max(high, 1), MAX_LEVEL) if num_levels is None else num_levels
    if low < 0 or high > top:
        raise ValueError(f"`levels`: got levels from {low} to {high}, expected 0..{top}")
    at_level = [levels == level for level in range(top + 1)]
    if valid is not None:
        at_level = [where & valid for where in at_level]
    return torch.stack([where.sum(dim=1) for where in at_level], dim=1)  # (Q, L + 1)


def relevance_table(counts: Tensor, alpha: float = 1.0) -> Tensor:
    """Return the `(Q, L + 1)` relevance of an item of each level (E12), from `level_counts`.

    Example:
        >>> relevance_table(torch.tensor([[1, 2, 1]]))  # (1/2) / 2 and (2/2) / 1
        tensor([[0.0000, 0.2500, 1.0000]], dtype=torch.float64)
    """
    top = counts.shape[1] - 1
    share = (torch.arange(top + 1, device=counts.device, dtype=torch.float64) / top) ** alpha
    share[0] = 0  # 0 ** 0 is 1, but an item that shares nothing is not relevant
    return torch.where(counts > 0, share / counts, 0.0)


def weights_table(counts: Tensor, weights: Sequence[float]) -> Tensor:
    """Return the `(Q, L + 1)` relevance of an item of each level under `weights`, see E14.

    Example:
        >>> weights_table(torch.tensor([[1, 2, 1]]), [0.7, 0.3])  # 0.3 / 3, and 0.7 / 1 more
        tensor([[0.0000, 0.1000, 0.8000]], dtype=torch.float64)
    """
    at_least = counts.flip(1).cumsum(1).flip(1)[:, 1:]  # (Q, L): items of level 1.., 2.., … L
    by_level = torch.tensor(list(weights)[::-1], device=counts.device, dtype=torch.float64)
    kept = torch.where(at_least > 0, by_level, 0.0)  # (Q, L)
    total = kept.sum(dim=1, keepdim=True)
    share = torch.where(kept > 0, kept / (total * at_least), 0.0)
    return torch.nn.functional.pad(share.cumsum(dim=1), (1, 0))  # (Q, L + 1)


def _look_up(table: Tensor, levels: Tensor, valid: Tensor | None) -> Tensor:
    found = table.gather(1, levels.long()).to(torch.get_default_dtype())  # (Q, G)
    return found if valid is None else torch.where(valid, found, 0.0)
