"""Where the time of the sorted engine goes, and how far it is from its floor: reading the scores once.

    python -m benchmarks.profile

Sup-AP of 64 queries x 60,000 items x 5,000 positives, forward and backward. Operations are those of torch's profiler,
by the time spent in each itself; beside them the time of passes that any way of computing it needs.
"""

from __future__ import annotations

from torch.profiler import ProfilerActivity, profile

from benchmarks.engines import loss_and_gradient, retrieved
from benchmarks.harness import seconds
from suprank_edu.losses import sup_ap

QUERIES, GALLERY, POSITIVES = 64, 60_000, 5_000
SHOWN = 12


def main() -> None:
    """Print the operations that take longest, and the passes."""
    scores, levels = retrieved(QUERIES, GALLERY, POSITIVES)
    whole = seconds(lambda: loss_and_gradient(sup_ap, scores, levels))
    with profile(activities=[ProfilerActivity.CPU]) as found:
        loss_and_gradient(sup_ap, scores, levels)
    spent = sorted(found.key_averages(), key=lambda each: each.self_cpu_time_total, reverse=True)
    total = sum(each.self_cpu_time_total for each in spent)
    print(f"Sup-AP {QUERIES} x {GALLERY:,} x {POSITIVES:,}, forward and backward: {whole:.3f} s")
    for each in spent[:SHOWN]:
        print(f"  {each.key:36} {each.self_cpu_time_total / total:6.1%}  {each.count:5} calls")
    print(f"  {'all others':36} {sum(each.self_cpu_time_total for each in spent[SHOWN:]) / total:6.1%}")
    passes = {
        "read the scores once (their sum)": lambda: scores.sum(),
        "read and write them once (a copy)": lambda: scores.clone(),
        "a sigmoid of each": lambda: scores.sigmoid(),
        "sort each row": lambda: scores.sort(dim=1),
    }
    for name, function in passes.items():
        once = seconds(function)
        print(f"{name:38} {once * 1e3:7.1f} ms: the whole takes {whole / once:6.1f} times as long")


if __name__ == "__main__":
    main()
