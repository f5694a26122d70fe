"""Approximate search of an index of photographs: how it is made, kept in a file, and how much it finds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from suprank_edu._checks import check_count
from suprank_edu._extras import needs
from suprank_edu.retrieval import ApproximateIndex, hnsw_index, ivfpq_index, search_recall
from suprank_edu.retrieval.hnsw import GraphIndex
from suprank_edu.retrieval.ivfpq import ListIndex
from suprank_edu.search.answer import Answer

if TYPE_CHECKING:
    from suprank_edu.search.index import PhotoIndex


@dataclass(frozen=True)
class IVFPQ:
    """Photographs sorted into lists, each with a short code; see `suprank_edu.retrieval.ivfpq_index`.

    Attributes:
        lists: number of lists; None takes about 4 √N.
        probes: lists that a search looks at.
        code_bytes: bytes of a code, a divisor of the dimensions D; None takes the largest up to D/4.
        oversampling: photographs scored exactly for each one wanted.

    Example:
        >>> IVFPQ(probes=32)
        IVFPQ(lists=None, probes=32, code_bytes=None, oversampling=4)
    """

    lists: int | None = None
    probes: int = 16
    code_bytes: int | None = None
    oversampling: int = 4

    def build(self, vectors: Tensor) -> ApproximateIndex:
        """Return the index of `(N, D)` vectors, N at least 256."""
        return ivfpq_index(vectors, **asdict(self))


@dataclass(frozen=True)
class HNSW:
    """Photographs linked to near ones in a graph; see `suprank_edu.retrieval.hnsw_index`.

    Attributes:
        links: neighbours of a photograph on the upper layers, twice as many on the lowest.
        build_breadth: candidates kept while a photograph is linked.
        breadth: candidates that a search keeps.

    Example:
        >>> HNSW(breadth=256)
        HNSW(links=32, build_breadth=80, breadth=256)
    """

    links: int = 32
    build_breadth: int = 80
    breadth: int = 64

    def build(self, vectors: Tensor) -> ApproximateIndex:
        """Return the index of `(N, D)` vectors."""
        return hnsw_index(vectors, **asdict(self))


Method = IVFPQ | HNSW
IVFPQ_KIND, HNSW_KIND = "ivf-pq", "hnsw"


def method_to_json(method: Method) -> dict[str, Any]:
    """Return what `method_of_json` reads.

    Example:
        >>> method_of_json(method_to_json(HNSW(links=16))) == HNSW(links=16)
        True
    """
    return {"kind": IVFPQ_KIND if isinstance(method, IVFPQ) else HNSW_KIND, **asdict(method)}


def method_of_json(description: dict[str, Any]) -> Method:
    """Return the method of a description.

    Raises:
        ValueError: there is no such method in this version of the library.
    """
    options = dict(description)
    kind = options.pop("kind", None)
    if kind == IVFPQ_KIND:
        return IVFPQ(**options)
    if kind == HNSW_KIND:
        return HNSW(**options)
    raise ValueError(f"its approximate search is {kind!r}, expected {IVFPQ_KIND} or {HNSW_KIND}")


def write_structure(near: ApproximateIndex, file: IO[bytes]) -> None:
    """Write the faiss index into a file."""
    with needs("train"):
        import faiss

    faiss.write_index(near.index, faiss.PyCallbackIOWriter(file.write))  # type: ignore[attr-defined]


def read_structure(path: Path, method: Method, vectors: Tensor) -> ApproximateIndex:
    """Read the faiss index of `(N, D)` vectors.

    Raises:
        ValueError: the file is none, one of another method, or one of other vectors.
    """
    with needs("train"):
        import faiss

    with path.open("rb") as file:
        try:
            index = faiss.read_index(faiss.PyCallbackIOReader(file.read))  # type: ignore[attr-defined]
        except (RuntimeError, MemoryError):  # the latter where a damaged one claims to be huge
            raise ValueError(f"{path.name} is no index of faiss") from None
    expected = faiss.IndexIVFPQ if isinstance(method, IVFPQ) else faiss.IndexHNSWFlat
    if not isinstance(index, expected):
        raise ValueError(f"{path.name} holds a {type(index).__name__}, expected {expected.__name__}")
    if (index.ntotal, index.d) != tuple(vectors.shape) or index.metric_type != faiss.METRIC_INNER_PRODUCT:
        raise ValueError(
            f"{path.name} is of {index.ntotal} vectors in {index.d} dimensions, expected {len(vectors)} in "
            f"{vectors.shape[1]}, by inner product"
        )
    if isinstance(method, IVFPQ):
        lists: Any = faiss.extract_index_ivf(index).invlists
        ids = [faiss.rev_swig_ptr(lists.get_ids(n), lists.list_size(n)) for n in range(lists.nlist)]
        if not np.array_equal(np.sort(np.concatenate(ids)), np.arange(len(vectors))):
            raise ValueError(f"{path.name} lists other vectors than 0 to {len(vectors) - 1}, each once")
        return ListIndex(vectors, index, method.oversampling)
    return GraphIndex(vectors, index)


def measure_recall(index: PhotoIndex, k: int = 10, *, effort: int | None = None, queries: int = 100) -> float:
    """Measure how much an approximate search finds, on photographs of the index that ask for the others.

    Args:
        index: what is searched, approximately and then exactly.
        k: photographs wanted.
        effort: see `PhotoIndex.search`.
        queries: photographs that ask, drawn with a seed of its own; all where there are fewer.

    Returns:
        The mean share of the k most alike that is found, in 0..1; of equal scores each counts.

    Raises:
        ValueError: a number is below 1, or the index does not hold k others.

    Example:
        >>> from suprank_edu.data import read
        >>> from suprank_edu.search import PhotoIndex
        >>> from suprank_edu.training import SmallCNN
        >>> glyphs = read("standin", split="test")
        >>> index = PhotoIndex.build(SmallCNN(image_size=16, channels=(4, 8)), glyphs, approximate=IVFPQ(lists=8))
        >>> measure_recall(index, effort=1) < 0.9 < measure_recall(index, effort=8)
        True
    """
    check_count("queries", queries)
    check_count("k", k)
    if k >= len(index):
        raise ValueError(f"`k`: got {k}, expected at most {len(index) - 1}, the other photographs")
    rows = torch.randperm(len(index), generator=torch.Generator().manual_seed(0))[:queries].tolist()
    found = [index.search(index.vectors[row], k + 1, effort=effort) for row in rows]
    truth = [index.search(index.vectors[row], k + 1, exact=True) for row in rows]
    return search_recall(_of_others(found, rows, k), _of_others(truth, rows, k)).mean().item()


def _of_others(answers: list[Answer], rows: list[int], k: int) -> Tensor:
    """Return the `(Q, k)` best scores of photographs other than the one that asks; `-inf` where too few are found."""
    scores = torch.full((len(answers), k), -torch.inf)
    for place, (answer, row) in enumerate(zip(answers, rows, strict=True)):
        others = [hit.score for hit in answer if hit.position != row][:k]
        scores[place, : len(others)] = torch.tensor(others)
    return scores
