"""A chapter leaves nothing behind and asks nobody, and two that run at once do not meet.

Each kernel of the suite is held to its place by tests/kernels; here a chapter runs beside itself, in one home and one
folder for temporary files, and everything that it changes is looked at.
"""

import os
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).resolve().parents[2]
KERNELS = ROOT / "tests" / "kernels"
RUN = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=3600, kernel_name="python3", resources={"metadata": {"path": sys.argv[2]}}).execute()
"""
KERNEL = "ipykernel_launcher"  # an argument by which tests/kernels knows one


def kept_to(words: str, *, kernel: bool = True, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a line of Python as a kernel of the suite does, without Jupyter around it."""
    asked = [sys.executable, "-c", words, *([KERNEL] if kernel else [])]
    env = os.environ | {"PYTHONPATH": str(KERNELS)} | environment
    return subprocess.run(asked, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("import socket; socket.create_connection(('192.0.2.1', 80))", "asked for 192.0.2.1"),
        ("import urllib.request as u; u.urlopen('http://example.org')", "asked for example.org"),
        (f"open({str(ROOT / 'book' / 'left.txt')!r}, 'w')", "left.txt, which is in the repository"),
        (f"import os; os.rename('/nowhere', {str(ROOT / 'left')!r})", "left, which is in the repository"),
    ],
    ids=["address", "name", "written", "moved"],
)
def test_a_kernel_is_stopped_where_it_leaves_its_place(words: str, message: str) -> None:
    ended = kept_to(words)
    assert ended.returncode == 1
    assert message in ended.stderr


def test_a_kernel_may_do_as_it_likes_in_a_temporary_folder() -> None:
    words = f"""
import os, shutil, tempfile
os.chdir({str(ROOT / "book")!r})
with tempfile.TemporaryDirectory() as folder:
    os.makedirs(folder + "/a/b")
    open(folder + "/a/b/c.txt", "w").close()
    os.replace(folder + "/a/b/c.txt", folder + "/a/d.txt")
    os.symlink(os.getcwd(), folder + "/book")
    open("index.md").close()
"""
    ended = kept_to(words)
    assert ended.returncode == 0, ended.stderr


def test_what_a_kernel_changes_elsewhere_is_written_down(tmp_path: Path) -> None:
    log, left = tmp_path / "log", tmp_path / "a" / "b.txt"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {f'open({str(left)!r}, chr(119))'!r}])"
    words = f"import os; os.mkdir({str(left.parent)!r}); open('/dev/null').read(); {child}"
    assert kept_to(words, SUPRANK_EDU_WATCH=str(log)).returncode == 0
    assert changed(log) >= {str(left.parent), str(left)}
    assert "/dev/null" not in changed(log)


def test_the_suite_starts_its_kernels_so() -> None:
    assert str(KERNELS) in os.environ["PYTHONPATH"].split(os.pathsep)


def changed(log: Path) -> set[str]:
    """Return the paths of a log of tests/kernels; whoever was asked for anything fails here."""
    lines = [line.partition(" ") for line in log.read_text(encoding="utf-8").splitlines()]
    assert [who for word, _, who in lines if word == "asked"] == []
    return {path for word, _, path in lines if word == "changed"}


def files(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return each file's size and time of change, but for what Python and the tests keep."""
    kept = {"__pycache__", "_build"}
    here = [path for path in folder.iterdir() if not path.name.startswith(".")]
    found = [path for top in here for path in (top.rglob("*") if top.is_dir() else [top])]
    return {p: (p.stat().st_size, p.stat().st_mtime_ns) for p in found if p.is_file() and not kept & {*p.parts}}


def start(notebook: Path, folder: Path, number: int) -> "subprocess.Popen[str]":
    """Run a notebook beside the chapters; only Jupyter's own files and the log are not the other's as well."""
    own = folder / f"jupyter{number}"
    jupyter = dict.fromkeys(("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"), str(own))
    env = os.environ | jupyter | {"HOME": str(folder / "home"), "TMPDIR": str(folder / "temporary")}
    paths = [str(KERNELS), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    env |= {"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1", "SUPRANK_EDU_STATIC": "1"}
    env |= {"SUPRANK_EDU_WATCH": str(folder / f"log{number}")}
    asked = [sys.executable, "-c", RUN, str(notebook), str(ROOT / "book")]
    return subprocess.Popen(asked, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.nightly
def test_two_at_once_share_nothing_and_leave_nothing(chapter: Path, tmp_path: Path) -> None:
    for name in ("home", "temporary"):
        (tmp_path / name).mkdir()
    notebook = tmp_path / "chapter.ipynb"
    jupytext.write(jupytext.read(chapter), notebook)
    before = files(ROOT)
    running = [start(notebook, tmp_path, number) for number in (0, 1)]
    said = [process.communicate()[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], said[0][-2000:] + said[1][-2000:]
    assert files(ROOT) == before
    one, two = (changed(tmp_path / f"log{number}") for number in (0, 1))
    places = (
        *(str(tmp_path / f"jupyter{number}") for number in (0, 1)),
        str(tmp_path / "temporary"),
        "/dev/",
        "/proc/",
    )
    assert [path for path in one | two if not path.startswith(places)] == []
    # torch makes a folder for what it compiles, one a user, and locks what it writes there
    shared = [path for path in one & two if not path.startswith(("/dev/", "/proc/")) and "torchinductor_" not in path]
    assert shared == []
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == []
