"""Inside pytorch-metric-learning's wrappers a loss is what it is when it is handed by hand what they hand over."""

import copy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from pytorch_metric_learning.losses import (
    ArcFaceLoss,
    CrossBatchMemory,
    SelfSupervisedLoss,
    TripletMarginLoss,
)
from pytorch_metric_learning.miners import MultiSimilarityMiner, TripletMarginMiner
from torch import Tensor, nn
from torch.nn.functional import normalize

from suprank_edu import naive
from suprank_edu.losses import (
    AtColumn,
    BlackBoxAPLoss,
    CalibrationLoss,
    ProxyLoss,
    RankLoss,
    SmoothAPLoss,
    SmoothHAPLoss,
    SmoothNDCGLoss,
    SmoothRecallLoss,
    SoftBinAPLoss,
    SupAPLoss,
    SupHAPLoss,
    SupNDCGLoss,
    SupRecallLoss,
    as_metric_learning_loss,
    road_recall,
    roadmap,
)

SERVED = {
    "SupAP": SupAPLoss,
    "SupRecall": SupRecallLoss,
    "SmoothAP": SmoothAPLoss,
    "SmoothRecall": SmoothRecallLoss,
    "SoftBinAP": SoftBinAPLoss,
    "BlackBoxAP": BlackBoxAPLoss,
    "Calibration": CalibrationLoss,
    "AtColumn": lambda: AtColumn(TripletMarginLoss(), column=0),
    "roadmap": roadmap,
    "road_recall": road_recall,
}
EVERY_LOSS = pytest.mark.parametrize("name", SERVED)
SIZE, DIM, MEMORY = 8, 6, 20


def unit(rows: int, seed: int) -> Tensor:
    return normalize(torch.randn(rows, DIM, generator=torch.Generator().manual_seed(seed), dtype=torch.float64), dim=1)


def batches() -> Iterator[tuple[Tensor, Tensor]]:
    """Four batches: the third fills the memory past its end."""
    for seed in range(4):
        yield unit(SIZE, seed).requires_grad_(), torch.arange(SIZE) % 3


def same(found: Tensor, expected: Tensor, *inputs: Tensor) -> None:
    """Value and gradient agree."""
    assert expected > 0
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)
    pairs = zip(torch.autograd.grad(found, inputs), torch.autograd.grad(expected, inputs), strict=True)
    for gradient, definition in pairs:
        assert gradient.abs().sum() > 0
        torch.testing.assert_close(gradient, definition, rtol=0, atol=1e-12)


