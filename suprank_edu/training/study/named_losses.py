"""Losses by name, with the parameters of the papers: the library's own, and rivals of pytorch-metric-learning."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from torch import nn

from suprank_edu._checks import check_one_of
from suprank_edu.data import RetrievalDataset
from suprank_edu.losses import (
    AtColumn,
    SmoothAPLoss,
    SmoothNDCGLoss,
    SmoothRecallLoss,
    SupAPLoss,
    SupHAPLoss,
    SupNDCGLoss,
    SupRecallLoss,
    happier,
    road_ndcg,
    road_recall,
    roadmap,
)
from suprank_edu.steps import SupStep
from suprank_edu.training.recipe import Recipe

MakeLoss = Callable[[int, int, SupStep], nn.Module]


def _metric_learning(name: str, **options: Any) -> nn.Module:
    from pytorch_metric_learning import losses

    return AtColumn(getattr(losses, name)(**options), column=0)


def _classes(name: str, **options: Any) -> MakeLoss:
    return lambda classes, dim, step: _metric_learning(name, num_classes=classes, embedding_size=dim, **options)


LOSSES: dict[str, MakeLoss] = {
    "sup-ap": lambda classes, dim, step: SupAPLoss(step),
    "sup-recall": lambda classes, dim, step: SupRecallLoss(step=step),
    "sup-ndcg": lambda classes, dim, step: SupNDCGLoss(step),
    "sup-h-ap": lambda classes, dim, step: SupHAPLoss(step=step),
    "roadmap": lambda classes, dim, step: roadmap(step=step),
    "roadmap-proxies": lambda classes, dim, step: roadmap(classes, dim, step=step),
    "road-recall": lambda classes, dim, step: road_recall(step=step),
    "road-recall-proxies": lambda classes, dim, step: road_recall(classes, dim, step=step),
    "road-ndcg": lambda classes, dim, step: road_ndcg(classes, dim, step=step),
    "happier": lambda classes, dim, step: happier(classes, dim, step=step),
    "happier-f": lambda classes, dim, step: happier(classes, dim, weight=0.5, step=step),
    "smooth-ap": lambda classes, dim, step: SmoothAPLoss(),
    "smooth-recall": lambda classes, dim, step: SmoothRecallLoss(),
    "smooth-ndcg": lambda classes, dim, step: SmoothNDCGLoss(),
    "triplet": lambda classes, dim, step: _metric_learning("TripletMarginLoss", margin=0.05),
    "contrastive": lambda classes, dim, step: _metric_learning("ContrastiveLoss"),
    "multi-similarity": lambda classes, dim, step: _metric_learning("MultiSimilarityLoss"),
    "fastap": lambda classes, dim, step: _metric_learning("FastAPLoss"),
    "softmax": _classes("NormalizedSoftmaxLoss", temperature=0.05),
    # Squared distances times 9, as in the code published with ProxyNCA (both vectors are three long there).
    "proxy-nca": _classes("ProxyNCALoss", softmax_scale=9),
    "arcface": _classes("ArcFaceLoss", scale=30, margin=math.degrees(0.5)),
}
"""Losses by name: the number of the finest classes, D and the step of SupRank → the loss."""

NAMES = {
    "sup-ap": "Sup-AP",
    "sup-recall": "Sup-R@k",
    "sup-ndcg": "Sup-NDCG",
    "sup-h-ap": "Sup-H-AP",
    "roadmap": "ROADMAP, pairs",
    "roadmap-proxies": "ROADMAP, proxies",
    "road-recall": "ROAD-R@k, pairs",
    "road-recall-proxies": "ROAD-R@k, proxies",
    "road-ndcg": "ROAD-NDCG",
    "happier": "HAPPIER",
    "happier-f": "HAPPIER-F",
    "smooth-ap": "SmoothAP",
    "smooth-recall": "Smooth-R@k",
    "smooth-ndcg": "Smooth-NDCG",
    "triplet": "triplet",
    "contrastive": "contrastive",
    "multi-similarity": "multi-similarity",
    "fastap": "FastAP",
    "softmax": "softmax",
    "proxy-nca": "ProxyNCA",
    "arcface": "ArcFace",
}
"""How tables, menus and figures write the losses, and in which order."""


def make_loss(name: str, dataset: RetrievalDataset, recipe: Recipe, step: SupStep) -> nn.Module:
    """Return the loss of that name for a data set.

    Raises:
        ValueError: there is no such loss.
    """
    check_one_of("loss", name, LOSSES)
    return LOSSES[name](int(np.max(dataset.labels[:, 0])) + 1, recipe.embedding_size, step)
