"""Any tree of folders against plain loops: which photographs share a class in which column, and in which split."""

import io
import os
import tempfile
import unicodedata
import warnings
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from suprank_edu.data import RetrievalDataset, read

Parts = tuple[str, ...]


def _png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (2, 2)).save(buffer, "PNG")
    return buffer.getvalue()


PNG = _png()
NAMES = ["a", "b", "train", "Apple", "apple", "苹果", "e\u0301", "\u00e9", "two words", ".hidden", "__MACOSX"]
FILES = {"1.jpg": PNG, "2.PNG": PNG, "photo e\u0301": PNG, "notes.txt": b"no image", "empty.png": b"", ".3.png": PNG}
places = st.lists(st.sampled_from(NAMES), max_size=4).map(tuple)
trees = st.lists(st.tuples(places, st.sampled_from(sorted(FILES))), min_size=1, max_size=14, unique=True)


def write_tree(root: Path, files: list[tuple[Parts, str]]) -> None:
    for place, name in files:
        folder = root.joinpath(*place)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(FILES[name])


def composed(parts: Parts) -> Parts:
    return tuple(unicodedata.normalize("NFC", part) for part in parts)


def photographs(files: list[tuple[Parts, str]]) -> list[tuple[Parts, str]]:
    """Return those that a reader must find: whole pictures in a class folder, nothing on the way hidden."""
    found = []
    for place, name in files:
        hidden = name.startswith(".")
        for part in place:
            hidden = hidden or part in (".hidden", "__MACOSX")
        if not hidden and place and FILES[name] == PNG:
            found.append((place, name))
    return found


def folder_at(place: Parts, depth: int) -> Parts:
    """Climb from a photograph's folder to the one so many folders below the root, or stay where it is higher."""
    while len(place) > depth:
        place = place[:-1]
    return place


def open_quietly(root: Path, split: str | None = None, **options: object) -> RetrievalDataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read("folder", root, split, **options)


@settings(deadline=None, max_examples=60)
@given(trees)
def test_two_photographs_share_the_classes_of_the_folders_that_they_share(files: list[tuple[Parts, str]]) -> None:
    expected = photographs(files)
    assume(expected and "train" not in {place[0] for place, _ in files if place})  # another test's
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write_tree(root, files)
        places = [composed(place) for place, _ in expected]
        top = {place[0] for place in places}
        dataset = open_quietly(root)
        row_of = {os.path.relpath(dataset.name_of(row), root): row for row in range(len(dataset))}
        assert set(row_of) == {os.path.join(*place, file) for place, file in expected}
        rows = [row_of[os.path.join(*place, file)] for place, file in expected]
        depth = max(len(place) for place in places)
        assert dataset.labels.shape == (len(expected), depth)
        assert len(dataset.class_names[-1]) == len(top)
        for a, one in zip(rows, places, strict=True):
            for column in range(depth):
                of_class = dataset.class_names[column][dataset.labels[a, column]]
                folder = folder_at(one, depth - column)
                assert of_class in (folder[-1], "/".join(folder))
                for b, other in zip(rows, places, strict=True):
                    same = folder_at(one, depth - column) == folder_at(other, depth - column)
                    assert (dataset.labels[a, column] == dataset.labels[b, column]) == same
        for class_names in dataset.class_names:
            assert len(set(class_names)) == len(class_names)


@settings(deadline=None, max_examples=40)
@given(trees, st.data())
def test_the_deepest_line_of_a_table_decides(files: list[tuple[Parts, str]], data: st.DataObject) -> None:
    files = [(("shop", *place), name) for place, name in files]
    expected = photographs(files)
    assume(expected)
    lines: dict[Parts, str] = {}
    for place, file in expected:
        whole = (*place, file)
        for end in range(1, len(whole) + 1):
            said = data.draw(st.sampled_from([None, None, "train", "val", "test"]))
            if said is not None:
                lines.setdefault(composed(whole[:end]), said)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name, "root")
        write_tree(root, files)
        table = Path(name, "table.csv")
        rows = data.draw(st.permutations(sorted(lines.items())))
        table.write_text("".join(["path,split\n", *(f"{'/'.join(parts)},{split}\n" for parts, split in rows)]))
        for split in ("train", "val", "test"):
            wanted = set()
            for place, file in expected:
                parts = composed((*place, file))
                while parts and parts not in lines:
                    parts = parts[:-1]
                if parts and lines[parts] == split:
                    wanted.add(os.path.join(*place, file))
            if wanted:
                dataset = open_quietly(root, split, splits=table)
                assert {os.path.relpath(dataset.name_of(row), root) for row in range(len(dataset))} == wanted
            else:
                with pytest.raises(ValueError, match=f"`split`: got '{split}', which has no photograph"):
                    open_quietly(root, split, splits=table)
