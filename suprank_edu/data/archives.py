"""Download an archive of known checksum, and read it."""

import shutil
import tempfile
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path

from suprank_edu._extras import needs
from suprank_edu._files import replacing

_DAMAGE = (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError, RuntimeError)


class ArchiveError(ValueError):
    """An archive is damaged or another one than expected; the message says which file and what to do."""


class DownloadError(OSError):
    """A file could not be downloaded whole and unchanged; nothing was left behind."""


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    found = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):  # never whole in memory: a million vectors are a gigabyte
            found.update(block)
    return found.hexdigest()


def read_zip(path: Path, checksum: str, suffix: str = "") -> dict[str, bytes]:
    """Read the members of a zip archive of known content into memory.

    Args:
        path: the archive.
        checksum: the SHA-256 it must have: what comes from elsewhere is not opened at all.
        suffix: keep only members whose name ends so.

    Returns:
        Member name → content, in the order of the archive.

    Raises:
        FileNotFoundError: there is no such file.
        ArchiveError: it has another checksum.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "two.zip")
        ...     with zipfile.ZipFile(path, "w") as archive:
        ...         archive.writestr("a/one.txt", "1")
        ...         archive.writestr("a/two.bin", "2")
        ...     read_zip(path, sha256_of(path), suffix=".txt")
        {'a/one.txt': b'1'}
    """
    found = sha256_of(path)
    if found != checksum:
        raise ArchiveError(
            f"{path}: got SHA-256 {found}, expected {checksum}: the archive is truncated, changed or another one; "
            "delete it and download it again"
        )
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(suffix) and name[-1] != "/"}


def unpack(path: Path, folder: Path) -> None:
    """Unpack a zip archive into a new folder, which is there whole or not at all.

    Args:
        path: the archive, of content that can be trusted.
        folder: made with the folders above it; one that is there already, by another process too, is left as it is.

    Raises:
        ArchiveError: it is damaged.
        OSError: it cannot be read or written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "one.zip")
        ...     with zipfile.ZipFile(path, "w") as archive:
        ...         archive.writestr("a/one.txt", "1")
        ...     unpack(path, Path(folder, "made", "one"))
        ...     Path(folder, "made", "one", "a", "one.txt").read_text()
        '1'
    """
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as half:
        whole = Path(half, folder.name)
        try:
            with zipfile.ZipFile(path) as archive:
                archive.extractall(whole)  # nothing lands outside: not by `..`, not by links
        except _DAMAGE as error:
            raise ArchiveError(f"{path}: got an archive that cannot be read ({error}), expected a whole one") from None
        try:
            whole.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was faster
                raise


def download(url: str, path: Path, checksum: str, timeout: float = 20.0) -> None:
    """Download a file, check it, and only then give it its name.

    Args:
        url: an `http` or `https` address.
        path: where the file goes; its folder is made when missing.
        checksum: the SHA-256 it must have.
        timeout: seconds to wait for the server at each step.

    Raises:
        DownloadError: the server cannot be reached or answers with an error, the transfer breaks off, or the
            checksum is wrong. `path` and the folders above it are then as they were before.
    """
    with needs("data"):
        import pooch

    try:
        # In a folder of its own: pooch leaves the folder of a failed download, and writes files for their owner alone.
        with tempfile.TemporaryDirectory() as folder:
            fetch = pooch.HTTPDownloader(timeout=timeout)
            whole = pooch.retrieve(url, f"sha256:{checksum}", path.name, folder, downloader=fetch)
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(whole, "rb") as source, replacing(path) as target:
                shutil.copyfileobj(source, target)
    except (OSError, ValueError) as error:  # what requests raises is an OSError; a wrong checksum is a ValueError
        raise DownloadError(
            f"{url}: the download failed ({error}); try again later, or fetch it by hand and save it as {path}"
        ) from error
