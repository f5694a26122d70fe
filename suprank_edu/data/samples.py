"""The two sets that come with the library: rendered landmarks, and photographs of groceries."""

from __future__ import annotations

from pathlib import Path

from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.folders import shipped_folder
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
    folder = samples_folder(name)
    if split not in _SPLITS[name]:
        raise ValueError(f"`split`: got {split!r}, expected one of {sorted(_SPLITS[name])}")
    return read_grocery(folder, split) if name == "groceries" else read_mini_landmarks(folder, split)


def samples_folder(name: str = "mini_landmarks") -> Path:
    """Return the folder of a set that comes with the library, its pictures and lists in the layout of its originals.

    Args:
        name: `"mini_landmarks"`, in the formats of GLDv2 and H-GLDv2, or `"groceries"`, in that of the Grocery Store
            Dataset.

    Raises:
        ValueError: if there is no such set.
        FileNotFoundError: if it is missing; the message says how to make it again.

    Example:
        >>> sorted(path.name for path in samples_folder("mini_landmarks").glob("train*.csv"))[:2]
        ['train.csv', 'train_clean.csv']
    """
    if name not in _SPLITS:
        instead = f'; a split comes second: write load_samples("mini_landmarks", "{name}")' if name in PARTS else ""
        raise ValueError(f"`name`: got {name!r}, expected one of {list(_SPLITS)}{instead}")
    folder = shipped_folder("data_samples") / name
    if folder.is_dir():
        return folder
    raise FileNotFoundError(f"{folder}: the set is not there; make it with: {_MAKE[name]}")
