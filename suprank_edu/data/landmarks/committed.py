"""Mini-Landmarks as it lies in the repository: 1,920 pictures of 160 imaginary landmarks on three levels."""

import csv
from pathlib import Path

from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.landmarks.hierarchy import HUMAN_MADE, LEVEL_NAMES, NATURAL, SUPERCATEGORIES

SOURCE = "Mini-Landmarks: rendered by suprank_edu.data.landmarks, imaginary places"
LICENCE = "CC BY 4.0"

PARTS = {"train": ("train",), "test": ("test", "index"), "all": ("train", "test", "index")}


def read_mini_landmarks(root: Path, split: str) -> RetrievalDataset:
    """Read one of the `PARTS` of Mini-Landmarks, landmark after landmark.

    Landmarks are numbered from 0 in each split; the other columns mean the same in every split.
    """
    landmark_of = _photos(root, PARTS[split])
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
