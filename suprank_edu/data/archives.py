"""Download files and read zip archives without trusting either.

Nothing is ever extracted: members are read into memory after the whole directory of the archive was checked, so
that no archive can write a file. A download goes to a temporary file beside its destination and takes its name
only when it is complete and its checksum is right.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import http.client
import re
import stat
import struct
import urllib.error
import urllib.request
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from suprank_edu._files import replacing

_CHUNK = 1 << 16
_FLAG_ENCRYPTED = 0x1
# zipfile gives bzip2 and LZMA no limit to what they unpack.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)


class ArchiveError(ValueError):
    """An archive is damaged, hostile or not laid out as expected; the message says which file and what to do."""


class DownloadError(OSError):
    """A file could not be downloaded whole and unchanged; nothing was left behind."""


@dataclass(frozen=True)
class Limits:
    """What an archive may ask for before it counts as an attack.

    Args:
        members: files and folders in the archive.
        total_bytes: bytes of all members together, once decompressed.
        ratio: decompressed over compressed bytes of one member. Images hardly compress; text reaches about 20.
    """

    members: int = 100_000
    total_bytes: int = 1 << 30
    ratio: float = 100.0


def read_zip(path: Path, *, suffix: str = "", limits: Limits | None = None) -> dict[str, bytes]:
    """Read the members of a zip archive into memory after checking all of them.

    Args:
        path: the archive.
        suffix: keep only members whose name ends so, in any case; all members are checked all the same.
        limits: how much the archive may hold.

    Returns:
        Member name → content, in the order of the archive.

    Raises:
        FileNotFoundError: if there is no such file.
        ArchiveError: if the archive is truncated or corrupt, fails its own CRC checks, asks for more than
            ``limits``, or holds a name that could leave a target folder, a link, or a member that is encrypted or
            compressed by another method than deflate.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "two.zip")
        ...     with zipfile.ZipFile(path, "w") as archive:
        ...         archive.writestr("a/one.txt", "1")
        ...         archive.writestr("a/two.bin", "2")
        ...     read_zip(path, suffix=".txt")
        {'a/one.txt': b'1'}
    """
    limits = limits or Limits()
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(path, members, limits)
            return {
                member.filename: _content(archive, member)
                for member in members
                if not member.is_dir() and member.filename.lower().endswith(suffix)
            }
    except ArchiveError:
        raise
    except _UNREADABLE as error:
        raise _corrupt(path, error) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the beginning of the file
            raise
        raise _corrupt(path, error) from error


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    # Asked for a number of bytes zipfile unpacks no more of them; `ZipFile.read` unpacks all that is there.
    with archive.open(member) as file:
        return file.read(member.file_size)


def _check_members(path: Path, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.members:
        raise _refuse(path, f"it has {len(members):,} members, more than {limits.members:,}")
    total = sum(member.file_size for member in members)
    if total > limits.total_bytes:
        raise _refuse(path, f"it unpacks to {total:,} bytes, more than {limits.total_bytes:,}")
    seen: set[str] = set()
    for member in members:
        reason = _unsafe(member, limits)
        if reason is None and member.filename in seen:
            reason = "comes twice"
        if reason is not None:
            raise _refuse(path, f"member {member.orig_filename!r} {reason}")
        seen.add(member.filename)


def _unsafe(member: zipfile.ZipInfo, limits: Limits) -> str | None:
    # The name as stored: on some systems `filename` has been tidied already.
    name = member.orig_filename
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "has an absolute path"
    if "\\" in name or any(ord(letter) < 32 for letter in name):
        return "has a backslash or a control character in its name"
    if not {".", "..", ""}.isdisjoint(name.removesuffix("/").split("/")):
        return "has a path that leaves its folder"
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a special file"
    if member.flag_bits & _FLAG_ENCRYPTED:
        return "is encrypted"
    if member.compress_type not in _METHODS:
        return "is compressed by another method than deflate"
    if member.file_size > limits.ratio * max(member.compress_size, 1):
        return f"unpacks to more than {limits.ratio:g} times its size"
    return None


def _corrupt(path: Path, error: Exception) -> ArchiveError:
    return ArchiveError(f"{path}: the archive is truncated or corrupt ({error}); delete it and download it again")


def _refuse(path: Path, reason: str) -> ArchiveError:
    advice = "this is not the published archive, delete it and download it again"
    return ArchiveError(f"{path}: refused, {reason}; {advice}")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def download(url: str, path: Path, *, sha256: str, timeout: float = 20.0, max_bytes: int = 1 << 30) -> None:
    """Download a file, check it, and only then give it its name.

    Args:
        url: an ``http`` or ``https`` address.
        path: where the file goes; its folder is made when missing.
        sha256: the checksum it must have, 64 hexadecimal digits.
        timeout: seconds to wait for the server at each step.
        max_bytes: give up beyond this many bytes.

    Raises:
        DownloadError: if the server cannot be reached or answers with an error, the transfer breaks off, or the
            checksum is wrong. ``path`` and the folders above it are then as they were before.
        ValueError: if ``url`` is not an http address.
    """
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"`url`: got {url!r}, expected an http or https address")
    missing = [folder for folder in path.parents if not folder.exists()]  # the innermost first
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            found = _fetch(url, file, timeout, max_bytes)
            if found != sha256:
                raise DownloadError(f"the file has SHA-256 {found}, expected {sha256}")
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(
            f"{url}: the download failed ({error}); try again later, or fetch it by hand and save it as {path}"
        ) from error
    finally:
        if not path.exists():
            with contextlib.suppress(OSError):  # someone else may have put a file there meanwhile
                for folder in missing:
                    folder.rmdir()


def _fetch(url: str, file: IO[bytes], timeout: float, max_bytes: int) -> str:
    """Copy the answer of a server into an open file and return its SHA-256."""
    request = urllib.request.Request(url, headers={"User-Agent": "suprank-edu"})
    digest, size = hashlib.sha256(), 0
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        expected = answer.headers.get("Content-Length")
        while chunk := answer.read(_CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise DownloadError(f"more than {max_bytes:,} bytes came")
            digest.update(chunk)
            file.write(chunk)
    if expected is not None and size != int(expected):
        raise DownloadError(f"the transfer broke off after {size:,} of {int(expected):,} bytes")
    return digest.hexdigest()
