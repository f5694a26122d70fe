from pathlib import Path

import numpy as np
import pytest
from miniature import annotations, cars196, cells, write
from scipy.io import savemat

from suprank_edu.data import read


def test_models_with_bodies_or_makers(tmp_path: Path) -> None:
    cars196(tmp_path)
    train = read("cars196", tmp_path)
    assert train.column_names == ("model", "body")
    assert train.class_names == [
        ["AM General Hummer SUV 2000", "Acura RL Sedan 2012", "Acura TL Sedan 2012"],
        ["SUV", "Sedan"],
    ]
    assert train.labels.tolist() == [[1, 1], [0, 0], [2, 1], [1, 1]]
    by_maker = read("cars196", tmp_path, coarse="maker")
    assert by_maker.class_names[1] == ["AM General", "Acura"]
    test = read("cars196", tmp_path, "test")
    assert test.class_names[1] == ["Convertible", "Van"]
    assert test.name_of(0) == str(tmp_path / "car_ims" / "000005.jpg")
    with pytest.raises(ValueError, match="`coarse`: got 'colour', expected 'body' or 'maker'"):
        read("cars196", tmp_path, coarse="colour")


def test_a_hierarchy_of_ones_own(tmp_path: Path) -> None:
    cars196(tmp_path)
    write(
        tmp_path / "hierarchy.csv", "class_id,size", *(f"{i},{'small' if i > 98 else 'large'}" for i in range(1, 197))
    )
    assert read("cars196", tmp_path, "test").class_names[1] == ["small"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"got what cannot be read \(.*\), expected a MAT file of version 5"),
        ({"class_names": cells(["a"])}, "got no variable `annotations`, expected annotations and class_names"),
        ({"annotations": np.ones(3), "class_names": cells(["a"])}, "got `annotations` of no fields"),
        (
            {"annotations": annotations(["a.jpg"], [2]), "class_names": cells(["a"])},
            r", entry 1: got class 2, expected 1\.\.1",
        ),
        (
            {"annotations": annotations(["a.jpg"], [1]), "class_names": cells([[]])},
            r", entry 1: got .* as `class_names`",
        ),
    ],
)
def test_a_damaged_list(tmp_path: Path, content: dict | None, message: str) -> None:
    if content is None:
        (tmp_path / "cars_annos.mat").write_bytes(b"MATLAB 5.0 MAT-file, or so it says" * 9)
    else:
        savemat(tmp_path / "cars_annos.mat", content)
    with pytest.raises(ValueError, match=rf"cars_annos\.mat.*{message}.*; get Cars196 from https"):
        read("cars196", tmp_path)
