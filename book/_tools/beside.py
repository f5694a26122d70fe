"""Runs a command beside processes that never rest: `python beside.py COUNT NOTES COMMAND …`.

Its wall time goes into the JSON file NOTES under COUNT; with others beside it, it is told together with that of the
last run without them.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Ends by itself when whoever started it is gone, however that came about.
SPIN = "import os, sys\nwhile os.getppid() == int(sys.argv[1]): sum(range(100_000))"


@contextmanager
def spinning(count: int) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Keep `count` Python processes busy for as long as the block lasts."""
    others = [subprocess.Popen([sys.executable, "-c", SPIN, str(os.getpid())]) for _ in range(count)]
    try:
        yield others
    finally:
        for other in others:
            other.kill()
            other.wait()


def main(count: int, notes: Path, command: list[str]) -> int:
    """Run the command, note its time, and return its exit status."""
    with spinning(count):
        start = time.monotonic()
        status = subprocess.run(command).returncode
        seconds = time.monotonic() - start
    if status == 0:
        known = json.loads(notes.read_text()) if notes.exists() else {}
        known[str(count)] = round(seconds)
        notes.write_text(json.dumps(known))
        if count:
            alone = f"{known['0']} s" if "0" in known else "not yet run"
            print(f"suite: {seconds:.0f} s beside {count} busy processes, without them {alone}")
    return status


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that `finally` is reached
    sys.exit(main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
