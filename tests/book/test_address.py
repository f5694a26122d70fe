"""The repository's address stands in pyproject.toml, and `make address` writes another wherever it is named."""

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

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
CURRENT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Repository"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Everything that may name the address, in a folder of its own."""
    for path in texts(ROOT):
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


@pytest.mark.parametrize(
    ("address", "buttons"),
    [
        ("https://github.com/you/rank/", True),
        ("https://github.com/OWNER/rank", False),
        ("https://git.example/a/b", False),
    ],
)
def test_chapters_open_in_colab_where_the_address_is_one_of_github(
    monkeypatch: pytest.MonkeyPatch, address: str, buttons: bool
) -> None:
    monkeypatch.setenv("SUPRANK_EDU_REPOSITORY", address)
    config = SimpleNamespace(html_theme_options={})
    suprank_book.add_launch_button(None, config)
    assert ("launch_buttons" in config.html_theme_options) == buttons
    assert config.html_theme_options.get("repository_url") == ("https://github.com/you/rank" if buttons else None)
