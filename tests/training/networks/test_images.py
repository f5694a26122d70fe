import io
import os
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from suprank_edu import _threads
from suprank_edu.data import RetrievalDataset, read
from suprank_edu.training import SmallCNN, embed, load_image, load_images
from suprank_edu.training.networks.images import image_batches
from suprank_edu.training.networks.models import freeze_batch_norm, has_live_batch_norm


def dataset_of(*images: Image.Image, mode: str = "RGB") -> RetrievalDataset:
    items = []
    for image in images:
        buffer = io.BytesIO()
        image.save(buffer, format="PNG")
        items.append(buffer.getvalue())
    return RetrievalDataset(
        items,
        np.zeros(len(items), dtype=int),
        column_names=["all"],
        class_names=[["one"]],
        licence="CC0",
        source="made up",
        mode=mode,
    )


def test_the_centre_is_kept_and_channels_come_first() -> None:
    wide = Image.new("RGB", (40, 10), (0, 0, 255))
    wide.paste((255, 0, 0), (15, 0, 25, 10))
    pixels = load_image(dataset_of(wide), 0, 10)
    assert pixels.shape == (3, 10, 10)
    assert pixels.dtype == torch.uint8
    assert pixels[:, 5, 5].tolist() == [255, 0, 0]
    assert pixels[0, :, 1:-1].min() > 200
    assert load_images(dataset_of(wide, wide, mode="L"), 8).shape == (2, 1, 8, 8)


def test_loader_workers_give_the_same_pixels_as_memory() -> None:
    glyphs = read("standin", split="test").subset(range(30))
    batches = [[3, 1, 3], [29, 0], [7, 7]]
    before = torch.get_rng_state()
    here, there = (
        list(image_batches(glyphs, batches, 12, torch.device("cpu"), preload=preload)) for preload in (True, False)
    )
    assert torch.equal(before, torch.get_rng_state())
    assert [indices for indices, _ in here] == [indices for indices, _ in there] == batches
    for (_, a), (_, b) in zip(here, there, strict=True):
        assert torch.equal(a, b)
        assert a.max() <= 1
    assert torch.equal(here[0][1][0], here[0][1][2])


