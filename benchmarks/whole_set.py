"""The decomposability gap and the surrogate loss of a whole set: 60,000 rendered pictures of Mini-Landmarks.

    python -m benchmarks.whole_set [--queries 60000]

Pictures are rendered on the spot and embedded by a small network of random weights, which is enough for the cost: it
depends on how many items there are, not on how good the embeddings are. Queries are drawn at random; times for all
60,000 are measured with ``--queries 60000``, and otherwise scaled, which is said.
"""

from __future__ import annotations

import argparse
import time
from functools import partial

import torch
from torch import Tensor

from benchmarks.harness import held_mib, peak_mib
from suprank_edu.data import render
from suprank_edu.decomposability import gap
from suprank_edu.losses import sup_ap
from suprank_edu.metrics import average_precision
from suprank_edu.training import SmallCNN
from suprank_edu.whole_set import for_every_query

LANDMARKS, VIEWS, BATCH = 5_000, 12, 256
LEVELS = ("landmark", "supercategory")


def embedded() -> tuple[Tensor, Tensor]:
    """Render and embed all pictures, a part at a time; return ``(N, 128)`` unit vectors and ``(N, 3)`` labels."""
    rendered = render(LANDMARKS, VIEWS, size=32)
    torch.manual_seed(0)
    network = SmallCNN(image_size=32, in_channels=3).eval()
    with torch.no_grad():
        parts = [network(part.float() / 255) for part in rendered.images.split(1024)]
    centred = torch.cat(parts)
    return torch.nn.functional.normalize(centred - centred.mean(dim=0)), rendered.labels.cpu()


def main() -> None:
    """Print the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=int, default=1024)
    parser.add_argument("--levels", nargs="+", default=list(LEVELS), choices=LEVELS)
    options = parser.parse_args()
    start = time.perf_counter()
    embeddings, labels = embedded()
    print(f"rendered and embedded {len(labels):,} pictures: {time.perf_counter() - start:.1f} s")
    draw = torch.Generator().manual_seed(0)
    # In a random order the first n are random queries, and each n that follow one another a random batch.
    order = torch.randperm(len(labels), generator=draw)
    embeddings, labels = embeddings[order], labels[order]
    queries = min(options.queries, len(labels))
    batches = torch.arange(len(labels)).split(BATCH)
    functions = {
        "scores alone": lambda scores, levels, valid: scores[:, 0].clone(),
        "gap": partial(gap, batches=batches, metric=average_precision),
        "Sup-AP": sup_ap,
    }
    before = held_mib()
    for name in options.levels:
        for what, function in functions.items():
            start = time.perf_counter()
            found = for_every_query(function, embeddings, labels, column=LEVELS.index(name), only=torch.arange(queries))
            spent = time.perf_counter() - start
            scaled = f", all queries {spent * len(labels) / queries:6.0f} s" if queries < len(labels) else ""
            print(f"{name:14} {what:13} {found.nanmean():7.3f}: {spent:6.1f} s{scaled}", flush=True)
    print(f"{queries:,} queries, peak {peak_mib() - before:.0f} MiB above the embeddings")


if __name__ == "__main__":
    main()
