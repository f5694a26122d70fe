"""Small networks without batch norm, for tests in which an image must not change the embedding of another."""

import torch
from torch import Tensor, nn


class GroupNormNet(nn.Module):
    """Convolution, GroupNorm, an optional dropout and a ``head``; in float64 where asked."""

    def __init__(self, dtype: torch.dtype = torch.float64, dropout: float = 0.0) -> None:
        super().__init__()
        self.image_size = 16
        self.dtype = dtype
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.GroupNorm(2, 8), nn.ReLU(), nn.AdaptiveAvgPool2d(4)
        )
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(8 * 16, 8)
        self.to(dtype)

    def forward(self, images: Tensor) -> Tensor:
        maps = self.features(images.to(self.dtype)).flatten(1)
        return nn.functional.normalize(self.head(self.dropout(maps)), dim=1)


def weights(model: nn.Module) -> Tensor:
    """All numbers of a network's state, as one float64 vector."""
    return torch.cat([value.detach().double().flatten() for value in model.state_dict().values()])
