"""Set-up says what it installs, how much and how far, and in a sentence what is in its way."""

import subprocess
import sys
import venv
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

# What pip says of packages that are fetched (one is large), that lie here as files, and that are installed.
SAYS = """\
Collecting torch==2.13.0 (from -r requirements.txt (line 617))
  Downloading torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl.metadata (29 kB)
Collecting numpy==2.5.2 (from -r requirements.txt (line 332))
Requirement already satisfied: pip==26.1 in ./lib (from x)
Processing /some/where/annotated_types-0.8.0-py3-none-any.whl (from -r requirements.txt (line 19))
Downloading torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl (888.1 MB)
Using cached numpy-2.5.2-cp311-cp311-linux_x86_64.whl (900 kB)
Installing collected packages: numpy, torch
Successfully installed numpy-2.5.2 torch-2.13.0
"""
PIP = f"""\
import sys
from pathlib import Path
with (Path(__file__).parents[1] / "asked").open("a") as asked:
    print(*sys.argv[1:], file=asked)
if "--version" not in sys.argv:
    print({SAYS!r}, end="")
"""


@pytest.fixture
def set_up(tool, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("TORCH_INDEX", raising=False)
    return tool("set_up")


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A .venv whose Python answers for pip."""
    folder = tmp_path / ".venv"
    (folder / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "answers.py").write_text(PIP)
    python = folder / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{folder}/bin/answers.py" "$@"\n')
    python.chmod(0o755)
    return folder


def test_it_tells_packages_and_sizes(set_up: ModuleType) -> None:
    progress = set_up.Progress(total=210)
    told = list(filter(None, map(progress.read, SAYS.splitlines())))
    assert told == ["fetching torch, 888.1 MB"]
    assert progress.state() == "4 of 210 packages found, 2 fetched, 0.89 GB"
    assert "annotated-types" in progress.found


def test_a_log_gets_a_line_for_many_packages(set_up: ModuleType) -> None:
    progress = set_up.Progress(total=60)
    told = list(filter(None, (progress.read(f"Collecting package{n}>=1 (from x)") for n in range(60))))
    assert told == ["50 of 60 packages found, 0 fetched, 0.00 GB"]


@pytest.mark.parametrize("card", [True, False])
def test_without_a_card_the_cpu_build_is_offered_before_anything_is_fetched(
    set_up: ModuleType,
    environment: Path,
    card: bool,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(set_up, "has_card", lambda: card)
    set_up.main(environment)
    said = capfd.readouterr().out
    assert (
        f"installing the {len(set_up.pins(set_up.PINS.read_text()))} packages of requirements.txt, about 2.8 GB" in said
    )
    assert ("make book TORCH_INDEX=" in said) == (not card)
    if not card:
        assert said.index("TORCH_INDEX") < said.index("fetching torch")
    assert said.index("fetching torch, 888.1 MB") < said.index("installing 2 packages") < said.index("set-up: ready")
    assert "://" not in said, "the address is the user's to name"


def test_the_index_of_torch_is_asked_for_torch_alone_and_first(
    set_up: ModuleType, environment: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TORCH_INDEX", "somewhere")
    set_up.main(environment)
    first, *others = [line for line in (environment / "asked").read_text().splitlines() if "install" in line]
    assert "torch==" in first
    assert "--no-deps --index-url somewhere" in first
    assert not any("somewhere" in line for line in others)
    assert "no CUDA card" not in capfd.readouterr().out


def test_an_index_without_torch_is_told(
    set_up: ModuleType, environment: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TORCH_INDEX", "nowhere")
    with (environment / "bin" / "answers.py").open("a") as answers:
        answers.write("if '--index-url' in sys.argv: sys.exit('ERROR: no torch there')\n")
    with pytest.raises(SystemExit, match="torch does not come from TORCH_INDEX"):
        set_up.main(environment)
    assert "ERROR: no torch there" in capfd.readouterr().out


def test_a_folder_of_somebody_else_is_named(
    set_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_up.os, "access", lambda *_: False)
    with pytest.raises(SystemExit, match=f"{tmp_path} is not yours to write"):
        set_up.main(tmp_path / ".venv")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(30, "Read-only file system"), r"\.venv cannot be made \(Read-only file system\)"),
        (subprocess.CalledProcessError(1, "ensurepip"), "apt-get install python3-venv"),
    ],
)
def test_what_stops_an_environment_from_being_made_is_told(
    set_up: ModuleType, tmp_path: Path, error: Exception, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(venv, "create", fail)
    with pytest.raises(SystemExit, match=sentence):
        set_up.main(tmp_path / ".venv")
    assert not (tmp_path / ".venv").exists()


def test_an_environment_that_was_left_half_made_is_made_again(
    set_up: ModuleType, environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = environment / "bin" / "answers.py"
    whole = answers.read_text()
    answers.write_text("import sys; sys.exit('No module named pip')")
    made = []
    monkeypatch.setattr(venv, "create", lambda *_, **__: made.append(answers.write_text(whole)))
    set_up.main(environment)
    assert made


def test_what_pip_puts_in_place_in_silence_is_counted(
    set_up: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Pip:
        """Two packages at each look, then the end."""

        looks = 0

        def wait(self, timeout: float) -> None:
            self.looks += 1
            if self.looks < 4:
                for half in "ab":
                    (tmp_path / f"{half}{self.looks}.dist-info").mkdir()
                raise subprocess.TimeoutExpired("pip", timeout)

    (tmp_path / "there.dist-info").mkdir()
    set_up.tell_installed(Pip(), tmp_path, 6)
    assert capsys.readouterr().out.splitlines() == [
        "set-up: installing 6 packages",
        *(f"set-up: {count} of 6 installed" for count in (2, 4, 6)),
    ]
