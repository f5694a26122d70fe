"""Folders of data: what a wheel carries is found as what lies in a clone, and the variable and the cache come first."""

import os
import subprocess
import sys
import zipfile
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


@pytest.mark.slow
def test_a_wheel_carries_what_a_clone_has(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    installed = tmp_path / "installed"
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        wheel.extractall(installed)
    script = """
from suprank_edu.data import load_samples
from suprank_edu.data.folders import shipped_folder
from suprank_edu.training.study.results import results_folder

print(shipped_folder("data_samples"), results_folder("omniglot-drawings").parent, load_samples("mini_landmarks", "test"), sep="\\n")
"""
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    assert answer[:2] == [str(installed / "suprank_edu" / name) for name in FOLDERS]
    assert answer[2].startswith("RetrievalDataset(768 images")
