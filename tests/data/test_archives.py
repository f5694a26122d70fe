import hashlib
import socket
import stat
import zipfile
from pathlib import Path

import pytest
from damaged import damaged
from pytest_httpserver import HTTPServer
from werkzeug import Response

from suprank_edu.data.archives import ArchiveError, DownloadError, download, read_zip, sha256_of, unpack


def make(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_reads_files_of_a_suffix_in_order(tmp_path: Path) -> None:
    path = make(tmp_path / "a.zip", ("b/", b""), ("b/2.png", b"two"), ("b/1.png", b"one"), ("b/x.txt", b""))
    checksum = sha256_of(path)
    assert checksum == hashlib.sha256(path.read_bytes()).hexdigest()
    assert list(read_zip(path, checksum, suffix=".png").items()) == [("b/2.png", b"two"), ("b/1.png", b"one")]
    assert list(read_zip(path, checksum)) == ["b/2.png", "b/1.png", "b/x.txt"]


@pytest.mark.parametrize("change", ["empty", "truncated", "one bit", "another archive", "no archive"])
def test_nothing_but_the_archive_of_the_checksum_is_opened(
    tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path / "a.zip", ("a.png", bytes(range(256)) * 9))
    checksum, content = sha256_of(path), path.read_bytes()
    changed = {
        "empty": b"",
        "truncated": content[:-1],
        "one bit": content[:99] + bytes([content[99] ^ 1]) + content[100:],
        "another archive": make(tmp_path / "b.zip", ("../evil.png", b"1")).read_bytes(),
        "no archive": b"<html>please log in</html>",
    }
    path.write_bytes(changed[change])
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(ArchiveError, match=rf"a\.zip: got SHA-256 .*, expected {checksum}.*delete it and download it"):
        read_zip(path, checksum)


def test_a_missing_archive_stays_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.zip"):
        read_zip(tmp_path / "none.zip", "0" * 64)


BODY = b"published content" * 5000
CHECKSUM = hashlib.sha256(BODY).hexdigest()


def test_download_writes_the_file_whole_and_readable(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_oneshot_request("/a.zip").respond_with_data(BODY)
    target = tmp_path / "new" / "folder" / "a.zip"
    download(httpserver.url_for("/a.zip"), target, CHECKSUM)
    assert target.read_bytes() == BODY
    assert [p.name for p in target.parent.iterdir()] == ["a.zip"]
    (tmp_path / "plain").touch()
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


ANSWERS = {
    "missing": (Response(status=404), "404"),
    "error": (Response(status=500), "500"),
    "truncated": (Response(BODY[:100], headers={"Content-Length": str(len(BODY))}), "IncompleteRead|SHA256"),
    "changed": (Response(BODY[::-1]), f"expected sha256:{CHECKSUM}"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_a_failed_download_leaves_nothing(httpserver: HTTPServer, tmp_path: Path, case: str) -> None:
    answer, reason = ANSWERS[case]
    httpserver.expect_request("/a.zip").respond_with_response(answer)
    target = tmp_path / "new" / "folder" / "a.zip"
    with pytest.raises(DownloadError, match=reason) as failure:
        download(httpserver.url_for("/a.zip"), target, CHECKSUM)
    assert str(target) in str(failure.value)
    assert httpserver.url_for("/a.zip") in str(failure.value)
    assert not (tmp_path / "new").exists()


def test_a_failed_download_keeps_what_was_there(httpserver: HTTPServer, tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    target.write_bytes(b"older")
    httpserver.expect_request("/a.zip").respond_with_data(b"changed")
    with pytest.raises(DownloadError):
        download(httpserver.url_for("/a.zip"), target, CHECKSUM)
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]
    assert target.read_bytes() == b"older"


def test_a_server_that_says_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(DownloadError, match="timed out"):
        download(f"http://127.0.0.1:{silent.getsockname()[1]}/a.zip", tmp_path / "a.zip", CHECKSUM, timeout=0.2)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/a.zip", "file:///etc/passwd"])
def test_a_server_that_is_not_there(tmp_path: Path, url: str) -> None:
    with pytest.raises(DownloadError, match="fetch it by hand"):
        download(url, tmp_path / "new" / "a.zip", CHECKSUM)
    assert not (tmp_path / "new").exists()


def test_an_archive_is_unpacked_once_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, folder = make(tmp_path / "a.zip", ("b/1.png", b"one"), ("b/2.png", b"two")), tmp_path / "cache" / "a"
    extract = zipfile.ZipFile.extractall

    def killed(archive: zipfile.ZipFile, to: Path) -> None:
        archive.extract("b/1.png", to)
        raise KeyboardInterrupt

    monkeypatch.setattr(zipfile.ZipFile, "extractall", killed)
    with pytest.raises(KeyboardInterrupt):
        unpack(path, folder)
    assert list(folder.parent.iterdir()) == []
    monkeypatch.setattr(zipfile.ZipFile, "extractall", extract)
    unpack(path, folder)
    assert {each.name: each.read_bytes() for each in folder.rglob("*.png")} == {"1.png": b"one", "2.png": b"two"}
    (folder / "b" / "1.png").write_bytes(b"mine")
    unpack(path, folder)
    assert (folder / "b" / "1.png").read_bytes() == b"mine"
    assert list(folder.parent.iterdir()) == [folder]


def test_nothing_of_an_archive_lands_outside_of_its_folder(tmp_path: Path) -> None:
    """Names that climb, names from the root, and a link that leads away, through which a later member would be written."""
    path, away = tmp_path / "a.zip", tmp_path / "away"
    away.mkdir()
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../climbed.txt", "1")
        archive.writestr(f"{tmp_path}/absolute.txt", "1")
        archive.writestr(link, str(away))
        archive.writestr("other/../../up.txt", "1")
    unpack(path, tmp_path / "made" / "one")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip", "away", "made"]
    assert list(away.iterdir()) == []
    assert [p.name for p in (tmp_path / "made").iterdir()] == ["one"]
    assert not any(p.is_symlink() for p in (tmp_path / "made").rglob("*"))


def test_a_damaged_archive_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    content = make(tmp_path / "a.zip", ("a.png", bytes(range(256)) * 9), ("b.txt", b"2")).read_bytes()
    refused = 0
    for seed in range(30):
        (tmp_path / "a.zip").write_bytes(damaged(content, seed))
        folder = tmp_path / f"made {seed}"
        try:
            unpack(tmp_path / "a.zip", folder / "one")
        except (ArchiveError, OSError):
            refused += 1
            assert list(folder.iterdir()) == []
    assert refused > 15


def test_of_two_processes_that_unpack_the_faster_one_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, folder = make(tmp_path / "a.zip", ("1.png", b"one")), tmp_path / "a"
    extract = zipfile.ZipFile.extractall

    def slow(archive: zipfile.ZipFile, to: Path) -> None:
        extract(archive, to)
        extract(archive, folder)  # the other process

    monkeypatch.setattr(zipfile.ZipFile, "extractall", slow)
    unpack(path, folder)
    assert [each.name for each in folder.iterdir()] == ["1.png"]
