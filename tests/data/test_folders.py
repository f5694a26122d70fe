"""Folders of data: what lies in a clone is found, and the variable and the cache come first."""

import sys
from pathlib import Path

import pytest

import suprank_edu
from suprank_edu.data.folders import cache_folder, data_folder, shipped_folder

ROOT = Path(suprank_edu.__file__).parents[1]
FOLDERS = ("data_samples", "book/results")


@pytest.mark.parametrize("name", FOLDERS)
def test_a_clone_has_its_folders_beside_the_package(name: str) -> None:
    assert shipped_folder(name) == ROOT / name
    assert shipped_folder(name).is_dir()


def test_the_variable_names_the_folder_above_the_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_folder("omniglot") is None
    monkeypatch.setenv("SUPRANK_EDU_DATA", "~/sets")
    assert data_folder("omniglot") == Path.home() / "sets" / "omniglot"


@pytest.mark.skipif(sys.platform != "linux", reason="each platform has a folder of its own")
def test_downloads_lie_in_the_cache_of_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_folder("omniglot") == Path("/somewhere/suprank-edu/omniglot")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder("omniglot") == Path.home() / ".cache" / "suprank-edu" / "omniglot"
