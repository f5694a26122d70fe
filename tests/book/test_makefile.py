"""What the commands say and do where something is missing, and that `make book` builds again when a source changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = ("bash", "cat", "cksum", "cut", "dirname", "env", "find", "grep", "make", "mkdir", "rm", "touch")


def make(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run make in a folder, as if no other make were running; what it says comes in one text."""
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "TORCH_INDEX")}
    command = ["make", "--no-print-directory", *words]
    said = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(command, cwd=folder, env=environment | more, text=True, check=False, **said)


def value(folder: Path, variable: str) -> str:
    """Return what a variable of the Makefile holds."""
    ask = f"include Makefile\nthe-value: ; @: $(info $({variable}))\n"
    command = ["make", "--no-print-directory", "-f", "-", "the-value"]
    return subprocess.run(command, cwd=folder, input=ask, text=True, capture_output=True, check=True).stdout.strip()


def program(path: Path, script: str) -> None:
    """Write a shell script that can be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A clone in which nothing is set up."""
    folder = tmp_path / "clone"
    shutil.copytree(ROOT / "book" / "_tools", folder / "book" / "_tools")
    for name in ("Makefile", "requirements.txt", "pyproject.toml", "jupyter-book.yml"):
        shutil.copy(ROOT / name, folder)
    (folder / "suprank_edu").mkdir()
    return folder


@pytest.fixture
def ready(project: Path) -> Path:
    """A clone that is set up, with commands that do nothing."""
    program(project / ".venv" / "bin" / "python", f'exec "{sys.executable}" "$@"')
    program(project / ".venv" / "bin" / "pytest", 'echo "pytest $OMP_NUM_THREADS $@"')
    program(project / ".venv" / "bin" / "jupyter-book", "mkdir -p book/_build/html")
    program(project / ".venv" / "bin" / "jupyter-lab", 'echo "$@"')
    (project / value(project, "STAMP")).touch()
    return project


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder to be the whole PATH: a few commands, and somebody who is not root."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in COMMANDS:
        (folder / name).symlink_to(shutil.which(name) or pytest.skip(f"no {name} here"))
    program(folder / "id", "echo 1000")
    return folder


def test_an_interpreter_that_is_not_there_is_named(project: Path) -> None:
    done = make(project, "setup", "PYTHON=python3.99")
    assert done.returncode != 0
    assert "no command 'python3.99' here; name a Python of 3.11 or newer" in done.stdout
    assert "bash" not in done.stdout


def test_an_interpreter_that_is_too_old_is_named(project: Path, path: Path) -> None:
    program(path / "python3", '[ "$1" = -V ] && echo "Python 3.9.2"; exit 1')
    done = make(project, "setup", PATH=str(path))
    assert done.returncode != 0
    assert "3.11 or newer is needed, 'python3' is Python 3.9.2" in done.stdout


def test_the_browser_is_not_installed_without_root_and_that_is_no_success(project: Path, path: Path) -> None:
    program(path / "apt-get", "exit 0")
    done = make(project, "chromium", PATH=str(path))
    assert done.returncode != 0
    assert "only root may install it: sudo apt-get install chromium" in done.stdout


def test_the_browser_is_not_installed_without_apt_get(project: Path, path: Path) -> None:
    done = make(project, "chromium", PATH=str(path))
    assert done.returncode != 0
    assert "install chromium or Google Chrome" in done.stdout


def test_an_installation_that_fails_is_no_success_and_its_reason_is_seen(project: Path, path: Path) -> None:
    program(path / "id", "echo 0")
    program(path / "apt-get", 'echo "no route to anywhere" >&2; exit 100')
    done = make(project, "chromium", PATH=str(path))
    assert done.returncode != 0
    assert "no route to anywhere" in done.stdout
    assert "could not install it" in done.stdout


def test_a_browser_that_is_there_is_found(project: Path, path: Path) -> None:
    program(path / "google-chrome", "exit 0")
    assert make(project, "chromium", PATH=str(path)).returncode == 0


def test_without_a_browser_the_tests_go_on_and_say_so(ready: Path, path: Path) -> None:
    done = make(ready, "suite", PATH=str(path))
    assert done.returncode == 0, done.stdout
    assert "SKIPPED, the browser tests" in done.stdout
    assert "pytest 1 -n 2 --dist loadfile" in done.stdout, "two processes of one thread"


@pytest.mark.parametrize(("user", "allowed"), [("0", True), ("1000", False)])
def test_root_may_start_the_lab(ready: Path, path: Path, user: str, allowed: bool) -> None:
    program(path / "id", f"echo {user}")
    done = make(ready, "lab", PATH=str(path))
    assert done.returncode == 0, done.stdout
    assert ("--allow-root" in done.stdout) == allowed


def test_nothing_timed_decides_whether_the_tests_pass(ready: Path) -> None:
    assert "benchmarks" not in make(ready, "test", "--dry-run").stdout


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
def test_every_source_of_a_page_is_one_for_make(pattern: str) -> None:
    found = [path.relative_to(ROOT) for path in ROOT.glob(pattern) if path.is_file()]
    kept = {str(path) for path in found if not {"_build", "results"} & set(path.parts)}
    assert kept
    assert kept <= set(value(ROOT, "BOOK_SOURCES").split())
