"""Damaged files of every kind that the library reads: what is documented is raised, and nothing else happens."""

import contextlib
import io
import pickle
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from damaged import damaged
from PIL import Image
from scipy.io import savemat

from suprank_edu.data import read
from suprank_edu.data.csv_files import read_csv
from suprank_edu.data.labelling.practice.pages import read_pages
from suprank_edu.data.pixels import check_file, decode
from suprank_edu.data.readers import _mat
from suprank_edu.data.readers._files import ListFile
from suprank_edu.data.readers._pickle import read_plain_pickle
from suprank_edu.data.readers.sfm120k import ORIGIN
from suprank_edu.metrics import Evaluation
from suprank_edu.training import Recipe
from suprank_edu.training.checkpoint import FORMAT, load
from suprank_edu.training.networks.images import fitted

IN_THE_SUITE, AT_NIGHT = 60, 3_000


class Kind(NamedTuple):
    """A good file, what reads it, and what it may raise."""

    content: bytes
    read: Callable[[Path], Any]
    raised: type[Exception]


def picture(kind: str) -> bytes:
    content = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (24, 32, 3), dtype=np.uint8)).save(content, kind)
    return content.getvalue()


def checkpoint() -> bytes:
    content = io.BytesIO()
    torch.save({"format": FORMAT, "model": {"weight": torch.zeros(3)}, "step": 3}, content)
    return content.getvalue()


def evaluation(folder: Path) -> bytes:
    Evaluation({"R@1/column0": np.array([1.0, 0.0, np.nan]), "H-AP": np.array([0.5, 1.0, 0.9])}).save(folder / "a.npz")
    return (folder / "a.npz").read_bytes()


def look_at(path: Path) -> None:
    check_file(path)
    decode(path, "RGB", min_side=8)


def kinds(folder: Path) -> dict[str, Kind]:
    truth = {"imlist": ["a"], "qimlist": ["b"], "gnd": [{"bbx": (1.0, 2.0), "easy": [0], "hard": [], "junk": []}]}
    pictures = {name: Kind(picture(name), look_at, OSError) for name in ("jpeg", "png", "webp", "gif", "tiff", "bmp")}
    return pictures | {
        "csv": Kind('id,kind\n1,"castle, old"\n2,é\n'.encode(), read_csv, ValueError),
        "pt": Kind(checkpoint(), load, ValueError),
        "npz": Kind(evaluation(folder), Evaluation.load, ValueError),
        "json": Kind(b'{"steps": 10, "lr": 0.1}', Recipe.load, ValueError),
        "wiki": Kind(b'{"pages": [{"title": "Category:A", "categories": []}]}', read_pages, ValueError),
        "pkl": Kind(
            pickle.dumps(truth), lambda path: read_plain_pickle(ListFile(ORIGIN, path.parent, path.name)), ValueError
        ),
    }


NAMES = ("jpeg", "png", "webp", "gif", "tiff", "bmp", "csv", "pt", "npz", "json", "wiki", "pkl")


def try_all(kind: Kind, path: Path, cases: int) -> None:
    path.write_bytes(kind.content)
    kind.read(path)
    refused = 0
    for seed in range(cases):
        path.write_bytes(damaged(kind.content, seed))
        try:
            kind.read(path)
        except kind.raised:
            refused += 1
    assert refused > cases // 8, "damage that does none shows nothing"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore:Truncated File Read")
def test_a_damaged_file_is_refused_or_read(name: str, tmp_path: Path) -> None:
    try_all(kinds(tmp_path)[name], tmp_path / f"damaged.{name}", IN_THE_SUITE)


@pytest.mark.nightly
@pytest.mark.parametrize("name", NAMES)
def test_many_damaged_files_are_refused_or_read(name: str, tmp_path: Path) -> None:
    try_all(kinds(tmp_path)[name], tmp_path / f"damaged.{name}", AT_NIGHT)


def mat_file(folder: Path) -> Path:
    """A MAT file as that of SfM-120k, and the images that it names."""
    names = np.empty((1, 2), dtype=object)
    names[0] = ["00007aabbcc", "00008aabbcd"]
    path = folder / "retrieval-SfM-120k-imagenames-clusterids.mat"
    savemat(path, {"cids": names, "cluster": np.array([[1, 2]])})
    return path


def read_mats(folder: Path, seeds: range) -> None:
    path = mat_file(folder)
    content = path.read_bytes()
    for seed in seeds:
        path.write_bytes(damaged(content, seed))
        with contextlib.suppress(ValueError):
            read("sfm120k", folder, check_files=False)


def test_a_damaged_mat_file_ends_no_process_of_ours(tmp_path: Path) -> None:
    """Of 1,500 of them that scipy 1.17 was given, two ended the process that read them."""
    read_mats(tmp_path, range(3))


@pytest.mark.nightly
def test_many_damaged_mat_files_end_no_process_of_ours(tmp_path: Path) -> None:
    read_mats(tmp_path, range(3, 400))


