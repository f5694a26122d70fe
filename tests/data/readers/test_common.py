"""What all readers share: the errors, the default folder, images decoded on access, worker processes, sizes."""

import os
import pickle
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from miniature import SETS, SOP_ROWS, write

from suprank_edu.data import RetrievalDataset, read
from suprank_edu.data.readers import _files, sop

ALL = pytest.mark.parametrize("name", SETS)


def open_set(name: str, root: Path, **options: object) -> RetrievalDataset:
    SETS[name].make(root)
    return read(name, root, SETS[name].split, **options)


@ALL
def test_ids_are_contiguous_and_every_class_has_a_name(name: str, tmp_path: Path) -> None:
    data = open_set(name, tmp_path)
    assert data.labels.dtype == np.int64
    assert data.labels.shape == (len(data), len(data.column_names))
    shared = "query" in SETS[name].split or "gallery" in SETS[name].split
    for column, names in zip(data.labels.T, data.class_names, strict=True):
        assert shared or sorted(set(column.tolist())) == list(range(len(names)))
        assert all(names)
        assert len(set(names)) == len(names)
    assert data.licence
    assert data.source.count("http") == 1
    assert SETS[name].split in data.source


@ALL
def test_images_are_decoded_on_access(name: str, tmp_path: Path) -> None:
    data = open_set(name, tmp_path)
    assert {image.mode for image in data} == {"RGB"}
    again = pickle.loads(pickle.dumps(data))  # as a loader's worker gets it
    assert again[len(data) - 1].size == data[len(data) - 1].size
    part = data.subset([len(data) - 1])
    assert (part.name_of(0), part[0].size) == (data.name_of(len(data) - 1), data[len(data) - 1].size)


