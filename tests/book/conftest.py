"""What the tests of the book share: its chapters, its tools, and its built pages."""

import functools
import http.server
import importlib.util
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
BUILT = BOOK / "_build" / "html"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for `chapter` each NN_name.md in turn, and one that asks for `page` each built page."""
    if "chapter" in metafunc.fixturenames:
        found = sorted(BOOK.glob("[0-9][0-9]_*.md"))
        metafunc.parametrize("chapter", found, ids=[path.stem for path in found])
    if "page" in metafunc.fixturenames:
        pages = sorted([*BUILT.glob("*.html"), *BUILT.glob("api/*.html")])
        marks = [pytest.mark.skip(reason="the book is not built: make book SERVE=0")]
        metafunc.parametrize(
            "page",
            pages or [pytest.param(None, marks=marks)],
            ids=[str(p.relative_to(BUILT).with_suffix("")) for p in pages] or ["none"],
        )


@pytest.fixture
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture
def book() -> Path:
    """The folder of the book's sources."""
    return BOOK


@pytest.fixture
def built() -> Path:
    """The folder of the built pages; a test that needs them is skipped where there are none."""
    if not (BUILT / "index.html").exists():
        pytest.skip("the book is not built: make book SERVE=0")
    return BUILT


@pytest.fixture
def notebook(chapter: Path) -> NotebookNode:
    """The executed half of a chapter."""
    return nbformat.read(chapter.with_suffix(".ipynb"), as_version=4)


@pytest.fixture
def tool() -> functools.partial[ModuleType]:
    """Load a script of book/_tools by name, as a module."""
    return functools.partial(_load, BOOK / "_tools")


@pytest.fixture
def extension() -> ModuleType:
    """The Sphinx extension of the book."""
    return _load(BOOK / "_ext", "suprank_book")


def _load(folder: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serve without a line per request."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address under which the built pages are served for the browser tests."""
    handler = functools.partial(QuietHandler, directory=str(BUILT))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    thread.join()
    server.server_close()
