import hashlib
import stat
import struct
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import pytest

from suprank_edu.data.archives import ArchiveError, DownloadError, Limits, download, read_zip, sha256_of


def make(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name that comes twice
        for name, content in members:
            archive.writestr(name, content)
    return path


def raw_name(path: Path, wanted: str) -> Path:
    """Write an archive whose only member has a name that `zipfile` would tidy when writing."""
    make(path, ("x" * len(wanted), b"1"))
    path.write_bytes(path.read_bytes().replace(b"x" * len(wanted), wanted.encode()))
    return path


def test_reads_files_of_a_suffix_in_order(tmp_path: Path) -> None:
    path = make(tmp_path / "a.zip", ("b/", b""), ("b/2.PNG", b"two"), ("b/1.png", b"one"), ("b/x.txt", b"no"))
    assert list(read_zip(path, suffix=".png").items()) == [("b/2.PNG", b"two"), ("b/1.png", b"one")]
    assert list(read_zip(path)) == ["b/2.PNG", "b/1.png", "b/x.txt"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../evil.png", "leaves its folder"),
        ("a/../../evil.png", "leaves its folder"),
        ("a/./evil.png", "leaves its folder"),
        ("a//evil.png", "leaves its folder"),
        ("/etc/evil.png", "absolute path"),
        ("C:evil.png", "absolute path"),
        ("C:/evil.png", "absolute path"),
        ("..\\evil.png", "backslash"),
        ("a\nb.png", "control character"),
        ("good.png\0.png", "control character"),
    ],
)
def test_refuses_names_that_could_leave_the_target(tmp_path: Path, name: str, reason: str) -> None:
    path = raw_name(tmp_path / "hostile.zip", name)
    with pytest.raises(ArchiveError, match=rf"hostile\.zip: refused.*{reason}.*download it again"):
        read_zip(path)
    assert [p.name for p in tmp_path.iterdir()] == ["hostile.zip"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_refuses_links_and_special_files(tmp_path: Path, kind: int) -> None:
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (kind | 0o777) << 16
    with pytest.raises(ArchiveError, match=r"'link\.png' is a link or a special file"):
        read_zip(make(tmp_path / "a.zip", (link, b"/etc/passwd")))


def test_refuses_an_encrypted_member(tmp_path: Path) -> None:
    path = make(tmp_path / "a.zip", ("a.png", b"1"))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match="encrypted"):
        read_zip(path)


def test_refuses_a_name_that_comes_twice(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"'a\.png' comes twice"):
        read_zip(make(tmp_path / "a.zip", ("a.png", b"1"), ("a.png", b"2")))


def test_refuses_bombs_before_unpacking_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_ratio = make(tmp_path / "ratio.zip", ("zeros.png", bytes(1 << 20)))
    by_size = make(tmp_path / "size.zip", ("a.png", b"abc" * 400), ("b.png", b"xyz" * 400))
    by_count = make(tmp_path / "count.zip", *((f"{i}.png", b"1") for i in range(11)))
    monkeypatch.setattr(zipfile.ZipFile, "read", None)  # nothing may be unpacked to find out
    with pytest.raises(ArchiveError, match=r"unpacks to more than 100 times its size"):
        read_zip(by_ratio)
    with pytest.raises(ArchiveError, match=r"unpacks to 2,400 bytes, more than 2,000"):
        read_zip(by_size, limits=Limits(total_bytes=2000))
    with pytest.raises(ArchiveError, match=r"has 11 members, more than 10"):
        read_zip(by_count, limits=Limits(members=10))


def test_a_member_that_lies_about_its_size_is_found_out(tmp_path: Path) -> None:
    path = make(tmp_path / "liar.zip", ("zeros.png", bytes(1 << 16)))
    content = path.read_bytes().replace(struct.pack("<I", 1 << 16), struct.pack("<I", 10))
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"liar\.zip: the archive is truncated or corrupt"):
        read_zip(path)


