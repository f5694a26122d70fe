"""All benchmarks in one run, compared with the committed baseline.

    python -m benchmarks [--quick] [--save-baseline] [--only losses,metrics]

Writes ``benchmarks/results/latest.json`` and a chart of it, ``latest.html``. Fails when a ratio is more than 1.5 times
worse than in ``benchmarks/baseline.json``, twice in a row, on a machine that other programs left alone; beside them it
says that it could not compare. Ratios compare two measurements of one machine and one run,
so that a baseline of another machine still says something; times alone would not. The baseline keeps the worst of the
runs that were saved into it, since ratios differ from run to run; delete it to begin anew. What takes longer than its
budget (a figure, a move in the page) is named, and fails nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from importlib.metadata import version
from pathlib import Path

import torch

from benchmarks import busy, engines, explorers, importing, losses, metrics, million, moves, search, training
from benchmarks.harness import Ratio, other_programs

HERE = Path(__file__).parent
BASELINE, RESULTS = HERE / "baseline.json", HERE / "results"
PARTS = {
    "importing": importing,
    "losses": losses,
    "engines": engines,
    "metrics": metrics,
    "search": search,
    "million": million,
    "explorers": explorers,
    "moves": moves,
    "training": training,
    "busy": busy,
}
TOLERANCE = 1.5
CROWDED = 0.25  # cores that other programs may use while times are compared


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="within 2 minutes, ratios that are far from noise")
    parser.add_argument("--save-baseline", action="store_true", help="write what is measured into baseline.json")
    parser.add_argument("--only", default=",".join(PARTS), help="parts to run, comma separated: " + ", ".join(PARTS))
    options = parser.parse_args(arguments)
    chosen = options.only.split(",")
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"--only: got {', '.join(sorted(unknown))}, expected some of {', '.join(PARTS)}")
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    found: list[Ratio] = []
    cores_of_others = 0.0
    for name in chosen:
        ratios, cores = measure(name, options.quick, {} if options.save_baseline else baseline)
        found += ratios
        cores_of_others = max(cores_of_others, cores)
    write(found, cores_of_others)
    busy = f"TOO BUSY TO COMPARE: other programs used {cores_of_others:.1f} of {os.cpu_count()} cores"
    if options.save_baseline:
        if cores_of_others > CROWDED:
            print(f"{busy}; the baseline is as it was")
            return 1
        worst = {r.name: round(min(r.times, baseline.get(r.name, r.times)), 2) for r in found}
        BASELINE.write_text(json.dumps(baseline | worst, indent=1) + "\n")
        return 0
    worse = worse_than(baseline, found)
    over = [ratio for ratio in found if ratio.against.startswith("a budget") and ratio.times < 1]
    for ratio in over:
        print(f"OVER: {ratio.name}: {1e3 * ratio.ours:.0f} ms against {ratio.against}")
    for ratio in worse:
        was = baseline[ratio.name]
        print(f"WORSE: {ratio.name}: {ratio.times:.1f}x against {was:.1f}x in the baseline ({ratio.against})")
    new = [r.name for r in found if r.name not in baseline]
    print(f"bench: {len(found)} ratios, {len(worse)} more than {TOLERANCE} times worse, {len(new)} not in the baseline")
    if (worse or over) and cores_of_others > CROWDED:
        print(f"{busy}; run it again on a quiet machine before you believe it")
        return 0
    return 1 if worse else 0


def measure(name: str, quick: bool, baseline: dict[str, float]) -> tuple[list[Ratio], float]:
    """Measure a part and print it; return it with the number of cores that other programs used meanwhile.

    Where a ratio is worse than in the baseline it is measured once more and the better kept: what else the machine does
    spoils one measurement, slower code spoils both.
    """
    cores = other_programs()
    found = PARTS[name].ratios(quick)
    print(*(ratio.line() for ratio in found), sep="\n", flush=True)
    if worse := worse_than(baseline, found):
        print(f"bench: once more, for {', '.join(ratio.name for ratio in worse)}", flush=True)
        again = {ratio.name: ratio for ratio in PARTS[name].ratios(quick)}
        found = [max(ratio, again[ratio.name], key=lambda one: one.times) for ratio in found]
        print(*(ratio.line() for ratio in found), sep="\n", flush=True)
    return found, cores()


def worse_than(baseline: dict[str, float], found: list[Ratio]) -> list[Ratio]:
    """Return the ratios that are more than ``TOLERANCE`` times worse than in the baseline."""
    return [ratio for ratio in found if baseline.get(ratio.name, 0) > TOLERANCE * ratio.times]


def write(found: list[Ratio], cores_of_others: float) -> None:
    """Write the figures and a chart of them."""
    import plotly.graph_objects as go

    RESULTS.mkdir(exist_ok=True)
    versions = {name: version(name) for name in ("torch", "numpy", "faiss-cpu", "pytorch-metric-learning")}
    about = {"versions": versions, "threads": torch.get_num_threads(), "cores_of_others": round(cores_of_others, 2)}
    rows = [ratio._asdict() | {"times": ratio.times} for ratio in found]
    (RESULTS / "latest.json").write_text(json.dumps(about | {"ratios": rows}, indent=1) + "\n")
    bars = go.Bar(
        x=[r.times for r in found],
        y=[r.name for r in found],
        orientation="h",
        text=[f"{r.times:.1f}x {r.against}" for r in found],
    )
    chart = go.Figure(bars)
    chart.update_xaxes(type="log", title="times less than the rival takes")
    chart.update_layout(height=120 + 28 * len(found), margin={"l": 380}, yaxis={"autorange": "reversed"})
    chart.write_html(RESULTS / "latest.html", include_plotlyjs=True)


if __name__ == "__main__":
    sys.exit(main())
