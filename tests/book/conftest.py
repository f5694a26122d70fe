"""What the tests of the book share: its chapters, its tools, and its built pages."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from modules import load
from nbformat import NotebookNode
from servers import pages

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
def tool() -> Callable[[str], ModuleType]:
    """Load a script of book/_tools by name, as a module."""
    return lambda name: load(BOOK / "_tools" / f"{name}.py")


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address under which the built pages are served for the browser tests."""
    with pages(BUILT) as served:
        yield served
