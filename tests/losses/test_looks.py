"""A training step looks once at the device; what counts as a look: `looks`."""

from collections.abc import Callable
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
    "ROADMAP with proxies": lambda: losses.roadmap(8, 8),
    "HAPPIER": lambda: losses.happier(8, 8),
    "a sum of a sum": lambda: losses.RankLoss(losses.SmoothAPLoss(), losses.road_recall(8, 8)),
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


def looks_of(work: Callable[[], torch.Tensor], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return how a step looks: forward and backward."""
    monkeypatch.setattr(positives, "compact", counts._without_a_look)  # as on a GPU
    with monkeypatch.context() as patch, Looks(patch) as looks:
        work().backward()
    return looks.seen


def unit() -> torch.Tensor:
    return normalize(torch.randn(32, 8, generator=torch.Generator().manual_seed(0)), dim=1).requires_grad_()


def test_a_sum_with_pairs_looks_once_beside_the_library_that_lists_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytorch-metric-learning asks for the places of pairs, of which there are as many as the labels say."""
    listed = looks_of(lambda: losses.CalibrationLoss().loss(unit(), LABELS[:, 0]), monkeypatch)
    assert looks_of(lambda: losses.roadmap()(unit(), LABELS), monkeypatch) == ["tolist", *listed]


@pytest.mark.parametrize("how", ["a subclass", "a module of another kind", "a hook", "an instance"])
def test_who_calls_a_loss_in_its_own_way_is_called_in_a_sum(how: str) -> None:
    """Such a loss looks for itself: what stands around its call must not be left out."""

    class Doubled(losses.SupAPLoss):
        def forward(self, *arguments: Any, **named: Any) -> torch.Tensor:
            return 2 * super().forward(*arguments, **named)

    class Other(torch.nn.Module):
        def forward(self, embeddings: torch.Tensor, *_: Any) -> torch.Tensor:
            return 2 * losses.SupAPLoss()(embeddings, LABELS)

    rank = {"a subclass": Doubled, "a module of another kind": Other}.get(how, losses.SupAPLoss)()
    if how == "a hook":
        rank.register_forward_hook(lambda module, given, value: 2 * value)
    if how == "an instance":
        once = rank.forward
        rank.forward = lambda *given: 2 * once(*given)
    proxies = losses.ProxyLoss(8, 8)
    expected = (2 * losses.SupAPLoss()(unit(), LABELS) + proxies(unit(), LABELS)) / 2
    torch.testing.assert_close(losses.RankLoss(rank, proxies, weight=0.5)(unit(), LABELS), expected)


def test_each_loss_of_a_sum_is_told_its_own_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class without a proxy is refused by the loss that has proxies, NaN by whoever comes first."""
    loss = losses.RankLoss(losses.SupHAPLoss(), losses.ProxyLoss(7, 8))
    with pytest.raises(ValueError, match=r"`labels`: got classes from 0 to 7, expected 0\.\.6"):
        loss(unit(), LABELS)
    with pytest.raises(ValueError, match=r"`embeddings`: got NaN or infinity in 32 of 32 rows"):
        loss(unit() * torch.nan, LABELS)
    with pytest.raises(ValueError, match=r"`indices_tuple`: got row numbers that do not exist"):
        loss(unit(), LABELS, (*PAIRS[:3], PAIRS[3] + 1))


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
