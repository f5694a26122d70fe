import dataclasses
import io
import os

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from suprank_edu.data import RetrievalDataset, read
from suprank_edu.losses import AtColumn, ProxyLoss, SmoothAPLoss, SupAPLoss
from suprank_edu.metrics import evaluate
from suprank_edu.training import FitResult, Recipe, SmallCNN, TrainingError, Validation, embed, fit
from suprank_edu.training.optimizer import make_optimizer

TINY = Recipe(steps=25, batch_size=32, image_size=16, channels=(8, 16), embedding_size=16, lr=5e-3, orientations=1)


@pytest.fixture(scope="module")
def glyphs() -> RetrievalDataset:
    return read("standin")


def train(glyphs: RetrievalDataset, loss=None, recipe: Recipe = TINY, **settings) -> FitResult:
    settings = {"device": "cpu", "progress": False} | settings
    return fit(recipe, glyphs, loss or SupAPLoss(), **settings)


def weights(result: FitResult) -> Tensor:
    return torch.cat([parameter.flatten() for parameter in result.model.state_dict().values()])


def mean_loss(result: FitResult, part: slice) -> float:
    return float(np.mean([entry["loss"] for entry in result.history[part]]))


@pytest.mark.parametrize("loss", [SupAPLoss(), SmoothAPLoss()], ids=["sup", "smooth"])
def test_training_lowers_the_loss_and_finds_unseen_glyphs(glyphs: RetrievalDataset, loss: nn.Module) -> None:
    result = train(glyphs, loss)
    assert mean_loss(result, slice(-5, None)) < 0.8 * mean_loss(result, slice(5))
    unseen = read("standin", split="test")
    untrained = train(glyphs, recipe=Recipe(**TINY.to_dict() | {"steps": 1, "lr": 1e-9}))
    after, before = (
        evaluate(embed(r.model, unseen), torch.from_numpy(unseen.labels)).mean["mAP@R/column0"]
        for r in (result, untrained)
    )
    assert after > before + 0.05


def test_the_same_recipe_gives_the_same_weights_and_leaves_the_random_state(glyphs: RetrievalDataset) -> None:
    short = Recipe(**TINY.to_dict() | {"steps": 4})
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = train(glyphs, recipe=short)
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(2)
    again = train(glyphs, recipe=short)
    assert torch.equal(weights(first), weights(again))
    assert [e["loss"] for e in first.history] == [e["loss"] for e in again.history]
    other = train(glyphs, recipe=Recipe(**short.to_dict() | {"seed": 1}))
    assert not torch.equal(weights(first), weights(other))


@pytest.mark.parametrize("frozen", [True, False])
def test_looking_at_a_run_does_not_change_it(glyphs: RetrievalDataset, frozen: bool) -> None:
    recipe = dataclasses.replace(TINY, steps=4, freeze_batch_norm=frozen)
    alone = train(glyphs, recipe=recipe)
    watched = train(glyphs, recipe=recipe, validation=Validation(read("standin", split="test"), every=1))
    assert len(watched.evaluations) == 4
    assert torch.equal(weights(alone), weights(watched))


def test_while_the_head_alone_learns_its_gradient_alone_is_shortened(glyphs: RetrievalDataset) -> None:
    """A step of SGD with Nesterov's momentum moves by 1.9 times the rate times the gradient, here of norm 0.01."""
    recipe = dataclasses.replace(TINY, steps=2, optimizer="sgd", weight_decay=0.0, warmup=0.0, head_only=0.9)
    recipe = dataclasses.replace(recipe, max_grad_norm=0.01, lr=1.0)
    torch.manual_seed(0)
    model = SmallCNN.of(recipe, 1)
    before, moves = {name: value.clone() for name, value in model.named_parameters()}, []

    def look(step: int, metrics: dict[str, float]) -> None:
        if step == 1:
            moved = {name: float((value - before[name]).norm().detach()) for name, value in model.named_parameters()}
            moves.append(moved | {"lr": metrics["lr"]})

    train(glyphs, recipe=recipe, model=model, callbacks=[look])
    (found,) = moves
    assert all(move == 0 for name, move in found.items() if name.startswith("stages"))
    length = (found["head.weight"] ** 2 + found["head.bias"] ** 2) ** 0.5
    assert length == pytest.approx(1.9 * found["lr"] * 0.01, rel=1e-3)


