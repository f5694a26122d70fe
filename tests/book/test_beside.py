"""The processes that never rest end with what they were started for, however that ends."""

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def beside(tool) -> ModuleType:
    return tool("beside")


def test_they_run_during_the_command_and_not_after_it(beside: ModuleType) -> None:
    def stop() -> None:
        with beside.spinning(2) as found:
            others.extend(found)
            assert [other.poll() for other in found] == [None, None]
            raise RuntimeError

    others: list[subprocess.Popen[bytes]] = []
    with pytest.raises(RuntimeError):
        stop()
    assert [other.returncode is None for other in others] == [False, False]


def test_they_end_when_whoever_started_them_is_killed(beside: ModuleType) -> None:
    other = subprocess.Popen([sys.executable, "-c", beside.SPIN, "0"])  # no child of process 0
    assert other.wait(timeout=120) == 0


def test_both_times_are_told_and_a_failure_stays_one(
    beside: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes, done = tmp_path / "seconds.json", [sys.executable, "-c", ""]
    assert beside.main(2, notes, done) == 0
    assert "beside 2 busy processes, without them not yet run" in capsys.readouterr().out
    assert beside.main(0, notes, done) == 0
    assert capsys.readouterr().out == "", "the closing lines of the tests stay the last"
    notes.write_text(json.dumps({"0": 480}))
    assert beside.main(2, notes, done) == 0
    assert "without them 480 s" in capsys.readouterr().out
    before = notes.read_text()
    assert beside.main(2, notes, [sys.executable, "-c", "raise SystemExit(3)"]) == 3
    assert notes.read_text() == before
