"""The core tests on the device: the same tests, against the same oracles on the CPU.

Files that import what is not installed are left out, and named. Writes `suite.json`, and `suite.txt`, a line a test as
it ends, so that a suite that is broken off has said what it knew.
"""

import ast
import importlib.util
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks.cuda.machine import ROOT, options

TESTS = ROOT / "tests"
CORE = ["pairwise", "losses", "metrics", "retrieval", "decomposability"]
CORE += [f"test_{name}.py" for name in ("ranking", "relevance", "whole_set", "golden", "traps")]
ON_A_CARD = ["training/test_fit.py", "training/test_on_a_card.py", "data/test_landmarks.py"]  # what asks for a card
_PROCESSES = 8  # where pytest-xdist is installed: tests wait for the CPU's oracles more than for the card


class Report:
    """What came of each test, written as it ends."""

    def __init__(self, path: Path) -> None:
        self.file = open(path, "w", encoding="utf-8")  # noqa: SIM115  # open until the process ends
        self.outcomes: dict[str, str] = {}
        self.failed: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that has ended, or failed before or after it ran."""
        if report.when != "call" and report.passed:
            return
        self.outcomes[report.nodeid] = report.outcome
        if report.failed:
            self.failed[report.nodeid] = report.longreprtext[-2000:]
        print(report.outcome, report.nodeid, f"{report.duration:.2f}", file=self.file, flush=True)


def missing(path: Path) -> set[str]:
    """Return what a test file imports that is not installed, also by way of the helpers that tests share."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.col_offset == 0:
            names.add(node.module.partition(".")[0])
    lacking: set[str] = set()
    for name in names:
        helper = next(TESTS.rglob(f"{name}.py"), None)
        if helper is not None:
            lacking |= missing(helper)
        elif importlib.util.find_spec(name) is None:
            lacking.add(name)
    return lacking


def sorted_out(chosen: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Return the test files that can run, and those that cannot with what they lack."""
    paths = [TESTS / name for name in chosen or [*CORE, *ON_A_CARD]]
    files = [file for path in paths for file in (sorted(path.rglob("test_*.py")) if path.is_dir() else [path])]
    lacks = {str(file.relative_to(ROOT)): sorted(missing(file)) for file in files}
    return [name for name, lack in lacks.items() if not lack], {name: lack for name, lack in lacks.items() if lack}


def main() -> int:
    given = options(__doc__)
    kept, left_out = sorted_out(given.chosen or (["test_relevance.py"] if given.small else []))
    report = Report(given.out / "suite.txt")
    words = ["-q", "-p", "no:cacheprovider", "-m", "not cpu and not nightly", "--device", given.device.type]
    if given.device.type == "cuda" and importlib.util.find_spec("xdist"):
        words += ["-n", str(min(_PROCESSES, os.cpu_count() or 1))]
    status = int(pytest.main([*words, *kept], plugins=[report]))
    counts: Counter[str] = Counter(report.outcomes.values())
    found: dict[str, Any] = {"status": status, "counts": counts, "failed": report.failed, "left_out": left_out}
    given.write("suite", found)
    for name, lack in left_out.items():
        print(f"left out {name}: {', '.join(lack)} is not installed")
    print(f"tests: {dict(counts)}")
    return status


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
