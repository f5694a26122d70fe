"""Runs the library's own tests with this interpreter: `python tests/library.py [pytest's options]`.

No make, no browser, no notebook: what any system and any set of versions can be asked, on two processes of one thread.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# The book, what it shows and how that is timed belong to the pinned environment; the wheel is built there too.
ELSEWHERE = (
    "tests/book",
    "tests/browser",
    "tests/explore",
    "tests/exercises",
    "tests/benchmarks",
    "tests/test_package.py",
)


def command(options: list[str]) -> list[str]:
    """Return what is run: pytest over tests/ and the docstrings, without `ELSEWHERE`."""
    ignored = [f"--ignore={path}" for path in (*ELSEWHERE, "suprank_edu/explore", "suprank_edu/exercises")]
    chosen = ["-m", "not slow and not browser and not nightly"]
    processes = ["-n", "2", "--dist", "loadfile"]
    return [sys.executable, "-m", "pytest", "-q", *processes, *chosen, *ignored, *options, "tests", "suprank_edu"]


if __name__ == "__main__":
    one_thread = {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    sys.exit(subprocess.run(command(sys.argv[1:]), cwd=ROOT, env=os.environ | one_thread).returncode)
