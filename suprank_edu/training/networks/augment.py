"""Random views of a batch, drawn from a seed and computed on the device of the images."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from suprank_edu._checks import check_index
from suprank_edu.training.device import sent
from suprank_edu.training.recipe import Recipe

_INTEGERS = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)


@dataclass(frozen=True)
class Augment:
    """Random affine views: turn, stretch, slant, shift, and one orientation a class.

    The views of step t depend on `(seed, t)` alone, so that a run can be continued, or its batch shared among
    processes, without changing them. Nothing touches the global random state.

    Args:
        recipe: its `rotation, scale, shear, shift, orientations` and `seed` are used.

    Example:
        >>> images, classes = torch.ones(4, 1, 8, 8), torch.tensor([0, 0, 1, 1])
        >>> Augment(Recipe())(images, classes, step=0).shape
        torch.Size([4, 1, 8, 8])
    """

    recipe: Recipe

    def __call__(self, images: Tensor, classes: Tensor, step: int, part: slice = slice(None)) -> Tensor:
        """Return a random view of each image of a batch.

        Args:
            images: `(B, C, H, W)` floats; those of `part` alone where a process has its share of a batch.
            classes: `(B,)` integers of the whole batch; images of one class are shown in one orientation.
            step: number of the batch.
            part: which of the batch `images` are.

        Returns:
            As many images; what comes from beyond the border repeats the border.

        Raises:
            ValueError: images or classes of another shape or dtype, or a `step` below 0.
        """
        check_index("step", step)
        if not isinstance(images, Tensor) or images.ndim != 4 or not images.is_floating_point() or not images.numel():
            raise ValueError(f"`images`: got {_described(images)}, expected floats of shape (B, C, H, W)")
        if not isinstance(classes, Tensor) or classes.ndim != 1 or classes.dtype not in _INTEGERS:
            raise ValueError(f"`classes`: got {_described(classes)}, expected integers of shape (B,)")
        if (count := len(range(len(classes))[part])) != len(images):
            raise ValueError(f"`images`: got {len(images)}, expected {count}, as many as `part` takes of `classes`")
        to_view = self.matrices(classes.cpu(), step)[part]  # (B, 2, 3)
        square = torch.cat([to_view, torch.tensor([0.0, 0.0, 1.0]).expand(len(to_view), 1, 3)], dim=1)  # (B, 3, 3)
        # (B, 2, 3): grids ask where in the image a pixel comes from
        to_image = sent(square.inverse()[:, :2].to(images.dtype), images.device)
        grid = nn.functional.affine_grid(to_image, list(images.shape), align_corners=False)  # (B, H, W, 2)
        return nn.functional.grid_sample(images, grid, padding_mode="border", align_corners=False)

    def matrices(self, classes: Tensor, step: int) -> Tensor:
        """Return the `(B, 2, 3)` affine maps of a batch, image to view, with the centre at 0 and sides at ±1."""
        recipe, size = self.recipe, len(classes)
        draw = torch.Generator().manual_seed((recipe.seed * 1_000_003 + int(step)) % (1 << 63))
        turn, stretch_x, stretch_y, slant, move_x, move_y = 2 * torch.rand(size, 6, generator=draw).T - 1  # (B,) each
        angle = turn * math.radians(recipe.rotation)
        cos, sin, one = angle.cos(), angle.sin(), torch.ones(size)
        rotate = torch.stack([cos, -sin, sin, cos], dim=-1).view(size, 2, 2)
        slanted = torch.stack([one, slant * recipe.shear, 0 * one, one], dim=-1).view(size, 2, 2)
        stretch = torch.diag_embed(1 + recipe.scale * torch.stack([stretch_x, stretch_y], dim=-1))  # (B, 2, 2)
        linear = rotate @ slanted @ stretch @ _orientations(classes, recipe.orientations, draw)
        move = 2 * recipe.shift * torch.stack([move_x, move_y], dim=-1)
        zoom, centre = _crops(size, recipe.crop, recipe.flip, draw)
        return torch.cat([zoom @ linear, zoom @ (move - centre)[..., None]], dim=-1)  # (B, 2, 3)


def _described(value: object) -> str:
    return f"{value.dtype} of shape {tuple(value.shape)}" if isinstance(value, Tensor) else type(value).__name__


def _orientations(classes: Tensor, count: int, draw: torch.Generator) -> Tensor:
    """Return `(B, 2, 2)`: one of `count` quarter turns and mirror images, the same for a whole class."""
    _, group = torch.unique(classes, return_inverse=True)  # (B,)
    chosen = torch.randint(count, (int(group.max()) + 1,), generator=draw)[group]
    cos = torch.tensor([1.0, 0.0, -1.0, 0.0])[chosen % 4]
    sin = torch.tensor([0.0, 1.0, 0.0, -1.0])[chosen % 4]
    mirror = torch.where(chosen < 4, 1.0, -1.0)
    return torch.stack([cos * mirror, -sin, sin * mirror, cos], dim=-1).view(-1, 2, 2)


def _crops(size: int, least: float, flip: bool, draw: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return `(B, 2, 2)` maps that stretch a random crop to the whole view, and the crops' `(B, 2)` centres."""
    share, ratio, x, y, mirror = torch.rand(size, 5, generator=draw).T
    area = 1 - (1 - least) * share
    sides = (area * (0.75 ** (2 * ratio - 1))).sqrt() if least < 1 else torch.ones(size)
    sides = torch.stack([sides, area / sides], dim=-1).clamp(max=1)  # (B, 2), shares of the image's sides
    centre = (2 * torch.stack([x, y], dim=-1) - 1) * (1 - sides)  # (B, 2), the whole image reaching from -1 to 1
    signs = torch.stack([torch.where(flip & (mirror < 0.5), -1.0, 1.0), torch.ones(size)], dim=-1)
    return torch.diag_embed(signs / sides), centre
