"""Training on a card, kept: `make cuda-runs`.

    python -m benchmarks.cuda.runs [--device cuda] [--out book/results/cuda] [--seconds 300] [--small]

In the order of their worth: rendered landmarks, made on the card, with a ResNet-50 from random weights and five losses;
groceries at 128 pixels, the whole pretrained network, with every loss; then the landmarks again with further seeds. A
run that would not end in time, or whose data are not there, is left out; one that takes longer than it seemed is broken
off when the time is over. Those that ended stay: each is a file of its own, as of `suprank_edu.training results`.
`runs.json` says what was done, on which card and by which command.
"""

import contextlib
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from typing import Any

from benchmarks.cuda.carried import bundle, carry
from benchmarks.cuda.machine import ROOT, Options, machine, options
from suprank_edu.training.device import half_precision
from suprank_edu.training.study import ABLATIONS, LOSSES
from suprank_edu.training.study.experiment import Experiment
from suprank_edu.training.study.papers import SETTINGS

LANDMARKS, GROCERIES = "rendered-landmarks-large", "grocery-fine-tune"
ALL = tuple(name for name in LOSSES if name not in ABLATIONS)
FIVE = ("sup-ap", "sup-h-ap", "smooth-ap", "multi-similarity", "triplet")
SEEDS = 5
_FIRST_S = 45.0  # what the first run of a setting may take at most, with its data


def plan(small: bool, half: str = "bf16") -> list[Experiment]:
    """Return the runs in the order of their worth, the large network in a half precision of the card's."""

    def runs(setting: str, names: Any, seed: int = 0, **changes: Any) -> list[Experiment]:
        lr = SETTINGS[setting].settings["lr"]
        return [Experiment(setting, loss, lr, seed, changes=tuple(changes.items())) for loss in names]

    if small:
        tiny = {"steps": 2, "batch_size": 8}
        first = runs("mini-landmarks", FIVE[:2], image_size=16, channels=(4, 8), **tiny)
        return first + runs(GROCERIES, ALL[:1], **tiny)
    other = {} if half == SETTINGS[LANDMARKS].settings["precision"] else {"precision": half}
    further = [run for seed in range(1, SEEDS) for run in runs(LANDMARKS, FIVE, seed, **other)]
    return runs(LANDMARKS, FIVE, **other) + runs(GROCERIES, ALL) + further


@contextlib.contextmanager
def broken_off(until: float) -> Iterator[None]:
    """Raise a TimeoutError inside the block when `time.monotonic` reaches a time."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(until - time.monotonic(), 1e-3))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run(given: Options) -> bool:
    """Make the runs that are in time; return whether none has failed."""
    about = machine(given.device, bundle()) | {"command": "make cuda-runs"}
    took: dict[str, float] = {}
    done: list[dict[str, Any]] = []
    for each in plan(given.small, half_precision(given.device)):
        row: dict[str, Any] = {"setting": each.setting, "run": each.name}
        start = time.monotonic()
        if given.has_time(1.2 * took.get(each.setting, 0.0 if given.small else _FIRST_S)):
            try:
                with broken_off(given.until):
                    each.write(given.out / each.setting, given.device.type)
                row["status"] = "done"
            except TimeoutError:
                row["status"] = "broken off: the time was over"
            except (FileNotFoundError, ModuleNotFoundError) as error:
                row["status"] = f"left out: {error}"
            except Exception as error:  # of one run: those after it need not have it
                row |= {"status": f"failed: {error}", "said": traceback.format_exc()[-2000:]}
            took[each.setting] = time.monotonic() - start
        else:
            row["status"] = "no time was left"
        row["seconds"] = round(time.monotonic() - start, 1)
        done.append(row)
        print(f"{each.setting} {each.name}: {row['status']}, {row['seconds']} s", flush=True)
        given.write("runs", about | {"runs": done})
    return not any(row["status"].startswith("failed") for row in done)


def main() -> int:
    if (carried := bundle()) is not None:
        carry(carried)
    words = sys.argv[1:]
    if not any(word.startswith("--out") for word in words):
        words += [f"--out={ROOT / 'book' / 'results' / 'cuda'}"]
    if not any(word.startswith("--seconds") for word in words):
        words += ["--seconds=285"]  # of five minutes, the rest for what ends last
    return 0 if run(options(__doc__, words)) else 1


if __name__ == "__main__":
    sys.exit(main())
