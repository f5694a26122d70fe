"""Everything that says CUDA, on a card, within eight minutes: `make cuda`.

    python -m benchmarks.cuda [--device cuda] [--out benchmarks/results/cuda] [--small] [PART ...]

Needs torch and numpy; a part that needs what is not installed is left out, and named. In the order of their worth:
`suite` the core tests on the device, `engines` the sums over pairs and the losses, `choice` where a sort pays,
`evaluation` every metric of large sets, `training` images a second, `chapter` the cells of chapter 13, `sanitizer` our
kernels under compute-sanitizer. Each writes a JSON file of its own; `cuda.json` says what came of each, on which card,
with which driver, versions and commit, and `log.txt` has all they printed.
"""

import sys
from dataclasses import replace

from benchmarks.cuda.carried import bundle, carry
from benchmarks.cuda.machine import machine, options
from benchmarks.cuda.parts import Part, run_parts

SECONDS = 480.0
REHEARSAL = 60  # times as long: a rehearsal finds mistakes, and a machine that does other work is none
_RUNS = ("accelerate", "PIL", "tqdm")
PARTS = [
    Part("suite", 150, needs=("pytest",)),
    Part("engines", 75),
    Part("choice", 25),
    Part("evaluation", 50),
    Part("training", 80, needs=_RUNS),
    Part("chapter", 40, needs=(*_RUNS, "pytorch_metric_learning", "efficientnet_lite_pytorch")),
    Part("sanitizer", 60),
]


def main() -> int:
    given = options(__doc__)
    chosen = [part for part in PARTS if not given.chosen or part.name in given.chosen]
    carried = bundle()
    if carried is not None:
        print("cuda: from the bundle:", ", ".join(carry(carried)) or "nothing, all packages are installed")
    about = machine(given.device, carried)
    print("cuda:", ", ".join(f"{key} {value}" for key, value in about.items()), flush=True)
    words = [f"--device={given.device.type}", f"--out={given.out}", *(["--small"] if given.small else [])]
    patience = REHEARSAL if given.small else 1
    timed = [replace(part, seconds=patience * part.seconds) for part in chosen]
    done = []
    for found in run_parts(timed, words, given.out, patience * SECONDS):
        done.append(found)
        given.write("cuda", about | {"parts": done})
    for found in done:
        print(f"cuda: {found['part']}: {found['status']}")
    print(f"cuda: written to {given.out}")
    return int(any(found["status"] != "passed" and not found["status"].startswith("left out") for found in done))


if __name__ == "__main__":
    sys.exit(main())
