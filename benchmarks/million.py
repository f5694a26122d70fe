"""A million photographs searched: memory, time and recall, exactly, approximately and in parts.

    python -m benchmarks.million [--size 1000000]

The vectors are real. Photographs of Groceries and four augmented views of each go through a pretrained network; a
vector of the gallery is the embedding of a photograph of the train split, moved as augmentation has moved another one.
A linear head, trained on the train split, makes 256 dimensions of it. The 486 queries are the photographs of the test
split as they are, taken at other visits to other shops. One thread; times are of the processor, so that other programs
count little. Writes ``benchmarks/results/million.json``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from benchmarks.harness import Ratio, held_mib, in_process, peak_mib
from suprank_edu.data import load_samples, sample_embeddings
from suprank_edu.data.vectors import VectorDataset
from suprank_edu.losses import SupAPLoss
from suprank_edu.retrieval import (
    ApproximateIndex,
    ExactIndex,
    hnsw_index,
    ivfpq_index,
    search,
    search_recall,
    search_shards,
)
from suprank_edu.training import Augment, LinearHead, Recipe, fit, load_images, pretrained

RESULT = Path(__file__).parent / "results" / "million.json"
DIM, VIEWS, K, SHARDS = 256, 4, 10, 4
IN_PARTS = f"in {SHARDS} parts"
MAKERS: dict[str, Callable[[Tensor], ApproximateIndex]] = {
    "IVF-PQ, 16 probes": lambda gallery: ivfpq_index(gallery, lists=1024, probes=16),
    "IVF-PQ, 64 probes, 16x again": lambda gallery: ivfpq_index(gallery, lists=1024, probes=64, oversampling=16),
    "HNSW, 16 links": lambda gallery: hnsw_index(gallery, links=16, build_breadth=40, breadth=64),
}


def displacements() -> Tensor:
    """Return ``(M, 1280)``: how far, and where to, augmentation moves the features of the train photographs."""
    network, samples = pretrained(), load_samples("groceries", "train")
    pixels, kept = load_images(samples, network.image_size).float() / 255, sample_embeddings("groceries", "train")
    augment = Augment(Recipe(rotation=10, scale=0.1, shear=0.1, shift=0.05, crop=0.5, flip=True))
    moved = []
    with torch.no_grad():
        for view in range(VIEWS):
            for number, rows in enumerate(torch.arange(len(pixels)).split(81)):
                views = augment(pixels[rows], rows, step=100 * view + number)
                moved.append(network.eval()(views) - kept[rows])
    return torch.cat(moved)


def head() -> LinearHead:
    """Return a head of 256 dimensions, trained on the train photographs."""
    samples = VectorDataset(sample_embeddings("groceries", "train").numpy(), images=load_samples("groceries", "train"))
    recipe = Recipe(steps=150, batch_size=128, embedding_size=DIM, head_only=1.0, lr=2e-3)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = LinearHead(1280, DIM)
    return fit(recipe, samples, SupAPLoss(), model=model, device="cpu", progress=False).model.eval()


def write_gallery(size: int, folder: Path) -> None:
    """Write ``gallery.npy`` and ``queries.npy``."""
    moves, photographs, model = displacements(), sample_embeddings("groceries", "train"), head().requires_grad_(False)
    np.save(folder / "queries.npy", model(sample_embeddings("groceries", "test")).numpy())
    gallery = np.lib.format.open_memmap(folder / "gallery.npy", "w+", np.float32, (size, DIM))
    draw = torch.Generator().manual_seed(0)
    for start in range(0, size, 20_000):
        rows = min(20_000, size - start)
        which, move = (torch.randint(len(x), (rows,), generator=draw) for x in (photographs, moves))
        share = 0.5 + torch.rand(rows, 1, generator=draw)  # of a displacement: hardly two are the same
        gallery[start : start + rows] = model(normalize(photographs[which] + share * moves[move])).numpy()
    gallery.flush()


def measured(name: str, folder: Path) -> dict[str, Any]:
    """Return what one way of searching takes, in this process."""
    torch.set_num_threads(1)
    import faiss

    faiss.omp_set_num_threads(1)
    queries = torch.from_numpy(np.load(folder / "queries.npy"))
    before = held_mib()
    if name == IN_PARTS:
        return in_parts(queries, folder, before)
    gallery = torch.from_numpy(np.load(folder / "gallery.npy"))
    index: ExactIndex | ApproximateIndex = ExactIndex(gallery)
    made, extra = 0.0, 0
    if name != "exact":
        start = time.process_time()
        index = MAKERS[name](gallery)
        made = time.process_time() - start
        faiss.write_index(index.index, str(folder / "index.faiss"))
        extra = (folder / "index.faiss").stat().st_size
    search(queries[:1], index, K)
    start = time.process_time()
    scores = torch.cat([search(query[None], index, K)[0] for query in queries])
    each = (time.process_time() - start) / len(queries) * 1e3
    start = time.process_time()
    search(queries, index, K)
    together = (time.process_time() - start) / len(queries) * 1e3
    if name == "exact":
        np.save(folder / "scores.npy", scores.numpy())
    recall = search_recall(scores, torch.from_numpy(np.load(folder / "scores.npy"))).mean().item()
    figures = {"build_s": made, "one_ms": each, "together_ms": together, "recall": recall}
    return {"name": name, **figures, "index_mib": extra / 2**20, "peak_mib": peak_mib() - before}


def in_parts(queries: Tensor, folder: Path, before: float) -> dict[str, Any]:
    """Search the parts, each read when its turn comes."""
    gallery = np.load(folder / "gallery.npy", mmap_mode="r")
    bounds = np.linspace(0, len(gallery), SHARDS + 1).astype(int)
    start = time.process_time()
    parts = (torch.from_numpy(np.array(gallery[a:b])) for a, b in pairwise(bounds))
    scores, _ = search_shards(queries, parts, K)
    together = (time.process_time() - start) / len(queries) * 1e3
    recall = search_recall(scores, torch.from_numpy(np.load(folder / "scores.npy"))).mean().item()
    figures = {"build_s": 0.0, "one_ms": None, "together_ms": together, "recall": recall}
    return {"name": IN_PARTS, **figures, "index_mib": 0.0, "peak_mib": peak_mib() - before}


def line(row: dict[str, Any]) -> str:
    one = "       -" if row["one_ms"] is None else f"{row['one_ms']:8.2f}"
    memory = f"{row['index_mib']:9.0f} {row['peak_mib']:9.0f}"
    return f"{row['name']:30} {row['build_s']:8.0f} {one} {row['together_ms']:9.2f} {row['recall']:7.3f} {memory}"


def compare(size: int) -> list[dict[str, Any]]:
    """Measure each way in a process of its own, print a table and write it."""
    about = {"command": f"python -m benchmarks.million --size {size}", "size": size, "dimensions": DIM, "k": K}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        in_process(write_gallery, size, folder)
        print(f"{size:,} x {DIM}: {size * DIM * 4 / 2**20:,.0f} MiB of vectors; 486 queries, k = {K}, one thread")
        print(f"{'':30}  build s   one ms  together  recall index MiB  peak MiB", flush=True)
        rows = []
        for way in ("exact", IN_PARTS, *MAKERS):
            rows.append(in_process(measured, way, folder))
            print(line(rows[-1]), flush=True)
            RESULT.write_text(json.dumps(about | {"rows": rows}, indent=1) + "\n")  # each takes minutes
    return rows


def ratios(quick: bool) -> list[Ratio]:
    """Return what ``python -m benchmarks`` compares; a million takes longer than a quick run has."""
    if quick:
        return []
    exact, *others = compare(1_000_000)
    return [
        Ratio(f"million/{row['name']}", row["one_ms"], exact["one_ms"], "ms", f"exact; recall {row['recall']:.3f}")
        for row in others
        if row["one_ms"] is not None
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1_000_000, help="vectors in the gallery")
    compare(parser.parse_args().size)


if __name__ == "__main__":
    main()