def test_preloading_decodes_in_several_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A barrier that two must reach: one thread alone would wait in vain."""
    both = threading.Barrier(2, timeout=20)
    glyphs = read("standin", split="test").subset(range(128))
    expected = torch.stack([load_image(glyphs, i, 8) for i in range(128)])
    decode = RetrievalDataset.image

    def together(dataset: RetrievalDataset, index: int, **options: int) -> Image.Image:
        if index in (0, 64):  # the first of each of two blocks
            both.wait()
        return decode(dataset, index, **options)

    monkeypatch.setattr(RetrievalDataset, "image", together)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert torch.equal(load_images(glyphs, 8), expected)


def test_preloading_shows_a_bar_where_it_takes_long(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    glyphs = read("standin", split="test").subset(range(130))
    monkeypatch.delenv("SUPRANK_EDU_STATIC", raising=False)
    load_images(glyphs, 8)
    assert capsys.readouterr().err == ""  # done before anybody waits
    monkeypatch.setattr(_threads, "_PATIENCE", 0.0)
    load_images(glyphs, 8)
    assert "decoding images: 100%" in capsys.readouterr().err
    monkeypatch.setenv("SUPRANK_EDU_STATIC", "1")
    load_images(glyphs, 8)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("preload", [True, False])
@pytest.mark.parametrize("damage", ["cut", "missing", "no image"])
def test_one_bad_picture_is_named_in_one_line_however_the_set_is_loaded(
    tmp_path: Path, preload: bool, damage: str
) -> None:
    paths = [tmp_path / f"{i}.jpg" for i in range(6)]
    for path in paths:
        Image.new("RGB", (40, 30), (200, 30, 60)).save(path)
    if damage == "missing":
        paths[4].unlink()
    else:
        paths[4].write_bytes(paths[4].read_bytes()[:300] if damage == "cut" else b"once upon a time")
    about = {"column_names": ["all"], "class_names": [["one"]], "licence": "CC0", "source": "made up"}
    dataset = RetrievalDataset(paths, np.zeros(6, dtype=int), **about)
    batches = image_batches(dataset, [[0, 1], [2, 3], [4, 5]], 8, torch.device("cpu"), preload=preload)
    with pytest.raises(OSError, match=r"4\.jpg: cannot be read as an image \([^\n]*\)$") as failure:
        list(batches)
    assert "\n" not in str(failure.value)


class Flatten(nn.Module):
    """A network without parameters whose output is not of unit norm."""

    def forward(self, images: Tensor) -> Tensor:
        assert not self.training
        return 5 * images.flatten(1)


def test_embed_keeps_the_order_and_gives_unit_vectors() -> None:
    glyphs = read("standin", split="test").subset(range(7))
    whole = embed(Flatten(), glyphs, image_size=8, batch_size=100)
    assert whole.shape == (7, 64)
    assert torch.allclose(whole.norm(dim=1), torch.ones(7), atol=1e-6)
    assert torch.allclose(whole, embed(Flatten(), glyphs, image_size=8, batch_size=2), atol=1e-6)
    expected = nn.functional.normalize(load_images(glyphs, 8).float().flatten(1))
    assert torch.allclose(whole, expected, atol=1e-6)
    assert not whole.requires_grad


@pytest.mark.parametrize("training", [True, False])
def test_embed_leaves_the_model_as_it_was(training: bool) -> None:
    model = SmallCNN(image_size=16, channels=(4, 4)).train(training)
    state = {name: value.clone() for name, value in model.state_dict().items()}
    embed(model, read("standin", split="test").subset(range(5)))
    assert model.training is training
    assert all(module.training is training for module in model.modules())
    assert all(torch.equal(state[name], value) for name, value in model.state_dict().items())


def test_embed_does_not_wake_frozen_batch_norm() -> None:
    model = SmallCNN(image_size=16, channels=(4, 4)).train()
    freeze_batch_norm(model)
    modes = [module.training for module in model.modules()]
    embed(model, read("standin", split="test").subset(range(5)))
    assert [module.training for module in model.modules()] == modes
    assert not has_live_batch_norm(model)


def test_what_embed_cannot_do_is_said() -> None:
    glyphs = read("standin", split="test")
    with pytest.raises(ValueError, match=r"`image_size`: got None"):
        embed(Flatten(), glyphs)
    with pytest.raises(ValueError, match=r"`dataset`: got no image"):
        embed(SmallCNN(), glyphs.subset([]))
    with pytest.raises(ValueError, match=r"`batch_size`: got 0"):
        embed(SmallCNN(), glyphs, batch_size=0)
    with pytest.raises(ValueError, match=r"`scales`: got \(nan,\), expected one or more numbers above 0"):
        embed(SmallCNN(), glyphs, scales=(float("nan"),))
    with pytest.raises(ValueError, match=r"`image_size`: got 0, expected an integer of at least 1"):
        embed(SmallCNN(), glyphs, image_size=0)
    with pytest.raises(ValueError, match=r"`dataset`: got images of 1 channels, expected 3, as the model takes"):
        embed(SmallCNN(in_channels=3), glyphs)
    with pytest.raises(ValueError, match=r"`device`: got 'meta', expected 'cpu', 'cuda' or None"):
        embed(SmallCNN(), glyphs, device="meta")
    with pytest.raises(ValueError, match=r"`image_size`: got 8, expected at least 16 for 4 stages"):
        SmallCNN(image_size=8)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_card_that_is_not_there_is_said() -> None:
    with pytest.raises(ValueError, match=r"`device`: got 'cuda', expected one that torch has here"):
        embed(SmallCNN(), read("standin"), device="cuda")
