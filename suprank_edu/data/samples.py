"""The sets that come with the library: Mini-Landmarks, 1,920 pictures of 160 imaginary landmarks on three levels."""

from __future__ import annotations

import csv
from pathlib import Path

from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.folders import shipped_folder
from suprank_edu.data.landmarks.hierarchy import HUMAN_MADE, LEVEL_NAMES, NATURAL, SUPERCATEGORIES

SOURCE = "Mini-Landmarks: rendered by suprank_edu.data.landmarks, imaginary places"
LICENCE = "CC BY 4.0"

_NAMES = ("mini_landmarks",)
_PARTS = {"train": ("train",), "test": ("test", "index"), "all": ("train", "test", "index")}


def load_samples(name: str = "mini_landmarks", split: str = "train") -> RetrievalDataset:
    """Open a set that comes with the library: Mini-Landmarks, whose train and test share no landmark.

    Args:
        name: `"mini_landmarks"`.
        split: `"train"` (96 landmarks), `"test"` (64 others) or `"all"` (160); 12 pictures of each landmark.

    Returns:
        Colour pictures of 96 × 96 pixels; labels: column 0 the landmark, 1 the supercategory (16), 2 natural or
        human-made. Landmarks are numbered from 0 in each split; the other columns mean the same in every split.

    Raises:
        ValueError: if there is no such set or split.
        FileNotFoundError: if the set is missing; the message says how to make it again.

    Example:
        >>> samples = load_samples("mini_landmarks", "test")
        >>> samples
        RetrievalDataset(768 images; landmark: 64, supercategory: 16, natural_or_human_made: 2)
        >>> samples[0].size, samples.licence
        ((96, 96), 'CC BY 4.0')
    """
    root = samples_folder(name)
    if split not in _PARTS:
        raise ValueError(f"`split`: got {split!r}, expected one of {sorted(_PARTS)}")
    landmark_of = _photos(root, _PARTS[split])
    known = _landmarks(root)
    present = sorted(set(landmark_of.values()))
    number = {landmark: i for i, landmark in enumerate(present)}
    halves = (HUMAN_MADE, NATURAL)
    labels = [(number[i], SUPERCATEGORIES.index(known[i][1]), halves.index(known[i][2])) for i in landmark_of.values()]
    return RetrievalDataset(
        list(landmark_of),
        labels,
        column_names=LEVEL_NAMES,
        class_names=([known[i][0] for i in present], SUPERCATEGORIES, halves),
        licence=LICENCE,
        source=SOURCE,
        names=[path.stem for path in landmark_of],
    )


def samples_folder(name: str = "mini_landmarks") -> Path:
    """Return the folder of a set that comes with the library, its pictures and lists in the layout of its originals.

    Args:
        name: `"mini_landmarks"`, in the formats of GLDv2 and H-GLDv2.

    Raises:
        ValueError: if there is no such set.
        FileNotFoundError: if it is missing; the message says how to make it again.

    Example:
        >>> sorted(path.name for path in samples_folder().glob("train*.csv"))[:2]
        ['train.csv', 'train_clean.csv']
    """
    if name not in _NAMES:
        instead = f'; a split comes second: write load_samples("mini_landmarks", "{name}")' if name in _PARTS else ""
        raise ValueError(f"`name`: got {name!r}, expected one of {list(_NAMES)}{instead}")
    folder = shipped_folder("data_samples") / name
    if (folder / "train.csv").is_file():
        return folder
    raise FileNotFoundError(
        f"{folder}: Mini-Landmarks is not there; make it with: python -m suprank_edu.data.landmarks {folder}"
    )


def _photos(root: Path, parts: tuple[str, ...]) -> dict[Path, int]:
    """Return the landmark of each picture file, landmark after landmark."""
    found: dict[Path, int] = {}
    for part in parts:
        if part == "test":
            landmark_of = {row["id"]: int(row["landmark_id"]) for row in _rows(root / "index_image_to_landmark.csv")}
            for row in _rows(root / "retrieval_solution_v2.1.csv"):
                found[_path(root, part, row["id"])] = landmark_of[row["images"].split()[0]]
        else:
            table = "train.csv" if part == "train" else "index_image_to_landmark.csv"
            found |= {_path(root, part, row["id"]): int(row["landmark_id"]) for row in _rows(root / table)}
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _landmarks(root: Path) -> dict[int, tuple[str, str, str]]:
    """Return name, supercategory and half of each landmark."""
    return {
        int(row["landmark_id"]): (
            row["category"].rpartition("Category:")[2].replace("_", " "),
            row["hierarchical_label"],
            row["natural_or_human_made"],
        )
        for half in ("train", "index")
        for row in _rows(root / f"{half}_label_to_hierarchical.csv")
    }


def _path(root: Path, part: str, photo: str) -> Path:
    return root.joinpath(part, *photo[:3], f"{photo}.jpg")


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
