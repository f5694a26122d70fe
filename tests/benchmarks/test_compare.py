"""Benchmarks fail for slower code, and report where other programs made it slow."""

import json
import os
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

import benchmarks.__main__ as bench
from benchmarks import harness
from benchmarks.harness import Ratio


@pytest.fixture
def slower(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A part that is half as good as its baseline; returns the baseline's file."""
    monkeypatch.setattr(
        bench, "PARTS", {"part": SimpleNamespace(ratios=lambda quick: [Ratio("part/x", 1, 2, "s", "y")])}
    )
    monkeypatch.setattr(bench, "BASELINE", tmp_path / "baseline.json")
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "results")
    (tmp_path / "baseline.json").write_text(json.dumps({"part/x": 4.0}))
    return tmp_path / "baseline.json"


@pytest.mark.parametrize(("cores", "status"), [(0.0, 1), (0.2, 1), (1.7, 0)])
def test_slower_code_fails_unless_others_were_at_work(
    slower: Path, cores: float, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "other_programs", lambda: lambda: cores)
    assert bench.main([]) == status
    said = capsys.readouterr().out
    assert "WORSE: part/x: 2.0x against 4.0x" in said
    assert ("other programs used 1.7 of" in said) == (status == 0)
    assert json.loads((slower.parent / "results" / "latest.json").read_text())["cores_of_others"] == cores


@pytest.mark.parametrize("cores", [0.0, 1.7])
def test_what_takes_longer_than_its_budget_is_said_and_who_else_was_at_work(
    slower: Path, cores: float, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = [
        Ratio("moves/a", 0.08, 0.05, "s", "a budget of 50 ms"),
        Ratio("moves/b", 0.02, 0.05, "s", "a budget of 50 ms"),
    ]
    monkeypatch.setattr(bench, "PARTS", {"part": SimpleNamespace(ratios=lambda quick: parts)})
    monkeypatch.setattr(bench, "other_programs", lambda: lambda: cores)
    assert bench.main([]) == 0
    said = capsys.readouterr().out
    assert "OVER: moves/a: 80 ms against a budget of 50 ms" in said
    assert "OVER: moves/b" not in said
    assert ("TOO BUSY TO COMPARE: other programs used 1.7 of" in said) == (cores > 1)


@pytest.mark.parametrize(("cores", "kept"), [(0.0, 2.0), (1.7, 4.0)])
def test_no_baseline_comes_from_a_busy_machine(
    slower: Path, cores: float, kept: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "other_programs", lambda: lambda: cores)
    assert bench.main(["--save-baseline"]) == (cores > 1)
    assert json.loads(slower.read_text()) == {"part/x": kept}


def test_others_are_what_was_used_beyond_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds: two cores at work for 16 of their 20 seconds, this process and its children for 6 of them."""
    machine = {"user": 100.0, "idle": 50.0, "system": 7.0, "guest": 3.0}
    own = {"user": 1.0, "system": 0.5, "children_user": 0.0, "children_system": 0.0}
    clock = [0.0]
    monkeypatch.setattr(psutil, "cpu_times", lambda: SimpleNamespace(_asdict=lambda: dict(machine)))
    monkeypatch.setattr(os, "times", lambda: SimpleNamespace(**own))
    monkeypatch.setattr(harness.time, "monotonic", lambda: clock[0])
    cores = harness.other_programs()
    clock[0] += 10
    machine |= {"user": 114.0, "idle": 54.0, "system": 9.0, "guest": 5.0}
    own |= {"user": 3.0, "children_user": 4.0}
    assert cores() == pytest.approx(1.0)
