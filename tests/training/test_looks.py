"""What `fit` asks of a card between two steps: nothing, but that its loss looks once."""

import itertools
from pathlib import Path
from typing import Any

import pytest
import torch
from looks import Looks
from torch import Tensor

from suprank_edu import positives
from suprank_edu.data import VectorDataset, read
from suprank_edu.losses import SupAPLoss, happier
from suprank_edu.pairwise import counts
from suprank_edu.training import Checkpoints, Recipe, TrainingError, Validation, device, fit, loop
from suprank_edu.training.memory import MemoryBank
from suprank_edu.training.networks.augment import Augment

RECIPE = Recipe(steps=7, batch_size=32, image_size=16, channels=(8, 8), embedding_size=8, lr=5e-3)


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a CPU be read as late as a card."""
    monkeypatch.setitem(loop._LATE, "cpu", 1)


def history(**settings: Any) -> list[dict[str, float]]:
    given: dict[str, Any] = {"device": "cpu", "progress": False} | settings
    run = fit(given.pop("recipe", RECIPE), read("standin"), given.pop("loss", SupAPLoss()), **given)
    return [{name: value for name, value in entry.items() if name != "seconds"} for entry in run.history]


def test_a_loss_is_read_when_the_next_step_has_looked(late: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nothing waits for it; that of the last step alone is read at once."""
    order: list[str] = []
    ours, read_it = SupAPLoss(), device.Arriving.read

    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        order.append("look")
        return ours(embeddings, labels)

    monkeypatch.setattr(device.Arriving, "read", lambda number: order.append("read") or read_it(number))
    history(loss=loss)
    assert order == ["look"] + 6 * ["look", "read"] + ["read"]


@pytest.mark.parametrize("loss", [SupAPLoss, lambda: happier(16, 4)])
@pytest.mark.parametrize("memory", [0, 100])
def test_a_step_looks_once(memory: int, loss: Any, late: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """On vectors, so that no image is drawn, and by SGD, which counts no steps; what has arrived is no look."""
    draw = torch.Generator().manual_seed(0)
    vectors = VectorDataset(torch.randn(64, 8, generator=draw).numpy(), torch.arange(64) // 4)
    seen: list[int] = []
    monkeypatch.setattr(device.Arriving, "read", lambda number: 0.5)
    # As on a card, where the number of columns is not read.
    monkeypatch.setattr(positives, "compact", counts._without_a_look)
    with Looks(monkeypatch) as looks:
        recipe = Recipe(steps=6, batch_size=16, embedding_size=4, memory_size=memory, optimizer="sgd")
        fit(
            recipe,
            vectors,
            loss(),
            device="cpu",
            progress=False,
            callbacks=[lambda *_: seen.append(len(looks.seen))],
        )
    # The call of step 1 comes after step 2, and so on; the last two come together, with a look at the network.
    between = [after - before for before, after in itertools.pairwise(seen)]
    assert between == [1] * 5, looks.seen


def test_views_ask_nothing_of_images() -> None:
    """Images of a device that holds no numbers can be turned all the same."""
    images = torch.empty(4, 1, 8, 8, device="meta")
    assert Augment(RECIPE)(images, torch.tensor([0, 0, 1, 1]), step=3).shape == images.shape


def test_histories_evaluations_and_weights_are_those_of_a_run_that_is_read_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = []
    for steps_late in (0, 1):
        monkeypatch.setitem(loop._LATE, "cpu", steps_late)
        seen: list[int] = []
        result = fit(
            RECIPE,
            read("standin"),
            SupAPLoss(),
            validation=Validation(read("standin", split="test"), every=3),
            checkpoints=Checkpoints(tmp_path / str(steps_late), every=2),
            callbacks=[lambda step, metrics, seen=seen: seen.append(step)],
            device="cpu",
            progress=False,
        )
        assert seen == [1, 2, 3, 4, 5, 6, 7]
        losses = [entry["loss"] for entry in result.history]
        weights = torch.cat([value.flatten().double() for value in result.model.state_dict().values()])
        found.append((losses, result.evaluations, weights.tolist()))
    assert found[0] == found[1]


@pytest.mark.parametrize("bad", [1, 3, 7])
def test_a_loss_that_is_none_stops_a_step_late_and_names_its_own(bad: int, late: None, tmp_path: Path) -> None:
    """Also where the step after it fails on the embeddings that it has spoilt; and nothing was saved of it."""
    calls: list[list[int]] = []
    ours = SupAPLoss()

    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        calls.append(labels[:, 0].unique().tolist())
        return ours(embeddings, labels) * (float("nan") if len(calls) == bad else 1.0)

    checkpoints = Checkpoints(tmp_path / "run", every=2)
    with pytest.raises(TrainingError, match=rf"^step {bad}: NaN or infinity in the loss") as stopped:
        history(loss=loss, checkpoints=checkpoints)
    assert str(calls[bad - 1][:8])[:-1] in str(stopped.value)
    assert len(calls) <= bad + 1
    if checkpoints.last.exists():
        state = torch.load(checkpoints.last, weights_only=True)
        assert state["step"] < bad
        assert all(value.isfinite().all() for value in state["model"].values())


def test_a_memory_knows_how_much_it_holds_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    bank, other = MemoryBank(size=5, embedding_size=2), MemoryBank(size=5, embedding_size=2)
    with Looks(monkeypatch) as looks:
        bank.add(torch.eye(2), torch.tensor([[7], [8]]), checked=True)
        bank.add(torch.eye(2), torch.tensor([[9], [1]]), checked=True)
        assert (len(bank), len(bank.embeddings)) == (4, 4)
    assert looks.seen == []
    other.load_state_dict(bank.state_dict())
    other.add(torch.eye(2), torch.tensor([[3], [4]]))
    assert len(other) == 5
    assert other.labels[:, 0].tolist() == [4, 8, 9, 1, 3]
