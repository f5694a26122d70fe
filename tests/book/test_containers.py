"""Binder and the development container hold the pinned environment, and what they run there runs."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from environments import without_the_library

ROOT = Path(__file__).resolve().parents[2]
BINDER = ROOT / "binder"


def test_binder_installs_the_pins_and_nothing_else() -> None:
    wanted = [line for line in (BINDER / "requirements.txt").read_text().splitlines() if line[0] != "#"]
    assert wanted == ["--requirement ../requirements.txt"]
    assert (BINDER / wanted[0].split()[1]).resolve() == ROOT / "requirements.txt"
    python = (BINDER / "runtime.txt").read_text().strip()
    assert f"with Python {python.removeprefix('python-')}\n" in (ROOT / "requirements.txt").read_text()


def test_what_binder_runs_after_them_makes_the_project_importable(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "suprank_edu", tmp_path / "suprank_edu", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("binder", "data_samples/groceries", "book/results/omniglot-drawings"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.jpg", "*.npz"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "hatch_build.py", "LICENSES"):
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tmp_path / name)
    python = without_the_library(tmp_path / "env")
    given = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTHON"))}
    given["PATH"] = f"{python.parent}{os.pathsep}{given['PATH']}"
    done = subprocess.run([tmp_path / "binder/postBuild"], cwd=tmp_path, env=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"suprank-edu [\d.]+\n", done.stdout)
    where = subprocess.run(
        [python, "-c", "import suprank_edu; print(suprank_edu.__file__)"],
        cwd=tmp_path / "env",
        env=given,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(tmp_path / "env") in where.stdout


def test_the_container_is_set_up_by_make_with_the_python_of_the_pins() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    python = container["image"].removeprefix("python:")
    assert f"with Python {python}\n" in (ROOT / "requirements.txt").read_text()
    make, *targets = container["postCreateCommand"].split()
    assert make == "make"
    makefile = (ROOT / "Makefile").read_text()
    assert set(targets) <= set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))
    assert f"PORT ?= {container['forwardPorts'][0]}\n" in makefile
    assert "TORCH_INDEX" in container["containerEnv"]
