"""Search for the k best gallery items of each query: exact by faiss on a CPU and torch on CUDA, or by an index."""

import torch
from torch import Tensor

from suprank_edu._checks import check_count, usable_device
from suprank_edu._embedding_checks import check_embeddings
from suprank_edu._extras import needs
from suprank_edu.retrieval.approximate import ApproximateIndex

_BLOCK = 1 << 25  # scores held at a time where torch computes them
_SPARE = 8  # candidates beyond k: most ties at the edge are settled among them


class ExactIndex:
    """A gallery that is looked at once, for exact searches with few queries at a time.

    `search` reads a gallery that comes as a tensor whole, to see whether its values are finite; of a million vectors
    that takes longer than the search with one query.

    Args:
        gallery: `(G, D)` floats; kept as float32 on the CPU, a copy only where it is something else.

    Raises:
        ValueError: `gallery` is no finite `(G, D)` float tensor.

    Example:
        >>> index = ExactIndex(torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]]))
        >>> search(torch.tensor([[0.0, 1.0]]), index, k=2)[1].tolist()
        [[1, 2]]
    """

    def __init__(self, gallery: Tensor) -> None:
        check_embeddings(gallery, "gallery")
        self.gallery = gallery.detach().float().cpu().contiguous()

    def __len__(self) -> int:
        return len(self.gallery)


