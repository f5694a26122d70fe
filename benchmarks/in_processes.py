"""Seconds in which one process, and two, embed photographs with `embed_in_processes`, each with one thread.

    python -m benchmarks.in_processes [FOLDER]

FOLDER holds anybody's photographs in class folders; by default the groceries in ``$SUPRANK_EDU_DATA/grocery``. Only the
first 768 are embedded, by the pretrained network at 128 pixels, one process and two in turn, three times each. The
clock starts where all processes have opened network and folder. Both must come to the same vectors. Two minutes on a
machine that does nothing else. Writes ``book/results/groceries-stages/in_processes.json``, which chapter 17 shows.
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
from pathlib import Path

import torch

from benchmarks.harness import other_programs, processor
from suprank_edu.data import read
from suprank_edu.search import embed_in_processes
from suprank_edu.training import pretrained
from suprank_edu.training.device import make_accelerator

RESULT = Path(__file__).parents[1] / "book" / "results" / "groceries-stages" / "in_processes.json"
PHOTOGRAPHS, REPEATS = 768, 3


def part(folder: str, out: str) -> None:
    """Be one of the processes: embed with the others, and let the first store what it took and what came of it."""
    torch.set_num_threads(1)
    network = pretrained()
    photographs = read("folder", folder)
    photographs = photographs.subset(range(min(PHOTOGRAPHS, len(photographs))))
    accelerator, _ = make_accelerator(None)
    accelerator.wait_for_everyone()
    start = time.perf_counter()
    vectors = embed_in_processes(network, photographs)
    seconds = time.perf_counter() - start
    if accelerator.is_main_process:
        torch.save({"seconds": seconds, "vectors": vectors, "processes": accelerator.num_processes}, out)


def launched(processes: int, folder: str, out: Path) -> tuple[float, torch.Tensor]:
    """Return the seconds of so many processes, and the vectors."""
    # accelerate's own launcher starts one process on a CPU, however many are asked for.
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={processes}"]
    command += ["-m", "benchmarks.in_processes", folder, "--part", str(out)]
    subprocess.run(command, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=True)
    stored = torch.load(out, weights_only=True)
    if stored["processes"] != processes:
        raise RuntimeError(f"{stored['processes']} processes ran, and {processes} were asked for")
    return stored["seconds"], stored["vectors"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = os.path.join(os.environ.get("SUPRANK_EDU_DATA", ""), "grocery")
    parser.add_argument("folder", nargs="?", default=default, metavar="FOLDER", help="the photographs")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        return part(options.folder, options.part)
    cores_of_others = other_programs()
    spent: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(REPEATS):
            made = {count: launched(count, options.folder, Path(folder, f"{count}.pt")) for count in spent}
            for count, (seconds, _) in made.items():
                spent[count].append(round(seconds, 3))
            # Batches are cut elsewhere: a convolution may round otherwise.
            torch.testing.assert_close(made[1][1], made[2][1], rtol=0, atol=1e-5)
    content = {
        "command": "python -m benchmarks.in_processes",
        "processor": processor(),
        "photographs": len(made[1][1]),
        "seconds": spent,
        "ratio": round(statistics.median(spent[1]) / statistics.median(spent[2]), 2),
        "cores_of_others": round(cores_of_others(), 2),
    }
    RESULT.write_text(json.dumps(content, indent=1) + "\n")
    print(json.dumps(content, indent=1))


if __name__ == "__main__":
    main()
