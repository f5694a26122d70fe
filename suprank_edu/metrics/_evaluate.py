"""Every exact metric of a whole set, in blocks of queries."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from suprank_edu._checks import as_array, check_alpha, check_count, check_ks, check_one_of, check_valid, usable_device
from suprank_edu._embedding_checks import are_unit, check_batch
from suprank_edu._label_checks import numbering
from suprank_edu._precision import without_tf32
from suprank_edu._progress import with_progress
from suprank_edu._warnings import warn
from suprank_edu.metrics import _of_ranks
from suprank_edu.metrics._processes import own_part, put_together
from suprank_edu.metrics._ranked import Ranked, rank_columns
from suprank_edu.metrics.evaluation import Evaluation
from suprank_edu.relevance import level_counts, relevance_table

Array = Tensor | NDArray[np.generic]
Mask = Array | Callable[[Tensor], Tensor]

# Products of other heights or widths round the last bit differently, which would move ties.
_ROWS = 64
_COLUMNS = 256
# What one block of queries may take, in bytes; and how often a card's sort holds its scores at once, beside a CPU's.
_BLOCK_BYTES = {"cpu": 1 << 29, "cuda": 1 << 32}
_COPIES = {"cpu": 4, "cuda": 8}


@torch.no_grad()
def evaluate(
    embeddings: Array,
    labels: Array,
    ref_emb: Array | None = None,
    ref_labels: Array | None = None,
    *,
    ks: Sequence[int] = (1, 2, 4, 8),
    map_at: Sequence[int] = (),
    alpha: float = 1.0,
    valid: Mask | None = None,
    ap: Literal["step", "trapezoid"] = "step",
    chunk_size: int | None = None,
    device: str | torch.device | None = None,
    shared: bool = False,
    progress: bool = False,
) -> Evaluation:
    """Compute every exact metric of a set of queries: E3, E4, E5, E14 and E16 (SupRank, HAPPIER).

    The score is the inner product, the cosine similarity of unit vectors. Without `ref_emb` each query is left out
    of its own gallery. The result does not depend on `chunk_size`. On a card products are of full float32, not TF32.

    Args:
        embeddings: `(Q, D)` floats, the queries; a tensor or an array.
        labels: `(Q,)` or `(Q, L)` integers, column 0 the finest.
        ref_emb: `(G, D)` floats, the gallery; None takes the queries.
        ref_labels: `(G,)` or `(G, L)` integers, with `ref_emb`.
        ks: the k of `R@k` (hit rate), `P@k` and `Recall@k`.
        map_at: the k of `mAP@k`.
        alpha: α of the relevance of H-AP (E12).
        valid: which pairs count: `(Q, G)` bools, or a function from query numbers `(q,)` to `(q, G)` bools,
            called once for each block.
        ap: how `mAP` sums: `"step"` is E3, `"trapezoid"` what ROxford and RParis print.
        chunk_size: queries at once, rounded up to a multiple of 64; None takes what fits into about 512 MiB, but no
            fewer than 64: at a million gallery items these need 1.4 GiB. On a card it is 4 GiB.
        device: where to compute; None takes the device of `embeddings`.
        shared: share the queries among the processes of `torch.distributed`, all of which call it with the same
            arguments; each has the whole result, the same as of one process.
        progress: show a progress bar (needs tqdm).

    Returns:
        An `Evaluation` with the keys `R@k/columnC`, `P@k/columnC`, `Recall@k/columnC`, `mAP/columnC`,
        `mAP@R/columnC`, `mAP@k/columnC` for each label column C, `H-AP`, `NDCG` and `ASI`. A query without a
        positive at a level does not count there, and one without any does not count at all.

    Raises:
        ValueError: an argument of another shape, dtype or range, NaN or infinite embeddings, labels that are no tree.

    Example:
        >>> embeddings = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]]), dim=1)
        >>> result = evaluate(embeddings, torch.tensor([0, 0, 1]), ks=(1,))
        >>> result.mean["R@1/column0"], result.skipped["R@1/column0"]
        (1.0, 1)
    """
    ks = check_ks(ks)
    map_at = () if isinstance(map_at, Sequence) and not map_at else check_ks(map_at, "map_at")
    check_alpha(alpha)
    check_one_of("ap", ap, ("step", "trapezoid"))
    queries = _to_tensor("embeddings", embeddings)
    where = queries.device if device is None else usable_device(device)
    queries, own_labels = queries.to(where), _to_tensor("labels", labels).to(where)
    gallery = None if ref_emb is None else _to_tensor("ref_emb", ref_emb).to(where)
    gallery_labels = None if ref_labels is None else _to_tensor("ref_labels", ref_labels).to(where)
    checked = check_batch(queries, own_labels, gallery, gallery_labels)
    if not are_unit(checked.norm_error, queries.dtype):
        warn(
            f"`embeddings`: a norm is off 1 by {checked.norm_error:.3g}; scores are inner products, so apply "
            "torch.nn.functional.normalize first if cosine similarities are meant",
        )
    blocks = _Blocks(queries, gallery, checked.labels, checked.ref_labels, _checked_mask(valid, queries, gallery))
    # Filled in place: small tensors kept from each block would cut up the memory that the next block wants whole.
    found: dict[str, NDArray[np.float64]] = {}
    every = blocks.rows(chunk_size)
    own = own_part(every) if shared else every
    for rows in with_progress(own or [slice(0, 1)], progress, "evaluate"):  # without a block of its own, for the keys
        with without_tf32():
            values = dict(_metrics(blocks.rank(rows), blocks.num_levels, ks, map_at, alpha, ap))
        of_block = torch.stack([value.double() for value in values.values()]).cpu().numpy()  # (K, q), read once
        for key, value in zip(values, of_block, strict=True):
            found.setdefault(key, np.zeros(len(queries)))[rows] = value if own else 0.0
    if shared:
        found = put_together(found, where)
    settings = {"ks": list(ks), "map_at": list(map_at), "alpha": alpha, "ap": ap}
    sizes = {"queries": len(queries), "gallery": blocks.gallery_size, "levels": blocks.num_levels}
    return Evaluation(found, settings | sizes, checked.labels[:, 0].to("cpu", copy=True).numpy())


class _Blocks:
    """Blocks of queries against the gallery, and where the positives of each query are."""

    def __init__(
        self, queries: Tensor, gallery: Tensor | None, labels: Tensor, ref_labels: Tensor, valid: Mask | None
    ) -> None:
        self.itself = gallery is None
        gallery = queries if gallery is None else gallery
        dtype = torch.promote_types(torch.promote_types(queries.dtype, gallery.dtype), torch.float32)
        # An item shares a level with a query exactly when the coarsest classes agree. With the gallery in the order
        # of these, the possible positives of a query are neighbours.
        coarsest, self.order = ref_labels[:, -1].sort(stable=True)
        self.queries, self.gallery_size = queries.to(dtype), len(gallery)
        self.gallery = _pad_rows(gallery.to(dtype)[self.order], _COLUMNS)
        self.labels, self.ref_labels, self.valid = labels, ref_labels[self.order], valid
        self.num_levels = labels.shape[1]
        self.own_column = self.order.argsort()  # (G,)
        wanted = labels[:, -1].contiguous()
        self.first = torch.searchsorted(coarsest, wanted)  # (Q,)
        self.count = torch.searchsorted(coarsest, wanted, right=True) - self.first  # (Q,)

    def rows(self, chunk_size: int | None) -> list[slice]:
        """Cut the queries into blocks."""
        if chunk_size is not None:
            check_count("chunk_size", chunk_size)
        # Scores and their sorted copy; and about a dozen float64 or int64 for each possible positive.
        kind = "cuda" if self.queries.is_cuda else "cpu"
        row_bytes = _COPIES[kind] * self.queries.element_size() * len(self.gallery) + 160 * int(self.count.max())
        height = max(_BLOCK_BYTES[kind] // row_bytes, 1) if chunk_size is None else chunk_size
        # A query must stand at the same place modulo 64 whatever the height, see _ROWS.
        height = -(-height // _ROWS) * _ROWS
        return [slice(start, min(start + height, len(self.queries))) for start in range(0, len(self.queries), height)]

    def rank(self, rows: slice) -> Ranked:
        """Rank the positives of a block of queries."""
        scores = self._scores(rows)  # (q, G)
        width = max(int(self.count[rows].max()), 1)
        slot = torch.arange(width, device=scores.device)
        inside = slot < self.count[rows, None]  # (q, P)
        columns = (self.first[rows, None] + slot).clamp(max=self.gallery_size - 1)  # (q, P)
        levels = torch.zeros_like(columns)
        for column in range(self.num_levels):
            levels += self.ref_labels[:, column][columns] == self.labels[rows, column, None]
        return rank_columns(scores, columns, inside, levels, overwrite=True)

    def _scores(self, rows: slice) -> Tensor:
        """Return `(q, G)` scores and, behind them, columns of −∞ that fill up to the gallery's padding."""
        block = self.queries[rows]
        scores = (_pad_rows(block, _ROWS) @ self.gallery.T)[: len(block)]
        scores[:, self.gallery_size :] = -torch.inf
        if self.itself:
            scores.scatter_(1, self.own_column[rows, None], -torch.inf)
        if self.valid is not None:
            mask = _mask_of_rows(self.valid, rows, (len(block), self.gallery_size)).to(scores.device)
            scores[:, : self.gallery_size].masked_fill_(~mask[:, self.order], -torch.inf)
        return scores


