"""The engines on the device: seconds, peak memory and agreement at fixed sizes; and a batch of 4,096.

The batch has classes of 4, 64 and 512 images: Sup-AP on scores for each size alone, then the losses on embeddings with
a column of labels for each size. Writes `engines.json`. The peak is what the allocator gave beyond the inputs. The
floor of a batch is what its pairs take where each costs one reciprocal in forward and one in backward, on units that
make 16 a cycle in each multiprocessor.
"""

import functools
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from benchmarks.cuda.machine import Options, options
from benchmarks.harness import least_and_median
from suprank_edu.losses import SupAPLoss, SupHAPLoss, sup_ap
from suprank_edu.pairwise import can_fuse, direct_sums, fused_sums, sorted_sums
from suprank_edu.steps import SupStep

# Queries, positives and negatives of each: a batch, a batch half positive, a memory bank, a large gallery.
SIZES = [(256, 3, 252), (1024, 512, 512), (256, 100, 16_384), (16, 1000, 100_000)]
SMALL = [(8, 3, 40), (2, 30, 300)]
CLASSES = (4, 64, 512)  # images of a class, in three columns of labels
ENGINES: dict[str, Callable[..., Tensor]] = {
    "direct": direct_sums,
    "fused": fused_sums,
    "sorted": functools.partial(sorted_sums, few_float64=False),
    "sorted, few float64": functools.partial(sorted_sums, few_float64=True),
}
LOSSES: dict[str, Callable[[], torch.nn.Module]] = {
    **{f"Sup-AP of column {column}": functools.partial(SupAPLoss, column=column) for column in range(len(CLASSES))},
    "Sup-H-AP": SupHAPLoss,
}
_DIM = 128
AGREE = 1e-3  # of the largest sum, in float32
_RECIPROCALS = 16  # a cycle and multiprocessor, on cards from 2018 on


def engines_on(device: torch.device) -> list[str]:
    """Return the engines that are measured on a device: the fused one on a card alone, since it must be compiled."""
    fuses = device.type == "cuda" and can_fuse("cuda")
    return [name for name in ENGINES if name != "fused" or fuses]


def wait(device: torch.device) -> None:
    """Return when the device has done all it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def forward_and_backward(engine: Callable[..., Tensor], rows: Tensor, columns: Tensor) -> tuple[Tensor, Tensor]:
    """Return an engine's sums and the gradient of their mean by the rows, when the device has them."""
    rows = rows.clone().requires_grad_()
    sums = engine(rows, columns.clone().requires_grad_(), SupStep())
    (gradient,) = torch.autograd.grad(sums.mean(), rows)
    wait(rows.device)
    return sums.detach(), gradient


def peak_mib(work: Callable[[], Any], device: torch.device) -> float | None:
    """Call, and return the MiB that the call needs at most beyond what is there already; None but on a card."""
    if device.type != "cuda":
        work()
        return None
    torch.cuda.reset_peak_memory_stats(device)
    before = torch.cuda.memory_allocated(device)
    work()
    wait(device)
    return round((torch.cuda.max_memory_allocated(device) - before) / 2**20, 1)


