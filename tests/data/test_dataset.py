import io
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from suprank_edu.data import RetrievalDataset


def encoded(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (4, 3), shade).save(buffer, format="PNG")
    return buffer.getvalue()


def make(**changes: object) -> RetrievalDataset:
    arguments: dict = {
        "items": [encoded(shade) for shade in (0, 50, 100, 150)],
        "labels": [[0, 0], [0, 0], [1, 0], [2, 1]],
        "column_names": ("leaf", "tree"),
        "class_names": [["a", "b", "c"], ["A", "B"]],
        "licence": "CC0",
        "source": "made up",
        "mode": "L",
    } | changes
    return RetrievalDataset(arguments.pop("items"), arguments.pop("labels"), **arguments)


def test_images_are_decoded_on_access_and_converted() -> None:
    dataset = make()
    assert [dataset[i].getpixel((0, 0)) for i in range(len(dataset))] == [0, 50, 100, 150]
    assert dataset[np.int64(1)].size == (4, 3)
    assert dataset[-1].getpixel((0, 0)) == 150
    assert make(mode="RGB")[1].getpixel((0, 0)) == (50, 50, 50)
    assert [image.getpixel((0, 0)) for image in dataset] == [0, 50, 100, 150]
    with pytest.raises(IndexError):
        dataset[4]
    for one in (dataset, make(mode="RGB")):
        assert one.channels == len(one[0].getbands())


def test_paths_are_items_too(tmp_path: Path) -> None:
    path = tmp_path / "one.png"
    path.write_bytes(encoded(7))
    dataset = make(items=[path, str(path), tmp_path / "none.png", encoded(1)])
    assert dataset[0].getpixel((0, 0)) == dataset[1].getpixel((0, 0)) == 7
    with pytest.raises(OSError, match=r"none\.png: cannot be read as an image"):
        dataset[2]
    assert dataset.name_of(0) == str(path)
    assert dataset.name_of(3) == "image 3"


def test_a_broken_image_is_named() -> None:
    whole = encoded(3)
    dataset = make(items=[b"no image", whole[:40], b"", whole], names=["w", "x", "y", "z"])
    for index, name in enumerate("wxy"):
        with pytest.raises(OSError, match=f"^{name}: cannot be read as an image"):
            dataset[index]
    assert dataset[3].size == (4, 3)


def test_subset_keeps_ids_names_and_order() -> None:
    part = make(names=["p", "q", "r", "s"]).subset(np.array([3, 0]))
    assert part.labels.tolist() == [[2, 1], [0, 0]]
    assert [part.name_of(i) for i in range(2)] == ["s", "p"]
    assert part[0].getpixel((0, 0)) == 150
    assert part.class_names == make().class_names
    assert repr(part) == "RetrievalDataset(2 images; leaf: 2, tree: 2)"
    empty = make().subset([])
    assert len(empty) == 0
    assert empty.labels.shape == (0, 2)
    with pytest.raises(IndexError, match=r"`indices`: got 4, expected positions in 0\.\.3"):
        make().subset([4])


def test_images_are_cut_to_their_boxes() -> None:
    boxes = [[0, 0, 4, 3], [1, 1, 3, 2], [0.4, 0.6, 2.4, 2.6], [0, 0, 1, 1]]
    data = make(boxes=boxes)
    assert [image.size for image in data] == [(4, 3), (2, 1), (2, 2), (1, 1)]
    assert [image.size for image in data.subset([3, 1])] == [(1, 1), (2, 1)]
    with pytest.raises(OSError, match="image 0: cannot be read as an image"):
        make(boxes=[[3, 3, 1, 1]] * 4)[0]


def test_labels_are_int64_columns() -> None:
    flat = make(labels=np.array([0, 0, 1, 2], dtype=np.int16), class_names=[["a", "b", "c"]], column_names=["leaf"])
    assert flat.labels.dtype == np.int64
    assert flat.labels.shape == (4, 1)


def test_pickles_for_loader_workers() -> None:
    again = pickle.loads(pickle.dumps(make()))
    assert again[2].getpixel((0, 0)) == 100
    assert np.array_equal(again.labels, make().labels)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": [[0, 0]]}, r"`labels`: got shape \(1, 2\), expected \(4, 2\)"),
        ({"labels": [0, 0, 1, 2]}, r"`labels`: got shape \(4,\), expected \(4, 2\)"),
        ({"labels": [[0.0, 0]] * 4}, r"`labels`: got dtype float64, expected integers"),
        ({"labels": [[0, 0], [0, 0], [1, 0], [3, 1]]}, r"got 0..3 in column 0, expected 0..2"),
        ({"labels": [[0, 0], [0, 0], [-1, 0], [2, 1]]}, r"got -1..2 in column 0"),
        (
            {"labels": [[0, 0], [0, 1], [1, 0], [2, 1]]},
            r"class 0 of column 0 under two classes of column 1 \(0 and 1\)",
        ),
        ({"column_names": ["leaf"]}, r"`column_names`: got 1 names, expected 2"),
        ({"names": ["only"]}, r"`names`: got 1 names, expected 4"),
        ({"boxes": [[0, 0, 1, 1]]}, r"`boxes`: got shape \(1, 4\), expected \(4, 4\)"),
    ],
)
def test_what_does_not_fit_together_is_said(changes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(**changes)