def _metrics(
    ranked: Ranked, num_levels: int, ks: Sequence[int], map_at: Sequence[int], alpha: float, ap: str
) -> Iterator[tuple[str, Tensor]]:
    """Yield each key of the result with its `(q,)` values."""
    for column in range(num_levels):
        hits = ranked.at_least(num_levels - column)
        for name, value in _level_metrics(hits, ks, map_at, ap):
            yield f"{name}/column{column}", value
    counts = level_counts(ranked.level, num_levels)
    yield "H-AP", _of_ranks.h_ap(ranked, relevance_table(counts, alpha))
    yield "NDCG", _of_ranks.ndcg(ranked)
    yield "ASI", _of_ranks.asi(ranked)


def _level_metrics(hits: Ranked, ks: Sequence[int], map_at: Sequence[int], ap: str) -> Iterator[tuple[str, Tensor]]:
    for k in ks:
        yield f"R@{k}", _of_ranks.hit_rate_at_k(hits, k)
    for k in ks:
        yield f"P@{k}", _of_ranks.precision_at_k(hits, k)
    for k in ks:
        yield f"Recall@{k}", _of_ranks.recall_at_k(hits, k)
    yield "mAP", _of_ranks.trapezoid_ap(hits) if ap == "trapezoid" else _of_ranks.average_precision(hits)
    yield "mAP@R", _of_ranks.ap_at_r(hits)
    for k in map_at:
        yield f"mAP@{k}", _of_ranks.average_precision_at(hits, k)


