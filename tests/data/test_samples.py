"""The committed set: its size, its splits, its tables, and that the renderer still draws it."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from suprank_edu.data import load_samples, samples, samples_folder
from suprank_edu.data.landmarks import render_views
from suprank_edu.data.landmarks.hierarchy import nature_of, supercategory_of
from suprank_edu.data.landmarks.write import SEED, SIZE, path_of, photos, write

ROOT = samples_folder()


def rows(name: str) -> list[dict[str, str]]:
    with open(ROOT / name, newline="") as file:
        return list(csv.DictReader(file))


def test_splits_share_no_landmark_and_no_picture() -> None:
    train, test, everything = (load_samples("mini_landmarks", split) for split in ("train", "test", "all"))
    assert len(train) + len(test) == len(everything)
    assert not set(train.items) & set(test.items)
    assert not set(train.class_names[0]) & set(test.class_names[0])
    assert set(train.items) | set(test.items) == set(everything.items)
    for dataset, landmarks in ((train, 96), (test, 64), (everything, 160)):
        assert dataset.column_names == ("landmark", "supercategory", "natural_or_human_made")
        assert dataset.licence == "CC BY 4.0"
        assert (np.bincount(dataset.labels[:, 0]) == np.full(landmarks, 12)).all()
        assert len(dataset.class_names[0]) == landmarks
        kinds = {tuple(pair) for pair in dataset.labels[:, :2].tolist()}
        assert (np.bincount([kind for _, kind in kinds], minlength=16) == landmarks // 16).all()


def test_it_is_large_enough_and_small_enough() -> None:
    everything = load_samples("mini_landmarks", "all")
    per_kind = np.bincount(np.unique(everything.labels[:, :2], axis=0)[:, 1])
    assert len(per_kind) >= 12
    assert per_kind.min() >= 8
    assert np.bincount(everything.labels[:, 0]).min() >= 12
    assert everything[0].size >= (96, 96)
    assert sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file()) <= 6_000_000


def test_labels_are_those_of_the_tables_read_plainly() -> None:
    dataset = load_samples("mini_landmarks", "train")
    hierarchy = {row["landmark_id"]: row for row in rows("train_label_to_hierarchical.csv")}
    landmark_of = {row["id"]: row["landmark_id"] for row in rows("train.csv")}
    for i in range(0, len(dataset), 101):
        landmark, kind, half = dataset.labels[i]
        row = hierarchy[landmark_of[dataset.name_of(i)]]
        assert row["category"].endswith(dataset.class_names[0][landmark].replace(" ", "_"))
        assert row["hierarchical_label"] == dataset.class_names[1][kind]
        assert row["natural_or_human_made"] == dataset.class_names[2][half]
        assert row["supercategory"].title().replace(" ", "_") in row["category"]


def test_tables_and_pictures_agree() -> None:
    folders = {part: {path.stem for path in (ROOT / part).rglob("*.jpg")} for part in ("train", "index", "test")}
    assert folders["train"] == {row["id"] for row in rows("train.csv")}
    assert folders["index"] == {row["id"] for row in rows("index.csv")}
    assert folders["test"] == {row["id"] for row in rows("test.csv")}
    assert [row["id"] for row in rows("index.csv")] == [row["id"] for row in rows("index_image_to_landmark.csv")]
    clean = {row["landmark_id"]: set(row["images"].split()) for row in rows("train_clean.csv")}
    for row in rows("train.csv"):
        assert row["id"] in clean[row["landmark_id"]]
    assert sum(map(len, clean.values())) == len(folders["train"])
    for row in rows("retrieval_solution_v2.1.csv"):
        assert set(row["images"].split()) <= folders["index"]
    for half in ("train", "index"):
        categories = {row["landmark_id"]: row["category"] for row in rows(f"{half}_label_to_category.csv")}
        for row in rows(f"{half}_label_to_hierarchical.csv"):
            assert categories[row["landmark_id"]] == row["category"]
            assert row["hierarchical_label"] == supercategory_of(int(row["landmark_id"]))
            assert row["natural_or_human_made"] == nature_of(row["hierarchical_label"])


def test_the_renderer_still_draws_the_committed_pictures() -> None:
    some = photos()[::97]
    again = render_views([p.landmark for p in some], [p.view for p in some], size=SIZE, seed=SEED)
    for photo, drawn in zip(some, again, strict=True):
        with Image.open(ROOT / path_of(photo)) as image:
            committed = np.asarray(image.convert("RGB")).astype(float)
        off = np.abs(committed - drawn.permute(1, 2, 0).numpy()).mean()
        assert off < 8, photo  # grey values: what JPEG loses; another view is off by 40


def test_the_command_writes_the_whole_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from suprank_edu.data.landmarks import write as module

    few = [p for p in photos() if p.view < 1][::40]
    monkeypatch.setattr(module, "photos", lambda: few)
    monkeypatch.setattr(module, "_contact_sheet", lambda images: images[0, 0])
    monkeypatch.setattr(module, "VIEWS", 1)
    monkeypatch.setattr(module, "QUERIES", 0)
    total = write(tmp_path / "new" / "set")
    assert total == sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert {path.stem for path in tmp_path.rglob("?*/*/*/*.jpg")} == {p.id for p in few}
    # Tables do not depend on the encoder: those of all pictures are the committed ones to the byte.
    monkeypatch.undo()
    for name, table in module._tables(photos()).items():
        assert module._csv_bytes(*table) == (ROOT / name).read_bytes(), name


def test_a_missing_folder_set_or_split_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"`split`: got 'val', expected 'train', 'test' or 'all'"):
        load_samples("mini_landmarks", "val")
    with pytest.raises(ValueError, match=r"`name`: got 'test', .* write load_samples\(\"mini_landmarks\", \"test\"\)"):
        load_samples("test")
    with pytest.raises(ValueError, match=r"`name`: got 'omniglot', expected 'groceries' or 'mini_landmarks'$"):
        load_samples("omniglot")
    with pytest.raises(ValueError, match=r"`split`: got 'all', expected 'train' or 'test'"):
        load_samples("groceries", "all")
    monkeypatch.setattr(samples, "shipped_folder", lambda name: tmp_path / name)
    with pytest.raises(FileNotFoundError, match=r"python -m suprank_edu.data.landmarks"):
        load_samples()
    with pytest.raises(FileNotFoundError, match=r"make_groceries"):
        load_samples("groceries")


def test_neither_colour_nor_pixels_solve_it() -> None:
    # mAP@R from its definition: precision at each hit among the first R, summed and divided by R.
    test = load_samples("mini_landmarks", "test")
    pixels = np.stack([np.asarray(image.resize((16, 16))) for image in test]).astype(float)  # (N, 16, 16, 3)
    fine = test.labels[:, 0]
    colours, flat = pixels.mean(axis=(1, 2)), pixels.reshape(len(test), -1)
    flat = flat - flat.mean(axis=0)
    flat = flat / np.linalg.norm(flat, axis=1, keepdims=True)
    by_colour = ((colours[:, None] - colours[None]) ** 2).sum(axis=2)  # (N, N)
    for distances, limit in ((by_colour, 0.15), (-(flat @ flat.T), 0.25)):
        np.fill_diagonal(distances, np.inf)
        hits = fine[distances.argsort(axis=1)[:, :11]] == fine[:, None]  # R = 11 others of each landmark
        precision = hits.cumsum(axis=1) / np.arange(1, 12)
        value = (precision * hits).sum(axis=1).mean() / 11
        assert 0.002 < value < limit
