"""A million photographs searched: memory, time and recall, exactly, approximately and in parts.

    python -m benchmarks.million [--size 1000000]

The vectors are real. Photographs of Groceries and four augmented views of each go through a pretrained network; a
vector of the gallery is the embedding of a photograph of the train split, moved as augmentation has moved another one.
A linear head, trained on the train split, makes 256 dimensions of it. The 486 queries are the photographs of the test
split as they are, taken at other visits to other shops. One thread; times are of the processor, so that other programs
count little. Each way is measured in a process of its own; its index is made once and asked with several efforts.
Writes ``book/results/million/searched.json``, which chapter 16 shows.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from benchmarks.harness import Ratio, held_mib, in_process, peak_mib, processor
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

RESULT = Path(__file__).parents[1] / "book" / "results" / "million" / "searched.json"
DIM, VIEWS, K, SHARDS = 256, 4, 10, 4
IN_PARTS = f"in {SHARDS} parts"
MAKERS: dict[str, tuple[Callable[[Tensor], ApproximateIndex], tuple[int, ...]]] = {
    "IVF-PQ": (lambda gallery: ivfpq_index(gallery, lists=1024), (1, 4, 16, 64)),
    "IVF-PQ, 16x again": (lambda gallery: ivfpq_index(gallery, lists=1024, oversampling=16), (16, 64)),
    "HNSW, 16 links": (lambda gallery: hnsw_index(gallery, links=16, build_breadth=40), (64, 256, 1024, 4096)),
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


def measured(name: str, folder: Path) -> list[dict[str, Any]]:
    """Return what one way of searching takes, in this process, with each of its efforts."""
    torch.set_num_threads(1)
    import faiss

    faiss.omp_set_num_threads(1)
    queries = torch.from_numpy(np.load(folder / "queries.npy"))
    before = held_mib()
    if name == IN_PARTS:
        return [in_parts(queries, folder, before)]
    gallery = torch.from_numpy(np.load(folder / "gallery.npy"))
    if name == "exact":
        row = searched(queries, ExactIndex(gallery), None, folder)
        return [{"name": name, "build_s": 0.0, **row, "index_mib": 0.0, "peak_mib": peak_mib() - before}]
    make, efforts = MAKERS[name]
    start = time.process_time()
    index = make(gallery)
    made = time.process_time() - start
    peak = peak_mib() - before
    faiss.write_index(index.index, str(folder / "index.faiss"))
    extra = (folder / "index.faiss").stat().st_size / 2**20
    rows = [searched(queries, index, effort, folder) for effort in efforts]
    return [{"name": name, "build_s": made, **row, "index_mib": extra, "peak_mib": peak} for row in rows]


def searched(queries: Tensor, index: ExactIndex | ApproximateIndex, effort: int | None, folder: Path) -> dict[str, Any]:
    """Return the time of a query, asked alone and among all, and the share of the truth that is found."""
    search(queries[:1], index, K, effort=effort)
    scores = torch.empty(len(queries), K)
    start = time.process_time()
    for row in range(len(queries)):
        scores[row] = search(queries[row : row + 1], index, K, effort=effort)[0]
    each = (time.process_time() - start) / len(queries) * 1e3
    start = time.process_time()
    search(queries, index, K, effort=effort)
    together = (time.process_time() - start) / len(queries) * 1e3
    if isinstance(index, ExactIndex):
        np.save(folder / "scores.npy", scores.numpy())
    return {"effort": effort, "one_ms": each, "together_ms": together, **against_exact(scores, folder)}


def against_exact(scores: Tensor, folder: Path) -> dict[str, float]:
    """Return the recall, and how far a score in the exact list is off that of the query asked alone, at most."""
    truth = torch.from_numpy(np.load(folder / "scores.npy"))
    recall = search_recall(scores, truth).mean().item()
    return {"recall": recall, "score_gap": (scores - truth).abs().max().item()}


def in_parts(queries: Tensor, folder: Path, before: float) -> dict[str, Any]:
    """Search the parts, each read when its turn comes."""
    gallery = np.load(folder / "gallery.npy", mmap_mode="r")
    bounds = np.linspace(0, len(gallery), SHARDS + 1).astype(int)
    start = time.process_time()
    parts = (torch.from_numpy(np.array(gallery[a:b])) for a, b in pairwise(bounds))
    scores, _ = search_shards(queries, parts, K)
    together = (time.process_time() - start) / len(queries) * 1e3
    figures = {"build_s": 0.0, "effort": None, "one_ms": None, "together_ms": together}
    return {
        "name": IN_PARTS,
        **figures,
        **against_exact(scores, folder),
        "index_mib": 0.0,
        "peak_mib": peak_mib() - before,
    }


def line(row: dict[str, Any]) -> str:
    one = "       -" if row["one_ms"] is None else f"{row['one_ms']:8.2f}"
    effort = "" if row["effort"] is None else row["effort"]
    memory = f"{row['index_mib']:9.0f} {row['peak_mib']:9.0f}"
    found = f"{row['together_ms']:9.2f} {row['recall']:7.4f}"
    return f"{row['name']:20} {effort:>6} {row['build_s']:8.0f} {one} {found} {memory}"


def name_of(row: dict[str, Any]) -> str:
    return f"million/{row['name']}, {row['effort']}"


def about(size: int) -> dict[str, Any]:
    """Return what the figures were taken with."""
    versions = {name: metadata.version(name) for name in ("torch", "faiss-cpu", "numpy")}
    command = f"python -m benchmarks.million --size {size}"
    return {"command": command, "processor": processor(), **versions, "size": size, "dimensions": DIM, "k": K}


def compare(size: int, vectors: Path | None = None) -> list[dict[str, Any]]:
    """Measure each way in a process of its own, print a table and write it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) if vectors is None else vectors
        if not (folder / "gallery.npy").exists():
            in_process(write_gallery, size, folder)
        print(f"{size:,} x {DIM}: {size * DIM * 4 / 2**20:,.0f} MiB of vectors; 486 queries, k = {K}, one thread")
        print(f"{'':20} effort  build s   one ms  together  recall index MiB  peak MiB", flush=True)
        rows: list[dict[str, Any]] = []
        for way in ("exact", IN_PARTS, *MAKERS):
            rows += in_process(measured, way, folder)
            print("\n".join(line(row) for row in rows if row["name"] == way), flush=True)
            RESULT.write_text(json.dumps(about(size) | {"rows": rows}, indent=1) + "\n")  # each takes minutes
    return rows


def ratios(quick: bool) -> list[Ratio]:
    """Return what ``python -m benchmarks`` compares; a million takes longer than a quick run has."""
    if quick:
        return []
    exact, *others = compare(1_000_000)
    return [
        Ratio(
            name_of(row),
            row["one_ms"],
            exact["one_ms"],
            "ms",
            f"exact; recall {row['recall']:.3f}",
        )
        for row in others
        if row["one_ms"] is not None
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1_000_000, help="vectors in the gallery")
    parser.add_argument("--vectors", type=Path, metavar="FOLDER", help="where gallery.npy and queries.npy are, or go")
    options = parser.parse_args()
    compare(options.size, options.vectors)


if __name__ == "__main__":
    main()
