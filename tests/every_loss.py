"""The losses on embeddings by name, each with its definition for one query, and batches to try them on."""

import pytest
import torch
from torch.nn.functional import normalize

from suprank_edu import naive
from suprank_edu.losses import (
    BlackBoxAPLoss,
    SmoothAPLoss,
    SmoothHAPLoss,
    SmoothNDCGLoss,
    SmoothRecallLoss,
    SoftBinAPLoss,
    SupAPLoss,
    SupHAPLoss,
    SupNDCGLoss,
    SupRecallLoss,
)

# name: (the module, the definition of one query from scores, levels and L)
MODULES = {
    "SupAP": (SupAPLoss, lambda s, v, top: naive.sup_ap(s, v, min_level=top)),
    "SupRecall": (SupRecallLoss, lambda s, v, top: naive.sup_recall(s, v, min_level=top)),
    "SupNDCG": (SupNDCGLoss, lambda s, v, top: naive.sup_ndcg(s, v)),
    "SupHAP": (SupHAPLoss, lambda s, v, top: naive.sup_h_ap(s, v)),
    "SmoothAP": (SmoothAPLoss, lambda s, v, top: naive.smooth_ap(s, v, min_level=top)),
    "SmoothRecall": (SmoothRecallLoss, lambda s, v, top: naive.smooth_recall(s, v, min_level=top)),
    "SmoothNDCG": (SmoothNDCGLoss, lambda s, v, top: naive.smooth_ndcg(s, v)),
    "SmoothHAP": (SmoothHAPLoss, lambda s, v, top: naive.smooth_h_ap(s, v)),
    "SoftBinAP": (SoftBinAPLoss, lambda s, v, top: naive.soft_bin_ap(s, v, min_level=top)),
    "BlackBoxAP": (BlackBoxAPLoss, lambda s, v, top: naive.black_box_ap(s, v, min_level=top)),
}
ONE_LEVEL = {"SupAP", "SupRecall", "SmoothAP", "SmoothRecall", "SoftBinAP", "BlackBoxAP"}
EVERY_MODULE = pytest.mark.parametrize("name", MODULES)


def by_loops(definition, embeddings, labels, ref_emb=None, ref_labels=None, hide=None):
    """One query at a time, what it does not see taken out of its lists; also whether it sees a positive."""
    gallery = embeddings if ref_emb is None else ref_emb
    gallery_labels = labels if ref_labels is None else ref_labels
    scores, losses = embeddings @ gallery.T, []
    for query in range(len(embeddings)):
        seen = [g for g in range(len(gallery)) if hide is None or not hide[query, g]]
        levels = naive.shared_levels(labels[query].tolist(), gallery_labels[seen].tolist())
        losses.append(definition(scores[query, seen].tolist(), levels, labels.shape[1]))
    return losses


def diagonal(batch):
    return torch.eye(len(batch.labels), dtype=torch.bool)


def random_batch(items=12, size=8, seed=0, dtype=torch.float32):
    generator = torch.Generator().manual_seed(seed)
    embeddings = normalize(torch.randn(items, size, generator=generator, dtype=dtype), dim=1)
    fine = torch.arange(items) // 3
    return embeddings, torch.stack([fine, fine // 2], dim=1)
