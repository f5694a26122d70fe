"""The exported database gives the same lists, by its own search."""

from pathlib import Path

import pytest
import torch
from search.shops import index_of, photograph, shop

from suprank_edu.data import VectorDataset
from suprank_edu.search import PhotoIndex, export_lancedb
from suprank_edu.training import LinearHead

lancedb = pytest.importorskip("lancedb")


def test_the_database_gives_the_lists_of_the_index(tmp_path: Path) -> None:
    draw = torch.Generator().manual_seed(0)
    vectors = torch.nn.functional.normalize(torch.randn(3_000, 24, generator=draw))
    labels = torch.stack([torch.arange(3_000) % 30, torch.arange(3_000) % 30 // 6], dim=1).numpy()
    index = PhotoIndex(LinearHead(24, 24), VectorDataset(vectors.numpy(), labels), vectors)
    export_lancedb(index, tmp_path / "database")
    table = lancedb.connect(tmp_path / "database").open_table("photographs")
    assert table.count_rows() == 3_000
    for query in torch.nn.functional.normalize(torch.randn(20, 24, generator=draw)):
        found = table.search(query.numpy()).distance_type("dot").limit(15).to_list()
        answer = index.search(query, k=15)
        assert [row["position"] for row in found] == answer.positions
        assert [1 - row["_distance"] for row in found] == pytest.approx(answer.scores, abs=1e-5)
        assert [(row["column 0"], row["column 1"]) for row in found] == [hit.classes for hit in answer]


def test_names_and_classes_are_there_to_choose_by(tmp_path: Path) -> None:
    folder = shop(tmp_path / "shop")
    index, query = index_of(folder), photograph(tmp_path / "new.png", 0, 9)
    export_lancedb(index, tmp_path / "database")
    table = lancedb.connect(tmp_path / "database").open_table("photographs")
    vector = index.vectors[index.search(query, k=1)[0].position].numpy()
    fruit = table.search(vector).distance_type("dot").where("parent = 'Fruit'", prefilter=True).limit(12).to_list()
    expected = [hit for hit in index.search(vector, k=12) if hit.classes[1] == "Fruit"]
    assert [(row["name"], row["class"]) for row in fruit] == [(hit.name, hit.classes[0]) for hit in expected]


def test_what_is_there_is_not_touched(tmp_path: Path) -> None:
    index = index_of(shop(tmp_path / "shop"))
    with pytest.raises(ValueError, match="`folder`: got .*shop, which is there already"):
        export_lancedb(index, tmp_path / "shop")
    assert not list(tmp_path.glob(".*part"))


def test_an_export_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = index_of(shop(tmp_path / "shop"))

    def full(*arguments: object) -> None:
        (tmp_path / "half").touch()
        raise OSError("No space left on device")

    monkeypatch.setattr(lancedb.db.LanceDBConnection, "create_table", full)
    with pytest.raises(OSError, match="No space left"):
        export_lancedb(index, tmp_path / "database")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["half", "shop"]


def test_a_column_with_the_name_of_another_is_refused(tmp_path: Path) -> None:
    vectors = torch.eye(2)
    data = VectorDataset(vectors.numpy(), [0, 1], column_names=["vector"])
    with pytest.raises(ValueError, match="has a label column called vector"):
        export_lancedb(PhotoIndex(LinearHead(2, 2), data, vectors), tmp_path / "database")
