"""From a photograph, however it comes, to the vector that is searched with."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from suprank_edu._embedding_checks import check_embeddings
from suprank_edu._extras import needs
from suprank_edu.data.pixels import decode, to_mode
from suprank_edu.training.networks.images import fitted

Photograph = str | os.PathLike[str] | bytes | Tensor | np.ndarray[Any, Any]


def vector_of(photograph: Any, network: nn.Module, mode: str, size: int) -> Tensor:
    """Return the `(D,)` unit vector of a photograph.

    Args:
        photograph: a path, bytes, an image of Pillow, a `(C, S, S)` tensor with values in 0..1, or a `(D,)` embedding.
        network: what embeds it.
        mode: the PIL mode that the network takes, `"L"` or `"RGB"`.
        size: dimensions D of an embedding.

    Raises:
        ValueError: none of these, or another shape.
        OSError: the file cannot be read as an image.
    """
    if isinstance(photograph, np.ndarray):
        photograph = torch.from_numpy(photograph)
    if isinstance(photograph, Tensor) and photograph.ndim == 1:
        if photograph.shape != (size,):
            raise ValueError(f"`photograph`: got {len(photograph)} dimensions, expected {size}, as the index has")
        check_embeddings(photograph[None], "photograph")
        return nn.functional.normalize(photograph.detach().float().cpu(), dim=0)
    return _embed(network, _pixels(photograph, network, mode))


@torch.no_grad()
def _embed(network: nn.Module, pixels: Tensor) -> Tensor:
    first = next(network.parameters(), pixels)
    vector: Tensor = network(pixels[None].to(first.device))[0]
    return nn.functional.normalize(vector.float().cpu(), dim=0)  # (D,)


def _pixels(photograph: Any, network: nn.Module, mode: str) -> Tensor:
    """Return `(C, S, S)` floats in 0..1."""
    channels, side = 1 if mode == "L" else 3, getattr(network, "image_size", None)
    if isinstance(photograph, Tensor):
        expected = (channels, side, side) if side else (channels, *photograph.shape[1:])
        if photograph.ndim != 3 or tuple(photograph.shape) != expected:
            raise ValueError(
                f"`photograph`: got a tensor of shape {tuple(photograph.shape)}, expected {expected}, an image, or "
                "(D,), an embedding"
            )
        scaled = photograph.float() / 255 if photograph.dtype == torch.uint8 else photograph.float()
        if not (scaled.amin() >= 0 and scaled.amax() <= 1):  # NaN too
            raise ValueError("`photograph`: got values outside of 0..1, expected an image with values in 0..1")
        return scaled
    if side is None:
        raise ValueError("`network`: has no `image_size`, so that photographs can come as tensors alone")
    with needs("train"):
        from PIL import Image

    if isinstance(photograph, Image.Image):
        image = to_mode(photograph, mode)
    elif isinstance(photograph, str | os.PathLike | bytes):
        image = _decoded(photograph, mode, side)
    else:
        raise ValueError(
            f"`photograph`: got a {type(photograph).__name__}, expected a path, bytes, an image of Pillow, a tensor of "
            "an image, or an embedding"
        )
    return fitted(image, side).float() / 255


def _decoded(item: str | os.PathLike[str] | bytes, mode: str, side: int) -> Any:
    try:
        return decode(item, mode, min_side=side)
    except OSError as error:
        name = "the bytes given" if isinstance(item, bytes) else os.fspath(item)
        raise OSError(f"{name}: cannot be read as an image ({error})") from error
