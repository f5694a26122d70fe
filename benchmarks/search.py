"""Time and measured recall of approximate search against the exact search, in one run.

    python -m benchmarks.search

Galleries of noisy clusters, as embeddings of a trained network are; 1,000 queries, the 10 best items of each.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import torch

from benchmarks.harness import Ratio
from suprank_edu.retrieval import ApproximateIndex, hnsw_index, ivfpq_index, search, search_recall


def embeddings(items: int, dim: int, seed: int) -> torch.Tensor:
    """Return unit vectors around ``items / 20`` centres that queries and gallery share."""
    centres = torch.randn(50_000, dim, generator=torch.Generator().manual_seed(0))
    draw = torch.Generator().manual_seed(seed)
    chosen = torch.randint(5_000, (items,), generator=draw)
    return torch.nn.functional.normalize(centres[chosen] + torch.randn(items, dim, generator=draw), dim=1)


def timed(queries: torch.Tensor, gallery: torch.Tensor | ApproximateIndex) -> tuple[float, torch.Tensor]:
    """Return milliseconds per query, and the scores found."""
    start = time.perf_counter()
    scores, _ = search(queries, gallery, 10)
    return (time.perf_counter() - start) / len(queries) * 1e3, scores


def compare(size: int, dim: int, wanted: dict[str, Callable[[torch.Tensor], ApproximateIndex]]) -> list[Ratio]:
    """Print a table of build time, time and recall of each index; return the times against the exact search."""
    gallery, queries = embeddings(size, dim, 1), embeddings(1_000, dim, 2)
    print(f"{size:,} x {dim}, 1,000 queries, k = 10, {torch.get_num_threads()} threads")
    print("index                          build   ms/query   faster   recall")
    base, truth = timed(queries, gallery)
    print(f"exact                              -   {base:8.3f}      1.0   1.000")
    found = []
    for name, make in wanted.items():
        start = time.perf_counter()
        index = make(gallery)
        built = time.perf_counter() - start
        each, scores = timed(queries, index)
        recall = search_recall(scores, truth).mean().item()
        print(f"{name:28} {built:6.1f}s  {each:9.3f} {base / each:8.1f}   {recall:.3f}", flush=True)
        found.append(Ratio(f"search/{name}, {size:,} x {dim}", each, base, "ms", f"exact; recall {recall:.3f}"))
    return found


MAKERS: dict[str, Callable[[torch.Tensor], ApproximateIndex]] = {
    "HNSW, breadth 16": lambda gallery: hnsw_index(gallery, breadth=16),
    "HNSW, breadth 64": lambda gallery: hnsw_index(gallery, breadth=64),
    "HNSW, breadth 256": lambda gallery: hnsw_index(gallery, breadth=256),
    "IVF-PQ, 4 probes": lambda gallery: ivfpq_index(gallery, probes=4),
    "IVF-PQ, 16 probes": lambda gallery: ivfpq_index(gallery, probes=16),
    "IVF-PQ, 64 probes, 16x again": lambda gallery: ivfpq_index(gallery, probes=64, oversampling=16),
}


def ratios(quick: bool) -> list[Ratio]:
    """Return what ``python -m benchmarks`` compares; building an index takes longer than a quick run has."""
    return [] if quick else compare(100_000, 128, MAKERS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=100_000, help="items in the gallery")
    parser.add_argument("--dim", type=int, default=128)
    options = parser.parse_args()
    compare(options.size, options.dim, MAKERS)


if __name__ == "__main__":
    main()
