"""The sorted engine against every pair: a plain chunked sum, and the direct engine, forward + backward in one run.

    python -m benchmarks.engines              the large case, half a batch positive, time against gallery size
    python -m benchmarks.engines --choice     where the direct and the sorted engine cost the same

What takes minutes by pairs is measured on a few queries and scaled, which the names say. Writes
``benchmarks/results/engines.json`` and a chart of time against gallery size, ``latest.engines.html``.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from torch import Tensor

from benchmarks.harness import Ratio, held_mib, in_process, peak_mib
from suprank_edu.losses import sup_ap, sup_h_ap, sup_ndcg
from suprank_edu.pairwise import choice, direct_sums, sorted_sums
from suprank_edu.steps import Sigmoid, Step, SupStep

RESULTS = Path(__file__).parent / "results"
QUERIES, GALLERY, POSITIVES = 64, 60_000, 5_000
SIZES = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
SHAPES = [(1, 200, 2000), (1, 300, 5000), (256, 128, 128), (256, 160, 160), (256, 200, 200), (256, 256, 256)]
SHAPES += [
    (256, 384, 384),
    (256, 512, 512),
    (64, 60, 6000),
    (64, 130, 6000),
    (8, 100, 60_000),
    (8, 150, 60_000),
    (64, 2048, 2048),
    (256, 150, 500),
    (16, 200, 60_000),
    (4, 90, 300_000),
]


def retrieved(queries: int, gallery: int, positives: int) -> tuple[Tensor, Tensor]:
    """Return ``(Q, G)`` float32 scores as of a half-trained network, and levels: positives 2 deviations higher."""
    draw = torch.Generator().manual_seed(0)
    levels = torch.zeros(queries, gallery, dtype=torch.bool)
    for row in levels:  # one by one, so that the peak of memory is not here
        row[torch.randperm(gallery, generator=draw)[:positives]] = True
    return torch.randn(queries, gallery, generator=draw).mul_(0.1).add_(levels, alpha=0.2), levels


def plain_sup_ap(scores: Tensor, levels: Tensor, pairs_at_a_time: int = 1 << 18) -> tuple[Tensor, Tensor]:
    """Return Sup-AP and its gradient from all Q·P·G pairs, some at a time: differences, masks, step, autograd."""
    step, losses, gradient = SupStep(), [], torch.zeros_like(scores)
    for query, (row, positive) in enumerate(zip(scores, levels, strict=True)):
        chosen = positive.nonzero()[:, 0].split(max(1, pairs_at_a_time // len(row)))

        def ranks(items: Tensor, score: Tensor, positive: Tensor = positive) -> tuple[Tensor, Tensor]:
            t = score[None, :] - score[items, None]  # (p, G)
            return ((t >= 0) & positive).sum(dim=1), (step(t) * ~positive).sum(dim=1)

        with torch.no_grad():
            plus, lower = (torch.cat(part) for part in zip(*(ranks(items, row) for items in chosen), strict=True))
        losses.append(1 - (plus / (plus + lower)).mean())
        weights = (plus / (plus + lower) ** 2 / len(plus)).split([len(items) for items in chosen])
        for items, weight in zip(chosen, weights, strict=True):
            score = row.clone().requires_grad_()
            (ranks(items, score)[1] @ weight).backward()
            gradient[query] += score.grad
    return torch.stack(losses), gradient


def loss_and_gradient(loss: Callable[..., Tensor], scores: Tensor, levels: Tensor) -> tuple[Tensor, Tensor]:
    """Return the ``(Q,)`` losses of the library, with the engines it chooses, and the gradient of their sum."""
    scores = scores.clone().requires_grad_()
    values = loss(scores, levels)
    (gradient,) = torch.autograd.grad(values.sum(), scores)
    return values.detach(), gradient


def by_pairs(loss: Callable[..., Tensor], scores: Tensor, levels: Tensor) -> tuple[Tensor, Tensor]:
    """Return the same from the direct engine alone."""
    with (
        mock.patch.object(choice, "FEWEST_PAIRS", 1 << 62),
        mock.patch.object(choice, "worth_odds", return_value=False),
    ):
        return loss_and_gradient(loss, scores, levels)


def sums_and_gradients(engine: Callable[..., Tensor], rows: Tensor, columns: Tensor, step: Step = SupStep()) -> None:
    """Run an engine forward + backward."""
    rows, columns = rows.clone().requires_grad_(), columns.clone().requires_grad_()
    engine(rows, columns, step).sum().backward()


def timed(function: Callable[..., Any], *arguments: Any, repeats: int = 1) -> tuple[float, Any]:
    """Return the least time of some calls, and what the last returned."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        found = function(*arguments)
        times.append(time.perf_counter() - start)
    return min(times), found


