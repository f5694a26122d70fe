"""How long an explorer's figure takes at each move, against the 30 ms of a fluid answer.

python -m benchmarks.explorers
"""

from __future__ import annotations

import random
import time

from benchmarks.harness import Ratio
from suprank_edu import explore

BUDGET = 0.030
MAKERS = ("decomposability_gap", "surrogate_bounds")


def median_move(maker: str, moves: int = 40) -> float:
    """Return the median time of the figure function over random positions of the controls."""
    explorer = getattr(explore, maker)()
    draw = random.Random(0)
    times = []
    for _ in range(moves):
        parameters = {control.name: draw.choice(control.values) for control in explorer.controls}
        start = time.perf_counter()
        explorer.figure(**parameters)
        explorer.readout(**parameters)
        times.append(time.perf_counter() - start)
    return sorted(times)[moves // 2]


def ratios(quick: bool) -> list[Ratio]:
    """Return what ``python -m benchmarks`` compares; quick and full are the same."""
    return [Ratio(f"explorers/{maker}", median_move(maker), BUDGET, "s", "a budget of 30 ms") for maker in MAKERS]


if __name__ == "__main__":
    for ratio in ratios(quick=False):
        print(ratio.line())
