"""Approximate search: a faiss index that looks at a part of the gallery, and how much of the truth it finds."""

from typing import Any

import torch
from torch import Tensor

from suprank_edu._checks import check_count, check_floating, check_number
from suprank_edu._embedding_checks import check_embeddings

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

    def candidates(self, queries: Tensor, k: int, effort: int | None = None) -> tuple[Tensor, Tensor]:
        """Return `(Q, ≥ k)` exact scores and positions of candidates, in any order; `-inf` and -1 where none.

        Args:
            queries: `(Q, D)` float32 on the CPU.
            k: items wanted.
            effort: how hard this search looks, see `suprank_edu.retrieval.search`; None as hard as the index is set to.
        """
        if effort is not None:
            check_count("effort", effort)
            effort = int(effort)
        wanted = int(min(k * self.oversampling, len(self)))
        found = torch.from_numpy(self._positions(queries.contiguous().numpy(), wanted, effort))  # (Q, wanted)
        at_a_time = max(1, _BLOCK // (wanted * queries.shape[1]))
        scores = torch.empty(found.shape)
        for start in range(0, len(found), at_a_time):
            rows = slice(start, start + at_a_time)
            scores[rows] = torch.einsum("qd,qkd->qk", queries[rows], self.gallery[found[rows].clamp(min=0)])
        return scores.masked_fill(found < 0, -torch.inf), found

    def _positions(self, queries: Any, wanted: int, effort: int | None) -> Any:
        """Return `(Q, wanted)` positions that faiss finds."""
        if effort is not None:
            raise ValueError(f"`effort`: got {effort}, expected None: what it means to this index is not known")
        return self.index.search(queries, wanted)[1]

    def grown(self, gallery: Tensor) -> "ApproximateIndex":
        """Return the index of a gallery whose first items are those of this one; the others are put in.

        The faiss index is the same one, so that this object is not to be used any longer.
        """
        vectors = checked_gallery(gallery)
        self.index.add(vectors[len(self) :].numpy())
        return type(self)(vectors, self.index, self.oversampling)


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
        ValueError: the shapes differ, or an argument is of another kind.

    Example:
        >>> search_recall(torch.tensor([[0.9, 0.7]]), torch.tensor([[0.9, 0.8]]))
        tensor([0.5000])
    """
    check_floating("scores", scores, 2)
    check_floating("exact_scores", exact_scores, 2)
    check_number("tolerance", tolerance, minimum=0)
    if scores.shape != exact_scores.shape:
        raise ValueError(
            f"`scores`: got shape {tuple(scores.shape)}, expected {tuple(exact_scores.shape)}, (Q, k) as `exact_scores`"
        )
    return (scores >= exact_scores.amin(dim=1, keepdim=True) - tolerance).float().mean(dim=1)


def checked_gallery(gallery: Tensor) -> Tensor:
    """Return a gallery as faiss takes it, looked at."""
    check_embeddings(gallery, "gallery")
    return gallery.detach().float().cpu().contiguous()
