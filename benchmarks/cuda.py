"""The core suite and the engines on a card, in one command that needs neither network nor `.venv`.

    python -m benchmarks.cuda [--device cuda] [--out benchmarks/results/cuda] [--small] [TEST ...]

Needs torch, numpy and pytest. Test files that import what is not installed are left out, and named. Writes `tests.json`
(what passed, failed and was left out) and `engines.json` (seconds and peak memory of each engine at fixed sizes).
`--small` is for a rehearsal on the CPU.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import torch
from torch import Tensor

from benchmarks.harness import least_and_median
from suprank_edu.pairwise import can_fuse, direct_sums, fused_sums, sorted_sums
from suprank_edu.steps import SupStep

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
CORE = ["losses", "metrics", "pairwise", "retrieval", "decomposability"]
CORE += [f"test_{name}.py" for name in ("ranking", "relevance", "whole_set", "golden", "traps")]
ON_A_CARD = ["training/test_fit.py", "data/test_landmarks.py"]  # of these, what asks for a card
MINUTES = 5  # for the tests; the engines take one
# Queries, positives and negatives of each: a batch, a batch half positive, a memory bank, a large gallery.
SIZES = [(256, 3, 252), (1024, 512, 512), (256, 100, 16_384), (16, 1000, 100_000)]
SMALL = [(8, 3, 40), (2, 30, 300)]
ENGINES: dict[str, Callable[..., Tensor]] = {"direct": direct_sums, "fused": fused_sums, "sorted": sorted_sums}
AGREE = 1e-3  # of the largest sum, in float32


def machine(device: torch.device) -> dict[str, Any]:
    """Say what the figures were measured on."""
    about = {"device": device.type, "torch": torch.__version__, "python": sys.version.split()[0]}
    if device.type == "cuda":
        about |= {"card": torch.cuda.get_device_name(device), "cuda": torch.version.cuda}
    return about


# ---- tests -----------------------------------------------------------------------------------------------------------


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


def run_tests(device: torch.device, chosen: list[str]) -> dict[str, Any]:
    """Run the core suite on the device; return counts, failures, and the files left out with what they lack."""
    paths = [TESTS / name for name in chosen or CORE]
    files = sorted({file for path in paths for file in (path.rglob("test_*.py") if path.is_dir() else [path])})
    left_out = {str(file.relative_to(ROOT)): sorted(lack) for file in files if (lack := missing(file))}
    kept = [str(file.relative_to(ROOT)) for file in files if str(file.relative_to(ROOT)) not in left_out]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not cpu and not nightly"]
        command += ["--device", device.type, f"--junit-xml={report}", *kept]
        start = time.monotonic()
        try:
            status = subprocess.run(command, cwd=ROOT, timeout=60 * MINUTES).returncode
        except subprocess.TimeoutExpired:
            return {"status": "out of time", "minutes": MINUTES, "left_out": left_out}
        seconds = time.monotonic() - start
        cases = list(ElementTree.parse(report).iter("testcase")) if report.exists() else []
    outcomes = {f"{case.get('classname')}::{case.get('name')}": outcome(case) for case in cases}
    return {
        "status": status,
        "seconds": round(seconds, 1),
        "counts": Counter(kind for kind, _ in outcomes.values()),
        "failed": {name: text for name, (kind, text) in outcomes.items() if kind in ("failure", "error")},
        "left_out": left_out,
    }


def outcome(case: ElementTree.Element) -> tuple[str, str]:
    """Return how a test ended, and the last of what it said."""
    for kind in ("failure", "error", "skipped"):
        if (found := case.find(kind)) is not None:
            return kind, (found.text or found.get("message") or "")[-2000:]
    return "passed", ""


# ---- engines ---------------------------------------------------------------------------------------------------------


def forward_and_backward(engine: Callable[..., Tensor], rows: Tensor, columns: Tensor) -> tuple[Tensor, Tensor]:
    """Return an engine's sums and the gradient of their mean by the rows, when the device has them."""
    rows = rows.clone().requires_grad_()
    sums = engine(rows, columns.clone().requires_grad_(), SupStep())
    (gradient,) = torch.autograd.grad(sums.mean(), rows)
    if rows.is_cuda:
        torch.cuda.synchronize()
    return sums.detach(), gradient


def measure(engine: str, queries: int, positives: int, negatives: int, device: torch.device) -> dict[str, Any]:
    """Return seconds and peak memory of an engine at one size, and how far it is from the direct engine."""
    draw = torch.Generator().manual_seed(0)
    rows = (0.2 + 0.1 * torch.randn(queries, positives, generator=draw)).to(device)
    columns = (0.1 * torch.randn(queries, negatives, generator=draw)).to(device)
    row: dict[str, Any] = {"engine": engine, "queries": queries, "positives": positives, "negatives": negatives}
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
    function = ENGINES[engine]
    spent = least_and_median(lambda: forward_and_backward(function, rows, columns), repeats=5)
    if device.type == "cuda":
        row["peak_mib"] = round((torch.cuda.max_memory_allocated() - before) / 2**20, 1)
    ours, expected = (forward_and_backward(each, rows, columns) for each in (function, direct_sums))
    off = max(((a - b).abs().max() / b.abs().max()).item() for a, b in zip(ours, expected, strict=True))
    return row | {"least_s": spent.least, "median_s": spent.median, "off": off, "agrees": off < AGREE}


def run_engines(device: torch.device, sizes: list[tuple[int, int, int]]) -> list[dict[str, Any]]:
    """Measure each engine at each size; the fused one on a card alone, since a rehearsal need not compile it."""
    fuses = device.type == "cuda" and can_fuse("cuda")
    names = [name for name in ENGINES if name != "fused" or fuses]
    rows = []
    for size in sizes:
        for name in names:
            rows.append(measure(name, *size, device))
            print(*(f"{key} {value}" for key, value in rows[-1].items()), sep="  ", flush=True)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda", help="cuda, or cpu for a rehearsal")
    parser.add_argument("--out", type=Path, help="folder of the results; benchmarks/results/DEVICE where not given")
    parser.add_argument("--small", action="store_true", help="engines at sizes that take no time")
    parser.add_argument("test", nargs="*", help="paths under tests/; the core suite where none is given")
    options = parser.parse_args()
    device = torch.device(options.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        parser.error(f"--device: torch {torch.__version__} finds no CUDA card here")
    out = options.out or ROOT / "benchmarks" / "results" / device.type
    out.mkdir(parents=True, exist_ok=True)
    tests = machine(device) | run_tests(device, options.test or [*CORE, *ON_A_CARD])
    (out / "tests.json").write_text(json.dumps(tests, indent=1) + "\n")
    engines = run_engines(device, SMALL if options.small else SIZES)
    (out / "engines.json").write_text(json.dumps(machine(device) | {"rows": engines}, indent=1) + "\n")
    for name, lack in tests["left_out"].items():
        print(f"cuda: left out {name}: {', '.join(lack)} is not installed")
    print(f"cuda: tests {dict(tests.get('counts', {}))}, engines at {len(engines)} sizes; written to {out}")
    return 0 if tests["status"] == 0 and all(row["agrees"] for row in engines) else 1


if __name__ == "__main__":
    sys.exit(main())
