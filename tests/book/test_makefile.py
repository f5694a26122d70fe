"""`make book` builds again whenever something that stands on a page has changed."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sources() -> set[str]:
    """Return what make takes for the sources of the book: its own list, with the wildcards filled in."""
    ask = "include Makefile\nsources-of-the-book: ; @: $(info $(BOOK_SOURCES))\n"
    command = ["make", "--no-print-directory", "-f", "-", "sources-of-the-book"]
    answer = subprocess.run(command, cwd=ROOT, input=ask, text=True, capture_output=True, check=True)
    return set(answer.stdout.split())


@pytest.mark.parametrize(
    "pattern",
    [
        "book/**/*.md",
        "book/*.ipynb",
        "book/*.yml",
        "book/*.bib",
        "book/_ext/*.py",
        "book/_static/*",
        "suprank_edu/**/*.py",
    ],
)
def test_every_source_of_a_page_is_one_for_make(sources: set[str], pattern: str) -> None:
    found = [path.relative_to(ROOT) for path in ROOT.glob(pattern) if path.is_file()]
    kept = {str(path) for path in found if not {"_build", "results"} & set(path.parts)}
    assert kept
    assert kept <= sources
