"""Photographs of one's own: what is a class, what is left out and how that is said, and how sets are divided."""

import io
import os
import re
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from miniature import image, write
from PIL import ExifTags, Image

from suprank_edu.data import RetrievalDataset, read


def tree(root: Path, *paths: str) -> None:
    for path in paths:
        image(root / path)


SHOP = ("Fruit/Apple/Gala/1.jpg", "Fruit/Apple/Gala/2.JPG", "Fruit/Pear/Anjou/1.jpg", "Milk/1.jpg", "Milk/2.jpg")


def names(dataset: RetrievalDataset, root: Path) -> list[str]:
    return [os.path.relpath(dataset.name_of(row), root) for row in range(len(dataset))]


def warning_of(root: Path, **options: object) -> tuple[RetrievalDataset, list[str]]:
    with pytest.warns(UserWarning, match=re.escape(str(root))) as caught:
        dataset = read("folder", root, **options)
    assert [warning.filename for warning in caught] == [__file__]
    head, *lines = str(caught[0].message).split("\n  ")
    assert head == f"{root}:"
    return dataset, lines


def test_the_deepest_folder_is_the_finest_class(tmp_path: Path) -> None:
    tree(tmp_path, *SHOP)
    dataset = read("folder", tmp_path)
    assert dataset.column_names == ("class", "parent", "grandparent")
    assert dataset.class_names == [["Gala", "Anjou", "Milk"], ["Apple", "Pear", "Milk"], ["Fruit", "Milk"]]
    assert dataset.labels.tolist() == [[0, 0, 0], [0, 0, 0], [1, 1, 0], [2, 2, 1], [2, 2, 1]]
    assert names(dataset, tmp_path) == list(SHOP)
    assert dataset[3].mode == "RGB"
    named = read("folder", tmp_path, column_names=("product", "kind", "department"))
    assert named.column_names == ("product", "kind", "department")
    for wrong in (("product",), ("a", "a", "b"), "abc"):
        with pytest.raises(
            ValueError, match=r"`column_names`: got .*, expected 3 different names, for classes 3 folders"
        ):
            read("folder", tmp_path, column_names=wrong)


def test_one_level_and_five(tmp_path: Path) -> None:
    tree(tmp_path, "a/1.jpg", "a/2.jpg", "b/1.jpg")
    assert read("folder", tmp_path).column_names == ("class",)
    tree(tmp_path, "b/c/d/e/f/1.jpg")
    columns = ("class", "parent", "grandparent", "ancestor 3", "ancestor 4")
    assert read("folder", tmp_path).column_names == columns


def test_one_name_under_two_parents_is_two_classes(tmp_path: Path) -> None:
    tree(tmp_path, "Apple/Red/1.jpg", "Apple/Red/2.jpg", "Pepper/Red/1.jpg", "Pepper/Green/1.jpg", "Red/1.jpg")
    dataset = read("folder", tmp_path)
    assert dataset.class_names == [["Apple/Red", "Green", "Pepper/Red", "Red"], ["Apple", "Pepper", "Red"]]
    assert dataset.labels.tolist() == [[0, 0], [0, 0], [1, 1], [2, 1], [3, 2]]


def test_a_folder_of_photographs_and_of_folders_is_a_class_of_its_own(tmp_path: Path) -> None:
    tree(tmp_path, "Apple/loose.jpg", "Apple/Gala/1.jpg", "Apple/Apple/1.jpg", "Pear/1.jpg", "Pear/2.jpg")
    dataset = read("folder", tmp_path)
    assert dataset.class_names == [["Apple", "Apple/Apple", "Gala", "Pear"], ["Apple", "Pear"]]
    assert dataset.labels.tolist() == [[1, 0], [2, 0], [0, 0], [3, 1], [3, 1]]


