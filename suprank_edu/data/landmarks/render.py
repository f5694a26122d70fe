"""From landmark and view to picture: tiles of one supercategory at a time, the same code on CPU and CUDA."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from suprank_edu._checks import usable_device
from suprank_edu.data.landmarks import backdrop
from suprank_edu.data.landmarks.canvas import MAX_LAYERS, Canvas
from suprank_edu.data.landmarks.draws import Draws, uniforms
from suprank_edu.data.landmarks.hierarchy import HUMAN_MADE, NATURAL, SUPERCATEGORIES, name_of, nature_of
from suprank_edu.data.landmarks.scenes import beacons, coast, desert, inland, peaks, shrines, strongholds, works
from suprank_edu.data.landmarks.views import draw_view

SCENES: dict[str, Callable[[Canvas, Draws], None]] = {
    "castle": strongholds.castle,
    "church": shrines.church,
    "temple": shrines.temple,
    "tower": strongholds.tower,
    "stadium": works.stadium,
    "bridge": works.bridge,
    "lighthouse": beacons.lighthouse,
    "windmill": beacons.windmill,
    "mountain": peaks.mountain,
    "volcano": peaks.volcano,
    "waterfall": inland.waterfall,
    "lake": inland.lake,
    "island": coast.island,
    "rock arch": desert.rock_arch,
    "desert dune": desert.dune,
    "sea cliff": coast.sea_cliff,
}
_LANDMARK_DRAWS, _VIEW_DRAWS = 160, 120
_TILE_PIXELS = {"cpu": 1 << 17, "cuda": 1 << 23}


class Rendered(NamedTuple):
    """Pictures and labels, ready for training.

    Args:
        images: (N, 3, S, S) uint8.
        labels: (N, 3) int64: landmark, supercategory, half (0 human-made, 1 natural).
        class_names: three lists, the names of each column.
    """

    images: Tensor
    labels: Tensor
    class_names: list[list[str]]


def render(
    n_landmarks: int, views: int, device: str | torch.device = "cpu", *, size: int = 64, seed: int = 0
) -> Rendered:
    """Render `views` pictures of each of `n_landmarks` landmarks, landmark after landmark.

    Supercategories take turns: 16 landmarks show all of them once. Picture and label of view v of landmark i depend
    on `(seed, i, v)` alone, not on how many are rendered.

    Args:
        n_landmarks: landmarks, at least 1.
        views: pictures of each, at least 1.
        device: where pictures are computed and stay.
        size: pixels a side, at least 16.
        seed: chooses the world.

    Returns:
        N = n_landmarks · views pictures, labels and names.

    Raises:
        ValueError: if a number is below its least value.

    Example:
        >>> images, labels, names = render(18, 2, size=32)
        >>> images.shape, images.dtype, labels[-1].tolist()
        (torch.Size([36, 3, 32, 32]), torch.uint8, [17, 1, 1])
        >>> names[1][labels[-1, 1]], names[2][labels[-1, 2]]
        ('mountain', 'natural')
    """
    for name, value, least in (("n_landmarks", n_landmarks, 1), ("views", views, 1)):
        if value < least:
            raise ValueError(f"`{name}`: got {value}, expected at least {least}")
    landmarks = np.repeat(np.arange(n_landmarks), views)
    images = render_views(landmarks, np.tile(np.arange(views), n_landmarks), device, size=size, seed=seed)
    names = [[name_of(i, seed) for i in range(n_landmarks)], list(SUPERCATEGORIES), [HUMAN_MADE, NATURAL]]
    return Rendered(images, torch.from_numpy(labels_of(landmarks)).to(images.device), names)


def labels_of(landmarks: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the (N, 3) labels of landmarks: landmark, supercategory, half."""
    halves = np.array([int(nature_of(name) == NATURAL) for name in SUPERCATEGORIES])
    kinds = landmarks % len(SUPERCATEGORIES)
    return np.stack([landmarks, kinds, halves[kinds]], axis=1)  # (N, 3)


def render_views(
    landmarks: npt.ArrayLike,
    views: npt.ArrayLike,
    device: str | torch.device = "cpu",
    *,
    size: int = 64,
    seed: int = 0,
) -> Tensor:
    """Render one picture for each pair of a landmark and a view.

    Args:
        landmarks: (N,) integers of at least 0.
        views: (N,) integers of at least 0.
        device: where pictures are computed and stay.
        size: pixels a side, at least 16.
        seed: chooses the world.

    Returns:
        (N, 3, size, size) uint8.

    Raises:
        ValueError: if the lengths differ, an id is negative, or the size is below 16.

    Example:
        >>> one, again = render_views([5, 40], [3, 0], size=32), render_views([40], [0], size=32)
        >>> bool((one[1] == again[0]).all())
        True
    """
    which, view = np.asarray(landmarks, dtype=np.int64), np.asarray(views, dtype=np.int64)
    if which.ndim != 1 or which.shape != view.shape:
        raise ValueError(f"`views`: got shape {view.shape}, expected {which.shape}, one for each of `landmarks`, (N,)")
    if size < 16:
        raise ValueError(f"`size`: got {size}, expected at least 16")
    for name, ids in (("landmarks", which), ("views", view)):
        if len(ids) and ids.min() < 0:
            raise ValueError(f"`{name}`: got {ids.min()}, expected integers of at least 0")
    device = usable_device(device)
    tile = max(1, _TILE_PIXELS["cuda" if device.type == "cuda" else "cpu"] // size**2)
    images = torch.empty(len(which), 3, size, size, dtype=torch.uint8, device=device)
    layers = torch.empty(MAX_LAYERS, min(tile, max(1, len(which))), size, size, device=device)
    with torch.no_grad():
        for kind, name in enumerate(SUPERCATEGORIES):
            of_kind = np.flatnonzero(which % len(SUPERCATEGORIES) == kind)
            for part in np.split(of_kind, range(tile, len(of_kind), tile)):
                if len(part):
                    picture = _tile(SCENES[name], which[part], view[part], layers, seed)
                    images[torch.from_numpy(part).to(device)] = picture.mul_(255).round_().to(torch.uint8)
    return images


def _tile(
    scene: Callable[[Canvas, Draws], None],
    landmarks: npt.NDArray[np.int64],
    views: npt.NDArray[np.int64],
    layers: Tensor,
    seed: int,
) -> Tensor:
    """Return the (n, 3, S, S) pictures, 0..1, of some views of landmarks of one supercategory."""
    kinds, numbers = landmarks % len(SUPERCATEGORIES), landmarks // len(SUPERCATEGORIES)
    of_landmark = uniforms(seed, 0, kinds, numbers, _LANDMARK_DRAWS)  # (n, K)
    of_view = uniforms(seed, 1, landmarks, views, _VIEW_DRAWS)  # (n, K)
    draws = Draws(torch.from_numpy(of_landmark).to(layers.device))
    conditions = Draws(torch.from_numpy(of_view).to(layers.device))
    canvas = Canvas(draw_view(conditions), layers)
    backdrop.precipitation(canvas, conditions)
    backdrop.occluders(canvas, conditions)
    scene(canvas, draws)
    backdrop.sky(canvas, conditions)
    return canvas.finish()
