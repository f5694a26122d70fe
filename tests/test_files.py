"""Whole files or none: what a reader finds after a write that broke off."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from suprank_edu._files import replacing


@pytest.mark.parametrize(("text", "content"), [(False, b"new\r\n"), (True, "new, ö\n")])
def test_the_file_appears_when_the_block_ends(tmp_path: Path, text: bool, content: bytes | str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    with replacing(path, text=text) as file:
        file.write(content)
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("before", [None, b"old"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["block", "fsync", "replace"])
def test_a_write_that_breaks_off_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: BaseException, before: bytes | None
) -> None:
    path = tmp_path / "a.txt"
    if before is not None:
        path.write_bytes(before)

    def fail(*arguments: object) -> None:
        raise error

    def write() -> None:
        with replacing(path) as file:
            file.write(b"half of it")
            if where == "block":
                raise error

    if where == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    elif where == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(type(error)):
        write()
    assert {name: (tmp_path / name).read_bytes() for name in os.listdir(tmp_path)} == (
        {} if before is None else {"a.txt": before}
    )


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_process_leaves_the_old_file_and_the_half_one(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    program = (
        "import os, pathlib, signal, sys\n"
        "from suprank_edu._files import replacing\n"
        "with replacing(pathlib.Path(sys.argv[1])) as file:\n"
        "    file.write(b'half of it')\n"
        "    file.flush()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == -9
    assert path.read_bytes() == b"old"
    (half,) = tmp_path.glob(".a.txt.*.part")
    assert half.read_bytes() == b"half of it"


def test_who_may_read_it_is_as_for_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").touch()
    with replacing(tmp_path / "replaced.txt"):
        pass
    plain, replaced = ((tmp_path / f"{name}.txt").stat().st_mode for name in ("plain", "replaced"))
    assert stat.filemode(replaced) == stat.filemode(plain)


def test_two_who_write_one_file_at_a_time_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with replacing(path) as one, replacing(path) as other:
        one.write(b"one")
        other.write(b"other")
    assert path.read_bytes() == b"one"  # the last to end


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "nowhere" / "a.txt"):
        pass
