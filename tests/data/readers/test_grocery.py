import os
from pathlib import Path

import numpy as np
import pytest
from miniature import GROCERY_CLASSES, GROCERY_HEADER, grocery, grocery_rows, write

from suprank_edu.data import read

REAL = os.environ.get("SUPRANK_EDU_DATA")


def test_products_kinds_and_departments(tmp_path: Path) -> None:
    grocery(tmp_path)
    train, test = read("grocery", tmp_path), read("grocery", tmp_path, "test")
    assert train.column_names == ("product", "kind", "department")
    assert train.class_names == [
        ["Granny Smith", "Royal Gala", "Oat Milk", "Red Beet"],
        ["Apple", "Oat Milk", "Red Beet"],
        ["Fruit", "Packages", "Vegetables"],
    ]
    assert train.labels.tolist() == [[0, 0, 0], [0, 0, 0], [1, 0, 0], [2, 1, 1], [3, 2, 2], [3, 2, 2]]
    assert test.labels.tolist() == [[3, 2, 2], [0, 0, 0], [1, 0, 0], [2, 1, 1]]
    assert train.licence == "MIT"
    assert "Klasson, Zhang, Kjellström, WACV 2019" in train.source


def test_ids_are_the_same_in_a_split_that_lacks_products(tmp_path: Path) -> None:
    grocery(tmp_path)
    assert read("grocery", tmp_path, "val").labels.tolist() == [[1, 0, 0], [3, 2, 2]]


def test_a_split_that_is_not_there_harms_no_other(tmp_path: Path) -> None:
    grocery(tmp_path)
    (tmp_path / "val.txt").unlink()
    assert len(read("grocery", tmp_path)) == 6
    with pytest.raises(FileNotFoundError, match=r"val\.txt: no such file; get Grocery Store Dataset .* from http"):
        read("grocery", tmp_path, "val")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("train/Fruit/Apple/a.jpg, 9, 0", r"got class 9, expected one of classes\.csv"),
        ("train/Fruit/Apple/a.jpg, one, 0", r"got the fine id 'one', expected an integer"),
        ("train/Fruit/Apple/a.jpg, 1, x", r"got the coarse id 'x', expected an integer"),
        ("train/Fruit/Apple/a.jpg, 1, 2", r"got class 1 under coarse class 2, expected 0, as in classes\.csv"),
        (
            "train/Vegetables/Apple/a.jpg, 1, 0",
            r"got the path 'train/Vegetables/Apple/a\.jpg', expected train/Fruit/…, as classes\.csv has class 1",
        ),
        ("a.jpg, 1, 0", r"got the path 'a\.jpg', expected train/Fruit/"),
        ("train/Fruit/Apple/a.jpg, 1", r"got 2 fields, expected 3"),
    ],
)
def test_malformed_lines(tmp_path: Path, line: str, message: str) -> None:
    grocery(tmp_path)
    write(tmp_path / "train.txt", *grocery_rows("train"), line)
    with pytest.raises(ValueError, match=rf"train\.txt, line 7: {message}.*; get Grocery Store Dataset"):
        read("grocery", tmp_path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Beet,3,Beet,4,/i/Vegetables/Beet/b.jpg,/d", r"got 3 as .*'Beet'.*, which was .*'Red-Beet'.* before"),
        ("Beet,4,Red-Beet,2,/i/Fruit/Beet/b.jpg,/d", r"got 2 as 'Fruit', which was 'Vegetables' before"),
        ("Beet,4,Beet,3,b.jpg,/d", r"got the iconic image path 'b\.jpg', expected folder/Department/Kind"),
        ("Beet,4,Beet,x,/i/Fruit/Beet/b.jpg,/d", r"got the coarse id 'x', expected an integer"),
    ],
)
def test_malformed_classes(tmp_path: Path, line: str, message: str) -> None:
    grocery(tmp_path)
    write(tmp_path / "classes.csv", *(tmp_path / "classes.csv").read_text().splitlines(), line)
    with pytest.raises(ValueError, match=rf"classes\.csv, line {len(GROCERY_CLASSES) + 2}: {message}"):
        read("grocery", tmp_path)


def test_classes_without_their_header(tmp_path: Path) -> None:
    grocery(tmp_path)
    write(tmp_path / "classes.csv", *(tmp_path / "classes.csv").read_text().splitlines()[1:])
    with pytest.raises(ValueError, match=rf"classes\.csv, line 1: got the header .*, expected '{GROCERY_HEADER[:10]}"):
        read("grocery", tmp_path)


@pytest.mark.skipif(not REAL, reason="SUPRANK_EDU_DATA is not set: the Grocery Store Dataset is not here")
def test_the_published_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPRANK_EDU_DATA", str(REAL))
    train, val, test = (read("grocery", split=split, complete=True) for split in ("train", "val", "test"))
    assert [len(part) for part in (train, val, test)] == [2640, 296, 2485]
    for part, classes in ((train, [81, 43, 3]), (val, [60, 37, 3]), (test, [81, 43, 3])):
        assert [len(np.unique(column)) for column in part.labels.T] == classes
    assert train.class_names == val.class_names == test.class_names
    # The lists' own numbers, read in plain loops.
    for split, part in (("train", train), ("val", val), ("test", test)):
        rows = [row.split(", ") for row in Path(str(REAL), "grocery", f"{split}.txt").read_text().splitlines()]
        assert part.labels[:, :2].tolist() == [[int(fine), int(coarse)] for _, fine, coarse in rows]
        assert [part.class_names[2][i] for i in part.labels[:, 2]] == [path.split("/")[1] for path, _, _ in rows]
    assert min(train[0].size) == 128
