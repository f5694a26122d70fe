"""How long `import suprank_edu` and its usual rooms take beyond torch and numpy, each in a new process."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.harness import Ratio

BUDGET = 0.2  # seconds
ROOMS = ("", ".losses", ".metrics")
SCRIPT = """
import importlib, time
import torch, numpy
start = time.perf_counter()
for room in {rooms!r}:
    importlib.import_module("suprank_edu" + room)
print(time.perf_counter() - start)
"""


def importing(rooms: tuple[str, ...], repeats: int) -> float:
    """Return the least seconds of importing rooms of the library where torch and numpy are there already."""
    command = [sys.executable, "-c", SCRIPT.format(rooms=rooms)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(repeats)]
    return min(map(float, runs))


def ratios(quick: bool) -> list[Ratio]:
    """Return what ``python -m benchmarks`` compares."""
    repeats = 3 if quick else 9
    names = {"suprank_edu": ROOMS[:1], "suprank_edu, losses and metrics": ROOMS}
    return [
        Ratio(f"importing/{name}", importing(rooms, repeats), BUDGET, "s", f"a budget of {BUDGET} s")
        for name, rooms in names.items()
    ]