def test_such_a_liar_does_not_fill_the_memory_before_it_is_found_out(tmp_path: Path) -> None:
    """`ZipFile.read` unpacks what is there, up to 2 GiB, and cuts it to the announced size afterwards."""
    size = 32 << 20
    path = make(tmp_path / "liar.zip", ("zeros.png", bytes(size)))
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", size), struct.pack("<I", 10)))
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError, match=r"liar\.zip: the archive is truncated or corrupt"):
            read_zip(path)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_refuses_compression_that_cannot_be_unpacked_piece_by_piece(tmp_path: Path, method: int) -> None:
    """Python's readers of these take no limit: 1,253 bytes of bzip2 filled 3 GB."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as archive:
        archive.writestr("a.png", bytes(100))
    with pytest.raises(ArchiveError, match=r"'a\.png' is compressed by another method than deflate"):
        read_zip(tmp_path / "a.zip")


def test_an_empty_file_is_read_too(tmp_path: Path) -> None:
    assert read_zip(make(tmp_path / "a.zip", ("a.png", b""), ("b.png", b"1"))) == {"a.png": b"", "b.png": b"1"}


@pytest.mark.parametrize("keep", [0, 10, 0.5, -1])
def test_a_truncated_archive_is_named(tmp_path: Path, keep: float) -> None:
    path = make(tmp_path / "short.zip", ("a.png", bytes(range(256)) * 9), ("b.png", b"2" * 50))
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content))] if 0 < keep < 1 else content[: int(keep)])
    with pytest.raises(ArchiveError, match=r"short\.zip: the archive is truncated or corrupt .*download it again"):
        read_zip(path)


def test_every_flipped_byte_of_the_data_is_noticed(tmp_path: Path) -> None:
    good = make(tmp_path / "good.zip", ("a.png", bytes(range(200)))).read_bytes()
    start = 30 + len("a.png") + 1  # the first byte holds padding bits that change nothing
    bad = tmp_path / "bad.zip"
    for offset in range(start, start + 150, 7):
        bad.write_bytes(good[:offset] + bytes([good[offset] ^ 0x01]) + good[offset + 1 :])
        with pytest.raises(ArchiveError, match=r"bad\.zip"):
            read_zip(bad)


def test_a_directory_said_to_begin_before_the_file_is_noticed(tmp_path: Path) -> None:
    path = make(tmp_path / "bad.zip", ("a.png", b"1"))
    content = bytearray(path.read_bytes())
    end = content.index(b"PK\x05\x06")
    content[end + 12 : end + 16] = struct.pack("<I", end + 1)  # the size of the directory, which ends here
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"bad\.zip: the archive is truncated or corrupt"):
        read_zip(path)


def test_a_missing_archive_stays_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.zip"):
        read_zip(tmp_path / "none.zip")


BODY = b"published content" * 5000
CHECKSUM = hashlib.sha256(BODY).hexdigest()


def test_download_writes_the_file_whole_and_readable(server, tmp_path: Path) -> None:
    server.serve("/a.zip", BODY)
    target = tmp_path / "new" / "folder" / "a.zip"
    download(f"{server.url}/a.zip", target, sha256=CHECKSUM)
    assert target.read_bytes() == BODY
    assert sha256_of(target) == CHECKSUM
    assert [p.name for p in target.parent.iterdir()] == ["a.zip"]
    (tmp_path / "plain").touch()
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("missing", "404"),
        ("error", "500"),
        ("truncated", r"broke off after 100 of 85,000 bytes|IncompleteRead"),
        ("changed", f"has SHA-256 .* expected {CHECKSUM}"),
        ("huge", "more than 85,000 bytes came"),
        ("silent", "timed out"),
        ("garbage", "BadStatusLine|download failed"),
    ],
)
def test_a_failed_download_leaves_nothing(server, tmp_path: Path, case: str, reason: str) -> None:
    server.serve("/error", b"sorry", status=500)
    server.serve("/truncated", BODY[:100], announced=len(BODY))
    server.serve("/changed", BODY[::-1])
    server.serve("/huge", BODY + b"!")
    server.answers["/silent"] = lambda handler: __import__("time").sleep(0.6)
    server.answers["/garbage"] = lambda handler: handler.wfile.write(b"no http at all\r\n\r\n")
    target = tmp_path / "new" / "a.zip"
    with pytest.raises(DownloadError, match=reason) as failure:
        download(f"{server.url}/{case}", target, sha256=CHECKSUM, timeout=0.3, max_bytes=len(BODY))
    assert str(target) in str(failure.value)
    assert server.url in str(failure.value)
    assert not target.parent.exists()


def test_a_failed_download_keeps_what_was_there(server, tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    target.write_bytes(b"older")
    server.serve("/a.zip", b"changed")
    with pytest.raises(DownloadError):
        download(f"{server.url}/a.zip", target, sha256=CHECKSUM)
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]
    assert target.read_bytes() == b"older"


def test_only_web_addresses_are_fetched(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"`url`: got 'file:///etc/passwd', expected an http"):
        download("file:///etc/passwd", tmp_path / "a", sha256=CHECKSUM)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="fetch it by hand"):
        download("http://127.0.0.1:9/a.zip", tmp_path / "new" / "folder" / "a.zip", sha256=CHECKSUM)
    assert not (tmp_path / "new").exists()
