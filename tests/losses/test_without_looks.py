"""A loss that knows how many positives there are waits for no device: counted on a CPU, and refused by tensors that hold nothing."""

import contextlib
from collections.abc import Callable

import pytest
import torch
from looks import Looks
from torch import nn
from torch.nn.functional import normalize

from suprank_edu import losses, positives
from suprank_edu.pairwise import choice, counts, sorted_sums

LABELS = torch.stack([torch.arange(64) // 4, torch.arange(64) // 16], dim=1)
MADE: dict[str, Callable[[], nn.Module]] = {
    "SupAP": losses.SupAPLoss,
    "SupAP, itself too": lambda: losses.SupAPLoss(include_self=True),
    "SupAP of queries": lambda: losses.SupAPLoss(reduction="none"),
    "SupRecall": losses.SupRecallLoss,
    "SupNDCG": losses.SupNDCGLoss,
    "SupHAP": losses.SupHAPLoss,
    "SmoothAP": losses.SmoothAPLoss,
}


def drawn(seed: int = 0) -> torch.Tensor:
    return normalize(torch.randn(64, 8, generator=torch.Generator().manual_seed(seed)), dim=1).requires_grad_()


@pytest.mark.parametrize("name", MADE)
def test_value_and_gradient_are_those_of_the_loss(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loss = MADE[name]()
    known = loss.without_looks(LABELS)
    order = torch.randperm(64, generator=torch.Generator().manual_seed(1))  # another batch of as many positives
    ours, theirs = drawn(2), drawn(2)
    monkeypatch.setattr(positives, "compact", counts._without_a_look)  # as on a GPU
    found = known(ours, LABELS[order])
    expected = loss(theirs, LABELS[order])
    torch.testing.assert_close(found, expected)
    found.sum().backward()
    expected.sum().backward()
    torch.testing.assert_close(ours.grad, theirs.grad)


@pytest.mark.parametrize("name", MADE)
def test_a_step_never_looks(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(positives, "compact", counts._without_a_look)
    known, embeddings = MADE[name]().without_looks(LABELS), drawn()
    with Looks(monkeypatch) as looks:
        known(embeddings, LABELS).sum().backward()
    assert looks.seen == []


@pytest.mark.cpu
@pytest.mark.parametrize("name", MADE)
def test_on_a_device_that_holds_nothing_nothing_is_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tensors of shapes alone take the ways of a card; whoever reads one is told that there is nothing."""
    monkeypatch.setattr(torch, "autocast", lambda *_, **__: contextlib.nullcontext())  # which knows no such device
    known = MADE[name]().without_looks(LABELS)
    embeddings = torch.randn(64, 8, device="meta", requires_grad=True)
    loss = known(embeddings, LABELS.to("meta")).sum()
    loss.backward()
    assert loss.device.type == embeddings.grad.device.type == "meta"
    with pytest.raises(Exception, match="meta"):
        MADE[name]()(embeddings, LABELS.to("meta"))


HALVES = torch.stack([torch.arange(1024) // 256, torch.arange(1024) // 512], dim=1)  # which a loss would sort


@pytest.mark.parametrize("name", MADE)
def test_what_a_loss_would_sort_is_summed_pair_by_pair(name: str) -> None:
    """A sort reads the device: whether it pays, and which bins hold scores."""
    embeddings = torch.randn(1024, 8, device="meta", requires_grad=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "autocast", lambda *_, **__: contextlib.nullcontext())
        MADE[name]().without_looks(HALVES)(embeddings, HALVES.to("meta")).sum().backward()
    assert embeddings.grad.shape == embeddings.shape


def test_pair_by_pair_its_value_is_that_of_the_sorted_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    sorts: list[int] = []
    monkeypatch.setattr(choice, "PAIRS_PER_ITEM_OF_ODDS", 1)
    monkeypatch.setattr(choice, "sorted_sums", lambda *given: sorts.append(1) or sorted_sums(*given))
    draw, labels = torch.Generator().manual_seed(3), torch.arange(256) // 128
    points = normalize(torch.randn(256, 8, generator=draw), dim=1)
    ours, theirs = (points.clone().requires_grad_() for _ in range(2))
    loss = losses.SupAPLoss()
    found = loss.without_looks(labels)(ours, labels)
    found.backward()
    assert sorts == []
    expected = loss(theirs, labels)
    expected.backward()
    assert sorts == [1]
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(ours.grad, theirs.grad, rtol=1e-4, atol=1e-8)


def test_references_and_pairs_are_refused() -> None:
    known, embeddings = losses.SupAPLoss().without_looks(LABELS), drawn().detach()
    with pytest.raises(ValueError, match="`ref_emb`: got references or pairs"):
        known(embeddings, LABELS, ref_emb=embeddings, ref_labels=LABELS)


def test_the_loss_itself_still_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    loss = losses.SupAPLoss()
    loss.without_looks(LABELS)
    with pytest.raises(ValueError, match="NaN"):
        loss(drawn().detach() * torch.nan, LABELS)
