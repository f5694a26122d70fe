"""Approximate search along a graph: each item is linked to near ones."""

from typing import Any

from torch import Tensor

from suprank_edu._checks import check_count
from suprank_edu._extras import needs
from suprank_edu.retrieval.approximate import ApproximateIndex, checked_gallery


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
        >>> import torch
        >>> from suprank_edu.retrieval import search
        >>> gallery = torch.nn.functional.normalize(torch.randn(500, 16, generator=torch.Generator().manual_seed(0)))
        >>> scores, indices = search(gallery[:2], hnsw_index(gallery), k=1)
        >>> indices[:, 0].tolist()
        [0, 1]
    """
    with needs("train"):
        import faiss

    vectors = checked_gallery(gallery)
    for name, value in (("links", links), ("build_breadth", build_breadth), ("breadth", breadth)):
        check_count(name, value)
    index = faiss.IndexHNSWFlat(vectors.shape[1], int(links), faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = int(build_breadth)
    index.hnsw.efSearch = int(breadth)
    index.add(vectors.numpy())
    return GraphIndex(vectors, index)


class GraphIndex(ApproximateIndex):
    """A graph whose search keeps enough candidates for the items wanted; its effort is the breadth."""

    def _positions(self, queries: Any, wanted: int, effort: int | None) -> Any:
        # Set and put back: faiss.contrib.torch_utils, which others import, takes the argument for it from `search`.
        before = self.index.hnsw.efSearch
        breadth = before if effort is None else effort
        self.index.hnsw.efSearch = breadth if breadth >= wanted else 2 * wanted
        try:
            return self.index.search(queries, wanted)[1]
        finally:
            self.index.hnsw.efSearch = before
