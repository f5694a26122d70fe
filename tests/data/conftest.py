"""Miniature archives in the layout of the published ones, and no way to the data and the network of who runs this."""

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from suprank_edu.data import omniglot
from suprank_edu.data.archives import sha256_of

IN_FIRST = ("Balinese", "Early_Aramaic", "Greek", "Korean", "Latin")
IN_SECOND = ("Greek", "Japanese_(katakana)", "Latin", "Sanskrit", "Tagalog")
CHARACTERS, DRAWINGS = 3, 4


def png(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.new("1", (105, 105), shade % 2).save(buffer, format="PNG")
    return buffer.getvalue() + bytes([shade % 256])  # trailing bytes are ignored by readers, so each one differs


def write_archive(path: Path, alphabets: tuple[str, ...]) -> None:
    """Write an archive with folder entries and numbering as in the published ones."""
    folder = path.stem
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{folder}/", "")
        for alphabet in alphabets:
            archive.writestr(f"{folder}/{alphabet}/", "")
            for c in range(CHARACTERS):
                archive.writestr(f"{folder}/{alphabet}/character{c + 1:02d}/", "")
                for d in range(DRAWINGS):
                    shade = sum(alphabet.encode()) + 10 * c + d
                    name = f"{folder}/{alphabet}/character{c + 1:02d}/{c + 101:04d}_{d + 1:02d}.png"
                    archive.writestr(name, png(shade))


@pytest.fixture
def archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with both miniature archives, whose checksums stand in for the published ones."""
    folder = tmp_path / "published"
    folder.mkdir()
    for name, alphabets in zip(omniglot.ARCHIVES, (IN_FIRST, IN_SECOND), strict=True):
        write_archive(folder / name, alphabets)
    sums = {name: sha256_of(folder / name) for name in omniglot.ARCHIVES}
    monkeypatch.setattr(omniglot, "ARCHIVES", sums)
    return folder


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests away from the caches, the data and the network of whoever runs them."""
    monkeypatch.delenv("SUPRANK_EDU_DATA", raising=False)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    monkeypatch.setattr(omniglot, "URL", "http://127.0.0.1:9")  # the discard port: nothing answers
