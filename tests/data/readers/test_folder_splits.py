"""How photographs of one's own are divided: folders, a table, or a draw of classes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from miniature import image, write

from suprank_edu.data import RetrievalDataset, read
from suprank_edu.data.readers._splits import draw_classes


def tree(root: Path, *paths: str) -> None:
    for path in paths:
        image(root / path)


def classes_of(dataset: RetrievalDataset) -> list[str]:
    return [dataset.class_names[0][label] for label in dataset.labels[:, 0]]


@pytest.mark.parametrize(("train", "val", "test"), [("train", "val", "test"), ("Training", "valid", "TEST")])
def test_folders_of_splits(tmp_path: Path, train: str, val: str, test: str) -> None:
    tree(tmp_path, f"{train}/Fruit/Apple/1.jpg", f"{train}/Fruit/Pear/1.jpg", f"{train}/Milk/1.jpg")
    tree(
        tmp_path, f"{val}/Milk/1.jpg", f"{val}/Fruit/Apple/1.jpg", f"{test}/Fruit/Pear/1.jpg", f"{test}/Fruit/Fig/1.jpg"
    )
    expected = {
        "train": ["Apple", "Pear", "Milk"],
        "val": ["Apple", "Milk"],
        "test": ["Fig", "Pear"],
        None: ["Fig", "Pear", "Apple", "Pear", "Milk", "Apple", "Milk"],
    }
    for split, names in expected.items():
        dataset = read("folder", tmp_path, split)
        assert sorted(classes_of(dataset)) == sorted(names)
        assert dataset.class_names == [["Apple", "Fig", "Pear", "Milk"], ["Fruit", "Milk"]]  # in every split
        assert split is None or f"{split} split, divided by the folders " in dataset.source
    with pytest.raises(ValueError, match=r"`shares`: got \{'train': 1\}, expected None, because the folders .* divide"):
        read("folder", tmp_path, "train", shares={"train": 1})


def test_a_split_that_is_not_there(tmp_path: Path) -> None:
    tree(tmp_path, "train/a/1.jpg", "train/a/2.jpg", "train/b/1.jpg", "test/a/1.jpg", "test/b/1.jpg")
    with pytest.raises(
        ValueError, match=r"`split`: got 'val', which has no photograph \(divided by the folders test, tra"
    ):
        read("folder", tmp_path, "val")
    with pytest.raises(ValueError, match=r"`split`: got 'query', expected 'train', 'val' or 'test'"):
        read("folder", tmp_path, "query")


def test_a_train_may_be_a_class(tmp_path: Path) -> None:
    tree(tmp_path, "bus/1.jpg", "bus/2.jpg", "train/1.jpg", "train/2.jpg")
    assert read("folder", tmp_path).class_names == [["bus", "train"]]


@pytest.mark.parametrize("more", ["train/a/1.jpg", "test/1.jpg"])
def test_splits_and_classes_side_by_side(tmp_path: Path, more: str) -> None:
    tree(tmp_path, "train/1.jpg", "others/1.jpg", more)
    with pytest.raises(
        ValueError, match=r"`root`: got .* with .*train, and others beside them, expected folders of splits"
    ):
        read("folder", tmp_path)


SHOP = ("Fruit/Apple/1.jpg", "Fruit/Apple/2.jpg", "Fruit/Fig/1.jpg", "Fruit/Pear/1.jpg", "Milk/1.jpg", "Käse/1.jpg")


def test_a_table_of_splits(tmp_path: Path) -> None:
    tree(tmp_path, *SHOP)
    rows = ["Fruit,train", "Fruit/Apple/2.jpg,test", "Milk/1.jpg,test", "Ka\u0308se/,val", "./Fruit/Pear,val"]
    write(tmp_path / "splits.csv", "path,split", *rows)
    expected = {"train": ["Apple", "Fig"], "val": ["Pear", "Käse"], "test": ["Apple", "Milk"]}
    for split, names in expected.items():
        dataset = read("folder", tmp_path, split)
        assert classes_of(dataset) == names
        assert dataset.source.endswith(f"{split} split, divided by splits.csv")
    elsewhere = tmp_path.parent / f"{tmp_path.name}.csv"
    write(elsewhere, "path,split", "Fruit,test", "Milk,train")
    with pytest.warns(UserWarning, match=r"photographs in no split \(1, divided by .*\.csv\)"):
        assert len(read("folder", tmp_path, "test", splits=elsewhere)) == 4


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["path,set"], r"line 1: got the header 'path, set', expected 'path, split'"),
        (["path,split", "Fruit,train", "Meat,test"], r"line 3: got the path 'Meat', expected a file or a folder below"),
        (["path,split", "Fruit,dev"], r"line 2: got the split 'dev', expected 'train', 'val' or 'test'"),
        (["path,split", "Milk,test", "Milk/,train"], r"line 3: got Milk/ in train, which was in test before"),
        (["path,split", "Milk"], r"line 2: got 1 fields, expected 2"),
    ],
)
def test_malformed_tables(tmp_path: Path, rows: list[str], message: str) -> None:
    tree(tmp_path, *SHOP)
    write(tmp_path / "splits.csv", *rows)
    with pytest.raises(ValueError, match=rf"splits\.csv, {message}"):
        read("folder", tmp_path)


def test_a_table_that_is_not_there_or_one_too_many(tmp_path: Path) -> None:
    tree(tmp_path, "train/a/1.jpg", "test/a/1.jpg")
    with pytest.raises(FileNotFoundError, match=r"`splits`: got nowhere\.csv, which is no file, expected a CSV file"):
        read("folder", tmp_path, splits="nowhere.csv")
    write(tmp_path / "splits.csv", "path,split", "train,train")
    with pytest.raises(
        ValueError, match=r"splits\.csv: got splits of photographs that lie in test, train, expected one"
    ):
        read("folder", tmp_path)


def test_classes_are_drawn_where_nothing_divides_them(tmp_path: Path) -> None:
    for kind in ("Apple", "Pear", "Fig"):
        for product in "ABCD":
            tree(tmp_path, *(f"{kind}/{kind} {product}/{i}.jpg" for i in range(2)))
    train, test = (read("folder", tmp_path, split) for split in ("train", "test"))
    assert set(classes_of(train)) & set(classes_of(test)) == set()
    assert len(train) == len(test) == 12
    for part in (train, test):  # both see each kind
        assert sorted(name.split()[0] for name in set(classes_of(part))) == 2 * ["Apple"] + 2 * ["Fig"] + 2 * ["Pear"]
    assert test.source.endswith("test split, classes drawn with seed 0, train: 6, test: 6")
    assert train.class_names == test.class_names
    again, other = (read("folder", tmp_path, "train", seed=seed) for seed in (0, 1))
    assert list(again.items) == list(train.items)
    assert list(other.items) != list(train.items)
    assert len(read("folder", tmp_path, "val", shares={"train": 0.5, "val": 0.25, "test": 0.25})) == 6


@pytest.mark.parametrize(
    "shares", [{"train": 0.5}, {"train": 0.5, "dev": 0.5}, {"train": 1.5, "test": -0.5}, {}, {"train": float("nan")}]
)
def test_shares_that_are_none(tmp_path: Path, shares: dict[str, float]) -> None:
    tree(tmp_path, *SHOP)
    with pytest.raises(
        ValueError, match=r"`shares`: got \{.*\}, expected numbers above 0 for some of train, val, test"
    ):
        read("folder", tmp_path, shares=shares)


def test_too_few_classes_to_draw_from(tmp_path: Path) -> None:
    tree(tmp_path, "a/1.jpg", "a/2.jpg")
    with pytest.raises(
        ValueError, match=r"`split`: got 'test', which has no photograph \(classes drawn with seed 0, tra"
    ):
        read("folder", tmp_path, "test")


paths = st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=3).map(tuple)


@given(
    st.lists(paths, min_size=1, max_size=40, unique=True),
    st.lists(st.integers(1, 9), min_size=1, max_size=3),
    st.integers(0, 99),
    st.randoms(),
)
def test_each_split_has_its_share_of_classes_whatever_their_order(classes, weights, seed, random) -> None:
    splits = ("train", "test", "val")[: len(weights)]
    shares = {split: weight / sum(weights) for split, weight in zip(splits, weights, strict=True)}
    photographs = [random.choice(classes) for _ in range(20)] + classes
    drawn = dict(zip(photographs, draw_classes(photographs, shares, seed)[0], strict=True))
    for split, share in shares.items():
        assert abs(sum(one == split for one in drawn.values()) - share * len(classes)) < 1
    shuffled = random.sample(photographs, len(photographs))
    assert draw_classes(shuffled, shares, seed)[0] == [drawn[one] for one in shuffled]
    if weights == [1, 1]:
        for parent in {one[:-1] for one in classes}:
            inside = [drawn[one] for one in classes if one[:-1] == parent]
            assert abs(inside.count("train") - inside.count("test")) <= 1