def test_names_in_any_script_and_in_either_form(tmp_path: Path) -> None:
    composed, taken_apart = (unicodedata.normalize(form, "Käse") for form in ("NFC", "NFD"))
    assert composed != taken_apart
    tree(tmp_path, f"{composed}/1.jpg", f"{taken_apart}/2.jpg", "苹果/一.jpg", "תפוח/א.jpg", "🍏/1.jpg")
    os.makedirs(os.fsencode(tmp_path / "Caf") + b"\xe9")  # no UTF-8
    (tmp_path / "🍏" / "1.jpg").rename(os.fsdecode(os.fsencode(tmp_path / "Caf") + b"\xe9/1.jpg"))
    with pytest.warns(UserWarning, match="🍏"):
        dataset = read("folder", tmp_path)
    assert set(dataset.class_names[0]) == {composed, "苹果", "תפוח", "Caf\ufffd"}
    assert sorted(np.bincount(dataset.labels[:, 0])) == [1, 1, 1, 2]
    assert all(one.size == (8, 6) for one in dataset)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def test_content_says_what_is_an_image(tmp_path: Path) -> None:
    tree(tmp_path, "a/1.jpg", "b/1.jpg", "b/2.jpg")
    for kind, ending in [
        ("PNG", ""),
        ("WEBP", ".JPG"),
        ("GIF", ".txt"),
        ("TIFF", ".tif"),
        ("BMP", ".BMP"),
        ("PPM", ".x"),
    ]:
        (tmp_path / "a" / f"{kind}{ending}").write_bytes(encoded(Image.new("RGB", (8, 6), "red"), kind))
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    (tmp_path / "a" / "turned.jpeg").write_bytes(encoded(Image.new("CMYK", (8, 6)), "JPEG", exif=turned))
    dataset = read("folder", tmp_path)
    assert np.bincount(dataset.labels[:, 0]).tolist() == [8, 2]
    assert {one.mode for one in dataset} == {"RGB"}
    sizes = dict(zip(names(dataset, tmp_path), [one.size for one in dataset], strict=True))
    assert sizes["a/turned.jpeg"] == (6, 8)


def test_what_is_no_photograph_or_broken_is_said_once(tmp_path: Path) -> None:
    tree(tmp_path, "a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg", "lost.jpg")
    whole = encoded(Image.effect_noise((300, 200), 90).convert("RGB"), "JPEG")
    (tmp_path / "a" / "cut.jpg").write_bytes(whole[:5000])
    (tmp_path / "a" / "half copied.jpg").write_bytes(whole[:5000] + bytes(len(whole) - 5000))
    (tmp_path / "b" / "cut.png").write_bytes(encoded(Image.effect_noise((300, 200), 90), "PNG")[:5000])
    (tmp_path / "a" / "empty.jpg").touch()
    for i in range(4):
        write(tmp_path / "b" / f"{i}.txt", "no image")
    (tmp_path / "b" / "IMG_1.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    write(tmp_path / "b" / "drawing.eps", "%!PS-Adobe-3.0 EPSF-3.0", "%%BoundingBox: 0 0 10 10", "%%EndComments")
    write(tmp_path / "README.md", "of the root itself, and no photograph")
    (tmp_path / "nothing" / "in here").mkdir(parents=True)
    dataset, lines = warning_of(tmp_path)
    assert names(dataset, tmp_path) == ["a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg"]
    assert lines == [
        "11 of 15 files are left out (`strict=True` makes this an error)",
        "of no format that Pillow knows (5): b/0.txt, b/1.txt, b/2.txt and 2 more",
        "cut off (3): a/cut.jpg, a/half copied.jpg, b/cut.png",
        "in no class folder (1): lost.jpg",
        "empty (1): a/empty.jpg",
        "of the format EPS, which Pillow cannot show by itself (1): b/drawing.eps",
        "(HEIC is read where the package pillow-heif is installed)",
        "folders without a photograph (1): nothing",
    ]
    with pytest.raises(ValueError, match=r"11 of 15 files are left out\n.*of no format that Pillow knows \(5\): b/0"):
        read("folder", tmp_path, strict=True)


def test_strict_has_nothing_against_a_clean_folder(tmp_path: Path) -> None:
    tree(tmp_path, *SHOP)
    assert len(read("folder", tmp_path, strict=True)) == 5


def test_damage_within_shows_when_it_is_looked_for_or_decoded(tmp_path: Path) -> None:
    tree(tmp_path, "a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg")
    content = bytearray(encoded(Image.effect_noise((300, 200), 90), "PNG"))
    content[len(content) // 2] ^= 255
    (tmp_path / "b" / "damaged.png").write_bytes(content)
    dataset = read("folder", tmp_path)
    with pytest.raises(OSError, match=r"b/damaged\.png: cannot be read as an image \("):
        dataset[4]
    dataset, lines = warning_of(tmp_path, check_pixels=True)
    assert names(dataset, tmp_path) == ["a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg"]
    assert lines[0].startswith("1 of 5 files are left out")
    assert lines[1].endswith("(1): b/damaged.png")


def test_without_a_look_into_files_names_decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "a/1.jpg", "a/2.JPG", "b/1.jpg", "b/2.jpg")
    write(tmp_path / "b" / "no image.png", "no image")
    write(tmp_path / "b" / "notes.pdf", "Pillow writes these, and reads none")
    monkeypatch.setattr("PIL.Image.open", None)
    dataset, lines = warning_of(tmp_path, check_files=False)
    assert names(dataset, tmp_path) == ["a/1.jpg", "a/2.JPG", "b/1.jpg", "b/2.jpg", "b/no image.png"]
    assert lines[1:] == ["without the ending of an image (1): b/notes.pdf"]


def test_hidden_files_are_passed_over_in_silence(tmp_path: Path) -> None:
    tree(
        tmp_path, *SHOP, ".git/a/1.jpg", "Milk/.cache/1.jpg", "Milk/._1.jpg", "__MACOSX/Milk/1.jpg", "Milk/@eaDir/1.jpg"
    )
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "Icon\r"):
        write(tmp_path / "Milk" / name, "no image")
    assert names(read("folder", tmp_path, strict=True), tmp_path) == list(SHOP)