def test_a_process_that_dies_of_a_mat_file_is_told_as_a_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mat_file(tmp_path)
    monkeypatch.setattr(_mat, "_CHILD", "import os; os.abort()")
    with pytest.raises(
        ValueError, match=r"clusterids\.mat: got what cannot be read \(reading it ends a process.*; get "
    ):
        read("sfm120k", tmp_path, check_files=False)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id,kind\n1,a\0b\n", r"line 2: got a NUL character"),
        ("id,kind\n1,a\n".encode("utf-16-le"), r"line 1: got a NUL character, expected text in a file saved as UTF-8"),
        ("id,kind\n1,a\n".encode("utf-16"), r"line 1: got a byte that is no UTF-8"),
        ("id,kind\n1,é\n".encode("latin-1"), r"line 2: got a byte that is no UTF-8"),
        (b"id,kind\n1," + b"x" * 200_000 + b"\n", r"line 2: got an unreadable line \(field larger than field limit"),
        (b'id,kind\n1,"' + b"x\n" * 100_000, r"got an unreadable line \("),
    ],
    ids=["nul", "utf-16 without a mark", "utf-16", "latin-1", "huge field", "open quote"],
)
def test_tables_that_are_none(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(ValueError, match=rf"a\.csv, {message}|a\.csv.*{message}"):
        read_csv(tmp_path / "a.csv")


@pytest.mark.parametrize("load_it", [Recipe.load, read_pages])
@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"steps": ' + b"9" * 5_000 + b"}", b"\xff", b""])
def test_json_that_was_made_to_break_what_reads_it(
    load_it: Callable[[Path], Any], content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.json: got no "):
        load_it(tmp_path / "a.json")


def test_a_picture_that_says_it_is_huge_is_not_decoded(tmp_path: Path) -> None:
    """A few hundred bytes that would take 40 GB: the size in the header of a PNG, its checksum with it."""
    content = bytearray(picture("png"))
    content[16:24] = (100_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    (tmp_path / "bomb.png").write_bytes(content)
    with pytest.raises(OSError, match="of more pixels than"):
        decode(tmp_path / "bomb.png", "RGB")
    with pytest.raises(OSError, match="of more pixels than"):
        check_file(tmp_path / "bomb.png")


def test_a_wrong_ending_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(picture("png"))
    assert decode(tmp_path / "a.jpg", "RGB").size == (32, 24)
    (tmp_path / "b.png").write_bytes(b"#!/bin/sh\nexit 1\n")
    with pytest.raises(OSError, match="of no format that Pillow knows"):
        decode(tmp_path / "b.png", "RGB")


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def notes(entries: int, size: int) -> bytes:
    """EXIF that says it has many notes, each long, and whose next block is itself."""
    header = b"Exif\0\0MM\0*" + struct.pack(">I", 8)
    block = struct.pack(">H", entries) + struct.pack(">HHII", 0x010E, 2, size, 8) * 40
    return header + block + struct.pack(">I", 8)


def strange() -> dict[str, tuple[bytes, tuple[int, int]]]:
    """Whole pictures that few readers expect, each with the size that it is shown in."""
    white, frames = Image.new("RGB", (6, 4), "white"), [Image.new("P", (6, 4), shade) for shade in range(3)]
    return {
        "wide": (encoded(Image.new("L", (100_000, 1)), "png"), (100_000, 1)),
        "tall": (encoded(Image.new("RGB", (1, 60_000)), "jpeg"), (1, 60_000)),
        "notes without end": (encoded(white, "jpeg", exif=notes(65_535, 2**31)), (6, 4)),
        "notes that turn in a circle": (encoded(white, "jpeg", exif=notes(40, 4)), (6, 4)),
        "inks": (encoded(white.convert("CMYK"), "jpeg"), (6, 4)),
        "16 bits": (encoded(Image.fromarray(np.full((4, 6), 65_535, dtype=np.uint16)), "tiff"), (6, 4)),
        "a film": (encoded(frames[0], "gif", save_all=True, append_images=frames[1:]), (6, 4)),
        "a film in png": (encoded(white, "png", save_all=True, append_images=[white.copy()] * 2), (6, 4)),
    }


@pytest.mark.filterwarnings("ignore:Tag data larger", "ignore:Corrupt EXIF data")
@pytest.mark.parametrize("name", strange())
def test_strange_pictures_are_read(name: str, tmp_path: Path) -> None:
    content, size = strange()[name]
    (tmp_path / "a.png").write_bytes(content)
    check_file(tmp_path / "a.png", pixels=True)
    image = decode(tmp_path / "a.png", "RGB")
    assert (image.size, image.mode) == (size, "RGB")
    assert fitted(image, 8).shape == (3, 8, 8)


@pytest.mark.parametrize("text", ["bomb", "comment"])
def test_words_in_a_picture_that_unpack_to_a_thousand_times_their_size(text: str, tmp_path: Path) -> None:
    """64 MB of zeros in 64 kB of a PNG's notes: read without them, or refused."""
    small, words = picture("png"), b"k\0\0" + zlib.compress(bytes(64 << 20), 9)
    kind = b"zTXt" if text == "bomb" else b"iTXt"
    words = words if text == "bomb" else b"k\0\1\0\0\0" + words[3:]
    chunk = struct.pack(">I", len(words)) + kind + words + struct.pack(">I", zlib.crc32(kind + words))
    (tmp_path / "a.png").write_bytes(small[:33] + chunk + small[33:])
    with contextlib.suppress(OSError):
        assert decode(tmp_path / "a.png", "RGB").size == (32, 24)


def test_a_table_of_a_million_columns_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(
        b"\xef\xbb\xbf" + b"a," * 1_000_000 + b"b\r\n" + b"1," * 1_000_000 + b'"2\r\n3"\r\n'
    )
    header, rows = read_csv(tmp_path / "a.csv")
    assert (len(header), header[-1]) == (1_000_001, "b")
    assert [(line, len(fields), fields[-1]) for line, fields in rows] == [(3, 1_000_001, "2\r\n3")]
