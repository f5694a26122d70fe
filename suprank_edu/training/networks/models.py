"""A network small enough to be trained while one reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from suprank_edu._warnings import warn
from suprank_edu.ranking import full_precision
from suprank_edu.training.recipe import Recipe

_BATCH_NORM = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)


class SmallCNN(nn.Module):
    """A plain convolutional network for images of 32 to 96 pixels, with unit vectors as output.

    Each stage is convolution 3 × 3, batch norm, 2 × 2 maximum and ReLU; the last map is flattened and projected.

    Args:
        image_size: pixels a side of the images it embeds.
        in_channels: 1 for grey images, 3 for colour.
        channels: filters of each stage.
        embedding_size: dimensions D of the output.

    Raises:
        ValueError: if the image is too small for so many stages.

    Example:
        >>> model = SmallCNN(image_size=32).eval()
        >>> embeddings = model(torch.rand(5, 1, 32, 32))
        >>> embeddings.shape, bool(embeddings.norm(dim=1).sub(1).abs().max() < 1e-5)
        (torch.Size([5, 128]), True)
    """

    def __init__(
        self,
        image_size: int = 32,
        in_channels: int = 1,
        channels: tuple[int, ...] = (32, 64, 128, 128),
        embedding_size: int = 128,
    ) -> None:
        super().__init__()
        side = image_size >> len(channels)
        if side < 1:
            raise ValueError(
                f"`image_size`: got {image_size}, expected at least {1 << len(channels)} for {len(channels)} stages"
            )
        self.image_size, self.in_channels, self.embedding_size = image_size, in_channels, embedding_size
        sizes = (in_channels, *channels)
        self.stages = nn.Sequential(*(_stage(a, b) for a, b in zip(sizes, channels, strict=False)))
        self.head = nn.Linear(channels[-1] * side * side, embedding_size)
        # Convolutions on a CPU are up to twice as fast with the channels innermost in memory.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it

    @classmethod
    def of(cls, recipe: Recipe, in_channels: int) -> SmallCNN:
        """Return the network that a recipe describes, for images of so many channels."""
        return cls(recipe.image_size, in_channels, recipe.channels, recipe.embedding_size)

    def forward(self, images: Tensor) -> Tensor:
        """Return the `(B, D)` unit vectors of `(B, C, H, W)` images with values in 0..1."""
        # Most images are light with dark content; what pads the borders is 0 and must mean "nothing here".
        maps = self.stages((1 - images).contiguous(memory_format=torch.channels_last))  # (B, channels[-1], h, w)
        return unit(self.head(maps.flatten(1)))  # (B, D)


def unit(vectors: Tensor) -> Tensor:
    """Return `(B, D)` vectors at norm 1, in float32 or better: half precision would leave norms off by 0.004."""
    return nn.functional.normalize(full_precision(vectors))


def _stage(in_channels: int, out_channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.MaxPool2d(2),
        nn.ReLU(inplace=True),  # commutes with the maximum, to the bit, and has a quarter of the work behind it
    )


def freeze_batch_norm(model: nn.Module) -> None:
    """Make batch norm use its running statistics and keep its weights, whatever mode the network is in."""
    for module in model.modules():
        if isinstance(module, _BATCH_NORM):
            module.eval()
            for parameter in module.parameters():
                parameter.requires_grad_(False)


@contextmanager
def in_evaluation_mode(model: nn.Module) -> Iterator[None]:
    """Put a network into evaluation mode inside the block, and each of its modules back into its own mode after it.

    `model.train()` alone would wake batch norm that is frozen.

    Example:
        >>> model = SmallCNN(image_size=32)
        >>> freeze_batch_norm(model)
        >>> with in_evaluation_mode(model):
        ...     model.training
        False
        >>> model.training, has_live_batch_norm(model)
        (True, False)
    """
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def has_live_batch_norm(model: nn.Module) -> bool:
    """Return whether an image's embedding depends on the others of its batch."""
    return any(isinstance(module, _BATCH_NORM) and module.training for module in model.modules())


def warn_of_live_batch_norm(model: nn.Module, processes: int, pieces: bool) -> None:
    """Warn that batch norm in training mode makes a batch that is cut another one than the whole."""
    cut = f"over {processes} processes" if processes > 1 else "into pieces (embed_at_once)" if pieces else ""
    if cut and has_live_batch_norm(model):
        warn(
            f"`model`: has batch norm in training mode, which sees only a part of a batch that is cut {cut}, so that "
            "the result differs from that of the whole batch; freeze_batch_norm=True or GroupNorm avoids it",
        )