def test_history_and_callbacks_tell_the_same(glyphs: RetrievalDataset) -> None:
    seen: list = []
    result = train(glyphs, recipe=Recipe(**TINY.to_dict() | {"steps": 5}), callbacks=[lambda *call: seen.append(call)])
    assert [step for step, _ in seen] == [1, 2, 3, 4, 5]
    assert [metrics for _, metrics in seen] == result.history
    assert set(result.history[0]) == {"step", "loss", "lr", "seconds"}
    seconds = [entry["seconds"] for entry in result.history]
    assert seconds == sorted(seconds)
    assert max(entry["lr"] for entry in result.history) == pytest.approx(TINY.lr)


def test_the_loss_gets_float32_unit_vectors_and_all_levels(glyphs: RetrievalDataset) -> None:
    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        assert embeddings.shape == (32, 16)
        assert embeddings.dtype == torch.float32
        assert torch.allclose(embeddings.norm(dim=1), torch.ones(32), atol=1e-5)
        assert labels.shape == (32, 2)
        assert labels[:, 0].unique(return_counts=True)[1].tolist() == [4] * 8
        return embeddings.square().mean()

    train(glyphs, loss, Recipe(**TINY.to_dict() | {"steps": 2}))


def test_a_network_in_half_precision_gives_unit_vectors_in_full(glyphs: RetrievalDataset) -> None:
    seen = []

    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        seen.append(embeddings.detach())
        return embeddings.square().mean()

    for precision in ("fp32", "bf16"):
        train(glyphs, loss, Recipe(**TINY.to_dict() | {"steps": 1, "precision": precision}))
    assert [embeddings.dtype for embeddings in seen] == [torch.float32] * 2
    assert (seen[1].norm(dim=1) - 1).abs().max() < 1e-6
    assert 1e-4 < (seen[0] - seen[1]).abs().max() < 0.1


def test_proxies_are_trained_with_their_own_rate(glyphs: RetrievalDataset) -> None:
    loss = ProxyLoss(num_classes=40, embedding_size=16)
    start = {name: value.clone() for name, value in loss.named_parameters()}
    train(glyphs, loss, Recipe(**TINY.to_dict() | {"steps": 3, "loss_lr": 0.5}))
    for name, value in loss.named_parameters():
        assert (value - start[name]).abs().max() > 0.1


def test_a_loss_of_pytorch_metric_learning(glyphs: RetrievalDataset) -> None:
    from pytorch_metric_learning.losses import ContrastiveLoss

    result = train(glyphs, AtColumn(ContrastiveLoss(), 0), Recipe(**TINY.to_dict() | {"steps": 3}))
    assert len(result.history) == 3


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_not_finite_stops_with_the_batch(glyphs: RetrievalDataset, bad: float) -> None:
    calls = []

    def loss(embeddings: Tensor, labels: Tensor) -> Tensor:
        calls.append(labels[:, 0].unique().tolist())
        return embeddings.sum() * (bad if len(calls) == 3 else 1.0)

    with pytest.raises(TrainingError, match=r"^step 3: NaN or infinity in the loss") as stopped:
        train(glyphs, loss)
    assert str(calls[2]) in str(stopped.value)
    assert "try a lower `lr`" in str(stopped.value)


class Broken(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(torch.nan))

    def forward(self, images: Tensor) -> Tensor:
        return images.flatten(1)[:, :4] * self.scale


def test_embeddings_that_are_not_finite_stop_too(glyphs: RetrievalDataset) -> None:
    with pytest.raises(TrainingError, match=r"^step 1: NaN or infinity in the embeddings"):
        train(glyphs, model=Broken())


def test_an_error_of_the_loss_itself_passes_through(glyphs: RetrievalDataset) -> None:
    with pytest.raises(ValueError, match=r"`column`: got 7") as error:
        train(glyphs, SupAPLoss(column=7))
    assert not isinstance(error.value, TrainingError)


def test_a_given_model_is_trained_in_place(glyphs: RetrievalDataset) -> None:
    model = SmallCNN(image_size=16, channels=(4, 4), embedding_size=8)
    start = model.head.weight.detach().clone()
    result = train(glyphs, model=model, recipe=Recipe(**TINY.to_dict() | {"steps": 2}))
    assert result.model is model
    assert not model.training
    assert not torch.equal(start, model.head.weight)
    with pytest.raises(ValueError, match=r"`model`: takes images of 32 pixels, expected image_size = 16"):
        train(glyphs, model=SmallCNN(image_size=32))