def drawn(queries: int, positives: int, negatives: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return scores of positives and of negatives, those 2 deviations lower."""
    draw = torch.Generator().manual_seed(0)
    rows = 0.2 + 0.1 * torch.randn(queries, positives, generator=draw)
    return rows.to(device), (0.1 * torch.randn(queries, negatives, generator=draw)).to(device)


def measure(engine: str, queries: int, positives: int, negatives: int, device: torch.device) -> dict[str, Any]:
    """Return seconds and peak memory of an engine at one size, and how far it is from every pair in float64."""
    rows, columns = drawn(queries, positives, negatives, device)
    row: dict[str, Any] = {"engine": engine, "queries": queries, "positives": positives, "negatives": negatives}
    work = functools.partial(forward_and_backward, ENGINES[engine], rows, columns)
    spent = least_and_median(work, repeats=5)
    expected = forward_and_backward(direct_sums, rows.double(), columns.double())
    ours = work()
    off = max(((a - b).abs().max() / b.abs().max()).item() for a, b in zip(ours, expected, strict=True))
    again = all(torch.equal(a, b) for a, b in zip(ours, work(), strict=True))
    row |= {"least_s": spent.least, "median_s": spent.median, "peak_mib": peak_mib(work, device)}
    return row | {"off": off, "agrees": off < AGREE, "same_bits_twice": again}


def batch(size: int, classes: int, device: torch.device) -> dict[str, Any]:
    """Return seconds and peak of Sup-AP, forward and backward, on a batch with so many images a class."""
    draw = torch.Generator(device).manual_seed(0)
    of = torch.arange(size, device=device) // classes
    levels = of[:, None] == of[None, :]
    scores = 0.1 * torch.randn(size, size, generator=draw, device=device) + 0.2 * levels

    def work() -> None:
        leaf = scores.detach().requires_grad_()
        sup_ap(leaf, levels).mean().backward()
        wait(device)

    spent = least_and_median(work, repeats=5)
    pairs = size * classes * (size - classes)
    row = {
        "batch": size,
        "images_of_a_class": classes,
        "pairs": pairs,
        "least_s": spent.least,
        "median_s": spent.median,
    }
    row |= {"peak_mib": peak_mib(work, device), "scores_mib": round(4 * size * size / 2**20, 1)}
    return row | {"floor_s": floor(pairs, device)}


def in_columns(loss: str, size: int, classes: tuple[int, ...], device: torch.device) -> dict[str, Any]:
    """Return seconds and peak of a loss on embeddings of which so many are of a class, in a column each."""
    draw = torch.Generator(device).manual_seed(0)
    points = torch.nn.functional.normalize(torch.randn(size, _DIM, generator=draw, device=device))
    labels = torch.stack([torch.arange(size, device=device) // count for count in classes], dim=1)
    module = LOSSES[loss]()

    def work() -> Tensor:
        leaf = points.clone().requires_grad_()
        module(leaf, labels).backward()
        wait(device)
        assert leaf.grad is not None
        return leaf.grad

    spent = least_and_median(work, repeats=5)
    row = {"loss": loss, "batch": size, "images_of_a_class": classes, "least_s": spent.least, "median_s": spent.median}
    row |= {"peak_mib": peak_mib(work, device), "scores_mib": round(4 * size * size / 2**20, 1)}
    return row | {"same_bits_twice": torch.equal(work(), work())}


def floor(pairs: int, device: torch.device) -> float | None:
    """Return the seconds that so many pairs take at least, None where the card does not tell its clock."""
    if device.type != "cuda":
        return None
    card = torch.cuda.get_device_properties(device)
    cycles = 1e3 * float(getattr(card, "clock_rate", 0))  # kHz
    return 2 * pairs / (_RECIPROCALS * card.multi_processor_count * cycles) if cycles else None


def run(given: Options) -> bool:
    """Measure each engine at each size, and write after each."""
    device = given.device
    found: dict[str, list[dict[str, Any]]] = {"engines": [], "batches": [], "columns": []}

    def note(kind: str, row: dict[str, Any]) -> None:
        found[kind].append(row)
        print(*(f"{key} {value}" for key, value in row.items()), sep="  ", flush=True)
        given.write("engines", found)

    for classes in CLASSES[:2] if given.small else CLASSES:
        note("batches", batch(256 if given.small else 4096, classes, device))
    for loss in LOSSES:
        if given.has_time(5):
            note("columns", in_columns(loss, 512 if given.small else 4096, CLASSES, device))
    for size in SMALL if given.small else SIZES:
        for name in engines_on(device):
            if given.has_time(5):
                note("engines", measure(name, *size, device))
    return all(row["agrees"] for row in found["engines"])


if __name__ == "__main__":
    sys.exit(0 if run(options(__doc__)) else 1)
