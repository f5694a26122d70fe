"""Losses by name, with the parameters of the papers: the library's own, and rivals of pytorch-metric-learning."""

import math
from typing import Any

import torch
from torch import Tensor, nn

from suprank_edu._checks import check_one_of
from suprank_edu.data import RetrievalDataset
from suprank_edu.losses import (
    AtColumn,
    BlackBoxAPLoss,
    CSLLoss,
    SmoothAPLoss,
    SmoothNDCGLoss,
    SmoothRecallLoss,
    SoftBinAPLoss,
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
from suprank_edu.training.study.ablations import ABLATIONS
from suprank_edu.training.study.named_loss import NamedLoss


def _others() -> Any:
    from pytorch_metric_learning import losses  # imported when one of them is wanted

    return losses


def _finest(loss: nn.Module) -> nn.Module:
    return AtColumn(loss, column=0)


def _classes(labels: Tensor) -> int:
    return int(labels[:, 0].max()) + 1


LOSSES = {
    "sup-ap": NamedLoss("Sup-AP", lambda labels, dim, step: SupAPLoss(step)),
    "sup-recall": NamedLoss("Sup-R@k", lambda labels, dim, step: SupRecallLoss(step=step)),
    "sup-ndcg": NamedLoss("Sup-NDCG", lambda labels, dim, step: SupNDCGLoss(step)),
    "sup-h-ap": NamedLoss("Sup-H-AP", lambda labels, dim, step: SupHAPLoss(step=step)),
    "roadmap": NamedLoss("ROADMAP, pairs", lambda labels, dim, step: roadmap(step=step)),
    "roadmap-proxies": NamedLoss(
        "ROADMAP, proxies", lambda labels, dim, step: roadmap(_classes(labels), dim, step=step), proxies=True
    ),
    "road-recall": NamedLoss("ROAD-R@k, pairs", lambda labels, dim, step: road_recall(step=step)),
    "road-recall-proxies": NamedLoss(
        "ROAD-R@k, proxies", lambda labels, dim, step: road_recall(_classes(labels), dim, step=step), proxies=True
    ),
    "road-ndcg": NamedLoss(
        "ROAD-NDCG", lambda labels, dim, step: road_ndcg(_classes(labels), dim, step=step), proxies=True
    ),
    "happier": NamedLoss("HAPPIER", lambda labels, dim, step: happier(_classes(labels), dim, step=step), proxies=True),
    "happier-f": NamedLoss(
        "HAPPIER-F", lambda labels, dim, step: happier(_classes(labels), dim, weight=0.5, step=step), proxies=True
    ),
    "smooth-ap": NamedLoss("SmoothAP", lambda labels, dim, step: SmoothAPLoss()),
    "smooth-recall": NamedLoss("Smooth-R@k", lambda labels, dim, step: SmoothRecallLoss()),
    "smooth-ndcg": NamedLoss("Smooth-NDCG", lambda labels, dim, step: SmoothNDCGLoss()),
    "softbin": NamedLoss("SoftBin", lambda labels, dim, step: SoftBinAPLoss()),
    "blackbox": NamedLoss("BlackBox", lambda labels, dim, step: BlackBoxAPLoss()),
    "csl": NamedLoss("CSL", lambda labels, dim, step: CSLLoss(labels, dim), proxies=True),
    "triplet": NamedLoss("triplet", lambda labels, dim, step: _finest(_others().TripletMarginLoss(margin=0.05))),
    "contrastive": NamedLoss("contrastive", lambda labels, dim, step: _finest(_others().ContrastiveLoss())),
    "multi-similarity": NamedLoss(
        "multi-similarity", lambda labels, dim, step: _finest(_others().MultiSimilarityLoss())
    ),
    "fastap": NamedLoss("FastAP", lambda labels, dim, step: _finest(_others().FastAPLoss())),
    "softmax": NamedLoss(
        "softmax",
        lambda labels, dim, step: _finest(_others().NormalizedSoftmaxLoss(_classes(labels), dim, temperature=0.05)),
        proxies=True,
    ),
    # Squared distances times 9, as in the code published with ProxyNCA (both vectors are three long there).
    "proxy-nca": NamedLoss(
        "ProxyNCA",
        lambda labels, dim, step: _finest(_others().ProxyNCALoss(_classes(labels), dim, softmax_scale=9)),
        proxies=True,
    ),
    "arcface": NamedLoss(
        "ArcFace",
        lambda labels, dim, step: _finest(
            _others().ArcFaceLoss(_classes(labels), dim, scale=30, margin=math.degrees(0.5))
        ),
        proxies=True,
    ),
    **ABLATIONS,
}
"""Losses by name, in the order of tables and menus."""

NAMES = {name: loss.title for name, loss in LOSSES.items()}
"""How tables, menus and figures write the losses."""


def make_loss(name: str, dataset: RetrievalDataset, recipe: Recipe, step: SupStep) -> nn.Module:
    """Return the loss of that name for a data set.

    Raises:
        ValueError: there is no such loss.
    """
    check_one_of("loss", name, LOSSES)
    return LOSSES[name].make(torch.from_numpy(dataset.labels), recipe.embedding_size, step)
