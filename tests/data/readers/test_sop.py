from pathlib import Path

import pytest
from miniature import sop, write

from suprank_edu.data import read


def test_products_and_super_classes(tmp_path: Path) -> None:
    sop(tmp_path)
    train, test = read("sop", tmp_path), read("sop", tmp_path, "test")
    assert train.labels.tolist() == [[0, 0], [0, 0], [1, 0], [2, 1]]
    assert train.class_names == [["bicycle/111", "bicycle/222", "mug/555"], ["bicycle", "mug"]]
    assert train.level_names == ("product", "super-class")
    assert train.name_of(3) == str(tmp_path / "mug_final" / "555_0.JPG")
    assert test.labels.tolist() == [[1, 0], [0, 0]]  # in the order of the published ids
    assert test.class_names == [["cabinet/888", "cabinet/999"], ["cabinet"]]


def test_a_product_of_two_super_classes_becomes_two(tmp_path: Path) -> None:
    sop(tmp_path)
    header = "image_id class_id super_class_id path"
    write(tmp_path / "Ebay_train.txt", header, "1 1 1 bicycle_final/111_0.JPG", "2 1 2 mug_final/555_0.JPG")
    data = read("sop", tmp_path)
    assert data.labels.tolist() == [[0, 0], [1, 1]]
    with pytest.raises(ValueError, match="product: 1, super-class: 2 in the train split"):
        read("sop", tmp_path, complete=True)
