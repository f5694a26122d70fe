"""Time and memory of clustering category names, and how good each stage of the pipeline is on Mini-Landmarks.

    python -m benchmarks.labelling             # both
    python -m benchmarks.labelling --speed     # time and memory only
    python -m benchmarks.labelling --stages    # the stages only

Names are generated: kinds of landmark with modifiers, places and spelling that varies, as many different ones as asked
for, with frequencies that fall as in Wikimedia (a few kinds have most landmarks). Each size runs in a process of its
own; what is printed is its peak over the memory that the imports take.

The stages run on the committed landmarks, their parents from the local wiki. Images are compared by raw pixels, and by
a network that learnt the kinds of other landmarks, from another world, as CLIP learnt them from other pictures.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import torch

from benchmarks.harness import held_mib, in_process, peak_mib
from suprank_edu.data import RetrievalDataset, load_samples, render
from suprank_edu.data.labelling import (
    Labelling,
    LocalWiki,
    WikiCache,
    WikimediaClient,
    candidates,
    hierarchical_labels,
    measure_stages,
    mine,
    phrase_of,
    purity,
    read_categories,
    statistics,
    url_of,
    vote_of_parents,
    write_labels,
)
from suprank_edu.losses import ProxyLoss
from suprank_edu.training import SmallCNN, embed, load_images

T = TypeVar("T")
WIKI = Path(__file__).resolve().parents[1] / "data_samples" / "mini_landmarks" / "wikimedia_parents.json"

KINDS = [
    "abbey", "airport", "aqueduct", "archaeological site", "arch", "art museum", "bank", "barn", "basilica",
    "bay", "beach", "bridge", "brewery", "building", "bus station", "cafe", "canal", "cape", "castle",
    "cathedral", "cave", "cemetery", "chapel", "church", "city gate", "cliff", "clock tower", "college",
    "community centre", "convent", "courthouse", "covered bridge", "dam", "desert", "dock", "embassy", "factory",
    "farm", "fjord", "forest", "fort", "fountain", "gallery", "garden", "geyser", "glacier", "gorge",
    "government building", "harbour", "hill", "hospital", "hotel", "house", "island", "lake", "library", "lighthouse",
    "manor", "market", "mausoleum", "meadow", "memorial", "mill", "mine", "monastery", "monument", "mosque",
    "mountain", "museum", "national park", "observatory", "opera house", "pagoda", "palace", "park", "peninsula",
    "pier", "plaza", "post office", "power station", "prison", "pyramid", "railway station", "reservoir",
    "restaurant", "river", "road", "rock", "school", "shrine", "skyscraper", "spring", "square", "stadium",
    "statue", "street", "suspension bridge", "swamp", "synagogue", "temple", "theatre", "tomb", "tower",
    "town hall", "tunnel", "university", "valley", "viaduct", "villa", "village", "volcano", "wall", "water tower",
    "waterfall", "wetland", "windmill", "winery", "zoo",
]  # fmt: skip
SYLLABLES = [
    "al", "bor", "cas", "dun", "el", "fen", "gar", "hol", "is", "jor", "kel", "lun", "mar", "nor", "ost", "pel",
    "quin", "ros", "sten", "tor", "ul", "ven", "wald", "yar", "zel",
]  # fmt: skip


def generate(count: int, seed: int = 0) -> tuple[dict[str, int], dict[str, str]]:
    """Return name → number of landmarks, and name → its kind: ``count`` different names."""
    random = np.random.default_rng(seed)
    of_name: dict[str, str] = {}
    while len(of_name) < count:
        for kind in random.choice(KINDS, size=count):
            word = "".join(random.choice(SYLLABLES, size=random.integers(2, 5)))
            before = "" if random.random() < 0.5 else f"{''.join(random.choice(SYLLABLES, size=2))}ian "
            of_name[f"{before}{word} {kind}"] = str(kind)
            if len(of_name) == count:
                break
    counts = (1 + random.pareto(1.2, size=count)).astype(int).tolist()
    return dict(zip(of_name, counts, strict=True)), of_name


def measure(count: int, clusters: int) -> tuple[float, float, float, int]:
    """Return seconds, peak MiB over the start, purity by the generated kinds, and the number of candidates."""
    counts, of_name = generate(count)
    candidates(dict(list(counts.items())[:100]), 5)  # imports
    before = held_mib()
    start = time.perf_counter()
    found = candidates(counts, clusters)
    seconds = time.perf_counter() - start
    peak = peak_mib() - before
    pairs = [(candidate.key, of_name[phrase]) for candidate in found for phrase in candidate.phrases]
    return seconds, peak, purity(*zip(*pairs, strict=True)), len(found)


def seconds_of(name: str, run: Callable[[], T]) -> T:
    """Run a step and print how long it took."""
    start = time.perf_counter()
    made = run()
    print(f"{name:32} {time.perf_counter() - start:6.1f}s", flush=True)
    return made


def print_full_size(landmarks: int = 203_094) -> None:
    """Print the seconds of the steps around the clusters at GLDv2's size: landmarks with five parents each."""
    random = np.random.default_rng(0)
    places = ["".join(random.choice(SYLLABLES, size=3)).title() for _ in range(5_000)]
    kinds, where = random.integers(len(KINDS), size=(landmarks, 5)), random.integers(len(places), size=(landmarks, 5))
    kinds[:, 1:3] = kinds[:, :1]  # three of the five parents agree
    titles = [f"Category:Place {i}" for i in range(landmarks)]
    parents: dict[str, list[str] | None] = {
        title: [f"Category:{KINDS[kind]}s in {places[place]}" for kind, place in zip(*rows, strict=True)]
        for title, *rows in zip(titles, kinds.tolist(), where.tolist(), strict=True)
    }
    phrases = {phrase_of(f"{kind}s"): kind for kind in KINDS}
    labelling = Labelling(phrases, dict.fromkeys(KINDS, "human-made"), ())
    print(f"\n{landmarks:,} landmarks, {len(places):,} places")
    with tempfile.TemporaryDirectory() as folder:
        path, cache = Path(folder, "categories.csv"), WikiCache(Path(folder, "cache.sqlite"), "benchmark")
        path.write_text("landmark_id,category\n" + "".join(f"{i},{url_of(t)}\n" for i, t in enumerate(titles)))
        categories = seconds_of("read the categories", lambda: read_categories(path))
        seconds_of("write the parents to the cache", lambda: cache.put(parents))
        known = seconds_of("read the parents from the cache", lambda: cache.get(titles))
        mined = seconds_of("mine the phrases", lambda: mine(categories, known))
        votes = seconds_of("let the parents vote", lambda: vote_of_parents(mined, labelling))
        rows = seconds_of("make the rows", lambda: hierarchical_labels(categories, votes, labelling))
        seconds_of("write the hierarchy", lambda: write_labels(path, rows))
        seconds_of("statistics", lambda: statistics(votes, labelling))
        cache.close()


