"""Time and peak memory of clustering category names into candidate supercategories.

    python benchmarks/labelling.py

Names are generated: kinds of landmark with modifiers, places and spelling that varies, as many different ones as asked
for, with frequencies that fall as in Wikimedia (a few kinds have most landmarks). Each size runs in a process of its
own; what is printed is its peak over the memory that the imports take.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import time

import numpy as np

from suprank_edu.data.labelling import candidates, purity

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
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    found = candidates(counts, clusters)
    seconds = time.perf_counter() - start
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    pairs = [(candidate.key, of_name[phrase]) for candidate in found for phrase in candidate.phrases]
    return seconds, peak, purity(*zip(*pairs, strict=True)), len(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 20_000, 200_000])
    parser.add_argument("--clusters", type=int, default=400)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {options.clusters} clusters, {len(KINDS)} kinds")
    print("  names   seconds     memory   purity   candidates")
    for count in options.sizes:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seconds, peak, pure, found = pool.apply(measure, (count, options.clusters))
        print(f"{count:7,} {seconds:8.1f}s {peak:6.0f} MiB {pure:8.2f} {found:12}", flush=True)


if __name__ == "__main__":
    main()
