from pathlib import Path

import pytest
from miniature import sop, write

from suprank_edu.data import read


def test_products_and_super_classes(tmp_path: Path) -> None:
    sop(tmp_path)
    train, test = read("sop", tmp_path), read("sop", tmp_path, "test")
    assert train.labels.tolist() == [[0, 0], [0, 0], [1, 0], [2, 1]]
    assert train.class_names == [["bicycle/111", "bicycle/222", "mug/555"], ["bicycle", "mug"]]
    assert train.column_names == ("product", "super-class")
    assert train.name_of(3) == str(tmp_path / "mug_final" / "555_0.JPG")
    assert test.labels.tolist() == [[1, 0], [0, 0]]  # in the order of the published ids
    assert test.class_names == [["cabinet/888", "cabinet/999"], ["cabinet"]]


def test_a_product_of_two_super_classes_stays_one_product(tmp_path: Path) -> None:
    sop(tmp_path)
    rows = ["1 1 1 bicycle_final/111_0.JPG", "2 1 2 bicycle_final/111_1.JPG", "3 9 2 mug_final/555_0.JPG"]
    write(tmp_path / "Ebay_train.txt", "image_id class_id super_class_id path", *rows)
    message = r"Ebay_train\.txt, line 3: product bicycle/111 comes under other classes of super-class than before"
    with pytest.warns(UserWarning, match=message) as caught:
        data = read("sop", tmp_path)
    assert caught[0].filename == __file__
    assert data.labels.tolist() == [[0, 0], [0, 0], [1, 1]]
