"""Approximate search in lists: items are sorted by their nearest centroid, and searched by short codes."""

import math
from typing import Any

import torch
from torch import Tensor

from suprank_edu._checks import check_count
from suprank_edu._extras import needs
from suprank_edu.retrieval.approximate import ApproximateIndex, checked_gallery

_CODE_BITS = 8
_MOST_TRAINING_POINTS = 64  # per centroid: more slows training without better centroids


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

    vectors = checked_gallery(gallery)
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
    lists, code_bytes = int(lists), int(code_bytes)
    index = faiss.IndexIVFPQ(faiss.IndexFlatIP(dim), dim, lists, code_bytes, _CODE_BITS, faiss.METRIC_INNER_PRODUCT)
    index.verbose = index.cp.verbose = False
    index.cp.min_points_per_centroid = index.pq.cp.min_points_per_centroid = 1  # small galleries are fine, silently
    index.nprobe = int(min(probes, lists))
    index.train(_sample(vectors, _MOST_TRAINING_POINTS * max(lists, centroids)).numpy())
    index.add(vectors.numpy())
    return ListIndex(vectors, index, oversampling)


class ListIndex(ApproximateIndex):
    """Lists of which a search looks at the nearest; its effort is their number."""

    def _positions(self, queries: Any, wanted: int, effort: int | None) -> Any:
        before = self.index.nprobe
        self.index.nprobe = before if effort is None else min(effort, self.index.nlist)
        try:
            return self.index.search(queries, wanted)[1]
        finally:
            self.index.nprobe = before


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
