"""Where every pair and a sort cost the same on this card: the line for `suprank_edu.pairwise.costs`.

Forward and backward of the fused and of the sorted engine in turns, at sizes from a batch to a large gallery. A pair
costs what the fused engine takes a pair at its largest size; a sort costs so much however small, and so much an item.
Writes `choice.json`.
"""

import sys
from functools import partial
from typing import Any

from benchmarks.cuda.engines import drawn, engines_on, forward_and_backward
from benchmarks.cuda.machine import Options, options
from benchmarks.harness import least_and_median
from suprank_edu.pairwise import direct_sums, fused_sums, sorted_sums

# Queries, positives and negatives.
SHAPES = [(256, 64, 192), (256, 1024, 1024), (64, 1000, 60_000), (1024, 512, 3584), (64, 5000, 60_000)]
SHAPES += [(8, 20_000, 240_000)]
SMALL = [(2, 10, 100), (4, 20, 200), (2, 30, 600)]


def fitted(rows: list[dict[str, Any]]) -> tuple[int, int]:
    """Return what the sorted engine costs an item and however few there are, in pairs of the other.

    Example:
        >>> rows = [{"pairs": 10**6, "items": 10**3, "pairs_s": 1e-3, "sorted_s": 2e-3}]
        >>> rows += [{"pairs": 10**9, "items": 10**5, "pairs_s": 1.0, "sorted_s": 3e-3}]
        >>> fitted(rows)
        (10, 1989899)
    """
    largest = max(rows, key=lambda row: row["pairs"])
    a_pair = largest["pairs_s"] / largest["pairs"]
    few, many = min(rows, key=lambda row: row["items"]), max(rows, key=lambda row: row["items"])
    an_item = max(0.0, (many["sorted_s"] - few["sorted_s"]) / (many["items"] - few["items"]))
    return round(an_item / a_pair), round((few["sorted_s"] - an_item * few["items"]) / a_pair)


def run(given: Options) -> None:
    """Measure while there is time, and write the line of this card after each size."""
    pairs_engine = fused_sums if "fused" in engines_on(given.device) else direct_sums
    rows: list[dict[str, Any]] = []
    for queries, positives, negatives in SMALL if given.small else SHAPES:
        if not given.has_time(5):
            break
        scores = drawn(queries, positives, negatives, given.device)
        row: dict[str, Any] = {"queries": queries, "positives": positives, "negatives": negatives}
        row |= {"pairs": queries * positives * negatives, "items": queries * (positives + negatives)}
        for name, engine in (("pairs_s", pairs_engine), ("sorted_s", sorted_sums)):
            row[name] = least_and_median(partial(forward_and_backward, engine, *scores), 5).least
        rows.append(row)
        print(row, flush=True)
        if len(rows) > 1:
            an_item, fewest = fitted(rows)
            given.write("choice", {"pairs_per_item": an_item, "fewest_pairs": fewest, "rows": rows})
            print(f"for suprank_edu/pairwise/costs.py: Costs(pairs_per_item={an_item}, fewest_pairs={fewest})")


if __name__ == "__main__":
    run(options(__doc__))
    sys.exit(0)
