"""A gallery in parts: each searched by itself, on a machine of its own or one after another, and the lists merged."""

from collections.abc import Iterable

import torch
from torch import Tensor

from suprank_edu._checks import check_count
from suprank_edu._embedding_checks import check_embeddings
from suprank_edu.retrieval.approximate import ApproximateIndex
from suprank_edu.retrieval.exact import ExactIndex, check_dimensions, check_gallery, search


def search_shards(
    queries: Tensor, shards: Iterable[Tensor | ExactIndex | ApproximateIndex], k: int
) -> tuple[Tensor, Tensor]:
    """Find the k best items of each query in a gallery that comes in parts, of which one is held at a time.

    The k best of the whole are among the k best of each part, so that the result is that of `search` on the parts put
    together, ties included. A part that is read from a disk when its turn comes, as by `numpy.load(path,
    mmap_mode="r")`, needs the memory of one part.

    Args:
        queries: `(Q, D)` floats.
        shards: the parts, `(G_i, D)` floats or indices of them, in the order in which positions count.
        k: items wanted, at most as many as all parts hold.

    Returns:
        `(Q, k)` float32 scores, best first, and `(Q, k)` int64 positions in the parts put together.

    Raises:
        ValueError: as in `search`, or there are fewer than k items in all parts.

    Example:
        >>> gallery = torch.nn.functional.normalize(torch.randn(90, 8, generator=torch.Generator().manual_seed(0)))
        >>> merged = search_shards(gallery[:4], gallery.split(25), k=30)
        >>> torch.equal(merged[1], search(gallery[:4], gallery, k=30)[1])
        True
    """
    check_count("k", k)
    check_embeddings(queries, "queries")
    scores, positions, first = torch.empty(len(queries), 0), torch.empty(len(queries), 0, dtype=torch.int64), 0
    for shard in shards:
        check_gallery("shards", shard)
        check_dimensions("shards", shard, queries)
        found, where = search(queries, shard, min(k, len(shard)))
        where = torch.where(where < 0, where, where + first)  # -1 where an approximate index found nothing
        # Stable, and earlier parts first: of equal scores the first position wins.
        scores, order = torch.cat([scores, found.cpu()], dim=1).sort(dim=1, descending=True, stable=True)
        positions = torch.cat([positions, where.cpu()], dim=1).gather(1, order)[:, :k]  # (Q, ≤ k)
        scores, first = scores[:, :k], first + len(shard)
    if first < k:
        raise ValueError(f"`k`: got {k}, expected at most {first}, the items of all parts")
    return scores, positions
