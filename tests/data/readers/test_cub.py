from pathlib import Path

import pytest
from miniature import cub, write

from suprank_edu.data import read


def test_species_and_kinds(tmp_path: Path) -> None:
    cub(tmp_path)
    train, test = read("cub", tmp_path), read("cub", tmp_path, "test")
    assert train.class_names == [
        ["Black footed Albatross", "Laysan Albatross", "Brewer Blackbird"],
        ["Albatross", "Blackbird"],
    ]
    assert train.labels.tolist() == [[0, 0], [0, 0], [1, 0], [2, 1]]
    assert test.class_names == [["White Pelican", "Bay breasted Warbler"], ["Pelican", "Warbler"]]
    assert test.labels.tolist() == [[0, 0], [1, 1], [1, 1]]


def test_a_hierarchy_of_ones_own(tmp_path: Path) -> None:
    cub(tmp_path)
    rows = ["1,Diomedeidae,sea", "2,Diomedeidae,sea", "9,Icteridae,land", "101,Pelecanidae,sea", "158,Parulidae,land"]
    write(tmp_path / "hierarchy.csv", "class_id,family,home", *rows)
    data = read("cub", tmp_path, "test")
    assert data.column_names == ("species", "family", "home")
    assert data.class_names == [
        ["Bay breasted Warbler", "White Pelican"],
        ["Parulidae", "Pelecanidae"],
        ["land", "sea"],
    ]
    assert data.labels.tolist() == [[1, 1, 1], [0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("file", "lines", "message"),
    [
        ("hierarchy.csv", ["class_id,family", "1,a"], r"hierarchy\.csv: got no line of class 2, expected a line for"),
        ("hierarchy.csv", ["species,family", "1,a"], r"hierarchy\.csv, line 1: got the header 'species, family'"),
        ("hierarchy.csv", ["class_id,family", "1,a,b"], r"hierarchy\.csv, line 2: got 3 fields, expected 2"),
        ("hierarchy.csv", ["class_id,family", "x,b"], r"hierarchy\.csv, line 2: got the class_id 'x', expected an int"),
        ("image_class_labels.txt", ["1 77"], r"image_class_labels\.txt, line 1: got class 77, expected one of classes"),
        ("image_class_labels.txt", ["1 x"], r"image_class_labels\.txt, line 1: got the class id 'x'"),
        ("image_class_labels.txt", ["1 1"], r"images\.txt, line 2: got image 2, expected one of image_class_labels"),
        ("classes.txt", ["1 a b"], r"classes\.txt, line 1: got 3 fields, expected 2"),
    ],
)
def test_lists_that_do_not_fit_together(tmp_path: Path, file: str, lines: list[str], message: str) -> None:
    cub(tmp_path)
    write(tmp_path / file, *lines)
    with pytest.raises(
        ValueError, match=message + (".*get CUB-200-2011 from https" if file != "hierarchy.csv" else "")
    ):
        read("cub", tmp_path)