def large(queries: int, gallery: int, positives: int, few: int) -> list[Ratio]:
    """Compare Sup-AP of many positives in a large gallery with plain pairs and the direct engine, on a few queries."""
    scores, levels = retrieved(queries, gallery, positives)
    loss_and_gradient(sup_ap, scores[:1], levels[:1])
    ours, (values, gradient) = timed(loss_and_gradient, sup_ap, scores, levels, repeats=3)
    name, scale = f"engines/Sup-AP {queries} x {gallery:,} x {positives:,}", queries / few
    found = []
    for rival, function in (("plain chunks", plain_sup_ap), ("direct engine", lambda s, lv: by_pairs(sup_ap, s, lv))):
        took, (expected, other) = timed(function, scores[:few], levels[:few])
        assert (values[:few] - expected).abs().max() < 1e-5, (values[:few], expected)
        assert (gradient[:few] - other).abs().max() < 1e-4 * other.abs().max()
        against = f"{rival}, {few} queries, scaled"
        found.append(Ratio(f"{name}, {rival}", ours, took * scale, "s", against))
    return found


def batch(loss: Callable[..., Tensor], name: str, size: int, few: int) -> Ratio:
    """Compare a hierarchical loss of a batch of which half is positive with the direct engine, on a few queries."""
    draw = torch.Generator().manual_seed(0)
    fine = torch.arange(size) // 4
    coarse = fine >= size // 8
    levels = (fine[:, None] == fine).long() + (coarse[:, None] == coarse).long()
    scores = 0.1 * torch.randn(size, size, generator=draw) + 0.1 * levels
    levels.fill_diagonal_(0)
    ours, (values, _) = timed(loss_and_gradient, loss, scores, levels, repeats=3)
    took, (expected, _) = timed(by_pairs, loss, scores[:few], levels[:few])
    assert (values[:few] - expected).abs().max() < 1e-5
    scaled = "" if few == size else f", {few} queries, scaled"
    return Ratio(f"engines/{name} batch {size:,}", ours, took * size / few, "s", "direct engine" + scaled)


def peak(queries: int, gallery: int, positives: int) -> float:
    """Return the MiB above its inputs that Sup-AP needs forward + backward; run in a fresh process."""
    scores, levels = retrieved(queries, gallery, positives)
    loss_and_gradient(sup_ap, scores[:1, :3000], levels[:1, :3000])
    before = held_mib()
    loss_and_gradient(sup_ap, scores, levels)
    return peak_mib() - before


