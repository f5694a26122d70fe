"""The repository's address stands in pyproject.toml, and `make address` writes another wherever it is named."""

import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest
import suprank_book
import tomllib

ROOT = Path(__file__).resolve().parents[2]
TEXTS = [
    "*.md",
    "*.toml",
    "*.cff",
    "*.yml",
    "Makefile",
    "book/**/*.md",
    "book/*.ipynb",
    "book/**/*.py",
    "book/*.yml",
    ".github/**/*.yml",
]
KEPT = ("00_how_to_use_this_book", "06_suprank")  # of the chapters, which are all written alike
CURRENT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Repository"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Everything that may name the address, but of the chapters two, in a folder of its own."""
    left_out = {path for path in ROOT.glob("book/[0-9][0-9]_*.*") if path.stem not in KEPT}
    for path in texts(ROOT) - left_out:
        (tmp_path / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, tmp_path / path.relative_to(ROOT))
    return tmp_path


def texts(root: Path) -> set[Path]:
    return {path for pattern in TEXTS for path in root.glob(pattern) if "_build" not in path.parts}


def run(root: Path, address: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, root / "book/_tools/address.py", address]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def named(root: Path, address: str) -> dict[str, int]:
    """Return how often each file that names `address` does so."""
    counts = {str(path.relative_to(root)): path.read_text().count(address) for path in texts(root)}
    return {name: count for name, count in counts.items() if count}


def test_the_address_is_stamped_wherever_it_stands_and_as_often_as_one_likes(copy: Path) -> None:
    before = named(copy, CURRENT)
    assert {"README.md", "CITATION.cff", "pyproject.toml", "book/06_suprank.md", "book/06_suprank.ipynb"} <= set(before)
    old = CURRENT
    for new in ("https://github.com/someone/of-the-test", "https://git.example/rank/course"):
        answer = run(copy, new + "/")
        assert answer.returncode == 0, answer.stderr
        assert named(copy, new) == before
        assert named(copy, old) == {}
        old = new
    chapter = copy / "book/06_suprank.md"
    assert jupytext.writes(jupytext.read(chapter.with_suffix(".ipynb")), "md:myst") == chapter.read_text()


@pytest.mark.parametrize("address", ["", "github.com/you/suprank-edu"])
def test_what_is_no_address_is_refused_and_nothing_is_written(copy: Path, address: str) -> None:
    before = named(copy, CURRENT)
    answer = run(copy, address)
    assert answer.returncode == 1
    assert "expected make address REPOSITORY=https://…" in answer.stderr
    assert named(copy, CURRENT) == before


def test_a_chapter_opens_in_colab_and_on_binder_by_one_click_each() -> None:
    colab, binder = suprank_book.launch_buttons("https://github.com/you/rank", "06_suprank", "howto")
    assert colab["type"] == binder["type"] == "link"
    assert colab["url"] == "https://colab.research.google.com/github/you/rank/blob/main/book/06_suprank.ipynb"
    assert binder["url"] == "https://mybinder.org/v2/gh/you/rank/main?urlpath=lab/tree/book/06_suprank.ipynb"


@pytest.mark.parametrize("address", ["https://github.com/OWNER/rank", "https://git.example/a/b"])
def test_where_no_chapter_can_be_opened_elsewhere_the_buttons_place_says_what_to_do(address: str) -> None:
    (group,) = suprank_book.launch_buttons(address, "06_suprank", "00_how.html#where")
    (said,) = group["buttons"]
    assert "make address REPOSITORY=https://" in said["text"]
    assert said["url"] == "00_how.html#where"


@pytest.mark.parametrize(("suffix", "buttons"), [(".ipynb", 1), (".md", 0)])
def test_pages_that_are_no_notebooks_have_no_such_button(
    monkeypatch: pytest.MonkeyPatch, suffix: str, buttons: int
) -> None:
    monkeypatch.setenv("SUPRANK_EDU_REPOSITORY", "https://github.com/OWNER/rank/")
    context = {"page_source_suffix": suffix, "header_buttons": ["the theme's"], "pathto": lambda page: f"{page}.html"}
    suprank_book.add_launch_buttons(None, "06_suprank", "page.html", context, None)
    assert context["header_buttons"][buttons:] == ["the theme's"]
    assert len(context["header_buttons"]) == buttons + 1


def test_the_page_that_the_buttons_place_leads_to_is_there(book: Path) -> None:
    assert "\n## Where to read it\n" in (book / "00_how_to_use_this_book.md").read_text()
