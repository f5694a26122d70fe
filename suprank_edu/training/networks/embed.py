"""From images to embeddings."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from suprank_edu._checks import check_count
from suprank_edu.data import RetrievalDataset
from suprank_edu.training.device import find_device
from suprank_edu.training.networks.images import image_batches
from suprank_edu.training.networks.models import in_evaluation_mode


@torch.no_grad()
def embed(
    model: nn.Module,
    dataset: RetrievalDataset,
    *,
    batch_size: int = 256,
    image_size: int | None = None,
    scales: Sequence[float] = (1.0,),
    device: str | torch.device | None = None,
) -> Tensor:
    """Embed every image of a data set, in its order.

    Args:
        model: takes `(B, C, S, S)` images with values in 0..1, returns `(B, D)`. It runs in evaluation mode and
            is left as it was, each module in its own mode.
        dataset: N images.
        batch_size: images at a time; the result does not depend on it beyond rounding.
        image_size: pixels a side S; None takes `model.image_size`.
        scales: shares of S at which each image is embedded; the mean of its unit vectors is the result (the papers
            test GLDv2 at 1, 1/√2 and 1/2). Only networks that take images of any size can have more than one.
        device: `"cpu"` or `"cuda"`, moves the model there first; None leaves it where it is.

    Returns:
        `(N, D)` float32 unit vectors, in main memory.

    Raises:
        ValueError: the data set is empty, a number is out of its range, neither the model nor the call says the size
            of images, the model takes other channels, or there is no such device.
        OSError: an image cannot be read.

    Example:
        >>> from suprank_edu.data import read
        >>> from suprank_edu.training import SmallCNN
        >>> glyphs = read("standin", split="test").subset(range(10))
        >>> embed(SmallCNN(), glyphs).shape
        torch.Size([10, 128])
    """
    size = image_size if image_size is not None else getattr(model, "image_size", None)
    if size is None:
        raise ValueError("`image_size`: got None, and the model has no `image_size`, expected pixels a side")
    check_count("image_size", size)
    check_count("batch_size", batch_size)
    if len(dataset) == 0:
        raise ValueError("`dataset`: got no image, expected at least one")
    if not scales or not all(0 < scale < math.inf for scale in scales):
        raise ValueError(f"`scales`: got {tuple(scales)}, expected one or more numbers above 0")
    check_channels(model, dataset)
    if device is not None:
        model.to(find_device(device))
    first = next(model.parameters(), None)
    where = first.device if first is not None else torch.device(device or "cpu")
    batches = [list(range(i, min(i + batch_size, len(dataset)))) for i in range(0, len(dataset), batch_size)]
    embeddings = torch.empty(0)
    with in_evaluation_mode(model):
        for rows, images in image_batches(dataset, batches, size, where):
            piece = _at_scales(model, images, scales).cpu()  # (B, D)
            if not len(embeddings):  # filled in place: pieces and their sum at once would take twice the memory
                embeddings = torch.empty(len(dataset), piece.shape[1])
            embeddings[rows] = nn.functional.normalize(piece)
    return embeddings  # (N, D)


def check_channels(model: nn.Module, dataset: RetrievalDataset) -> None:
    """Raise unless a network that tells its `in_channels` takes the images of a data set."""
    expected = getattr(model, "in_channels", dataset.channels)
    if expected != dataset.channels:
        raise ValueError(
            f"`dataset`: got images of {dataset.channels} channels, expected {expected}, as the model takes"
        )


def _at_scales(model: nn.Module, images: Tensor, scales: Sequence[float]) -> Tensor:
    """Return `(B, D)`: the mean, over the scales, of the unit vectors of `(B, C, S, S)` images."""
    found = []
    for scale in scales:
        side = max(1, round(images.shape[-1] * scale))
        resized = images
        if side != images.shape[-1]:
            resized = nn.functional.interpolate(images, size=side, mode="bilinear", antialias=True)
        found.append(nn.functional.normalize(model(resized).float()))
    return torch.stack(found).mean(dim=0)
