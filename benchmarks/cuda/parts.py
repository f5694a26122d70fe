"""Parts that run one after another under one clock: a part that fails or takes too long does not stop the next."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cuda.machine import ROOT

_MANNERS = 10.0  # seconds in which a part that was interrupted may write what it has
_SHOWN = 15  # lines of a part's output that are printed; all of it goes to the log


@dataclass(frozen=True)
class Part:
    """A module of this folder, in a process of its own.

    Args:
        name: the module.
        seconds: how long it may take.
        needs: packages without which it is left out.
    """

    name: str
    seconds: float
    needs: tuple[str, ...] = ()

    @property
    def lacks(self) -> list[str]:
        """What it needs and is not installed."""
        return [package for package in self.needs if importlib.util.find_spec(package) is None]


def run_parts(parts: list[Part], words: list[str], out: Path, seconds: float) -> Iterator[dict[str, Any]]:
    """Run each part that is still in time, and yield what came of it: `part`, `status`, `seconds`.

    Args:
        parts: in the order of their worth.
        words: of the command line of each, without its seconds.
        out: the folder of `log.txt`.
        seconds: for all of them.
    """
    end = time.monotonic() + seconds
    with open(out / "log.txt", "wb", buffering=0) as log:
        for part in parts:
            left = end - time.monotonic()
            if part.lacks:
                yield {"part": part.name, "status": f"left out: {', '.join(part.lacks)} is not installed"}
            elif left < 2:
                yield {"part": part.name, "status": "left out: no time was left"}
            else:
                yield _run(part, words, min(part.seconds, left), log)


def _run(part: Part, words: list[str], seconds: float, log: Any) -> dict[str, Any]:
    log.write(f"\n==== {part.name}, at most {seconds:.0f} s\n".encode())
    where, start = log.tell(), time.monotonic()
    inside = max(1.0, seconds - 3)  # so that it ends by itself where it looks at the clock
    command = [sys.executable, "-u", "-m", f"benchmarks.cuda.{part.name}", *words, f"--seconds={inside:.1f}"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        code = process.wait(seconds)
        status = "passed" if code == 0 else f"failed with status {code}"
    except subprocess.TimeoutExpired:
        status = f"broken off after {seconds:.0f} s"
    _end(process)
    lines = Path(log.name).read_bytes()[where:].decode(errors="replace").splitlines()
    print(f"---- {part.name}: {status}, {time.monotonic() - start:.0f} s", *lines[-_SHOWN:], sep="\n", flush=True)
    return {"part": part.name, "status": status, "seconds": round(time.monotonic() - start, 1)}


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End what a part has started, and the part itself; it may write first what it has."""
    for sign, patience in ((signal.SIGINT, _MANNERS), (signal.SIGKILL, None)):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
