"""From encoded images to batches of pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from suprank_edu._extras import needs
from suprank_edu._threads import in_threads, num_workers
from suprank_edu.data import RetrievalDataset, VectorDataset
from suprank_edu.training.device import sent

if TYPE_CHECKING:
    from PIL.Image import Image

PRELOAD_BYTES = 1 << 30
"""Data sets whose resized pixels fit into this many bytes are decoded once and kept; larger ones on the fly."""
PRELOAD_SHARE = 0.1
"""The same on a card, where that is more: this share of its memory."""


def load_image(dataset: RetrievalDataset, index: int, size: int) -> Tensor:
    """Decode one image as a `(C, size, size)` uint8 tensor: the short side is resized, the centre cut out.

    Raises:
        OSError: if it cannot be read; one line names it.
    """
    return fitted(dataset.image(index, min_side=size), size)


def fitted(image: Image, size: int) -> Tensor:
    """Return an image as a `(C, size, size)` uint8 tensor: the short side is resized, the centre cut out."""
    with needs("train"):
        from PIL import Image as pillow
        from PIL import ImageOps

    square = ImageOps.fit(image, (size, size), method=pillow.Resampling.BILINEAR)
    pixels = torch.from_numpy(np.array(square))  # (size, size) or (size, size, 3)
    return pixels[None] if pixels.ndim == 2 else pixels.permute(2, 0, 1)  # (C, size, size)


def load_images(dataset: RetrievalDataset, size: int, indices: Sequence[int] | None = None) -> Tensor:
    """Decode images as one `(N, C, size, size)` uint8 tensor, in several threads, under a bar if that takes long.

    Args:
        dataset: where they come from.
        size: pixels a side.
        indices: which images; None means all.

    Returns:
        N images, C = 1 for grey and 3 for colour.

    Raises:
        OSError: if one cannot be read; one line names it.

    Example:
        >>> from suprank_edu.data import read
        >>> load_images(read("standin"), 16, [0, 1, 2]).shape
        torch.Size([3, 1, 16, 16])
    """
    chosen = range(len(dataset)) if indices is None else indices
    images = torch.empty((len(chosen), dataset.channels, size, size), dtype=torch.uint8)

    def decode(row: int) -> None:  # Pillow decodes and resizes without Python's lock
        images[row] = load_image(dataset, chosen[row], size)

    in_threads(decode, len(chosen), "decoding images")
    return images  # (N, C, size, size)


def image_batches(
    dataset: RetrievalDataset,
    batches: Iterable[Sequence[int]],
    size: int,
    device: torch.device,
    *,
    preload: bool | None = None,
) -> Iterator[tuple[list[int], Tensor]]:
    """Yield the indices of each batch and its `(B, C, size, size)` pixels in 0..1 on the device, or `(B, C)` vectors.

    Args:
        dataset: where images come from.
        batches: the indices of each batch; a list, or anything that can be iterated over twice.
        size: pixels a side.
        device: where pixels go.
        preload: keep all pixels on the device, or decode in worker processes; None chooses by size.
    """
    if isinstance(dataset, VectorDataset):
        vectors = torch.from_numpy(dataset.vectors).to(device)  # (N, C)
        yield from ((list(batch), vectors[sent(torch.as_tensor(batch), device)]) for batch in batches)
        return
    if preload is None:
        preload = len(dataset) * size * size * dataset.channels <= preload_bytes(device)
    if preload:
        everything = load_images(dataset, size).to(device)  # (N, C, size, size)
        pieces: Iterator[Tensor] = (everything[sent(torch.as_tensor(batch), device)] for batch in batches)
    else:
        pieces = _from_workers(dataset, batches, size, pin_memory=device.type == "cuda")
    for batch, pixels in zip(batches, pieces, strict=True):
        yield list(batch), pixels.to(device, non_blocking=True).float() / 255


def preload_bytes(device: torch.device) -> int:
    """Return how many bytes of pixels are kept on a device.

    Example:
        >>> preload_bytes(torch.device("cpu")) == PRELOAD_BYTES
        True
    """
    if device.type != "cuda" or not PRELOAD_BYTES:
        return PRELOAD_BYTES
    return max(PRELOAD_BYTES, int(PRELOAD_SHARE * torch.cuda.get_device_properties(device).total_memory))


def _from_workers(
    dataset: RetrievalDataset, batches: Iterable[Sequence[int]], size: int, *, pin_memory: bool
) -> Iterator[Tensor]:
    from torch.utils.data import DataLoader

    loader: DataLoader[Tensor | str] = DataLoader(
        _Batches(dataset, size),
        batch_size=None,  # the sampler gives whole batches
        sampler=batches,
        num_workers=num_workers(),
        pin_memory=pin_memory,
        # A generator of its own: the loader would otherwise draw its base seed from the global random state.
        generator=torch.Generator(),
    )
    for images in loader:
        if isinstance(images, str):
            raise OSError(images)
        yield images


class _Batches(torch.utils.data.Dataset[Tensor | str]):
    """What loader workers share: batch → its images, or why one cannot be read.

    An error raised in a worker would reach the user as the text of its traceback.
    """

    def __init__(self, dataset: RetrievalDataset, size: int) -> None:
        self.dataset, self.size = dataset, size

    def __getitem__(self, batch: Sequence[int]) -> Tensor | str:
        try:
            return torch.stack([load_image(self.dataset, index, self.size) for index in batch])
        except OSError as error:
            return str(error)
