"""Exact evaluation against full ranking as published, and single metrics against torchmetrics and scikit-learn.

    python -m benchmarks.metrics

Evaluation has the size of SOP's test set: 60,502 x 512, 11,316 classes under 12, each item a query against all. The
library is measured on all of it, full ranking on four blocks of queries and scaled.
"""

from __future__ import annotations

import time

import torch
from torch import Tensor

from benchmarks.harness import Ratio, held_mib, in_process, peak_mib, seconds
from suprank_edu.metrics import average_precision, evaluate

SOP = (60_502, 512, 11_316, 12)
SMALL = (12_000, 128, 2_400, 8)
KS = (1, 10, 100, 1000)


def test_set(items: int, dim: int, fine: int, coarse: int) -> tuple[Tensor, Tensor]:
    """Return unit embeddings around class centres, and labels ``(items, 2)``."""
    draw = torch.Generator().manual_seed(0)
    labels = torch.arange(items) * fine // items
    centres = torch.randn(fine, dim, generator=draw)
    embeddings = torch.nn.functional.normalize(centres[labels] + torch.randn(items, dim, generator=draw), dim=1)
    return embeddings, torch.stack([labels, labels % coarse], dim=1)


def full_ranking(queries: Tensor, query_labels: Tensor, gallery: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """Rank all rows with their indices, then compute each metric for itself from the sorted levels, as published."""
    order = (queries @ gallery.T).argsort(dim=1, descending=True)
    levels = (query_labels[:, None] == labels[None]).sum(dim=2).gather(1, order)  # (q, G)
    found = {"H-AP": sorted_h_ap(levels), "NDCG": sorted_ndcg(levels), "ASI": sorted_asi(levels)}
    for column, hits in enumerate([levels >= 2, levels >= 1]):
        found[f"mAP/column{column}"] = sorted_ap(hits.float(), hits.shape[1])
        found[f"mAP@R/column{column}"] = sorted_ap(hits.float(), hits.sum(dim=1, keepdim=True))
        for k in KS:
            found[f"R@{k}/column{column}"] = hits[:, :k].any(dim=1).float()
            found[f"P@{k}/column{column}"] = hits[:, :k].float().mean(dim=1)
            found[f"Recall@{k}/column{column}"] = hits[:, :k].sum(dim=1) / hits.sum(dim=1).clamp(max=k)
    return found


def sorted_ap(hits: Tensor, at: int | Tensor) -> Tensor:
    """AP of the first ``at`` places, from hits in ranked order."""
    place = torch.arange(1, hits.shape[1] + 1)
    precision = hits.cumsum(dim=1) / place
    return (precision * hits * (place <= at)).sum(dim=1) / hits.sum(dim=1)


def sorted_h_ap(levels: Tensor) -> Tensor:
    """H-AP with the relevance (l/2)/|Ω^(l)|, from levels in ranked order."""
    place = torch.arange(1, levels.shape[1] + 1)
    counts = torch.stack([(levels == level).sum(dim=1) for level in (1, 2)], dim=1)  # (q, 2)
    weights = torch.tensor([0.5, 1.0]) / counts
    relevance = torch.where(levels > 0, weights.gather(1, (levels - 1).clamp(min=0)), 0.0)
    h_rank = torch.zeros_like(relevance)
    for level in (1, 2):  # min(rel_k, rel_j) takes one value for each level of j
        least = torch.minimum(relevance, weights[:, level - 1, None])
        h_rank += least * (levels == level).cumsum(dim=1)
    return (h_rank / place).sum(dim=1) / relevance.sum(dim=1)


def sorted_ndcg(levels: Tensor) -> Tensor:
    """NDCG with gain 2^l - 1, from levels in ranked order."""
    discount = (1 + torch.arange(1, levels.shape[1] + 1)).log2()
    best = levels.sort(dim=1, descending=True).values
    return ((2.0**levels - 1) / discount).sum(dim=1) / ((2.0**best - 1) / discount).sum(dim=1)


def sorted_asi(levels: Tensor) -> Tensor:
    """ASI, from levels in ranked order."""
    place = torch.arange(1, levels.shape[1] + 1)
    best = levels.sort(dim=1, descending=True).values
    common = torch.zeros_like(levels)
    for level in (1, 2):
        common += torch.minimum((levels == level).cumsum(dim=1), (best == level).cumsum(dim=1))
    inside = place <= (levels > 0).sum(dim=1, keepdim=True)
    return (common / place * inside).sum(dim=1) / inside.sum(dim=1)


def evaluated(size: tuple[int, int, int, int], repeats: int) -> tuple[float, float, float]:
    """Return seconds of ``evaluate`` on the whole set, MiB above the embeddings, and the mean H-AP of 256 queries."""
    embeddings, labels = test_set(*size)
    before = held_mib()
    evaluate(embeddings[:64], labels[:64], embeddings, labels, ks=KS)  # what a first call costs is not counted
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        result = evaluate(embeddings, labels, embeddings, labels, ks=KS)
        spent.append(time.perf_counter() - start)
    return min(spent), peak_mib() - before, float(result.per_query["H-AP"][:256].mean())


def fully_ranked(size: tuple[int, int, int, int]) -> tuple[float, float]:
    """Return seconds and mean H-AP of full ranking: four blocks of 64 queries, the least of three times, scaled."""
    embeddings, labels = test_set(*size)

    def h_ap() -> Tensor:
        blocks = zip(embeddings[:256].split(64), labels[:256].split(64), strict=True)
        return torch.cat([full_ranking(x, y, embeddings, labels)["H-AP"] for x, y in blocks])

    spent = seconds(h_ap, 3)
    return spent / 256 * len(embeddings), float(h_ap().mean())


def single_metrics() -> list[Ratio]:
    """Compare one metric of many queries with a loop over another library's function."""
    from sklearn.metrics import average_precision_score
    from torchmetrics.functional.retrieval import retrieval_average_precision

    draw = torch.Generator().manual_seed(0)
    scores = torch.rand(256, 4000, generator=draw) + 0.01  # above 0: torchmetrics drops what is not
    relevant = torch.rand(256, 4000, generator=draw) < 0.01
    ours = seconds(lambda: average_precision(scores, relevant))

    def by_torchmetrics() -> list[Tensor]:
        return [retrieval_average_precision(s, r) for s, r in zip(scores, relevant, strict=True)]

    def by_sklearn() -> list[float]:
        rows = zip(scores.numpy(), relevant.numpy(), strict=True)
        return [average_precision_score(wanted, given) for given, wanted in rows]

    values = average_precision(scores, relevant).float()
    assert torch.allclose(values, torch.stack(by_torchmetrics()), atol=1e-5)
    assert torch.allclose(values, torch.tensor(by_sklearn()).float(), atol=1e-5)
    return [
        Ratio("metrics/AP of 256 x 4000", ours, seconds(by_torchmetrics, 3), "s", "torchmetrics, query by query"),
        Ratio("metrics/AP of 256 x 4000, sklearn", ours, seconds(by_sklearn, 3), "s", "scikit-learn, query by query"),
    ]


def ratios(quick: bool) -> list[Ratio]:
    """Return what ``python -m benchmarks`` compares."""
    found = single_metrics()
    sizes = [("12k x 128", SMALL, 3), ("60,502 x 512", SOP, 1)]
    for name, size, repeats in sizes[:1] if quick else sizes:
        ours, memory, value = in_process(evaluated, size, repeats)
        rival, check = in_process(fully_ranked, size)
        assert abs(value - check) < 1e-4, (name, value, check)
        found.append(Ratio(f"metrics/evaluate {name}, scaled", ours, rival, "s", "every row ranked, 4 blocks scaled"))
        if size is SOP:
            found.append(Ratio(f"metrics/evaluate {name}, memory", memory, 3072.0, "MiB", "a budget of 3 GiB"))
    return found


if __name__ == "__main__":
    for ratio in ratios(quick=False):
        print(ratio.line())
