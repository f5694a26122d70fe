import json
from pathlib import Path

import pytest
from miniature import inat2018, write

from suprank_edu.data import read
from suprank_edu.data.readers import inat2018 as reader


def test_base_has_species_and_super_classes(tmp_path: Path) -> None:
    inat2018(tmp_path)
    (tmp_path / "train2018.json").unlink()  # not needed
    train = read("inat2018", tmp_path)
    assert train.class_names == [["Insecta/3", "Insecta/8", "Plantae/5"], ["Insecta", "Plantae"]]
    assert train.labels.tolist() == [[0, 0], [2, 1], [1, 0], [2, 1]]


def test_a_genus_of_two_kingdoms_is_two_classes(tmp_path: Path) -> None:
    inat2018(tmp_path)
    train = read("inat2018-full", tmp_path)
    assert train.column_names == ("species", "genus", "family", "order", "class", "phylum", "kingdom")
    assert train.class_names[:3] == [
        ["Iris oratoria", "Mantis religiosa", "Iris setosa"],
        ["Iris", "Mantis", "Iris"],
        ["Mantidae", "Iridaceae"],
    ]
    assert train.labels[:, :2].tolist() == [[0, 0], [2, 2], [1, 1], [2, 2]]
    assert train.labels[:, 6].tolist() == [0, 1, 0, 1]
    assert read("inat2018", tmp_path, levels="full").class_names == train.class_names


def test_published_counts_are_those_of_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inat2018(tmp_path)
    monkeypatch.setitem(reader.SIZES["full"], "train", (4, 3, 2, 2, 2, 2, 2, 2))  # two genus names, three classes
    assert "as published" in read("inat2018-full", tmp_path, complete=True).source


def test_names_that_were_not_yet_released(tmp_path: Path) -> None:
    inat2018(tmp_path)
    (tmp_path / "train2018.json").write_text(json.dumps({"categories": [{"id": 3, "name": "3"}]}))
    with pytest.raises(
        ValueError, match=r"train2018\.json: got a category without 'genus', expected .*categories\.json"
    ):
        read("inat2018-full", tmp_path)


@pytest.mark.parametrize(
    "content", ["", "{}", '{"categories": [{"id": 1, ', '{"categories": 3}', '{"categories": [3]}']
)
def test_damaged_json(tmp_path: Path, content: str) -> None:
    inat2018(tmp_path)
    (tmp_path / "train2018.json").write_text(content)
    with pytest.raises(ValueError, match=r"train2018\.json: got what cannot be read .* expected JSON with a list"):
        read("inat2018-full", tmp_path)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("train_val2018/Insecta/a.jpg", "got the path 'train_val2018/Insecta/a.jpg', expected train_val2018/Super/ID"),
        ("train_val2018/Insecta/x/a.jpg", "got the species id 'x', expected an integer"),
        ("train_val2018/Insecta/77/a.jpg", "got species 77, expected a category of train2018.json"),
    ],
)
def test_malformed_lines(tmp_path: Path, path: str, message: str) -> None:
    inat2018(tmp_path)
    write(tmp_path / "Inat_dataset_splits" / "Inaturalist_test_set1.txt", path)
    with pytest.raises(ValueError, match=rf"set1\.txt, line 1: {message}"):
        read("inat2018-full", tmp_path, "test")
    with pytest.raises(ValueError, match="`levels`: got 'some', expected 'base' or 'full'"):
        read("inat2018", tmp_path, levels="some")
