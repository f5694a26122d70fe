"""Losses, metrics and gaps of a whole training set, from its embeddings, a block of queries at a time.

The scores of 60,000 items against one another are 14 GB. Nothing that is computed query by query needs them at once.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from suprank_edu._checks import check_column, check_count
from suprank_edu._embedding_checks import check_batch
from suprank_edu._progress import with_progress
from suprank_edu.relevance import count_shared

PerQuery = Callable[..., Tensor]
"""A function of `(scores (q, G), levels (q, G), valid=(q, G))` that returns `(q,)`."""

# Scores of a block of queries: 4 MiB of them, so that what is made of them stays in a CPU's caches; a GPU wants more.
_SCORES_AT_A_TIME = {"cpu": 1 << 20, "cuda": 1 << 26}


@torch.no_grad()
def for_every_query(
    function: PerQuery,
    embeddings: Tensor,
    labels: Tensor,
    ref_emb: Tensor | None = None,
    ref_labels: Tensor | None = None,
    *,
    column: int | None = None,
    only: Tensor | None = None,
    chunk_size: int | None = None,
    progress: bool = False,
) -> Tensor:
    """Compute a loss, a metric or a gap for each query of a set too large for all its scores at once.

    Values without gradient; memory grows with G and with what `function` needs for one block, not with Q·G. Without
    `ref_emb` each query is left out of its own gallery.

    Args:
        function: called with scores `(q, G)`, levels `(q, G)` and the keyword `valid (q, G)`, returns `(q,)`:
            a loss or a metric on scores, or `functools.partial(gap, batches=…, metric=…)` of
            `suprank_edu.decomposability.gap`.
        embeddings: `(Q, D)` floats, the queries; unit vectors make scores cosine similarities.
        labels: `(Q,)` or `(Q, L)` integers, column 0 the finest.
        ref_emb: `(G, D)` floats, the gallery; None takes the queries.
        ref_labels: labels of `ref_emb`.
        column: the label column whose classes make positives, levels are then 0 or 1; None keeps all levels.
        only: `(q,)` int64, the numbers of the queries that values are wanted for; None takes all. The gallery stays
            the whole one.
        chunk_size: queries at once; None takes about a million scores.
        progress: show a progress bar (needs tqdm).

    Returns:
        `(Q,)`, with `only` `(q,)`, in the dtype that `function` returns.

    Raises:
        ValueError: an argument of another shape, dtype or range, embeddings that are not finite, labels that are no
            tree, or a `function` that does not return one value per query.

    Example:
        >>> from functools import partial
        >>> from suprank_edu.decomposability import gap
        >>> from suprank_edu.losses import sup_ap
        >>> from suprank_edu.metrics import average_precision
        >>> embeddings = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [1.0, 0.5], [1.0, 0.3], [0.0, 1.0]]))
        >>> labels = torch.tensor([0, 0, 1, 1])
        >>> for_every_query(sup_ap, embeddings, labels)
        tensor([0.7391, 0.8478, 0.9924, 0.9258])
        >>> batches = [[0, 1], [2, 3]]
        >>> for_every_query(partial(gap, batches=batches, metric=average_precision), embeddings, labels).mean()
        tensor(0.5417, dtype=torch.float64)
    """
    checked = check_batch(embeddings, labels, ref_emb, ref_labels)
    if column is not None:
        check_column(column, checked.labels.shape[1])
    if chunk_size is not None:
        check_count("chunk_size", chunk_size)
    queries = embeddings if embeddings.dtype == torch.float64 else embeddings.float()
    gallery = queries if ref_emb is None else ref_emb.to(queries.dtype)
    chosen = _checked_numbers(only, queries)
    own, other = _numbered(checked.labels, checked.ref_labels, column)
    size = chunk_size or max(1, _SCORES_AT_A_TIME.get(queries.device.type, 1 << 26) // len(gallery))
    values = queries.new_empty(0)
    blocks = [slice(start, min(start + size, len(chosen))) for start in range(0, len(chosen), size)]
    for block in with_progress(blocks, progress, "queries"):
        rows = chosen[block]
        scores = queries[rows] @ gallery.T  # (q, G)
        levels = count_shared(own[rows], other, torch.int8) if column is None else own[rows] == other.T
        valid = torch.ones_like(scores, dtype=torch.bool)
        if ref_emb is None:
            valid[torch.arange(len(rows), device=rows.device), rows] = False
        found = function(scores, levels, valid=valid)
        if found.shape != (len(scores),):
            raise ValueError(f"`function`: got shape {tuple(found.shape)}, expected ({len(scores)},), one per query")
        if not len(values):  # filled in place: small tensors kept from each block would cut up the next one's memory
            values = found.new_empty(len(chosen))
        values[block] = found
    return values


def _numbered(labels: Tensor, ref_labels: Tensor, column: int | None) -> tuple[Tensor, Tensor]:
    """Return `(Q, L)` and `(G, L)` int32 class numbers: half the bytes to compare, a column's side by side."""
    columns = slice(None) if column is None else slice(column, column + 1)
    both = torch.cat([labels, ref_labels])[:, columns].T  # (L, Q + G)
    numbers = torch.stack([own.unique(return_inverse=True)[1].int() for own in both]).T  # (Q + G, L)
    return numbers[: len(labels)], numbers[len(labels) :]


def _checked_numbers(only: Tensor | None, like: Tensor) -> Tensor:
    """Return the numbers of the queries that are asked for, on the device of their embeddings."""
    every = torch.arange(len(like), device=like.device)
    if only is None:
        return every
    if not isinstance(only, Tensor) or only.dtype != torch.int64 or only.ndim != 1 or not len(only):
        came = f"{only.dtype} of shape {tuple(only.shape)}" if isinstance(only, Tensor) else type(only).__name__
        raise ValueError(f"`only`: got {came}, expected one or more int64 numbers of queries")
    low, high = (int(number) for number in torch.aminmax(only))
    if low < 0 or high >= len(like):
        raise ValueError(f"`only`: got numbers from {low} to {high}, expected 0..{len(like) - 1}")
    return every[only.to(like.device)]
