"""The decomposability gap and the surrogate loss of a whole set: 60,000 rendered pictures of Mini-Landmarks.

    python -m benchmarks.whole_set [--queries 60000]

Pictures are rendered on the spot and embedded by a small network of random weights, which is enough for the cost: it
depends on how many items there are, not on how good the embeddings are. Queries are drawn at random; times for all
60,000 are measured with ``--queries 60000``, and otherwise scaled, which is said.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import torch
from torch import Tensor

from benchmarks.harness import peak_mib
from suprank_edu.data import render
from suprank_edu.decomposability import gap
from suprank_edu.losses import sup_ap
from suprank_edu.metrics import average_precision
from suprank_edu.relevance import count_shared
from suprank_edu.training import SmallCNN

LANDMARKS, VIEWS, BATCH = 5_000, 12, 256
AT_ONCE = 128


def embedded() -> tuple[Tensor, Tensor]:
    """Render and embed all pictures, a part at a time; return ``(N, 128)`` unit vectors and ``(N, 3)`` labels."""
    rendered = render(LANDMARKS, VIEWS, size=32)
    torch.manual_seed(0)
    network = SmallCNN(image_size=32, in_channels=3).eval()
    with torch.no_grad():
        parts = [network(part.float() / 255) for part in rendered.images.split(1024)]
    centred = torch.cat(parts)
    return torch.nn.functional.normalize(centred - centred.mean(dim=0)), rendered.labels.cpu()


def blocks(embeddings: Tensor, labels: Tensor, queries: Tensor) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Yield scores, shared levels and what counts of some queries against everything."""
    for rows in queries.split(AT_ONCE):
        valid = torch.ones(len(rows), len(embeddings), dtype=torch.bool)
        valid[torch.arange(len(rows)), rows] = False  # no query is in its own gallery
        yield embeddings[rows] @ embeddings.T, count_shared(labels[rows], labels), valid


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=int, default=1024)
    options = parser.parse_args()
    start = time.perf_counter()
    embeddings, labels = embedded()
    print(f"rendered and embedded {len(labels):,} pictures: {time.perf_counter() - start:.1f} s")
    draw = torch.Generator().manual_seed(0)
    queries = torch.randperm(len(labels), generator=draw)[: options.queries]
    batches = torch.randperm(len(labels), generator=draw).split(BATCH)
    scale, before = len(labels) / len(queries), peak_mib()
    for name, level in (("landmark", 3), ("supercategory", 2)):
        start, gaps = time.perf_counter(), []
        for scores, levels, valid in blocks(embeddings, labels, queries):
            gaps.append(gap(scores, levels >= level, batches, average_precision, valid=valid))
        spent, mean = time.perf_counter() - start, torch.cat(gaps).nanmean()
        print(f"{name:14} gap {mean:.3f}: {spent:6.1f} s, all queries {spent * scale:6.0f} s")
        start, losses = time.perf_counter(), []
        for scores, levels, valid in blocks(embeddings, labels, queries):
            scores.requires_grad_()
            losses.append(sup_ap(scores, levels, min_level=level, valid=valid))
            losses[-1].sum().backward()
        spent, mean = time.perf_counter() - start, torch.cat(losses).mean()
        print(f"{name:14} Sup-AP {mean:.3f}, forward + backward: {spent:6.1f} s, all queries {spent * scale:6.0f} s")
    print(f"{len(queries):,} queries, peak {peak_mib() - before:.0f} MiB above the embeddings")


if __name__ == "__main__":
    main()
