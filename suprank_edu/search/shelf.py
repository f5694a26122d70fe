"""Photographs with what they are searched by; a change makes another shelf, so that one that fails changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from suprank_edu._embedding_checks import are_unit, check_embeddings
from suprank_edu.data import RetrievalDataset
from suprank_edu.data.dataset import Labels
from suprank_edu.retrieval import ApproximateIndex, ExactIndex, search
from suprank_edu.search.answer import Hit
from suprank_edu.search.approximate import Method
from suprank_edu.search.digests import Digests
from suprank_edu.search.joining import NOT_LABELLED


@dataclass(frozen=True)
class Shelf:
    """N photographs, a vector and the digest of each, and the structure of an approximate search.

    Attributes:
        photographs: their classes and, as long as the files are there, their images.
        digests: `(N,)`.
        exact: their `(N, D)` vectors.
        method: how they are searched approximately; None where they are not.
        near: what that has made of the vectors.
    """

    photographs: RetrievalDataset
    digests: Digests
    exact: ExactIndex
    method: Method | None = None
    near: ApproximateIndex | None = None

    @classmethod
    def of(
        cls, photographs: RetrievalDataset, vectors: Tensor, digests: Digests, method: Method | None = None
    ) -> Shelf:
        """Return a shelf whose vectors are looked at, and their structure made.

        Raises:
            ValueError: not as many vectors as photographs, or one that is not finite or not of norm 1.
        """
        error = check_embeddings(vectors, "vectors")
        if len(vectors) != len(photographs):
            raise ValueError(f"`vectors`: got {len(vectors)}, expected {len(photographs)}, one of each photograph")
        if not are_unit(error, vectors.dtype):
            raise ValueError(f"`vectors`: got norms that are off 1 by up to {error:.2g}, expected unit vectors")
        exact = ExactIndex(vectors)
        return cls(photographs, digests, exact, method, None if method is None else method.build(exact.gallery))

    @property
    def vectors(self) -> Tensor:
        """`(N, D)` float32."""
        return self.exact.gallery

    def news(self, photographs: RetrievalDataset, digests: Digests, labels: Labels) -> tuple[list[int], set[int]]:
        """Return the rows of photographs that are not here as they are, and the rows here whose place they take.

        Args:
            photographs: M.
            digests: `(M,)`.
            labels: `(M, L)` by the class ids that are here; a photograph that is not labelled keeps its class.
        """
        here, names = self.photographs.labels, photographs.class_names[0]
        known = {place: row for row, place in enumerate(_places(self.photographs, self.digests))}
        first = {place: row for row, place in reversed(list(enumerate(_places(photographs, digests))))}  # of equal ones
        new = {
            row: known.get(place, -1)
            for place, row in first.items()
            if place not in known
            or self.digests[known[place]] != digests[row]
            or (names[photographs.labels[row, 0]] != NOT_LABELLED and (here[known[place]] != labels[row]).any())
        }
        return sorted(new), set(new.values()) - {-1}

    def extended(self, photographs: RetrievalDataset, vectors: Tensor, digests: Digests, replaced: set[int]) -> Shelf:
        """Return a shelf of all photographs, the last M of them new, but those that are replaced.

        Args:
            photographs: N + M.
            vectors: `(M, D)`.
            digests: `(M,)`.
            replaced: rows of the first N.
        """
        everything = torch.cat([self.vectors, vectors])  # (N + M, D)
        both = np.concatenate([self.digests, digests])  # (N + M,)
        if replaced or self.near is None:
            keep = [row for row in range(len(both)) if row not in replaced]
            return Shelf.of(photographs.subset(keep), everything[keep], both[keep], self.method)
        shelf = Shelf.of(photographs, everything, both)  # refuses what does not fit before the structure grows
        return replace(shelf, method=self.method, near=self.near.grown(shelf.vectors))

    def without(self, positions: Iterable[int]) -> Shelf:
        """Return a shelf without some rows; see `PhotoIndex.remove`."""
        gone, size = set(positions), len(self.photographs)
        if outside := [row for row in gone if not 0 <= row < size]:
            raise IndexError(f"`positions`: got {outside[0]}, expected rows in 0..{size - 1}")
        keep = [row for row in range(size) if row not in gone]
        if not keep:
            raise ValueError(f"`positions`: got all {size} photographs, expected to leave one; remove the folder")
        return Shelf.of(self.photographs.subset(keep), self.vectors[keep], self.digests[keep], self.method)

    def copies_of(self, digest: bytes) -> set[int]:
        """Return the rows of photographs with the bytes of a digest."""
        return set(np.flatnonzero(self.digests == digest).tolist())

    def missing(self) -> list[int]:
        """Return the rows whose files have vanished."""
        return [row for row in range(len(self.photographs)) if not self._is_there(row)]

    def _is_there(self, row: int) -> bool:
        item = self.photographs.items[row]
        return isinstance(item, bytes) or os.path.exists(item)

    def find(self, vector: Tensor, k: int, left_out: set[int], *, effort: int | None, exact: bool) -> tuple[Hit, ...]:
        """Return the k photographs nearest to a `(D,)` vector but those left out, best first."""
        gallery = self.exact if exact or self.near is None else self.near
        wanted = min(k + len(left_out), len(self.photographs))
        scores, rows = search(vector[None], gallery, wanted, effort=effort)
        pairs = zip(scores[0].tolist(), rows[0].tolist(), strict=True)
        found = [(score, row) for score, row in pairs if row >= 0 and row not in left_out][:k]
        return tuple(self._hit(rank, score, row) for rank, (score, row) in enumerate(found, start=1))

    def _hit(self, rank: int, score: float, row: int) -> Hit:
        data = self.photographs
        ids = data.labels[row].tolist()
        classes = tuple(names[i] for names, i in zip(data.class_names, ids, strict=True))
        return Hit(rank, score, row, data.name_of(row), classes, self._is_there(row))


def _places(photographs: RetrievalDataset, digests: Digests) -> list[str | bytes]:
    """Return what tells photographs apart: the absolute path of a file; the digest of one that is no file."""
    pairs = zip(photographs.items, digests.tolist(), strict=True)
    return [digest if isinstance(item, bytes) else os.path.abspath(item) for item, digest in pairs]
