"""What a table of results says of a network: metrics, mild mistakes and the decomposability gap."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch

from suprank_edu.decomposability import gap
from suprank_edu.metrics import Evaluation, average_precision
from suprank_edu.retrieval import search
from suprank_edu.training.protocol import Embedded
from suprank_edu.whole_set import for_every_query

RETRIEVED = 10
"""Images that are kept of each query's ranked list."""

STORED = ("R@1/column0", "mAP/column0", "mAP@R/column0", "H-AP", "NDCG", "ASI", "gap")
"""Metrics whose value for each query is kept for every seed, in float16: what compares losses over classes."""

_GAP_QUERIES = 2048
_AT_A_TIME = 512  # another number would round scores otherwise, and move ties


def measure(embedded: Embedded, ks: tuple[int, ...]) -> tuple[Evaluation, dict[str, np.ndarray[Any, Any]]]:
    """Return every metric of embeddings with their `gap`, and arrays: `retrieved`, `ap` and `h_ap` of each query."""
    evaluation = embedded.evaluate(ks)
    arrays = {
        "retrieved": retrieved_positions(embedded),
        "ap": evaluation.per_query["mAP/column0"].astype(np.float32),
        "h_ap": evaluation.per_query["H-AP"].astype(np.float32),
    }
    return replace(evaluation, per_query=evaluation.per_query | {"gap": gaps_of_queries(embedded)}), arrays


def retrieved_positions(embedded: Embedded) -> np.ndarray[Any, Any]:
    """Return `(Q, k)` positions in the gallery of what each query retrieves, best first.

    Example:
        >>> embeddings, labels = torch.eye(3)[[0, 1, 2, 0]], torch.zeros(4, 1, dtype=torch.int64)
        >>> retrieved_positions(Embedded(embeddings, labels))[:, 0].tolist()
        [3, 0, 0, 0]
    """
    alone = embedded.ref_emb is None
    gallery = embedded.embeddings if embedded.ref_emb is None else embedded.ref_emb
    _, found = search(embedded.embeddings, gallery, min(RETRIEVED, len(gallery) - alone), exclude_self=alone)
    return found.cpu().numpy().astype(np.min_scalar_type(len(gallery)))


def measured_gap(embedded: Embedded, size: int = 128, per_class: int = 4) -> float:
    """Return the decomposability gap of AP (E17), the mean of `gaps_of_queries`.

    Example:
        >>> embeddings = torch.eye(4)[[0, 0, 1, 1]]  # two classes, each image where its twin is
        >>> measured_gap(Embedded(embeddings, torch.tensor([0, 0, 1, 1])[:, None]), size=2, per_class=2)
        0.0
    """
    return float(np.nanmean(gaps_of_queries(embedded, size, per_class)))


def gaps_of_queries(embedded: Embedded, size: int = 128, per_class: int = 4) -> np.ndarray[Any, Any]:
    """Return the `(Q,)` gaps of AP (E17) of the queries, NaN but for 2,048 drawn at random where there are more.

    The gallery is divided into batches of `size` images with `per_class` images of a class, as it is in training. The
    size is the same for all runs that are compared, unless it is asked what the size does.

    Args:
        embedded: unit vectors and labels, of which column 0 counts; without a gallery each query is left out of its
            own.
        size: images a batch.
        per_class: images of a class in a batch.

    Example:
        >>> embeddings = torch.eye(4)[[0, 1, 0, 1]]  # the twin of an image is of the other class
        >>> gaps = gaps_of_queries(Embedded(embeddings, torch.tensor([0, 0, 1, 1])[:, None]), size=2, per_class=2)
        >>> gaps.round(2).tolist()
        [0.67, 0.67, 0.67, 0.67]
    """
    draw = np.random.default_rng(0)
    labels = embedded.labels if embedded.ref_labels is None else embedded.ref_labels
    batches = [
        torch.from_numpy(batch).to(labels.device)
        for batch in _batches(labels[:, 0].cpu().numpy(), size, per_class, draw)
    ]
    queries = torch.from_numpy(np.sort(draw.permutation(len(embedded.embeddings))[:_GAP_QUERIES]))
    gap_of = partial(gap, batches=batches, metric=average_precision)
    both = embedded.embeddings, embedded.labels, embedded.ref_emb, embedded.ref_labels
    gaps = np.full(len(embedded.embeddings), np.nan)
    found = for_every_query(gap_of, *both, column=0, only=queries, chunk_size=_AT_A_TIME)
    gaps[queries.numpy()] = found.cpu().numpy()
    return gaps


def mild_share(metrics: dict[str, float]) -> float:
    """Return the share of queries, of those whose first image is of another class, whose coarse class is right.

    NaN without a mistake or without a coarse level.

    Example:
        >>> round(mild_share({"R@1/column0": 0.5, "R@1/column1": 0.8}), 3)
        0.6
    """
    wrong = 1 - metrics["R@1/column0"]
    if "R@1/column1" not in metrics or wrong <= 0:
        return float("nan")
    return (metrics["R@1/column1"] - metrics["R@1/column0"]) / wrong


def _batches(
    classes: np.ndarray[Any, Any], size: int, per_class: int, draw: np.random.Generator
) -> list[np.ndarray[Any, Any]]:
    """Divide all images into batches: groups of `per_class` images of a class, the groups in random order."""
    groups: list[np.ndarray[Any, Any]] = []
    for one in np.unique(classes):
        images = draw.permutation(np.flatnonzero(classes == one))
        groups += np.split(images, range(per_class, len(images), per_class))
    mixed = np.concatenate([groups[i] for i in draw.permutation(len(groups))])
    return np.split(mixed, range(size, len(mixed), size))
