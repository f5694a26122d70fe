"""Approximate search: faiss indices that look at a part of the gallery, and how much of the truth they find."""

import math
from typing import Any

import torch
from torch import Tensor

from suprank_edu._checks import check_count
from suprank_edu._embedding_checks import check_embeddings
from suprank_edu._extras import needs

_CODE_BITS = 8
_MOST_TRAINING_POINTS = 64  # per centroid: more slows training without better centroids
_BLOCK = 1 << 22  # candidate coordinates gathered at a time


class ApproximateIndex:
    """A searchable structure over a gallery; made by `hnsw_index` or `ivfpq_index`, used by `search`.

    Args:
        gallery: `(G, D)` float32 on the CPU, against which candidates are scored exactly.
        index: the faiss index of `gallery`, by inner product.
        oversampling: how many candidates are scored for each item wanted.

    Raises:
        ValueError: `oversampling` is below 1.
    """

    def __init__(self, gallery: Tensor, index: Any, oversampling: int = 1) -> None:
        check_count("oversampling", oversampling)
        self.gallery, self.index, self.oversampling = gallery, index, oversampling

    def __len__(self) -> int:
        return len(self.gallery)

    def candidates(self, queries: Tensor, k: int) -> tuple[Tensor, Tensor]:
        """Return `(Q, ≥ k)` exact scores and positions of candidates, in any order; `-inf` and -1 where none."""
        wanted = min(k * self.oversampling, len(self))
        found = torch.from_numpy(self.index.search(queries.contiguous().numpy(), wanted)[1])  # (Q, wanted)
        at_a_time = max(1, _BLOCK // (wanted * queries.shape[1]))
        scores = torch.empty(found.shape)
        for start in range(0, len(found), at_a_time):
            rows = slice(start, start + at_a_time)
            scores[rows] = torch.einsum("qd,qkd->qk", queries[rows], self.gallery[found[rows].clamp(min=0)])
        return scores.masked_fill(found < 0, -torch.inf), found


def hnsw_index(gallery: Tensor, *, links: int = 32, build_breadth: int = 80, breadth: int = 64) -> ApproximateIndex:
    """Link each item to near ones in a navigable small-world graph, which a search walks greedily.

    Fast and accurate, at the price of memory: the vectors and about `8 * links` bytes an item. Threads add items in
    any order, so that two builds may differ in a few links.

    Args:
        gallery: `(G, D)` floats; unit vectors, since the graph is built by inner product.
        links: neighbours of an item on the upper layers, twice as many on the lowest.
        build_breadth: candidates kept while an item is linked; more is slower and better.
        breadth: candidates kept during a search, the knob of recall against time. A search for more items than that
            keeps twice as many candidates as items: with fewer, a third of what faiss returns is not among the best.

    Returns:
        An index to give to `search` in place of the gallery.

    Raises:
        ValueError: `gallery` is no finite `(G, D)` float tensor, or a number is below 1.

    References:
        Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical Navigable
        Small World graphs", IEEE TPAMI 2020.

    Example:
        >>> from suprank_edu.retrieval import search
        >>> gallery = torch.nn.functional.normalize(torch.randn(500, 16, generator=torch.Generator().manual_seed(0)))
        >>> scores, indices = search(gallery[:2], hnsw_index(gallery), k=1)
        >>> indices[:, 0].tolist()
        [0, 1]
    """
    with needs("train"):
        import faiss

    vectors = _checked(gallery)
    for name, value in (("links", links), ("build_breadth", build_breadth), ("breadth", breadth)):
        check_count(name, value)
    index = faiss.IndexHNSWFlat(vectors.shape[1], links, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = build_breadth
    index.hnsw.efSearch = breadth
    index.add(vectors.numpy())
    return _GraphIndex(vectors, index)


class _GraphIndex(ApproximateIndex):
    """A graph whose search keeps enough candidates for the items wanted."""

    def candidates(self, queries: Tensor, k: int) -> tuple[Tensor, Tensor]:
        # Set and put back: faiss.contrib.torch_utils, which others import, takes the argument for it from `search`.
        breadth = self.index.hnsw.efSearch
        self.index.hnsw.efSearch = breadth if breadth >= k else 2 * k
        try:
            return super().candidates(queries, k)
        finally:
            self.index.hnsw.efSearch = breadth


def ivfpq_index(
    gallery: Tensor, *, lists: int | None = None, probes: int = 16, code_bytes: int | None = None, oversampling: int = 4
) -> ApproximateIndex:
    """Sort items into lists around centroids and keep a short product-quantised code of each for the search.

    The code is what is searched, so that a gallery of codes fits where its vectors do not; here the vectors stay, and
    the best `oversampling * k` candidates are scored exactly. Training and search are deterministic.

    Args:
        gallery: `(G, D)` floats, at least 256 items.
        lists: number of lists; None takes the power of two nearest to `4 √G`, at most G/39.
        probes: lists looked at for a query; the knob of recall against time.
        code_bytes: bytes of a code, a divisor of D; None takes the largest divisor of D up to D/4.
        oversampling: candidates scored exactly for each item wanted.

    Returns:
        An index to give to `search` in place of the gallery.

    Raises:
        ValueError: `gallery` is no finite `(G, D)` float tensor or too small, `code_bytes` does not divide D, or
            a number is below 1.

    References:
        Jégou, Douze and Schmid, "Product quantization for nearest neighbor search", IEEE TPAMI 2011.

    Example:
        >>> from suprank_edu.retrieval import search
        >>> gallery = torch.nn.functional.normalize(torch.randn(500, 16, generator=torch.Generator().manual_seed(0)))
        >>> scores, indices = search(gallery[:2], ivfpq_index(gallery, lists=4, probes=4), k=1)
        >>> indices[:, 0].tolist()
        [0, 1]
    """
    with needs("train"):
        import faiss

    vectors = _checked(gallery)
    size, dim = vectors.shape
    centroids = 1 << _CODE_BITS
    if size < centroids:
        raise ValueError(
            f"`gallery`: got {size} items, expected at least {centroids}, the centroids of a code; search exactly"
        )
    lists = _number_of_lists(size) if lists is None else lists
    code_bytes = _code_bytes(dim) if code_bytes is None else code_bytes
    for name, value in (("lists", lists), ("probes", probes), ("code_bytes", code_bytes)):
        check_count(name, value)
    if lists > size:
        raise ValueError(f"`lists`: got {lists}, expected at most {size}, the items of `gallery`")
    if dim % code_bytes:
        raise ValueError(f"`code_bytes`: got {code_bytes}, expected a divisor of {dim}, the dimensions of `gallery`")
    index = faiss.IndexIVFPQ(faiss.IndexFlatIP(dim), dim, lists, code_bytes, _CODE_BITS, faiss.METRIC_INNER_PRODUCT)
    index.verbose = index.cp.verbose = False
    index.cp.min_points_per_centroid = index.pq.cp.min_points_per_centroid = 1  # small galleries are fine, silently
    index.nprobe = min(probes, lists)
    index.train(_sample(vectors, _MOST_TRAINING_POINTS * max(lists, centroids)).numpy())
    index.add(vectors.numpy())
    return ApproximateIndex(vectors, index, oversampling)


def search_recall(scores: Tensor, exact_scores: Tensor, tolerance: float = 1e-6) -> Tensor:
    """Return the share of each query's true k best items that a search found.

    An item counts as one of the k best when its score reaches the k-th exact one, so that ties cost nothing.

    Args:
        scores: `(Q, k)` scores of the items found.
        exact_scores: `(Q, k)` scores of the exact search.
        tolerance: how far below the k-th score an item may lie: two products of the same vectors differ by rounding.

    Returns:
        `(Q,)` floats in 0..1.

    Raises:
        ValueError: the shapes differ.

    Example:
        >>> search_recall(torch.tensor([[0.9, 0.7]]), torch.tensor([[0.9, 0.8]]))
        tensor([0.5000])
    """
    if scores.ndim != 2 or scores.shape != exact_scores.shape or not scores.numel():
        raise ValueError(
            f"`scores`: got shape {tuple(scores.shape)}, expected {tuple(exact_scores.shape)}, (Q, k) as `exact_scores`"
        )
    return (scores >= exact_scores.amin(dim=1, keepdim=True) - tolerance).float().mean(dim=1)


def _checked(gallery: Tensor) -> Tensor:
    check_embeddings(gallery, "gallery")
    return gallery.detach().float().cpu().contiguous()


def _number_of_lists(size: int) -> int:
    wanted = 2 ** round(math.log2(4 * math.sqrt(size)))
    return int(max(1, min(wanted, size // 39)))  # 39 points a centroid is what faiss asks for


def _code_bytes(dim: int) -> int:
    return max(divisor for divisor in range(1, max(1, dim // 4) + 1) if dim % divisor == 0)


def _sample(vectors: Tensor, most: int) -> Tensor:
    """Return at most `most` rows, drawn with a seed of its own."""
    if len(vectors) <= most:
        return vectors
    rows = torch.randperm(len(vectors), generator=torch.Generator().manual_seed(0))[:most]
    return vectors[rows]