class Queue:
    """The memory by hand: the last MEMORY items in a ring, and where the present batch lies in it."""

    def __init__(self) -> None:
        self.items: dict[int, tuple[Tensor, int]] = {}
        self.added = 0

    def add(self, embeddings: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return all embeddings and labels, and (Q, G) False where an item meets its own copy."""
        places = [(self.added + i) % MEMORY for i in range(len(labels))]
        self.items |= dict(zip(places, zip(embeddings.detach(), labels.tolist(), strict=True), strict=True))
        self.added += len(labels)
        kept = [self.items[place] for place in range(len(self.items))]
        others = torch.tensor([[place != own for place in range(len(kept))] for own in places])
        return torch.stack([row for row, _ in kept]), torch.tensor([label for _, label in kept]), others


@EVERY_LOSS
def test_cross_batch_memory_is_the_loss_against_its_queue(name: str) -> None:
    loss, queue = SERVED[name](), Queue()
    wrapped = CrossBatchMemory(as_metric_learning_loss(loss), embedding_size=DIM, memory_size=MEMORY)
    for embeddings, labels in batches():
        memory, memory_labels, others = queue.add(embeddings, labels)
        expected = loss(embeddings, labels, ref_emb=memory, ref_labels=memory_labels, valid=others)
        same(wrapped(embeddings, labels), expected, embeddings)
    assert queue.added > MEMORY == len(memory)


def test_cross_batch_memory_of_sup_ap_is_the_definition_in_loops() -> None:
    wrapped, queue = CrossBatchMemory(as_metric_learning_loss(SupAPLoss()), DIM, memory_size=MEMORY), Queue()
    for embeddings, labels in batches():
        memory, memory_labels, others = queue.add(embeddings, labels)
        losses = []
        for query, seen in enumerate(others):
            scores = (memory[seen] @ embeddings[query]).tolist()
            losses.append(naive.sup_ap(scores, (memory_labels[seen] == labels[query]).int().tolist()))
        assert wrapped(embeddings, labels).item() == pytest.approx(sum(losses) / len(losses), abs=1e-9)


@pytest.mark.parametrize("miner", [MultiSimilarityMiner(epsilon=0.3), TripletMarginMiner(margin=0.1)])
def test_a_miner_restricts_the_sums_to_the_pairs_it_lists(miner: nn.Module) -> None:
    loss, queue = SupAPLoss(), Queue()
    wrapped = CrossBatchMemory(as_metric_learning_loss(loss), DIM, memory_size=MEMORY, miner=miner)
    for embeddings, labels in batches():
        memory, memory_labels, others = queue.add(embeddings, labels)
        mined = [index.tolist() for index in miner(embeddings, labels, memory, memory_labels)]
        if len(mined) == 3:  # a triplet whose positive is the anchor's own copy goes as a whole
            triplets = [(a, p, n) for a, p, n in zip(*mined, strict=True) if others[a, p]]
            pairs = {(a, item) for a, *items in triplets for item in items}
        else:
            pairs = {*zip(*mined[:2], strict=True), *zip(*mined[2:], strict=True)}
        seen = torch.tensor([[(a, i) in pairs for i in range(len(memory))] for a in range(len(labels))])
        assert 0 < seen.sum() < others.sum()
        expected = loss(embeddings, labels, ref_emb=memory, ref_labels=memory_labels, valid=seen & others)
        same(wrapped(embeddings, labels), expected, embeddings)


def test_keys_of_another_network_are_kept_and_not_ranked() -> None:
    """`enqueue_mask`, as in momentum contrast: what is marked enters the memory, the rest are the queries."""
    loss, queue = SupAPLoss(), Queue()
    wrapped = CrossBatchMemory(as_metric_learning_loss(loss), DIM, memory_size=MEMORY)
    for embeddings, labels in batches():
        keys = torch.arange(2 * SIZE) >= SIZE
        both = torch.cat([embeddings, unit(SIZE, seed=9)])
        memory, memory_labels, _ = queue.add(both[keys], labels)
        expected = loss(embeddings, labels, ref_emb=memory, ref_labels=memory_labels)
        same(wrapped(both, labels.repeat(2), enqueue_mask=keys), expected, embeddings)


@EVERY_LOSS
def test_self_supervised_loss_makes_two_views_a_class(name: str) -> None:
    loss = SERVED[name]()
    one, other, number = unit(SIZE, 0).requires_grad_(), unit(SIZE, 1).requires_grad_(), torch.arange(SIZE)
    found = SelfSupervisedLoss(as_metric_learning_loss(loss))(one, other)
    same(found, loss(torch.cat([one, other]), torch.cat([number, number])), one, other)
    found = SelfSupervisedLoss(as_metric_learning_loss(loss), symmetric=False)(one, other)
    same(found, loss(one, number, ref_emb=other, ref_labels=number), one, other)


@pytest.mark.parametrize("processes", [1, 2])
def test_distributed_loss_wrapper_gives_each_process_the_gradient_of_the_whole_batch(
    processes: int, tmp_path: Path
) -> None:
    embeddings, labels = unit(12, 0), torch.arange(12) % 4
    torch.save({"embeddings": embeddings, "labels": labels}, tmp_path / "batch.pt")
    command = [sys.executable, Path(__file__).with_name("one_of_wrapped.py"), tmp_path]
    started = [subprocess.Popen([*command, str(rank), str(processes)]) for rank in range(processes)]
    assert [process.wait(timeout=120) for process in started] == [0] * processes

    loss, hidden = roadmap(), torch.eye(12, dtype=torch.bool)
    for rank in range(processes):
        found = torch.load(tmp_path / f"rank{rank}.pt", weights_only=True)
        own = torch.arange(12).chunk(processes)[rank]
        everything = embeddings.clone().requires_grad_()
        detached = everything.detach()
        # it multiplies by the number of processes because DistributedDataParallel divides by it
        expected = {
            "whole": loss(everything, labels),
            "efficient": loss(
                everything[own],
                labels[own],
                ref_emb=torch.where(torch.isin(torch.arange(12), own)[:, None], everything, detached),
                ref_labels=labels,
                valid=~hidden[own],
            ),
            "memory": loss(everything, labels, ref_emb=detached, ref_labels=labels, valid=~hidden),
        }
        if processes == 1:
            expected["efficient"] = expected["whole"]  # it hands the batch on as it is
        for name, value in expected.items():
            (gradient,) = torch.autograd.grad(processes * value, everything, retain_graph=True)
            torch.testing.assert_close(found[name]["value"], (processes * value).detach(), rtol=0, atol=1e-12)
            torch.testing.assert_close(found[name]["gradient"], gradient[own], rtol=0, atol=1e-12)


INSTEAD = r"suprank_edu\.training\.MemoryBank keeps .* suprank_edu\.training\.gather_with_gradient brings"


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (SupHAPLoss(), rf"got SupHAPLoss, which needs all label columns.*{INSTEAD}"),
        (SmoothHAPLoss(), rf"got SmoothHAPLoss, which needs all label columns.*{INSTEAD}"),
        (SupNDCGLoss(), rf"got SupNDCGLoss, which needs all label columns.*{INSTEAD}"),
        (RankLoss(SmoothNDCGLoss(), CalibrationLoss()), rf"got SmoothNDCGLoss, which needs.*{INSTEAD}"),
        (roadmap(4, DIM), rf"got one with proxies.*add a ProxyLoss to what the wrapper gives.*{INSTEAD}"),
        (AtColumn(ArcFaceLoss(4, DIM), column=0), rf"got one with proxies.*{INSTEAD}"),
        (SupAPLoss(column=1), r"got SupAPLoss of column 1.*give them labels\[:, 1\]"),
        (RankLoss(SupAPLoss(), CalibrationLoss(column=2)), r"got CalibrationLoss of column 2.*labels\[:, 2\]"),
        (SupAPLoss(reduction="none"), r"got SupAPLoss with reduction='none', expected 'mean'"),
        (ProxyLoss(4, DIM), r"got ProxyLoss, expected a loss of suprank_edu\.losses without proxies"),
        (TripletMarginLoss(), r"got TripletMarginLoss, expected a loss of suprank_edu\.losses"),
    ],
)
def test_what_the_wrappers_cannot_serve_is_refused_with_what_to_use_instead(loss: nn.Module, message: str) -> None:
    with pytest.raises(ValueError, match=rf"^`loss`: {message}"):
        as_metric_learning_loss(loss)


def test_what_is_not_one_column_of_numbers_is_refused() -> None:
    loss, labels = as_metric_learning_loss(SupAPLoss()), torch.zeros(SIZE, 2, dtype=torch.int64)
    with pytest.raises(ValueError, match=r"`labels`: got 2 columns, expected one, such as labels\[:, 0\]"):
        loss(unit(SIZE, 0), labels)
    with pytest.raises(ValueError, match=r"`ref_labels`: got 2 columns, expected one, such as ref_labels\[:, 0\]"):
        loss(unit(SIZE, 0), labels[:, 0], ref_emb=unit(SIZE, 1), ref_labels=labels)
    with pytest.raises(ValueError, match=r"`labels`: got NoneType, expected an integer torch.Tensor"):
        loss(unit(SIZE, 0), None)


def test_it_can_be_copied_and_stored_and_says_what_it_is(tmp_path: Path) -> None:
    loss = as_metric_learning_loss(SupAPLoss())
    torch.save(copy.deepcopy(loss), tmp_path / "loss.pt")
    again = torch.load(tmp_path / "loss.pt", weights_only=False)
    assert isinstance(again.loss, SupAPLoss)
    assert repr(again).startswith("as_metric_learning_loss(")
    assert not again.state_dict()


def test_a_miner_decides_what_is_positive_with_valid_as_without():
    embeddings = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]), dim=1)
    labels = torch.tensor([0, 0, 0])
    of_the_miner = (torch.tensor([0, 1]), torch.tensor([1, 2]), torch.tensor([0]), torch.tensor([2]))
    everything = torch.ones(3, 3, dtype=torch.bool)
    loss = CalibrationLoss(neg_margin=-0.5)
    expected = loss(embeddings, labels, of_the_miner)
    assert torch.equal(loss(embeddings, labels, of_the_miner, valid=everything), expected)
