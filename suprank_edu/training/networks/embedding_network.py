"""What a network with features and a head has in common, wherever its features come from."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor, nn

from suprank_edu.training.networks.models import unit


class EmbeddingNetwork(nn.Module):
    """Pooled features of images, a linear head or none, and unit vectors; the base of pretrained networks.

    A network that inherits writes `pooled` and sets `head`, `image_size` and `embedding_size`. Its normalisation of
    pixels belongs into `pooled`, so that nobody can forget it.
    """

    in_channels = 3
    image_size: int
    embedding_size: int
    head: nn.Linear | None

    def pooled(self, images: Tensor) -> Tensor:
        """Return the `(B, C)` features, which the head takes, of `(B, 3, S, S)` images with values in 0..1."""
        raise NotImplementedError

    def forward(self, images: Tensor) -> Tensor:
        """Return the `(B, D)` unit vectors of `(B, 3, S, S)` images with values in 0..1, or of `(B, C)` features.

        Features are those of `pooled`: where they are frozen, a head is trained on them without the images.
        """
        pooled = images if images.ndim == 2 else self.pooled(images)
        return unit(self.head(pooled) if self.head is not None else pooled)


def weights_hash(model: nn.Module) -> str:
    """Return the sha256 of a network's weights, wherever they lie: of each the name, the type, the shape and the bytes.

    Example:
        >>> model = nn.Linear(2, 1)
        >>> before = weights_hash(model)
        >>> with torch.no_grad():
        ...     model.bias += 1
        >>> len(before), weights_hash(model) == before
        (64, False)
    """
    found = hashlib.sha256()
    for name, value in model.state_dict().items():
        found.update(f"{name} {value.dtype} {tuple(value.shape)}\n".encode())
        found.update(value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    return found.hexdigest()
