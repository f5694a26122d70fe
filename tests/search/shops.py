"""A small folder of photographs and a small network, which tests of the search share."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from suprank_edu.data import RetrievalDataset, read
from suprank_edu.search import PhotoIndex
from suprank_edu.training import SmallCNN

CLASSES = ("Fruit/Apple", "Fruit/Pear", "Milk/Oat")


def photograph(path: Path, colour: int, seed: int) -> Path:
    """Write a noisy picture of one colour."""
    noise = np.random.default_rng(seed).integers(0, 60, (20, 24, 3))
    base = np.array([(200, 30, 30), (30, 180, 30), (40, 40, 190)][colour])
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray((base + noise).clip(0, 255).astype(np.uint8)).save(path)
    return path


def shop(folder: Path, each: int = 4, first: int = 0) -> Path:
    """Write `each` photographs of three classes."""
    for colour, name in enumerate(CLASSES):
        for number in range(first, first + each):
            photograph(folder / name / f"{number}.png", colour, 100 * colour + number)
    return folder


def network() -> SmallCNN:
    """The same weights every time."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return SmallCNN(image_size=16, in_channels=3, channels=(4, 8), embedding_size=8)


def index_of(folder: Path, **options: object) -> PhotoIndex:
    return PhotoIndex.build(network(), photographs_of(folder), **options)


def photographs_of(folder: Path) -> RetrievalDataset:
    return read("folder", folder)
