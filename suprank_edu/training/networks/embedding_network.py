"""What a network with features and a head has in common, wherever its features come from."""

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


class LinearHead(nn.Module):
    """A linear map of vectors, and unit vectors: what is trained on a `VectorDataset`.

    Args:
        size: dimensions C of the vectors.
        embedding_size: dimensions D of the output.

    Example:
        >>> LinearHead(1280, 256)(torch.rand(3, 1280)).shape
        torch.Size([3, 256])
    """

    def __init__(self, size: int, embedding_size: int) -> None:
        super().__init__()
        self.head, self.embedding_size = nn.Linear(size, embedding_size), embedding_size

    def forward(self, vectors: Tensor) -> Tensor:
        """Return the `(B, D)` unit vectors of `(B, C)` vectors."""
        return unit(self.head(vectors))


def weights_hash(model: nn.Module, leave_out: str | None = None) -> str:
    """Return the sha256 of a network's weights, wherever they lie: of each the name, the type, the shape and the bytes.

    Args:
        model: the network.
        leave_out: name of a child whose weights do not count, such as `"head"`.

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
        if leave_out is not None and name.startswith(f"{leave_out}."):
            continue
        found.update(f"{name} {value.dtype} {tuple(value.shape)}\n".encode())
        found.update(value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
    return found.hexdigest()
