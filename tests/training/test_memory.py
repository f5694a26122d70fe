import dataclasses

import pytest
import torch
from pytorch_metric_learning.losses import ProxyNCALoss
from training.small_networks import GroupNormNet

from suprank_edu.data import read
from suprank_edu.losses import AtColumn, CalibrationLoss, SupAPLoss
from suprank_edu.training import MemoryBank, Recipe, fit


def test_the_oldest_is_overwritten_first() -> None:
    bank, expected = MemoryBank(7, 3, num_columns=2), []
    for round_ in range(10):
        size = 1 + round_ % 4
        embeddings = torch.full((size, 3), float(round_)) + torch.arange(size)[:, None] / 10
        labels = torch.tensor([[round_ * 10 + i, round_] for i in range(size)])
        bank.add(embeddings, labels)
        expected = (expected + labels.tolist())[-7:]
        assert sorted(bank.labels.tolist()) == sorted(expected)
        assert len(bank) == len(expected)
        by_label = dict(zip(bank.labels[:, 0].tolist(), bank.embeddings[:, 0].tolist(), strict=True))
        assert all(by_label[fine] == pytest.approx(coarse + fine % 10 / 10) for fine, coarse in expected)


def test_more_than_it_holds_keeps_the_last() -> None:
    bank = MemoryBank(3, 1)
    bank.add(torch.arange(8.0)[:, None], torch.arange(8)[:, None])
    assert sorted(bank.labels[:, 0].tolist()) == [5, 6, 7]


def test_its_state_goes_into_another_and_goes_on_alike() -> None:
    first = MemoryBank(5, 2)
    first.add(torch.randn(4, 2), torch.arange(4)[:, None])
    second = MemoryBank(5, 2)
    second.load_state_dict(first.state_dict())
    for bank in (first, second):
        bank.add(torch.ones(3, 2), torch.tensor([[7], [8], [9]]))
    assert torch.equal(first.labels, second.labels)
    assert torch.equal(first.embeddings, second.embeddings)
    assert sorted(first.labels[:, 0].tolist()) == [2, 3, 7, 8, 9]


def test_what_is_stored_has_no_graph() -> None:
    bank = MemoryBank(4, 2)
    bank.add(torch.ones(2, 2, requires_grad=True), torch.zeros(2, 1, dtype=torch.int64))
    assert not bank.embeddings.requires_grad


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MemoryBank(0, 4), "`size`: got 0"),
        (lambda: MemoryBank(4, 0), "`embedding_size`: got 0"),
        (
            lambda: MemoryBank(4, 2).add(torch.ones(3, 5), torch.zeros(3, 1).long()),
            r"`embeddings`: got shape \(3, 5\), expected",
        ),
        (
            lambda: MemoryBank(4, 2).add(torch.ones(3, 2), torch.zeros(3, 2).long()),
            r"`labels`: got shape \(3, 2\), expected \(3, 1\)",
        ),
    ],
)
def test_bad_input_is_named(make, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


class Watched(SupAPLoss):
    """Remembers with which references it was called."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[int, torch.Tensor | None]] = []

    def forward(self, embeddings, labels, indices_tuple=None, ref_emb=None, ref_labels=None, valid=None):
        self.calls.append((len(embeddings), None if ref_emb is None else ref_labels.clone()))
        return super().forward(embeddings, labels, indices_tuple, ref_emb, ref_labels, valid)


@pytest.mark.filterwarnings("ignore:`labels`. no query of the batch:UserWarning")
def test_training_ranks_past_batches_from_the_start_share_on() -> None:
    recipe = Recipe(steps=6, batch_size=16, image_size=16, memory_size=40, memory_start=0.5)
    loss, batches = Watched(), []
    fit(recipe, read("standin"), loss, model=GroupNormNet(torch.float32), device="cpu", progress=False)
    for size, labels in loss.calls:
        assert size == 16
        batches.append(None if labels is None else len(labels))
    # In the first step the batch is ranked against itself, to see that the loss takes references at all.
    assert batches == [None, 16, None, None, None, 40, None, 40, None, 40]


def test_a_loss_that_takes_no_memory_is_refused_before_the_first_step() -> None:
    """Not when the memory is switched on, after most of the run."""
    recipe = Recipe(steps=10, batch_size=16, image_size=16, memory_size=16, memory_start=0.9)
    where = {"model": GroupNormNet(torch.float32), "device": "cpu", "progress": False}
    fit(dataclasses.replace(recipe, steps=3), read("standin"), CalibrationLoss(), **where)
    proxies = AtColumn(ProxyNCALoss(num_classes=40, embedding_size=8), column=0)
    taken: list[int] = []
    for loss in (lambda embeddings, labels: embeddings.square().sum(), proxies):
        with pytest.raises(ValueError, match="`memory_size`: got 16, but the loss ranks no memory .*ref_emb"):
            fit(recipe, read("standin"), loss, callbacks=[lambda step, metrics: taken.append(step)], **where)
    assert taken == []


@pytest.mark.parametrize(
    ("embeddings", "labels", "message"),
    [
        (
            torch.ones(3, 2),
            torch.tensor([[0.5], [1.5], [2.5]]),
            "`labels`: got dtype torch.float32, expected an integer",
        ),
        (torch.ones(3, 2), torch.ones(3, 1, dtype=torch.bool), "`labels`: got dtype torch.bool, expected an integer"),
        (torch.ones(3, 2).long(), torch.zeros(3, 1).long(), "`embeddings`: got dtype torch.int64, expected a floating"),
        (torch.full((3, 2), torch.nan), torch.zeros(3, 1).long(), "`embeddings`: got NaN or infinity"),
    ],
)
def test_what_would_be_stored_as_something_else_is_refused(embeddings, labels, message: str) -> None:
    bank = MemoryBank(4, 2)
    with pytest.raises(ValueError, match=message):
        bank.add(embeddings, labels)
    assert len(bank) == 0


def test_it_prints_what_it_was_made_with() -> None:
    assert repr(MemoryBank(5, 4, num_columns=2)) == "MemoryBank(size=5, embedding_size=4, num_columns=2)"