def test_links_lead_nowhere_else(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    tree(root, "a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg", ".annex/x", ".annex/back/y")
    tree(outside, "c/1.jpg")
    (root / "away").symlink_to(outside / "c")
    (root / "a" / "away.jpg").symlink_to(outside / "c" / "1.jpg")
    (root / "a" / "up").symlink_to(root)
    (root / "a" / "twice.jpg").symlink_to(root / "b" / "1.jpg")
    (root / "a" / "nothing.jpg").symlink_to(root / "b" / "3.jpg")
    (root / "b" / "kept.jpg").symlink_to(root / ".annex" / "x")
    (root / ".annex" / "back" / "again").symlink_to(root / ".annex" / "back")
    (root / "b" / "back").symlink_to(root / ".annex" / "back")
    os.mkfifo(root / "b" / "pipe.jpg")  # would wait for ever
    (tmp_path / "link").symlink_to(root)
    for way in (root, tmp_path / "link"):
        dataset, lines = warning_of(way)
        expected = ["a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg", "b/back/y", "b/kept.jpg"]
        assert sorted(names(dataset, way)) == expected
        assert sorted(lines[1:]) == [
            "link back to a folder it lies in (1): b/back/again",
            "link that leads out of the folder (2): a/away.jpg, away",
            "link to nothing (1): a/nothing.jpg",
            "link to what is read at its own place (2): a/twice.jpg, a/up",
            "neither file nor folder (1): b/pipe.jpg",
        ]


def test_a_closed_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, *SHOP, "closed/1.jpg")
    scan = os.scandir

    def closed(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", closed)
    _, lines = warning_of(tmp_path)
    assert "folder that cannot be listed, Permission denied (1): closed" in lines


@pytest.mark.parametrize(
    ("paths", "line"),
    [
        (["a/1.jpg", "a/2.jpg"], "all photographs are of one class, a: there is nothing to tell apart"),
        (["a/1.jpg", "b/1.jpg"], "no class has two photographs: no query finds one of its own class"),
        (["x/a/1.jpg", "x/a/2.jpg", "x/b/1.jpg"], "all photographs lie in x, which tells none apart: read that folder"),
    ],
)
def test_a_folder_that_leaves_nothing_to_learn(tmp_path: Path, paths: list[str], line: str) -> None:
    tree(tmp_path, *paths)
    dataset, lines = warning_of(tmp_path)
    assert len(dataset) == len(paths)
    assert lines == [line]
    with pytest.warns(UserWarning, match=re.escape(line)):
        read("folder", tmp_path, strict=True)  # no file is left out


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        ([], r"nothing but hidden files"),
        (["1.jpg", "2.jpg"], r"in no class folder \(2\): 1\.jpg, 2\.jpg"),
        ([".a/1.jpg"], r"nothing but hidden files"),
    ],
)
def test_a_folder_without_photographs(tmp_path: Path, paths: list[str], found: str) -> None:
    tree(tmp_path, *paths)
    with pytest.raises(
        ValueError, match=rf"`root`: got .*, with no photograph in a class folder \({found}\), expected"
    ):
        read("folder", tmp_path)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"`root`: got None, expected the folder of your photographs"):
        read("folder")
    with pytest.raises(FileNotFoundError, match=r"`root`: got .*nowhere, which does not exist, expected a folder of"):
        read("folder", tmp_path / "nowhere")
    write(tmp_path / "photos.zip", "PK")
    with pytest.raises(FileNotFoundError, match=r"photos\.zip, which is a file \(an archive must be unpacked\)"):
        read("folder", tmp_path / "photos.zip")
