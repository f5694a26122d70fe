"""Where the time of the sorted engine goes, and how far it is from its floor: reading the scores once.

    python -m benchmarks.profile

Sup-AP of 64 queries x 60,000 items x 5,000 positives, forward and backward. Operations are those of torch's profiler,
by the time spent in each itself; beside them the time of passes that any way of computing it needs.

What it has found, on one core with torch 2.13. Of 5.5 ms a query forward (60,000 items, 5,000 positives) the engine
takes 80 %: bins 21 %, what bins and cells add to rows 14 %, moments 11 %, columns within δ 9 %, sorting 8 %, the rest
in pieces of 4 % and less; finding positives and checking 12 %. No single operation takes more than 15 %: each part is
some passes over planes of the items. A pass that writes new memory takes 1.4 to 6 nanoseconds an item, one that only
reads 0.14. To be three times as fast, as a whole set of 60,000 in a minute asks, an item would have to go through bin,
moments and prefix sum in one pass, in registers: a kernel of one's own, and no rearranging of torch operations.

Sup-NDCG of a batch of 1,024, half of it positive, forward + backward: 0.54 s by sorting, 0.55 s by odds, 1.18 s by the
direct engine, so 2.2 times. Five times would be 0.24 s. A bin holds about ten items there, so that half of the sums
goes to bins rather than to items (matrices between bins 35 %, of which looking bins up is a third), and by odds 268
million pairs at two nanoseconds are as much. Both engines would have to halve at once.
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
