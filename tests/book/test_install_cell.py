"""The cell that installs the library, on a machine with torch, numpy and Jupyter: from the index, from the repository, or not."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import torch
from environments import without_the_library
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
CELL = ROOT / "book/_tools/install_cell.py"
CHAPTERS = ("01", "06", "13", "15", "17")
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "{version}"
dependencies = {needs}
optional-dependencies = {{chapters = ["numpy"]}}

[tool.hatch.build.targets.wheel]
packages = ["{package}"]
"""
# What runs the chapters there: as Colab does, one kernel a chapter, which is told nothing of the book's other files.
RUN = """
import re, sys
import nbformat
from nbclient import NotebookClient

for path in sys.argv[1:]:
    notebook = nbformat.read(path, as_version=4)
    install = next(cell for cell in notebook.cells if "install" in cell.metadata.get("tags", []))
    install.metadata.tags = []
    NotebookClient(notebook, timeout=900, kernel_name="python3").execute()
    print(path, install.outputs[-1].text.strip())
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = [output.get("text") or output.get("data", {}).get("text/markdown", "") for output in shown]
    numbers = [text for text in texts if re.search(r"[^\\w.]nan[^\\w(]", text)]
    assert not numbers, f"{path} says nan where its files are missing: {numbers}"
"""


def project(folder: Path, version: str, needs: list[str], name: str = "suprank-edu") -> Path:
    """Write a project of one module, as small as can be."""
    package = name.replace("-", "_")
    (folder / package).mkdir(parents=True)
    (folder / package / "__init__.py").write_text(f'__version__ = "{version}"\n')
    (folder / "pyproject.toml").write_text(PROJECT.format(name=name, version=version, needs=needs, package=package))
    return folder


def build(folder: Path, index: Path) -> None:
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", index], cwd=folder, check=True)


class Machine:
    """An environment that has what this one has, without the library; its index is a folder, its GitHub another."""

    def __init__(self, folder: Path) -> None:
        self.index, self.hub = folder / "index", folder / "hub"
        self.index.mkdir()
        self.python = without_the_library(folder / "env")

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run the cell."""
        settings = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.index), "PIP_NO_BUILD_ISOLATION": "0"}
        git = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{self.hub}/.insteadOf"}
        git |= {"GIT_CONFIG_VALUE_0": "https://github.com/OWNER/"}
        given = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTHON"))}
        return subprocess.run([self.python, CELL], env=given | settings | git, capture_output=True, text=True)


def test_the_index_comes_first_then_the_repository_then_what_to_do_and_torch_stays(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    done = machine.run()
    assert done.returncode == 1
    assert 'Put a copy of the project on this machine, run  %pip install "FOLDER[chapters]"' in done.stderr

    # The index offers a version that would take another torch along: it is not taken, and the repository's is.
    build(project(tmp_path / "torch", "99", [], name="torch"), machine.index)
    build(project(tmp_path / "demanding", "3.0", ["torch>=99"]), machine.index)
    repository = project(machine.hub / "suprank-edu", "2.0", ["torch"])
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "one"]):
        subprocess.run(["git", *words], cwd=repository, check=True)
    here = f"torch {torch.__version__}, Python {sys.version.split()[0]}, on "
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"installing suprank-edu ...\nsuprank-edu 2.0, {here}")
    done = machine.run()
    assert done.stdout.startswith(f"suprank-edu 2.0, {here}"), "it is here: nothing is installed"

    (tmp_path / "again").mkdir()
    again = Machine(tmp_path / "again")
    again.hub = machine.hub
    build(project(tmp_path / "modest", "1.0", ["torch"]), again.index)
    assert f"suprank-edu 1.0, {here}" in again.run().stdout


@pytest.mark.nightly
def test_chapters_run_to_their_end_on_a_machine_with_torch_numpy_and_jupyter_alone(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, check=True)
    venv.create(tmp_path / "env", symlinks=True, with_pip=True)
    python = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    index = ["--index-url", os.environ["TORCH_INDEX"]] if os.environ.get("TORCH_INDEX") else []
    pip = [python, "-m", "pip", "install", "-q"]
    subprocess.run([*pip, f"torch=={Version(torch.__version__).public}", *index], check=True)
    subprocess.run([*pip, "numpy", "ipykernel", "nbclient", "ipywidgets==7.7.1"], check=True)  # as on Colab
    (tmp_path / "empty").mkdir()
    notebooks = [path for name in CHAPTERS for path in (ROOT / "book").glob(f"{name}_*.ipynb")]
    environment = os.environ | {"PIP_FIND_LINKS": str(tmp_path), "JUPYTER_PREFER_ENV_PATH": "1"}
    environment |= {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    for private in ("SUPRANK_EDU_STATIC", "SUPRANK_EDU_DATA", "PYTHONPATH"):
        environment.pop(private, None)
    done = subprocess.run(
        [python, "-c", RUN, *notebooks], cwd=tmp_path / "empty", env=environment, stdout=subprocess.PIPE, text=True
    )
    assert done.returncode == 0
    kept = f"torch {torch.__version__}, Python {sys.version.split()[0]}"
    assert [kept in line for line in done.stdout.splitlines()] == [True] * len(notebooks)
