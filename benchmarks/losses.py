"""Time and peak memory of each Sup loss against the dense Q·G·G formulation, in one run.

    python -m benchmarks.losses

Batches hold 4 images a class and 2 coarse classes, embeddings 512 dimensions; forward + backward. Each measurement
runs in a process of its own, so that its peak memory is its own; ratios compare the medians of as many calls on both
sides, in processes of one run. Where the dense form of a whole batch does not fit (42 GiB at 1,024), it ranks a part
of the queries and both its figures, which are proportional to the queries, are scaled.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import torch

from benchmarks.harness import Ratio, Spent, held_mib, in_process, least_and_median, peak_mib
from suprank_edu.losses import SupAPLoss, SupHAPLoss, SupNDCGLoss, SupRecallLoss

FAST = {"AP": SupAPLoss, "R@k": SupRecallLoss, "NDCG": SupNDCGLoss, "H-AP": SupHAPLoss}


def batch(size: int, dim: int = 512) -> tuple[torch.Tensor, torch.Tensor]:
    """Return noisy unit embeddings and two-column labels: 4 images a class, 2 coarse classes."""
    generator = torch.Generator().manual_seed(0)
    fine = torch.arange(size // 4).repeat_interleave(4)
    coarse = (fine >= size // 8).long()
    coarse_centres = torch.randn(2, dim, generator=generator)
    centres = torch.randn(size // 4, dim, generator=generator) + 0.7 * coarse_centres[coarse[::4]]
    noise = torch.randn(size, dim, generator=generator)
    embeddings = torch.nn.functional.normalize(centres[fine] + 1.5 * noise, dim=1)
    return embeddings, torch.stack([fine, coarse], dim=1)


def dense(name: str, embeddings: torch.Tensor, labels: torch.Tensor, queries: int | None = None) -> torch.Tensor:
    """The losses over all Q·G·G pairs, written plainly: differences, steps and masks as full tensors."""
    scores = embeddings[:queries] @ embeddings.T
    size = len(embeddings)
    fine = labels[:queries, None, 0] == labels[None, :, 0]
    coarse = labels[:queries, None, 1] == labels[None, :, 1]
    level = fine.long() + coarse if name in ("NDCG", "H-AP") else fine.long()
    visible = ~torch.eye(size, dtype=torch.bool)[:queries]
    level = level.masked_fill(~visible, 0)
    t = scores[:, None, :] - scores[:, :, None]  # (Q, G, G): item j against item k
    near = torch.sigmoid(t / 0.01) + 0.5 * (t >= 0)
    step = torch.where(t > 0.05, 100 * (t - 0.05) + 1.4933071, near)
    exact = (t.detach() >= 0).float()
    others = (visible[:, None, :] & ~torch.eye(size, dtype=torch.bool)[None]).float()  # (Q, G, G)
    lower = (level[:, None, :] < level[:, :, None]).float() * others
    plus = 1 + (exact * (others - lower)).sum(dim=2)  # (Q, G)
    rank = plus + (step * lower).sum(dim=2)
    positive = (level > 0).float()
    count = positive.sum(dim=1)
    if name == "AP":
        score = (plus / rank * positive).sum(dim=1) / count
    elif name == "R@k":
        ks = torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0])
        hits = torch.sigmoid(ks - rank[:, :, None]) * positive[:, :, None]  # (Q, G, K)
        score = (hits.sum(dim=1) / torch.minimum(count[:, None], ks)).mean(dim=1)
    elif name == "NDCG":
        gain = 2.0**level - 1
        places = torch.log2(torch.arange(2.0, size + 2))
        ideal = (gain.sort(dim=1, descending=True).values / places).sum(dim=1)
        score = (gain / torch.log2(1 + rank)).sum(dim=1) / ideal
    else:
        sizes = torch.stack([(level == at).sum(dim=1) for at in (1, 2)], dim=1)  # (Q, 2)
        weight = torch.tensor([0.5, 1.0]) / sizes
        gain = torch.where(level > 0, weight.gather(1, (level - 1).clamp(min=0)), 0.0)
        h_rank = gain + (torch.minimum(gain[:, None, :], gain[:, :, None]) * exact * others).sum(dim=2)
        score = (h_rank / rank * positive).sum(dim=1) / gain.sum(dim=1)
    return (1 - score).mean()


def measure(kind: str, name: str, size: int, repeats: int, queries: int | None = None) -> tuple[Spent, float, float]:
    """Return seconds, MiB above the inputs, and the loss of forward + backward."""
    embeddings, labels = batch(size)
    functions = {"ours": FAST[name](), "dense": lambda x, y: dense(name, x, y, queries)}
    function = functions.get(kind) or published_rival(kind)
    warm, warm_labels = batch(32)
    function(warm.requires_grad_(), warm_labels).backward()
    embeddings.requires_grad_()
    before = held_mib()
    last = torch.zeros(())

    def forward_backward() -> None:
        nonlocal last
        embeddings.grad = None
        last = function(embeddings, labels)
        last.backward()

    spent = least_and_median(forward_backward, repeats)
    return spent, peak_mib() - before, last.item()


def published_rival(kind: str) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """Return a loss of pytorch-metric-learning on the finest labels."""
    from pytorch_metric_learning import losses

    loss = {"SmoothAP of pytorch-metric-learning": losses.SmoothAPLoss, "FastAP": losses.FastAPLoss}[kind]()
    return lambda embeddings, labels: loss(embeddings, labels[:, 0])


def ratios(quick: bool) -> list[Ratio]:
    """Return what ``python -m benchmarks`` compares."""
    found = []
    for size in (256,) if quick else (64, 256, 1024):
        for name in ("AP", "H-AP") if quick else FAST:
            repeats = 10 if size <= 256 else 3
            spent, peak, loss = in_process(measure, "ours", name, size, repeats)
            part = max(1, size // 512) ** 2  # the whole of 512 queries takes 6 GiB
            other, more, check = in_process(measure, "dense", name, size, repeats, size // part)
            assert part > 1 or abs(check - loss) < 1e-4, (name, size, loss, check)
            against = "dense form, scaled" if part > 1 else "dense form"
            least = (spent.least, other.least * part)
            found.append(
                Ratio(f"losses/Sup-{name} {size}, time", spent.median, other.median * part, "s", against, least)
            )
            found.append(Ratio(f"losses/Sup-{name} {size}, memory", max(peak, 1), more * part, "MiB", against))
    return found if quick else found + against_published()


def against_published() -> list[Ratio]:
    """Compare Sup-AP with losses of pytorch-metric-learning, on a batch of 256."""
    found = []
    for rival in ("SmoothAP of pytorch-metric-learning", "FastAP"):
        ours, _, _ = in_process(measure, "ours", "AP", 256, 10)
        other, _, _ = in_process(measure, rival, "AP", 256, 10)
        least = (ours.least, other.least)
        name = f"losses/Sup-AP 256 against {rival.split()[0]}"
        found.append(Ratio(name, ours.median, other.median, "s", rival, least))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=int, default=4096, help="batch at which to run the library alone")
    options = parser.parse_args()
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads; forward + backward, D 512")
    for ratio in ratios(quick=False):
        print(ratio.line(), flush=True)
    for name in FAST:
        spent, peak, _ = in_process(measure, "ours", name, options.largest, 1)
        print(f"Sup-{name} {options.largest}: {spent.median:.2f} s, {peak:.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
