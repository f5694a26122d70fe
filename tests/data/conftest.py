"""Miniature archives in the layout of the published ones, and a local server that misbehaves on request."""

import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from suprank_edu.data import omniglot

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
    sums = {name: omniglot.sha256_of(folder / name) for name in omniglot.ARCHIVES}
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


@dataclass
class Server:
    url: str
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def serve(self, path: str, body: bytes, *, status: int = 200, announced: int | None = None) -> None:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            handler.send_header("Content-Length", str(len(body) if announced is None else announced))
            handler.end_headers()
            handler.wfile.write(body)

        self.answers[path] = answer


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            if self.path in state.answers:
                state.answers[self.path](self)
            else:
                self.send_error(404)

        def log_message(self, *args: object) -> None:
            pass

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = Server(f"http://127.0.0.1:{web.server_address[1]}")
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    web.shutdown()
    web.server_close()
    thread.join()
