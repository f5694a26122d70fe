"""A training step looks once at the device; what counts as a look: `looks`."""

from typing import Any

import pytest
import torch
from looks import Looks
from torch.nn.functional import normalize

from suprank_edu import losses, positives
from suprank_edu.pairwise import counts

LABELS = torch.stack([torch.arange(32) // 4, torch.arange(32) // 8], dim=1)  # so few positives that no CPU sorts them
LOSSES = {
    "SupAP": losses.SupAPLoss,
    "SupRecall": losses.SupRecallLoss,
    "SupNDCG": losses.SupNDCGLoss,
    "SupHAP": losses.SupHAPLoss,
    "SupHAP of weights": lambda: losses.SupHAPLoss(weights=(0.7, 0.3)),
    "SmoothAP": losses.SmoothAPLoss,
    "SmoothRecall": losses.SmoothRecallLoss,
    "SmoothNDCG": losses.SmoothNDCGLoss,
    "SmoothHAP": losses.SmoothHAPLoss,
    "SoftBinAP": losses.SoftBinAPLoss,
    "BlackBoxAP": losses.BlackBoxAPLoss,
    "CSL": lambda: losses.CSLLoss(LABELS, embedding_size=8),
    "Proxy": lambda: losses.ProxyLoss(num_classes=8, embedding_size=8),
}


PAIRS = (torch.arange(16), torch.arange(16) ^ 1, torch.arange(16), torch.arange(16, 32))


@pytest.mark.parametrize("how", ["the batch itself", "references", "pairs", "a mask"])
@pytest.mark.parametrize("name", LOSSES)
def test_a_step_looks_once(name: str, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the input, at the widths of all levels and at whether any query has a positive alike; never in backward."""
    monkeypatch.setattr(positives, "compact", counts._without_a_look)  # as on a GPU
    embeddings = normalize(torch.randn(32, 8, generator=torch.Generator().manual_seed(0)), dim=1).requires_grad_()
    given: dict[str, dict[str, Any]] = {
        "the batch itself": {},
        "references": {"ref_emb": embeddings.detach().flip(0), "ref_labels": LABELS.flip(0)},
        "pairs": {"indices_tuple": PAIRS},
        "a mask": {"valid": torch.rand(32, 32) < 0.9},
    }
    loss = LOSSES[name]()
    for _ in range(2):
        with Looks(monkeypatch) as looks:
            loss(embeddings, LABELS, **given[how]).backward()
        assert len(looks.seen) == 1, looks.seen


SHARED = (LABELS[:, None] == LABELS).sum(dim=2)
FUNCTIONS = {
    "sup_ap": losses.sup_ap,
    "sup_recall": losses.sup_recall,
    "sup_ndcg": losses.sup_ndcg,
    "sup_h_ap": losses.sup_h_ap,
    "sup_h_ap with relevances": lambda *given, **named: losses.sup_h_ap(*given, relevances=SHARED / 2, **named),
    "smooth_ap": losses.smooth_ap,
    "smooth_recall": losses.smooth_recall,
    "smooth_ndcg": losses.smooth_ndcg,
    "smooth_h_ap": losses.smooth_h_ap,
    "smooth_h_ap with relevances": lambda *given, **named: losses.smooth_h_ap(*given, relevances=SHARED / 2, **named),
    "soft_bin_ap": losses.soft_bin_ap,
    "black_box_ap": losses.black_box_ap,
    "csl": lambda *given, **named: losses.csl(*given, margins=(0.2, 0.3), **named),
}


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_loss_on_scores_looks_once(name: str, hidden: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(positives, "compact", counts._without_a_look)  # as on a GPU
    draw = torch.Generator().manual_seed(0)
    scores = torch.randn(32, 32, generator=draw).requires_grad_()
    valid = torch.rand(32, 32, generator=draw) < 0.9 if hidden else None
    with Looks(monkeypatch) as looks:
        FUNCTIONS[name](scores, SHARED, valid=valid).sum().backward()
    assert len(looks.seen) == 1, looks.seen
