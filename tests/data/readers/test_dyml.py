from pathlib import Path

import pytest
from miniature import dyml, write

from suprank_edu.data import read
from suprank_edu.data.readers.dyml import read_dyml


def test_three_levels_under_a_damaged_header(tmp_path: Path) -> None:
    dyml(tmp_path)
    train = read("dyml-animal", tmp_path)
    assert train.column_names == ("fine", "middle", "coarse")
    assert train.class_names == [["fine 7", "fine 10", "fine 30"], ["middle 9", "middle 4"], ["coarse 0", "coarse 1"]]
    assert train.labels.tolist() == [[2, 1, 1], [2, 1, 1], [1, 1, 1], [0, 0, 0]]
    assert train.name_of(1) == str(tmp_path / "train" / "imgs" / "b.jpg")


def test_a_repaired_header_is_as_good(tmp_path: Path) -> None:
    dyml(tmp_path)
    write(tmp_path / "train" / "label.csv", "fname,fine_id,middle_id,coarse_id", "a.jpg,3,2,1")
    assert len(read("dyml-animal", tmp_path)) == 1


@pytest.mark.parametrize("level", ["fine", "middle", "coarse"])
def test_benchmarks_share_ids(tmp_path: Path, level: str) -> None:
    dyml(tmp_path)
    query, gallery = (read("dyml-vehicle", tmp_path, f"{part}-{level}") for part in ("query", "gallery"))
    assert query.column_names == (level,)
    assert query.class_names == gallery.class_names == [[f"{level} 12", f"{level} 50", f"{level} 90"]]
    assert query.labels.tolist() == [[0], [2]]
    assert gallery.labels.tolist() == [[2], [0], [1]]
    assert gallery.name_of(2) == str(tmp_path / f"bmk_{level}" / "gallery" / "g3.jpg")


def test_products_are_tested_all_in_one(tmp_path: Path) -> None:
    dyml(tmp_path)
    test = read("dyml-product", tmp_path, "test")
    assert test.labels.tolist() == [[2, 1, 1], [1, 1, 1], [0, 0, 0]]
    with pytest.raises(ValueError, match=r"`split`: got 'query-fine', expected 'train' or 'test'"):
        read("dyml-product", tmp_path, "query-fine")
    with pytest.raises(ValueError, match="`split`: got 'test'"):
        read("dyml-animal", tmp_path, "test")
    with pytest.raises(ValueError, match="`kind`: got 'plant', expected 'animal', 'product' or 'vehicle'"):
        read_dyml("plant", tmp_path)


def test_classes_are_counted_where_images_are_not_in_print(tmp_path: Path) -> None:
    rows = [f"{i}.jpg, {i % 495}, {i % 495 % 28}, {i % 495 % 28 % 5}" for i in range(1000)]
    header = "fname, fine_id0.jpg, middle_id, coarse_id"
    write(tmp_path / "train" / "label.csv", header, *rows)
    assert "as published" in read("dyml-animal", tmp_path, check_files=False).source
    write(tmp_path / "train" / "label.csv", header, *rows[:400])
    with pytest.raises(ValueError, match="got images: 400, fine: 400, middle: 28, coarse: 5 .* expected fine: 495"):
        read("dyml-animal", tmp_path, check_files=False)


def test_a_label_that_is_no_number(tmp_path: Path) -> None:
    dyml(tmp_path)
    write(tmp_path / "bmk_fine" / "gallery.csv", "fname, labels0.jpg", "g1.jpg, 3", "g2.jpg, three")
    with pytest.raises(ValueError, match=r"gallery\.csv, line 3: got the label 'three', expected an integer"):
        read("dyml-animal", tmp_path, "query-fine")
