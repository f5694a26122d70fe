"""Mini-Landmarks at any scale: rendered when it is opened, and not kept on disk."""

from os import PathLike

import numpy as np
import torch

from suprank_edu._checks import check_one_of
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.landmarks.hierarchy import HUMAN_MADE, LEVEL_NAMES, NATURAL, SUPERCATEGORIES, name_of
from suprank_edu.data.landmarks.render import labels_of, render_views

_TEST_EVERY = 3


def read_rendered(
    root: str | PathLike[str] | None = None,
    split: str = "train",
    *,
    landmarks: int = 1536,
    views: int = 12,
    size: int = 48,
    seed: int = 0,
    device: str | None = "cpu",
) -> RetrievalDataset:
    """Render Mini-Landmarks at any scale; train and test share no landmark.

    Every third landmark of each supercategory is a test landmark. Landmarks are numbered from 0 in each split.

    Args:
        root: must be None: nothing is read.
        split: `"train"` or `"test"`.
        landmarks: of both splits together, a multiple of 48 (16 supercategories, a third of each for testing).
        views: pictures of each landmark.
        size: pixels a side, at least 16.
        seed: chooses the world.
        device: where they are rendered; None takes a card where there is one. Pixels may be rounded otherwise there.

    Raises:
        ValueError: if there is no such split, a number is out of its range, or `root` is given.

    Example:
        >>> read_rendered(split="test", landmarks=48, views=2, size=16)
        RetrievalDataset(32 images; landmark: 16, supercategory: 16, natural_or_human_made: 2)
    """
    if root is not None:
        raise ValueError(f"`root`: got {root}, expected None: rendered landmarks are not read from a folder")
    check_one_of("split", split, ("train", "test"))
    kinds = len(SUPERCATEGORIES)
    if landmarks < 1 or landmarks % (_TEST_EVERY * kinds):
        raise ValueError(f"`landmarks`: got {landmarks}, expected a multiple of {_TEST_EVERY * kinds}, above 0")
    if views < 1:
        raise ValueError(f"`views`: got {views}, expected at least 1")
    every = np.arange(landmarks)
    is_test = every // kinds % _TEST_EVERY == _TEST_EVERY - 1
    chosen = every[is_test == (split == "test")]
    shown = chosen.repeat(views)  # (N,)
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    images = render_views(shown, np.tile(np.arange(views), len(chosen)), device, size=size, seed=seed).cpu()
    labels = labels_of(shown)
    labels[:, 0] = np.arange(len(chosen)).repeat(views)
    return RetrievalDataset(
        [_ppm(image) for image in images],
        labels,
        column_names=LEVEL_NAMES,
        class_names=([name_of(int(i), seed) for i in chosen], SUPERCATEGORIES, (HUMAN_MADE, NATURAL)),
        licence="CC BY 4.0",
        source="Mini-Landmarks: rendered by suprank_edu.data.landmarks, imaginary places",
    )


def _ppm(image: torch.Tensor) -> bytes:
    """Return a `(3, S, S)` picture as a file of its pixels as they are, which is written and read at once."""
    _, height, width = image.shape
    return b"P6 %d %d 255\n" % (width, height) + image.permute(1, 2, 0).numpy().tobytes()
