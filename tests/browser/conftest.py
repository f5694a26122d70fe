"""The built pages on localhost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import pages

BUILT = Path(__file__).resolve().parents[2] / "book" / "_build" / "html"


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    if not (BUILT / "index.html").exists():
        pytest.skip("the book is not built: make book SERVE=0")
    with pages(BUILT) as address:
        yield address