def _to_tensor(name: str, value: Array) -> Tensor:
    if isinstance(value, Tensor):
        return value.detach()
    array = as_array(name, value)
    if array.dtype.kind not in "biuf":
        kind = f"{type(value).__name__} of dtype {array.dtype}"
        raise ValueError(f"`{name}`: got {kind}, expected numbers{numbering(value)}")
    # torch has few operations on unsigned integers, and none on arrays with negative strides.
    return torch.from_numpy(np.ascontiguousarray(array.astype(np.int64) if array.dtype.kind == "u" else array))


def _checked_mask(valid: Mask | None, queries: Tensor, gallery: Tensor | None) -> Mask | None:
    if valid is None or callable(valid):
        return valid
    mask = _to_tensor("valid", valid)
    check_valid(mask, (len(queries), len(queries if gallery is None else gallery)))
    return mask


def _mask_of_rows(valid: Mask, rows: slice, shape: tuple[int, int]) -> Tensor:
    if not callable(valid):
        return torch.as_tensor(valid[rows])
    mask = _to_tensor("valid", valid(torch.arange(rows.start, rows.stop)))
    check_valid(mask, shape)
    return mask


def _pad_rows(matrix: Tensor, multiple: int) -> Tensor:
    missing = -len(matrix) % multiple
    return torch.nn.functional.pad(matrix, (0, 0, 0, missing)) if missing else matrix
