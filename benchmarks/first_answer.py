"""Seconds of each stage from a folder of photographs to the first answer of its search engine.

    python -m benchmarks.first_answer [FOLDER]

FOLDER holds anybody's photographs in class folders; by default the groceries in ``$SUPRANK_EDU_DATA/grocery``: 5,421
photographs of about 128 pixels. The pretrained network of the library looks at them at 128 pixels, nothing comes from a
cache, one thread computes. What happens on another day, the load and the searches, is measured in a process of its own;
the last line is a whole command of the shell, with the start of Python. About two minutes on a machine that does
nothing else; ``cores_of_others`` says whether it did. Writes ``book/results/groceries-stages/first_answer.json``, which
chapter 17 shows.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch

from benchmarks.harness import held_mib, in_process, other_programs, peak_mib, processor
from suprank_edu.data import read
from suprank_edu.search import PhotoIndex
from suprank_edu.training import embed, pretrained
from suprank_edu.training.study.provenance import made_by

RESULT = Path(__file__).parents[1] / "book" / "results" / "groceries-stages" / "first_answer.json"
LATER = 50  # searches after the first


class Stages:
    """What was done, its seconds, and how many photographs it had."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, float]] = {}

    def time(self, stage: str, photographs: int, work: Callable[[], Any]) -> Any:
        """Do the work of a stage and note what it took."""
        start = time.perf_counter()
        done = work()
        self.note(stage, photographs, time.perf_counter() - start)
        return done

    def note(self, stage: str, photographs: int, seconds: float) -> None:
        """Keep what a stage took."""
        self.taken[stage] = {"seconds": round(seconds, 4), "photographs": photographs}
        print(f"{stage:40}{seconds:9.3f} s {photographs:8,} photographs", flush=True)


def build(photographs: str, index: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return the stages up to an index on disk, what it was made by, and one of its photographs, which will ask."""
    torch.set_num_threads(1)
    stages, before = Stages(), held_mib()
    network = stages.time("open the network", 0, pretrained)
    data = stages.time("read the folder", 0, lambda: read("folder", photographs))
    stages.taken["read the folder"]["photographs"] = len(data)
    vectors = stages.time("embed", len(data), lambda: embed(network, data))
    made = stages.time("put into an index", len(data), lambda: PhotoIndex(network, data, vectors))
    stages.time("save", len(data), lambda: made.save(index))
    size = sum(file.stat().st_size for file in Path(index).iterdir())
    about = {
        "photographs": len(data),
        "dimensions": vectors.shape[1],
        "index_mib": round(size / 2**20, 1),
        "peak_mib": round(peak_mib() - before),
        **made_by(network),
    }
    return stages.taken, about, os.fspath(data.items[len(data) // 2])


def ask(index: str, photograph: str) -> dict[str, Any]:
    """Return the stages of another day: the index is opened, and a photograph asks, then others."""
    torch.set_num_threads(1)
    stages = Stages()
    opened = stages.time("load", 0, lambda: PhotoIndex.load(index))
    stages.taken["load"]["photographs"] = len(opened)
    stages.time("first search", 1, lambda: opened.search(photograph, leave_out_copies=True))
    others, spent = opened.photographs.items[:: len(opened) // LATER][:LATER], []
    for other in others:
        start = time.perf_counter()
        opened.search(other, leave_out_copies=True)
        spent.append(time.perf_counter() - start)
    stages.note("each later search", 1, statistics.median(spent))
    return stages.taken


def from_a_shell(index: str, photograph: str) -> dict[str, Any]:
    """Return what the same search takes as a command."""
    stages = Stages()
    command = [sys.executable, "-m", "suprank_edu", "search", index, photograph, "--leave-out-copies"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    run = partial(subprocess.run, command, env=environment, check=True, stdout=subprocess.DEVNULL)
    stages.time("one search as a command of the shell", 1, run)
    return stages.taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.path.join(os.environ.get("SUPRANK_EDU_DATA", ""), "grocery")
    parser.add_argument("folder", nargs="?", default=default, metavar="FOLDER", help="the photographs")
    parser.add_argument("--out", type=Path, default=RESULT, metavar="FILE", help="the JSON file to write")
    options = parser.parse_args()
    cores_of_others = other_programs()
    with tempfile.TemporaryDirectory() as folder:
        index = os.path.join(folder, "index")
        built, about, photograph = in_process(build, options.folder, index)
        stages = {**built, **in_process(ask, index, photograph), **from_a_shell(index, photograph)}
    about |= {"command": "python -m benchmarks.first_answer", "processor": processor()}
    content = {**about, "cores_of_others": round(cores_of_others(), 2), "stages": stages}
    options.out.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
