"""The two sets that come with the library: rendered landmarks, and photographs of groceries."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from suprank_edu._checks import alternatives, check_one_of
from suprank_edu.data.archives import sha256_of, unpack
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.folders import cache_folder, shipped_folder
from suprank_edu.data.landmarks.committed import PARTS, read_mini_landmarks
from suprank_edu.data.readers import read_grocery

_SPLITS = {"groceries": ("train", "test"), "mini_landmarks": tuple(PARTS)}
_MAKE = {
    "groceries": "python data_samples/make_groceries.py",
    "mini_landmarks": "python -m suprank_edu.data.landmarks data_samples/mini_landmarks",
}


def load_samples(name: str = "mini_landmarks", split: str = "train") -> RetrievalDataset:
    """Open a set that comes with the library: rendered landmarks, or photographs of groceries.

    Args:
        name: `"mini_landmarks"`, 12 rendered pictures each of places that do not exist; train (96 landmarks) and test
            (64) share none. Or `"groceries"`, a part of the Grocery Store Dataset: of each of 81 products 6 photographs
            in train and 6 in test, taken at other visits to other shops. The queries are test, the gallery is train:
            photographs of one visit are near-duplicates.
        split: `"train"` or `"test"`; of Mini-Landmarks also `"all"`.

    Returns:
        Mini-Landmarks: pictures of 96 × 96 pixels; labels: column 0 the landmark, numbered from 0 in each split, 1 the
        supercategory (16), 2 natural or human-made. Groceries: photographs of 128 pixels or a little more a side;
        column 0 the product (81), 1 its kind (43), 2 the department (3), the same in both splits.

    Raises:
        ValueError: if there is no such set or split.
        FileNotFoundError: if the set is missing; the message says how to make it again.

    Source:
        Klasson, Zhang, Kjellström, "A Hierarchical Grocery Store Image Dataset with Visual and Semantic Labels",
        WACV 2019, arXiv 1901.00711; `data_samples/` has a page on each set.

    Example:
        >>> load_samples("groceries", "test")
        RetrievalDataset(486 images; product: 81, kind: 43, department: 3)
        >>> samples = load_samples("mini_landmarks", "test")
        >>> samples
        RetrievalDataset(768 images; landmark: 64, supercategory: 16, natural_or_human_made: 2)
        >>> samples[0].size, samples.licence
        ((96, 96), 'CC BY 4.0')
    """
    folder = _folder_with(name, split)
    return read_grocery(folder, split) if name == "groceries" else read_mini_landmarks(folder, split)


def samples_folder(name: str = "mini_landmarks") -> Path:
    """Return the folder of a set that comes with the library, its pictures and lists in the layout of its originals.

    A clone has it in `data_samples/`. A wheel carries a zip, which is unpacked once into the platform's cache.

    Args:
        name: `"mini_landmarks"`, in the formats of GLDv2 and H-GLDv2, or `"groceries"`, in that of the Grocery Store
            Dataset.

    Raises:
        ValueError: if there is no such set.
        FileNotFoundError: if it is missing; the message says how to make it again.
        OSError: if it comes as a zip and the cache cannot be written.

    Example:
        >>> sorted(path.name for path in samples_folder("mini_landmarks").glob("train*.csv"))[:2]
        ['train.csv', 'train_clean.csv']
    """
    if not isinstance(name, str) or name not in _SPLITS:
        instead = f'; a split comes second: write load_samples("mini_landmarks", "{name}")' if name in PARTS else ""
        raise ValueError(f"`name`: got {name!r}, expected {alternatives(_SPLITS)}{instead}")
    folder = shipped_folder("data_samples") / name
    if folder.is_dir():
        return folder
    archive = folder.with_suffix(".zip")
    if archive.is_file():
        unpacked = cache_folder("samples") / f"{name}-{sha256_of(archive)[:12]}"
        unpack(archive, unpacked)
        return unpacked
    raise FileNotFoundError(f"{folder}: the set is not there; make it with: {_MAKE[name]}")


def sample_embeddings(name: str = "groceries", split: str = "train") -> Tensor:
    """Return what a pretrained network makes of the photographs of `load_samples`, without the network.

    They are `embed(pretrained(), load_samples(name, split))`: features of EfficientNet-Lite0 with its ImageNet weights,
    untrained on groceries, stored in float16.

    Args:
        name: `"groceries"`.
        split: `"train"` or `"test"`.

    Returns:
        `(N, 1280)` float32 unit vectors, in the order of `load_samples`.

    Raises:
        ValueError: if there is no such split, or the set has no stored embeddings.
        FileNotFoundError: if the set is missing.

    Example:
        >>> gallery, queries = sample_embeddings("groceries", "train"), sample_embeddings("groceries", "test")
        >>> labels = load_samples("groceries", "test").labels[:, 0]  # the same in train
        >>> nearest = (queries @ gallery.T).argmax(dim=1)
        >>> print(f"R@1 {(labels[nearest] == labels).mean():.2f}")
        R@1 0.40
    """
    if name != "groceries":
        raise ValueError(f"`name`: got {name!r}, expected 'groceries', the set whose embeddings are stored")
    with np.load(_folder_with(name, split) / "embeddings.npz", allow_pickle=False) as file:
        stored = torch.from_numpy(file[split]).float()  # (N, 1280)
    return torch.nn.functional.normalize(stored)  # halves are rounded by up to 5e-4


@dataclass(frozen=True)
class SampleQuery:
    """A query of the book: a photograph of the test split of groceries, and what its untrained list shows.

    Args:
        index: its place in `load_samples("groceries", "test")`.
        product: what it shows.
        mistake: where the first wrong answer lies: `"same kind"`, `"same department"` or `"another department"`.
        why: what there is to see, in a sentence.
    """

    index: int
    product: str
    mistake: str
    why: str


def sample_queries() -> list[SampleQuery]:
    """Return the ten photographs of groceries that the book asks with, chosen before anything was trained on them.

    Their lists are those of `sample_embeddings`, test against train.

    Raises:
        FileNotFoundError: if the set is missing.

    Example:
        >>> first = sample_queries()[0]
        >>> first.index, first.product, first.mistake
        (10, 'Granny Smith', 'same kind')
    """
    folder = samples_folder("groceries")
    place = {line.split(",")[0]: i for i, line in enumerate((folder / "test.txt").read_text("utf-8").splitlines())}
    with open(folder / "queries.csv", newline="", encoding="utf-8") as file:
        return [
            SampleQuery(place[row["file"]], row["product"], row["mistake"], row["why"]) for row in csv.DictReader(file)
        ]


def _folder_with(name: str, split: str) -> Path:
    folder = samples_folder(name)
    check_one_of("split", split, _SPLITS[name])
    return folder