def test_too_few_classes_for_a_batch(glyphs: RetrievalDataset) -> None:
    one = glyphs.subset(np.flatnonzero(glyphs.labels[:, 0] < 3))
    with pytest.raises(ValueError, match=r"`batch_size`: got 32, expected at most 12"):
        train(one)


def test_devices_that_are_not_there(glyphs: RetrievalDataset) -> None:
    with pytest.raises(ValueError, match=r"`device`: got 'meta'"):
        train(glyphs, device="meta")
    if not torch.cuda.is_available():
        with pytest.raises(ValueError, match="expected one that torch has here"):
            train(glyphs, device="cuda")


def test_the_bar_is_silent_where_asked(glyphs, monkeypatch, capsys) -> None:
    short = Recipe(**TINY.to_dict() | {"steps": 2})
    monkeypatch.delenv("SUPRANK_EDU_STATIC", raising=False)
    train(glyphs, recipe=short, progress=True)
    assert "training" in capsys.readouterr().err
    monkeypatch.setenv("SUPRANK_EDU_STATIC", "1")
    train(glyphs, recipe=short, progress=True)
    assert capsys.readouterr() == ("", "")


def test_colour_images_of_any_shape_train() -> None:
    items = []
    for shade in range(16):
        buffer = io.BytesIO()
        Image.new("RGB", (20 + shade, 30), (shade * 16, 0, 99)).save(buffer, format="PNG")
        items.append(buffer.getvalue())
    colours = RetrievalDataset(
        items, np.arange(16) // 4, column_names=["c"], class_names=[list("abcd")], licence="CC0", source="made up"
    )
    result = train(colours, recipe=Recipe(**TINY.to_dict() | {"steps": 2, "batch_size": 16}))
    assert embed(result.model, colours).shape == (16, 16)


def test_a_network_goes_through_the_compiler_where_that_is_asked(
    glyphs: RetrievalDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[nn.Module] = []
    monkeypatch.setattr(torch, "compile", lambda model: compiled.append(model) or model)
    recipe = dataclasses.replace(TINY, steps=2)
    plain = train(glyphs, recipe=recipe)
    assert compiled == []
    through = train(glyphs, recipe=dataclasses.replace(recipe, compile=True))
    assert compiled == [through.model]
    assert torch.equal(weights(through), weights(plain))


def test_deterministic_operations_are_taken_inside_and_not_after(glyphs: RetrievalDataset) -> None:
    seen = []
    recipe = dataclasses.replace(TINY, steps=1, deterministic=True)
    train(glyphs, recipe=recipe, callbacks=[lambda *_: seen.append(torch.are_deterministic_algorithms_enabled())])
    assert seen == [True]
    assert not torch.are_deterministic_algorithms_enabled()


@pytest.mark.parametrize("name", ["adamw", "adam", "sgd"])
def test_on_a_card_an_optimiser_changes_all_parameters_at_once(name: str) -> None:
    for device, fused in (("cuda", True), ("cpu", False)):
        groups = [{"params": [nn.Parameter(torch.zeros(2))], "lr": 1e-3}]
        optimizer = make_optimizer(Recipe(optimizer=name), groups, torch.device(device))
        assert bool(optimizer.defaults["fused"]) is fused


def test_cuda_trains_like_the_cpu_and_back(glyphs: RetrievalDataset, card: torch.device) -> None:
    for device in ("cuda", "cpu", "cuda"):
        result = train(glyphs, device=device)
        assert next(result.model.parameters()).device.type == device
        assert mean_loss(result, slice(-5, None)) < 0.8 * mean_loss(result, slice(5))


REAL = os.environ.get("SUPRANK_EDU_DATA")


@pytest.mark.slow
@pytest.mark.skipif(not REAL, reason="SUPRANK_EDU_DATA is not set: the real Omniglot is not here")
@pytest.mark.nightly
def test_sixty_steps_on_omniglot_find_unseen_characters() -> None:
    result = fit(Recipe(steps=60), read("omniglot"), SupAPLoss(), progress=False)
    unseen = read("omniglot", split="test")
    mean = evaluate(embed(result.model, unseen), torch.from_numpy(unseen.labels)).mean
    assert mean["R@1/column0"] > 0.65
    assert mean["mAP@R/column0"] > 0.3