def growth() -> list[dict[str, float]]:
    """Return milliseconds a query of both engines by gallery size, a twelfth of it positive; direct up to 30,000."""
    table = []
    for gallery in SIZES:
        # As many queries as fill a block of the engine, so that no fixed cost hides in the small sizes.
        queries = max(1, min(256, (1 << 19) // gallery))
        scores, levels = retrieved(queries, gallery, gallery // 12)
        rows = scores[levels].view(queries, -1)
        columns = scores[~levels].view(queries, -1)
        ours, _ = timed(sums_and_gradients, sorted_sums, rows, columns, repeats=5 if gallery < 500_000 else 2)
        line = {"gallery": gallery, "queries": queries, "sorted_ms": ours / queries * 1e3}
        if gallery <= 30_000:
            few = max(1, queries // 16)
            took, _ = timed(sums_and_gradients, direct_sums, rows[:few], columns[:few])
            line["direct_ms"] = took / few * 1e3
        table.append(line)
        print("  ".join(f"{key} {value:,.3f}" for key, value in line.items()), flush=True)
    return table


def slope(table: list[dict[str, float]], key: str) -> float:
    """Return the exponent of the power of the gallery size that fits the times best."""
    points = [(math.log(line["gallery"]), math.log(line[key])) for line in table if key in line]
    x, y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def chart(table: list[dict[str, float]], path: Path) -> None:
    """Write time against gallery size, both axes logarithmic."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for key, name in (("sorted_ms", "sorted"), ("direct_ms", "direct")):
        points = [line for line in table if key in line]
        label = f"{name}, slope {slope(table, key):.2f}"
        figure.add_scatter(
            x=[p["gallery"] for p in points], y=[p[key] for p in points], name=label, mode="lines+markers"
        )
    figure.update_xaxes(type="log", title="gallery size, a twelfth of it positive")
    figure.update_yaxes(type="log", title="milliseconds a query, forward + backward")
    figure.write_html(path, include_plotlyjs=True)


def break_even() -> None:
    """Print what a row or column costs the sorted engine, a pair the direct one, and which of them the library takes.

    The engines take turns. A smaller τ has more bins; a ring marks a choice that costs more than 1.5 times the other.
    """
    print("step       τ        Q      P       G   P·M/(P+M)    sorted ns an item     direct ns a pair    direct/sorted")
    draw = torch.Generator().manual_seed(0)
    for step in (SupStep(), Sigmoid(), SupStep(tau=1e-3), Sigmoid(1e-3)):
        for queries, positives, width in SHAPES:
            rows = 0.2 + 0.1 * torch.randn(queries, positives, generator=draw)
            columns = 0.1 * torch.randn(queries, width, generator=draw)
            spent = [
                [timed(sums_and_gradients, engine, rows, columns, step)[0] for engine in (sorted_sums, direct_sums)]
                for _ in range(4)
            ]
            ours, pairs = (min(times) for times in zip(*spent[1:], strict=True))
            items, count = queries * (positives + width), queries * positives * width
            mean = positives * width / (positives + width)
            taken = "sorted" if len(choice.split_by_cost(rows, columns, step)[0]) else "direct"
            slower = pairs / ours if taken == "direct" else ours / pairs
            print(f"{type(step).__name__:7} {step.tau:g} {queries:6} {positives:6} {width:7} {mean:11.0f}", end="")
            print(f" {ours / items * 1e9:20.0f} {pairs / count * 1e9:20.2f} {pairs / ours:16.2f}", end="")
            print(f"   {taken} {'○' if slower > 1.5 else ''}", flush=True)


def ratios(quick: bool = False) -> list[Ratio]:
    """Return what ``python -m benchmarks`` compares with its baseline."""
    if quick:
        return [*large(16, 20_000, 1_000, few=1), batch(sup_ndcg, "Sup-NDCG", 1_024, few=128)]
    found = large(QUERIES, GALLERY, POSITIVES, few=2)
    for loss, name in ((sup_ndcg, "Sup-NDCG"), (sup_h_ap, "Sup-H-AP")):
        found += [batch(loss, name, 1_024, few=1_024), batch(loss, name, 4_096, few=128)]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--choice", action="store_true", help="print where the two engines cost the same, and end")
    options = parser.parse_args()
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads; forward + backward, float32")
    if options.choice:
        break_even()
        return
    memory = in_process(peak, QUERIES, GALLERY, POSITIVES)  # first: a process begins with the peak of its parent
    found = ratios()
    print(*(ratio.line() for ratio in found), sep="\n", flush=True)
    inputs = QUERIES * GALLERY * 4 / 2**20
    print(f"memory above the inputs: {memory:.0f} MiB; the scores are {inputs:.0f} MiB", flush=True)
    table = growth()
    print(f"slope: sorted {slope(table, 'sorted_ms'):.2f}, direct {slope(table, 'direct_ms'):.2f}")
    RESULTS.mkdir(exist_ok=True)
    rows = [ratio._asdict() | {"times": ratio.times} for ratio in found]
    about = {"torch": torch.__version__, "threads": torch.get_num_threads(), "memory_mib": memory}
    (RESULTS / "engines.json").write_text(json.dumps(about | {"ratios": rows, "growth": table}, indent=1) + "\n")
    chart(table, RESULTS / "latest.engines.html")


if __name__ == "__main__":
    main()
