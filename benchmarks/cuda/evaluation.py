"""Every metric of large sets on the device: the test split of Stanford Online Products, and a gallery of a million.

Embeddings are drawn, near the centre of their class. Writes `evaluation.json`: seconds, the allocator's peak beyond the
embeddings, and all of it in GB with them.
"""

import sys
import time
from typing import Any

import torch

from benchmarks.cuda.engines import peak_mib, wait
from benchmarks.cuda.machine import Options, options
from suprank_edu.metrics import evaluate

# Queries, gallery (0: the queries themselves), dimensions, images of a class in each column.
SETS = {"60,502 × 60,502": (60_502, 0, 512, (5, 5000)), "4,096 × 1,000,000": (4096, 1_000_000, 512, (20, 5000))}
SMALL = {"600 × 600": (600, 0, 32, (5, 100)), "64 × 2,000": (64, 2000, 32, (20, 200))}


def drawn(count: int, dim: int, per_class: tuple[int, ...], device: torch.device, seed: int) -> tuple[Any, Any]:
    """Return unit vectors and their labels; classes have the same centres whatever the seed."""
    labels = torch.stack([torch.arange(count, device=device) // size for size in per_class], dim=1)
    centres = torch.randn(int(labels[-1, 0]) + 1, dim, generator=torch.Generator(device).manual_seed(0), device=device)
    noise = torch.randn(count, dim, generator=torch.Generator(device).manual_seed(1 + seed), device=device)
    return torch.nn.functional.normalize(centres[labels[:, 0]] + 2 * noise), labels


def measure(queries: int, gallery: int, dim: int, per_class: tuple[int, ...], device: torch.device) -> dict[str, Any]:
    """Return the seconds of a first and of a second evaluation, the peak of the second, and some of its values."""
    embeddings, labels = drawn(queries, dim, per_class, device, seed=0)
    references = drawn(gallery, dim, per_class, device, seed=1) if gallery else (None, None)
    seconds = []

    def work() -> None:
        start = time.perf_counter()
        result = evaluate(embeddings, labels, *references)
        wait(device)
        seconds.append(time.perf_counter() - start)
        found.update({key: result.mean[key] for key in ("R@1/column0", "mAP/column0", "H-AP", "NDCG")})

    found: dict[str, float] = {}
    work()
    peak = peak_mib(work, device)
    in_all = round(torch.cuda.max_memory_allocated(device) / 1e9, 2) if device.type == "cuda" else None
    return {"first_s": seconds[0], "least_s": min(seconds), "peak_mib": peak, "gb_in_all": in_all} | found


def run(given: Options) -> None:
    """Measure each set while there is time."""
    found = {}
    for name, size in (SMALL if given.small else SETS).items():
        if given.has_time(10):
            found[name] = measure(*size, given.device)
            print(name, found[name], flush=True)
            given.write("evaluation", found)


if __name__ == "__main__":
    run(options(__doc__))
    sys.exit(0)