def by_pixels(samples: RetrievalDataset) -> torch.Tensor:
    """Return pictures of 16 × 16 pixels as unit vectors, less the mean picture."""
    pixels = load_images(samples, 16).float().flatten(1)
    return torch.nn.functional.normalize(pixels - pixels.mean(dim=0))


def by_network(samples: RetrievalDataset, steps: int, size: int = 48) -> torch.Tensor:
    """Return embeddings of a network that learnt the 16 supercategories of 512 landmarks of another world."""
    torch.manual_seed(0)
    images, labels, _ = render(512, 8, size=size, seed=1)
    model = SmallCNN(image_size=size, in_channels=3)
    loss = ProxyLoss(num_classes=16, embedding_size=128, column=1)
    optimizer = torch.optim.AdamW([*model.parameters(), *loss.parameters()], lr=2e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    for _ in range(steps):
        batch = torch.randint(len(images), (64,))
        optimizer.zero_grad()
        loss(model(images[batch].float() / 255), labels[batch, :2]).backward()
        optimizer.step()
        schedule.step()
    return embed(model.eval(), samples)


def stages(embeddings: torch.Tensor, samples: RetrievalDataset, clusters: int = 48) -> pd.DataFrame:
    """Return the table of stage × hidden share for one embedding of the images."""
    landmarks, kinds = samples.labels[:, 0].tolist(), samples.labels[:, 1].tolist()
    names, supercategories, halves = samples.class_names
    titles = {i: f"Category:{name}" for i, name in enumerate(names)}
    truth = {landmark: supercategories[kind] for landmark, kind in zip(landmarks, kinds, strict=True)}
    nature = {supercategories[kind]: halves[half] for _, kind, half in samples.labels.tolist()}
    agent = "suprank-edu-benchmark/1.0 (me@example.org)"
    with LocalWiki(WIKI) as wiki, WikimediaClient(":memory:", agent, url=wiki.url) as client:
        phrases = mine(titles, client.parents(titles.values()))
    return measure_stages(phrases, truth, nature, embeddings, landmarks, clusters=clusters)


def print_stages(steps: int) -> None:
    samples = load_samples("mini_landmarks", "all")
    for name, make in (("raw pixels", by_pixels), (f"network, {steps} steps", lambda s: by_network(s, steps))):
        start = time.perf_counter()
        embeddings = make(samples)
        seconds = time.perf_counter() - start
        table = stages(embeddings, samples).unstack("hidden", sort=False)
        print(f"\n{name}: {seconds:.0f} s for the embeddings")
        for column in ("purity", "coverage", "accuracy"):
            print(f"{column}, by share of hidden labels\n{table[column].round(2).to_string()}")


def print_speed(sizes: list[int], clusters: int) -> None:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {clusters} clusters, {len(KINDS)} kinds")
    print("  names   seconds     memory   purity   candidates")
    for count in sizes:
        seconds, peak, pure, found = in_process(measure, count, clusters)
        print(f"{count:7,} {seconds:8.1f}s {peak:6.0f} MiB {pure:8.2f} {found:12}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 20_000, 200_000])
    parser.add_argument("--clusters", type=int, default=400)
    parser.add_argument("--speed", action="store_true", help="time and memory only")
    parser.add_argument("--stages", action="store_true", help="the stages on Mini-Landmarks only")
    parser.add_argument("--steps", type=int, default=200, help="training steps of the network")
    options = parser.parse_args()
    if not options.stages:
        print_speed(options.sizes, options.clusters)
        print_full_size()
    if not options.speed:
        print_stages(options.steps)


if __name__ == "__main__":
    main()
