import os
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
from pytest_httpserver import HTTPServer

from suprank_edu.data import ArchiveError, DownloadError, omniglot, omniglot_or_standin, read

from .conftest import CHARACTERS, DRAWINGS, IN_FIRST, png

FIRST, SECOND = "images_background_small1.zip", "images_background_small2.zip"
REAL = os.environ.get("SUPRANK_EDU_DATA")


def serve(server: HTTPServer, folder: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let both archives, or some, be downloaded, once."""
    for name in names or (FIRST, SECOND):
        server.expect_oneshot_request(f"/{name}").respond_with_data((folder / name).read_bytes())
    monkeypatch.setattr(omniglot, "URL", server.url_for(""))


def test_splits_share_nothing_and_overlap_counts_once(archives: Path) -> None:
    train, test = read("omniglot", archives), read("omniglot", archives, split="test")
    assert train.class_names[1] == sorted(IN_FIRST)
    assert test.class_names[1] == ["Japanese_(katakana)", "Sanskrit", "Tagalog"]
    assert len(train) == 5 * CHARACTERS * DRAWINGS  # Greek and Latin lie in both archives
    assert len(test) == 3 * CHARACTERS * DRAWINGS
    assert train.column_names == ("character", "alphabet")
    assert train.licence == "MIT"
    assert train.source.endswith("(as published)")
    assert train[0].mode == "L"
    assert train[0].size == (105, 105)


def test_labels_name_the_drawing(archives: Path) -> None:
    train = read("omniglot", archives)
    for i in range(len(train)):
        character, alphabet = train.labels[i]
        assert train.name_of(i).startswith(train.class_names[0][character] + "/")
        assert train.class_names[0][character].startswith(train.class_names[1][alphabet] + "/character")
    assert np.unique(train.labels[:, 0]).tolist() == list(range(5 * CHARACTERS))


def test_a_folder_above_and_the_variable(archives: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archives.rename(tmp_path / "omniglot")
    assert len(read("omniglot", tmp_path)) == 60
    monkeypatch.setenv("SUPRANK_EDU_DATA", str(tmp_path))
    assert len(read("omniglot")) == 60


def test_downloads_once_into_the_cache(archives: Path, httpserver: HTTPServer, tmp_path: Path, monkeypatch) -> None:
    serve(httpserver, archives, monkeypatch)
    for split in ("train", "test", "train"):
        assert len(read("omniglot", split=split)) > 0
    httpserver.check()
    cached = list((tmp_path / "cache").rglob("omniglot/*"))
    assert sorted(path.name for path in cached) == [FIRST, SECOND]


def test_downloads_into_a_given_root(archives: Path, httpserver: HTTPServer, tmp_path: Path, monkeypatch) -> None:
    serve(httpserver, archives, monkeypatch)
    assert len(read("omniglot", tmp_path / "mine", split="test")) == 36
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == [FIRST, SECOND]


def test_the_data_folder_is_never_written(archives: Path, httpserver: HTTPServer, tmp_path: Path, monkeypatch) -> None:
    source = tmp_path / "readonly" / "omniglot"
    source.mkdir(parents=True)
    (archives / FIRST).rename(source / FIRST)  # the other archive has to be downloaded
    serve(httpserver, archives, monkeypatch, SECOND)
    source.chmod(stat.S_IRUSR | stat.S_IXUSR)
    monkeypatch.setenv("SUPRANK_EDU_DATA", str(source.parent))
    assert len(read("omniglot")) == 60
    assert [path.name for path in source.iterdir()] == [FIRST]
    httpserver.check()
    source.chmod(0o755)


def test_a_changed_download_is_not_kept(httpserver: HTTPServer, tmp_path: Path, monkeypatch) -> None:
    httpserver.expect_request(f"/{FIRST}").respond_with_data(b"<html>please log in</html>")
    monkeypatch.setattr(omniglot, "URL", httpserver.url_for(""))
    with pytest.raises(DownloadError, match="SHA256"):
        read("omniglot")
    assert not list((tmp_path / "cache").rglob("*small*"))


@pytest.mark.parametrize("keep", [0, 0.3, 0.999])
def test_a_truncated_archive_is_named_and_not_replaced_by_the_standin(archives: Path, keep, monkeypatch) -> None:
    content = (archives / SECOND).read_bytes()
    (archives / SECOND).write_bytes(content[: int(keep * len(content))])
    archives.rename(archives.parent / "omniglot")
    monkeypatch.setenv("SUPRANK_EDU_DATA", str(archives.parent))
    with pytest.raises(ArchiveError, match=rf"{SECOND}: got SHA-256 .* expected"):
        omniglot_or_standin("test")


def test_an_archive_of_something_else(archives: Path) -> None:
    with zipfile.ZipFile(archives / FIRST, "a") as archive:
        archive.writestr("images_background_small1/Korean/character09/0999_01.png", png(77))
    with pytest.raises(ArchiveError, match=rf"{FIRST}: got SHA-256 .* expected"):
        read("omniglot", archives)


def test_no_data_and_no_network_gives_the_standin(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DownloadError, match="download failed"):
        read("omniglot")
    dataset = omniglot_or_standin("train")
    assert "NOT real handwriting" in dataset.source
    printed = capsys.readouterr().out
    assert printed.startswith("STAND-IN for Omniglot, train split: 800 drawings of 40 characters from 5 alphabets; ")
    assert printed.count("\n") == 1


def test_omniglot_is_said_to_be_omniglot(archives: Path, monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    archives.rename(archives.parent / "omniglot")
    monkeypatch.setenv("SUPRANK_EDU_DATA", str(archives.parent))
    assert "as published" in omniglot_or_standin("test").source
    printed = capsys.readouterr().out
    assert printed == "Omniglot, test split: 36 drawings of 9 characters from 3 alphabets\n"


def test_unknown_names_are_listed(archives: Path) -> None:
    with pytest.raises(ValueError, match=r"`name`: got 'mnist', expected 'cars196', .*'omniglot', .* or 'standin'$"):
        read("mnist")
    for name in ("omniglot", "standin"):
        with pytest.raises(ValueError, match=r"`split`: got 'val', expected 'train' or 'test'"):
            read(name, archives, split="val")


@pytest.mark.skipif(not REAL, reason="SUPRANK_EDU_DATA is not set: the real Omniglot is not here")
def test_the_real_archives_have_the_published_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPRANK_EDU_DATA", str(REAL))
    train, test = read("omniglot"), read("omniglot", split="test")
    assert repr(train) == "RetrievalDataset(2,720 images; character: 136, alphabet: 5)"
    assert repr(test) == "RetrievalDataset(2,120 images; character: 106, alphabet: 3)"
    assert "as published" in train.source
    assert len(set(train.items) | set(test.items)) == 4840
    for dataset in (train, test):
        assert set(np.bincount(dataset.labels[:, 0])) == {20}
        sample = np.asarray(dataset[17])
        assert sample.shape == (105, 105)
        assert sample.mean() > 200  # dark ink on white
