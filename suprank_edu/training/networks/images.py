"""From encoded images to batches of pixels."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

import numpy as np
import torch
from torch import Tensor

from suprank_edu._extras import needs
from suprank_edu.data import RetrievalDataset

PRELOAD_BYTES = 1 << 30
"""Data sets whose resized pixels fit into this many bytes are decoded once and kept; larger ones on the fly."""


def load_image(dataset: RetrievalDataset, index: int, size: int) -> Tensor:
    """Decode one image as a ``(C, size, size)`` uint8 tensor: the short side is resized, the centre cut out.

    Raises:
        OSError: if it cannot be read.
    """
    with needs("train"):
        from PIL import Image, ImageOps

    image = ImageOps.fit(dataset[index], (size, size), method=Image.Resampling.BILINEAR)
    pixels = torch.from_numpy(np.array(image))  # (size, size) or (size, size, 3)
    return pixels[None] if pixels.ndim == 2 else pixels.permute(2, 0, 1)  # (C, size, size)


def load_images(dataset: RetrievalDataset, size: int, indices: Sequence[int] | None = None) -> Tensor:
    """Decode images as one ``(N, C, size, size)`` uint8 tensor.

    Args:
        dataset: where they come from.
        size: pixels a side.
        indices: which images; None means all.

    Returns:
        N images, C = 1 for grey and 3 for colour.

    Raises:
        OSError: if one cannot be read; the message names it.

    Example:
        >>> from suprank_edu.data import read
        >>> load_images(read("standin"), 16, [0, 1, 2]).shape
        torch.Size([3, 1, 16, 16])
    """
    return torch.stack([load_image(dataset, i, size) for i in (range(len(dataset)) if indices is None else indices)])


def image_batches(
    dataset: RetrievalDataset,
    batches: Iterable[Sequence[int]],
    size: int,
    device: torch.device,
    *,
    preload: bool | None = None,
) -> Iterator[tuple[list[int], Tensor]]:
    """Yield the indices of each batch and its ``(B, C, size, size)`` pixels in 0..1 on the device.

    Args:
        dataset: where images come from.
        batches: the indices of each batch; a list, or anything that can be iterated over twice.
        size: pixels a side.
        device: where pixels go.
        preload: keep all pixels on the device, or decode in worker processes; None chooses by size.
    """
    if preload is None:
        preload = len(dataset) * size * size * dataset.channels <= PRELOAD_BYTES
    if preload:
        everything = load_images(dataset, size).to(device)  # (N, C, size, size)
        pieces: Iterator[Tensor] = (everything[torch.as_tensor(batch, device=device)] for batch in batches)
    else:
        pieces = _from_workers(dataset, batches, size, pin_memory=device.type == "cuda")
    for batch, pixels in zip(batches, pieces, strict=True):
        yield list(batch), pixels.to(device, non_blocking=True).float() / 255


def _from_workers(
    dataset: RetrievalDataset, batches: Iterable[Sequence[int]], size: int, *, pin_memory: bool
) -> Iterator[Tensor]:
    from torch.utils.data import DataLoader

    workers = min(8, os.cpu_count() or 1)
    loader: DataLoader[Tensor] = DataLoader(
        _Decoded(dataset, size),
        batch_sampler=cast(Iterable[list[int]], batches),
        num_workers=workers,
        pin_memory=pin_memory,
        # A generator of its own: the loader would otherwise draw its base seed from the global random state.
        generator=torch.Generator(),
    )
    yield from loader


class _Decoded(torch.utils.data.Dataset[Tensor]):
    """The map-style data set that loader workers share."""

    def __init__(self, dataset: RetrievalDataset, size: int) -> None:
        self.dataset, self.size = dataset, size

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> Tensor:
        return load_image(self.dataset, index, self.size)