def search(
    queries: Tensor,
    gallery: Tensor | ExactIndex | ApproximateIndex,
    k: int,
    *,
    device: str | torch.device | None = None,
    exclude_self: bool = False,
    effort: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Find the k gallery items with the highest inner product for each query.

    With a tensor or an `ExactIndex` the search is exact and deterministic: among equal scores the item that comes first
    in the gallery wins, at the edge of the list too. Scores are computed in float32, in which equal vectors may differ
    in the last digit. With another index (`hnsw_index`, `ivfpq_index`) it is approximate: items may be missed, but the
    scores of those found are exact; measure what is lost with `search_recall`.

    Args:
        queries: `(Q, D)` floats; unit vectors make scores cosine similarities.
        gallery: `(G, D)` floats, or an index of them, which has been checked when it was made.
        k: items wanted, at most G (G - 1 with `exclude_self`).
        device: where to compute; None takes the device of `queries`. An approximate index always searches on the CPU.
        exclude_self: query i **is** gallery item i, which is left out of its own list.
        effort: of an approximate index: the lists it looks at (`ivfpq_index`), or the candidates it keeps
            (`hnsw_index`); more finds more and takes longer. None takes what the index was made with.

    Returns:
        `(Q, k)` float32 scores, best first, and `(Q, k)` int64 positions in the gallery, on the device of
        `queries`. An index that finds fewer than k items fills up with `-inf` and position -1.

    Raises:
        ValueError: if shapes do not fit, values are not finite, k is out of range, torch has no such device, or an
            exact search is given an `effort`.

    Example:
        >>> gallery = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
        >>> scores, indices = search(torch.tensor([[0.0, 1.0]]), gallery, k=2)
        >>> indices.tolist(), scores.tolist()
        ([[1, 2]], [[1.0, 0.800000011920929]])
    """
    check_gallery("gallery", gallery)
    vectors = gallery if isinstance(gallery, Tensor) else gallery.gallery
    _check(queries, vectors, k, exclude_self)
    k = int(k)  # faiss takes integers of Python alone
    if isinstance(gallery, ApproximateIndex):
        q = queries.detach().float().cpu()
        scores, indices = gallery.candidates(q, k + exclude_self, effort)
    else:
        if effort is not None:
            raise ValueError(f"`effort`: got {effort}, expected None for an exact search, which looks at everything")
        where = usable_device(device) if device is not None else queries.device
        q, g = queries.detach().float().to(where), vectors.detach().float().to(where)
        scores, indices = _candidates(q, g, min(k + exclude_self + _SPARE, len(g)))  # (Q, wanted), ties in any order
    scores, indices = _in_order(scores, indices, exclude_self)
    if not isinstance(gallery, ApproximateIndex) and scores.shape[1] < len(gallery):
        _resolve_boundary_ties(scores, indices, k, q, g, exclude_self)
    return scores[:, :k].to(queries.device), indices[:, :k].to(queries.device)


def check_gallery(name: str, gallery: object) -> None:
    """Raise unless `gallery` is an index, or embeddings to make one of."""
    if isinstance(gallery, Tensor):
        check_embeddings(gallery, name)
    elif not isinstance(gallery, ExactIndex | ApproximateIndex):
        raise ValueError(f"`{name}`: got {type(gallery).__name__}, expected a torch.Tensor or an index of one")


def check_dimensions(name: str, gallery: Tensor | ExactIndex | ApproximateIndex, queries: Tensor) -> None:
    """Raise unless a gallery, or what an index was made of, has as many dimensions as the queries."""
    vectors = gallery if isinstance(gallery, Tensor) else gallery.gallery
    if (found := vectors.shape[1]) != queries.shape[1]:
        raise ValueError(f"`{name}`: got {found} dimensions, expected {queries.shape[1]}, as many as `queries`")


def _resolve_boundary_ties(
    scores: Tensor, indices: Tensor, k: int, queries: Tensor, gallery: Tensor, exclude_self: bool
) -> None:
    """Search again, in full, where even the last candidate ties with the k-th: items left out may tie as well."""
    tied = (scores[:, k - 1] == scores[:, scores.shape[1] - exclude_self - 1]).nonzero()[:, 0]
    if not len(tied):
        return  # the sort of no rows still takes memory for a row, 4 MB of a million
    for rows in torch.split(tied, max(1, _BLOCK // len(gallery))):
        full = queries[rows] @ gallery.T  # (rows, G)
        if exclude_self:
            full[torch.arange(len(rows), device=full.device), rows] = -torch.inf
        best, order = full.sort(dim=1, descending=True, stable=True)
        scores[rows, :k], indices[rows, :k] = best[:, :k], order[:, :k]


def _candidates(queries: Tensor, gallery: Tensor, k: int) -> tuple[Tensor, Tensor]:
    if queries.device.type == "cpu":
        with needs("train"):
            import faiss

        found = faiss.knn(
            queries.contiguous().numpy(), gallery.contiguous().numpy(), k, metric=faiss.METRIC_INNER_PRODUCT
        )
        return torch.from_numpy(found[0]), torch.from_numpy(found[1])
    blocks = torch.split(queries, max(1, _BLOCK // len(gallery)))
    pieces = [torch.topk(block @ gallery.T, k, dim=1) for block in blocks]
    return torch.cat([piece.values for piece in pieces]), torch.cat([piece.indices for piece in pieces])


def _in_order(scores: Tensor, indices: Tensor, exclude_self: bool) -> tuple[Tensor, Tensor]:
    """Sort candidates by score, equal ones by position; a query's own copy goes last."""
    if exclude_self:
        own = torch.arange(len(scores), device=scores.device)[:, None]  # (Q, 1)
        scores = scores.masked_fill(indices == own, -torch.inf)
    indices, by_position = indices.sort(dim=1)
    scores, by_score = scores.gather(1, by_position).sort(dim=1, descending=True, stable=True)
    return scores, indices.gather(1, by_score)


def _check(queries: Tensor, gallery: Tensor, k: int, exclude_self: bool) -> None:
    check_embeddings(queries, "queries")
    check_dimensions("gallery", gallery, queries)
    if not isinstance(exclude_self, bool):
        raise ValueError(f"`exclude_self`: got {exclude_self!r}, expected True or False")
    if exclude_self and len(queries) != len(gallery):
        raise ValueError(
            f"`exclude_self`: got {len(queries)} queries and {len(gallery)} gallery items, expected the same items"
        )
    check_count("k", k)
    most = len(gallery) - exclude_self
    if k > most:
        raise ValueError(f"`k`: got {k}, expected at most {most}, the gallery items that a query can find")
