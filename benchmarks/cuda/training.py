"""Images a second of `fit` on the device, against the bare loop of the same network and batch without a loader.

ResNet-50 from random weights on photographs of 224 pixels, batch 256 (64 on a small card), in the card's half
precision: forward, backward and the optimiser's step on one batch that lies on the device; then `fit`, which decodes,
moves, augments, ranks and logs. JPEGs are decoded once and kept, or in worker processes. Also the share of a step that
the loss takes, and a batch of 4,096 in pieces. Writes `training.json`.
"""

import io
import sys
import time
from typing import Any

import numpy as np
import torch
from torch import nn

from benchmarks.cuda.engines import peak_mib, wait
from benchmarks.cuda.machine import Options, options
from benchmarks.harness import least_and_median
from suprank_edu.data import RetrievalDataset
from suprank_edu.losses import SupAPLoss
from suprank_edu.training import Recipe, SmallCNN, fit
from suprank_edu.training.device import half_precision
from suprank_edu.training.networks import images

_OF_A_CLASS = 4


def photographs(count: int, size: int) -> RetrievalDataset:
    """Return JPEGs of noise that a decoder has work with, four of a class."""
    from PIL import Image

    draw = np.random.default_rng(0)
    items = []
    for _ in range(count):
        small = Image.fromarray(draw.integers(0, 256, (size // 8, size // 8, 3), dtype=np.uint8))
        file = io.BytesIO()
        small.resize((size * 9 // 8, size * 9 // 8)).save(file, "JPEG", quality=90)
        items.append(file.getvalue())
    names = [str(i) for i in range(-(-count // _OF_A_CLASS))]
    labels = np.arange(count) // _OF_A_CLASS
    return RetrievalDataset(items, labels, column_names=["class"], class_names=[names], licence="none", source="noise")


def network(recipe: Recipe, small: bool) -> nn.Module:
    """Return a ResNet-50 with random weights, or the small network for a rehearsal."""
    torch.manual_seed(0)
    if small:
        return SmallCNN.of(recipe, 3)
    from suprank_edu.training.networks.backbones import Backbone, configuration

    return Backbone(configuration("resnet50"), embedding_size=512, image_size=recipe.image_size)


def bare(recipe: Recipe, small: bool, device: torch.device) -> float:
    """Return the images a second of forward, backward and step alone."""
    model = network(recipe, small).to(device, memory_format=torch.channels_last).train()
    fused = device.type == "cuda"
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=fused)
    size = (recipe.batch_size, 3, recipe.image_size, recipe.image_size)
    batch = torch.rand(size, device=device).contiguous(memory_format=torch.channels_last)

    def step() -> None:
        optimizer.zero_grad()
        with torch.autocast(device.type, torch.float16 if recipe.precision == "fp16" else torch.bfloat16):
            embeddings = model(batch)
        embeddings.float().square().mean().backward()
        optimizer.step()
        wait(device)

    return recipe.batch_size / least_and_median(step, 10).median


def of_fit(recipe: Recipe, dataset: RetrievalDataset, small: bool, device: torch.device) -> dict[str, Any]:
    """Return the images a second of `fit` over its second half, and its peak of memory."""
    found: dict[str, Any] = {}

    def work() -> None:
        model = network(recipe, small)
        history = fit(recipe, dataset, SupAPLoss(), model=model, device=str(device.type), progress=False).history
        half = len(history) // 2
        seconds = history[-1]["seconds"] - history[half - 1]["seconds"]
        found["images_per_s"] = round(recipe.batch_size * (len(history) - half) / seconds, 1)

    found["peak_mib"] = peak_mib(work, device)
    return found


def fitting(device: torch.device) -> int:
    """Return how many images a batch has: 256, or 64 on a card with less than 32 GB, where 256 would not fit."""
    return 64 if torch.cuda.get_device_properties(device).total_memory < 32e9 else 256


def loss_alone(recipe: Recipe, device: torch.device) -> float:
    """Return the seconds of Sup-AP, forward and backward to the embeddings of a batch."""
    embeddings = nn.functional.normalize(torch.randn(recipe.batch_size, 512, device=device)).requires_grad_()
    labels = torch.arange(recipe.batch_size, device=device) // recipe.per_class

    def work() -> None:
        embeddings.grad = None
        SupAPLoss()(embeddings, labels).backward()
        wait(device)

    return least_and_median(work, 20).median


def run(given: Options) -> None:
    """Measure, and write after each figure."""
    size, batch, count = (32, 32, 128) if given.small else (224, fitting(given.device), 4096)
    half = half_precision(given.device)
    recipe = Recipe(steps=8 if given.small else 40, batch_size=batch, image_size=size, precision=half, lr=1e-4)
    found: dict[str, Any] = {"network": "small" if given.small else "ResNet-50", "pixels": size, "batch": batch}
    found["precision"] = half

    def note(name: str, value: Any) -> None:
        found[name] = value
        print(name, value, flush=True)
        given.write("training", found)

    note("bare_images_per_s", round(bare(recipe, given.small, given.device), 1))
    note("loss_share", round(loss_alone(recipe, given.device) * found["bare_images_per_s"] / batch, 4))
    start = time.monotonic()
    dataset = photographs(count, size)
    note("photographs_s", round(time.monotonic() - start, 1))
    note("fit_decoded_once", of_fit(recipe, dataset, given.small, given.device))
    preload, images.PRELOAD_BYTES = images.PRELOAD_BYTES, 0
    try:
        note("fit_decoding", of_fit(recipe, dataset, given.small, given.device))
    finally:
        images.PRELOAD_BYTES = preload
    for name in ("fit_decoded_once", "fit_decoding"):
        note(f"{name}_of_bare", round(found[name]["images_per_s"] / found["bare_images_per_s"], 3))
    if given.has_time(15):
        changes = {"steps": 2, "batch_size": 64 if given.small else 4096, "embed_at_once": batch}
        note("batch_4096_in_pieces", of_fit(Recipe(**(recipe.to_dict() | changes)), dataset, given.small, given.device))


if __name__ == "__main__":
    run(options(__doc__))
    sys.exit(0)