@ALL
def test_the_default_folder(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPRANK_EDU_DATA", str(tmp_path))
    SETS[name].make(tmp_path / (SETS[name].folder or name))
    assert len(read(name, split=SETS[name].split)) > 0


@ALL
def test_a_missing_root_says_where_to_get_the_set(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"`root`: got None, and \$SUPRANK_EDU_DATA is not set.*get .* from http"
    ):
        read(name, split=SETS[name].split)
    monkeypatch.setenv("SUPRANK_EDU_DATA", str(tmp_path))
    folder = re.escape(str(tmp_path / (SETS[name].folder or name)))
    with pytest.raises(FileNotFoundError, match=rf"`root`: got {folder}, which is no folder.*get .* from http"):
        read(name, split=SETS[name].split)


@ALL
def test_a_missing_list_is_named(name: str, tmp_path: Path) -> None:
    SETS[name].make(tmp_path)
    (tmp_path / SETS[name].file).unlink()
    with pytest.raises(FileNotFoundError, match=rf"{re.escape(SETS[name].file)}: no such file; get .* from http"):
        read(name, tmp_path, SETS[name].split)


@ALL
def test_a_missing_image_is_named_with_its_line(name: str, tmp_path: Path) -> None:
    mini = SETS[name]
    mini.make(tmp_path)
    (tmp_path / mini.image).unlink()
    message = rf"{re.escape(mini.file)}, {mini.line}: names .*{re.escape(mini.image)}, which does not exist \(1 of \d+ images are missing\); get .* from http"
    with pytest.raises(FileNotFoundError, match=message):
        read(name, tmp_path, mini.split)
    data = read(name, tmp_path, mini.split, check_files=False)
    [absent] = [i for i in range(len(data)) if data.name_of(i).endswith(mini.image)]
    with pytest.raises(OSError, match=rf"{re.escape(mini.image)}: cannot be read as an image"):
        data[absent]


@ALL
def test_all_images_missing(name: str, tmp_path: Path) -> None:
    data = open_set(name, tmp_path)
    for folder in {Path(data.name_of(i)).parent for i in range(len(data))}:
        shutil.rmtree(folder, ignore_errors=True) if folder != tmp_path else None
    with pytest.raises(FileNotFoundError, match=rf"\({len(data)} of {len(data)} images are missing\)"):
        read(name, tmp_path, SETS[name].split)


@ALL
def test_an_unknown_split(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"`split`: got 'nonsense', expected '[a-z]"):
        read(name, tmp_path, "nonsense")


@ALL
def test_nothing_is_opened_but_lists(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SETS[name].make(tmp_path)
    listed: list[str] = []
    real = os.listdir
    monkeypatch.setattr(os, "listdir", lambda folder: (listed.append(os.fsdecode(folder)), real(folder))[1])
    monkeypatch.setattr("PIL.Image.open", None)
    data = read(name, tmp_path, SETS[name].split)
    assert sorted(listed) == sorted({os.path.dirname(data.name_of(i)) for i in range(len(data))})  # each once


TEXT = [name for name, mini in SETS.items() if mini.file.endswith((".txt", ".csv"))]


@pytest.mark.parametrize("name", TEXT)
def test_a_malformed_line_is_named(name: str, tmp_path: Path) -> None:
    SETS[name].make(tmp_path)
    file = tmp_path / SETS[name].file
    lines = file.read_text().splitlines()
    write(file, *lines, "what is,this of,all things")
    message = rf"{re.escape(SETS[name].file)}, line {len(lines) + 1}: got .*, expected .*; get .* from http"
    with pytest.raises(ValueError, match=message):
        read(name, tmp_path, SETS[name].split)


@pytest.mark.parametrize("name", TEXT)
def test_an_empty_list(name: str, tmp_path: Path) -> None:
    SETS[name].make(tmp_path)
    write(tmp_path / SETS[name].file)
    with pytest.raises(ValueError, match=rf"{re.escape(SETS[name].file)}.*: got .*; get .* from http"):
        read(name, tmp_path, SETS[name].split)


@pytest.mark.parametrize("name", TEXT)
def test_blank_lines_and_carriage_returns_do_no_harm(name: str, tmp_path: Path) -> None:
    before = open_set(name, tmp_path)
    file = tmp_path / SETS[name].file
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")
    after = read(name, tmp_path, SETS[name].split)
    assert after.labels.tolist() == before.labels.tolist()
    assert list(after.items) == list(before.items)


def test_bytes_that_are_no_utf8_are_named_not_crashed_on(tmp_path: Path) -> None:
    SETS["sop"].make(tmp_path)
    (tmp_path / "Ebay_train.txt").write_bytes(
        b"image_id class_id super_class_id path\n1 1 1 bicycle_final/\xff_0.JPG\n"
    )
    with pytest.raises(FileNotFoundError, match=r"Ebay_train\.txt, line 2: names"):
        read("sop", tmp_path)


def test_sizes_are_asserted_of_a_full_set(tmp_path: Path) -> None:
    """A generated list of the size of the published one: 59,551 images, 11,318 products, 12 super-classes."""
    rows = [
        f"{i + 1} {i % 11318 + 1} {i % 11318 % 12 + 1} kind{i % 11318 % 12}_final/{i % 11318}_{i}.JPG"
        for i in range(59551)
    ]
    header = "image_id class_id super_class_id path"
    write(tmp_path / "Ebay_train.txt", header, *rows)
    full = read("sop", tmp_path, check_files=False)
    assert repr(full) == "RetrievalDataset(59,551 images; product: 11,318, super-class: 12)"
    assert full.source.endswith("(sizes as published)")
    write(tmp_path / "Ebay_train.txt", header, *rows[:-1])
    message = (
        r"Ebay_train\.txt: got images: 59,550, product: 11,318, super-class: 12 in the train split, expected "
        r"images: 59,551, product: 11,318, super-class: 12 as published \(`complete=False` reads a part\); get Stanford"
    )
    with pytest.raises(ValueError, match=message):
        read("sop", tmp_path, check_files=False)
    part = read("sop", tmp_path, check_files=False, complete=False)
    assert part.source.endswith("(a part: images: 59,550, product: 11,318, super-class: 12)")


def test_a_small_set_is_a_part_unless_it_should_be_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SETS["sop"].make(tmp_path)
    assert "(a part: images: 4, product: 3, super-class: 2)" in read("sop", tmp_path).source
    with pytest.raises(ValueError, match="got images: 4, .* expected images: 59,551"):
        read("sop", tmp_path, complete=True)
    monkeypatch.setitem(sop.SIZES, "train", (8, 3, 2))  # 4 of 8 images are not more than half
    assert "a part" in read("sop", tmp_path).source
    for size in (7, 5, 3):
        monkeypatch.setitem(sop.SIZES, "train", (size, 3, 2))
        with pytest.raises(ValueError, match=f"expected images: {size}"):
            read("sop", tmp_path)
    monkeypatch.setitem(sop.SIZES, "train", (4, 3, 2))
    assert "as published" in read("sop", tmp_path, complete=True).source


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("7 one 1 bicycle_final/1_0.JPG", r"line 6: got the class_id 'one', expected an integer"),
        ("7 1 1.5 bicycle_final/1_0.JPG", r"line 6: got the super_class_id '1.5', expected an integer"),
        ("7 1 1", r"line 6: got 3 fields, expected 4"),
    ],
)
def test_malformed_rows_of_sop(tmp_path: Path, row: str, reason: str) -> None:
    SETS["sop"].make(tmp_path)
    write(tmp_path / "Ebay_train.txt", "image_id class_id super_class_id path", *SOP_ROWS["train"], row)
    with pytest.raises(ValueError, match=reason):
        read("sop", tmp_path)


def test_a_wrong_header(tmp_path: Path) -> None:
    write(tmp_path / "Ebay_train.txt", *SOP_ROWS["train"])
    with pytest.raises(ValueError, match=r"line 1: got the header '1, 1, 1, bicycle.*', expected 'image_id, class_id"):
        read("sop", tmp_path)


def test_a_csv_that_is_none(tmp_path: Path) -> None:
    origin = _files.Origin("x", "X", "http://x", "none")
    write(tmp_path / "a.csv", "a,b", '1,"2' + "x" * 200_000)
    with pytest.raises(
        ValueError, match=r"a\.csv, line 2: got an unreadable line \(field larger.*; get X from http://x"
    ):
        list(_files.ListFile(origin, tmp_path, "a.csv").rows(2, separator=","))
