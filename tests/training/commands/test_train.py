"""Runs from a shell: begun, refused, broken off, gone on with."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from training.commands.small import SMALL

from suprank_edu.training.__main__ import main
from suprank_edu.training.study import Run


def test_dry_run_trains_nothing_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    command = ["run", "mini-landmarks", "sup-ap", "--out", str(folder), "--device", "cpu", "--dry-run", *SMALL]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "batch: 16 images of 16 pixels" in said
    assert "steps: 3" in said
    assert "peak memory" in said
    assert not folder.exists()


def test_a_folder_of_another_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Run("mini-landmarks", "sup-ap", str(tmp_path)).save()
    assert main(["run", "mini-landmarks", "happier", "--out", str(tmp_path), "--device", "cpu", *SMALL]) == 1
    assert "which holds another run" in capsys.readouterr().err


def test_a_run_that_never_began_does_not_keep_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["run", "mini-landmarks", "sup-ap", "--out", str(tmp_path / "run"), "--device", "cpu", *SMALL]
    often = (["--evaluate-every", "0"], ["--patience", "0"], ["--checkpoint-every", "0"])
    for mistake in (["--set", "batch_size=15"], ["--set", "precision='fp16'"], ["--device", "toaster"], *often):
        for how in ([], ["--dry-run"]):
            assert main([*command, *mistake, *how]) == 1, mistake
            assert capsys.readouterr().err.startswith("error: `")
    assert not (tmp_path / "run").exists()
    assert main([*command, "--set", "steps=3", "lr=1e30", "batch_size=16", "image_size=16", "channels=(4,8)"]) == 1
    assert "try a lower `lr`" in capsys.readouterr().err
    assert main(command) == 0


def test_the_same_command_goes_on_with_a_run_whose_settings_are_tuples(tmp_path: Path) -> None:
    run = Run("mini-landmarks", "sup-ap", str(tmp_path), changes={"channels": (4, 8)})
    run.save()
    assert Run.load(str(tmp_path)) == run
    run.save()  # JSON made a list of the tuple, and so another run


def test_the_seed_and_nothing_else_decides_the_proxies(tmp_path: Path) -> None:
    changes = {"steps": 1, "batch_size": 16, "image_size": 16, "channels": (4, 8), "embedding_size": 8}
    losses = []
    for number, (before, seed) in enumerate([(5, 0), (6, 0), (5, 1)]):
        torch.manual_seed(before)
        state = torch.get_rng_state()
        run = Run("mini-landmarks", "softmax", str(tmp_path / str(number)), None, changes | {"seed": seed})
        losses.append(run.train(device="cpu", progress=False).history[0]["loss"])
        assert torch.equal(torch.get_rng_state(), state)
    assert losses[0] == losses[1] != losses[2]


def test_a_run_that_stops_early_leaves_its_network_and_resumes_as_it_was_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["run", "mini-landmarks", "sup-ap", "--out", str(tmp_path), "--device", "cpu"]
    settings = ["--set", "steps=40", "lr=1e-9", *SMALL[2:]]
    assert main([*command, *settings, "--evaluate-every", "1", "--patience", "1"]) == 0
    stopped = capsys.readouterr().out
    assert (tmp_path / "last.pt").exists()
    assert main(["resume", str(tmp_path), "--device", "cpu"]) == 0
    again = capsys.readouterr().out
    assert again.startswith(stopped)  # not a step more: it still has its patience
    assert "no step was left to take" in again
    assert main(["resume", str(tmp_path), "--device", "cpu", "--patience", "2"]) == 0
    assert "no step was left to take" not in capsys.readouterr().out


@pytest.mark.parametrize("text", ["{", "[" * 100_000], ids=["broken", "deep"])
def test_a_run_that_is_no_json_is_told_in_one_line(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run.json").write_text(text)
    assert main(["resume", str(tmp_path)]) == 1
    assert "run.json: got no JSON (" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["[]", '{"setting": "omniglot"}', '{"setting": "omniglot", "changes": 5}'])
def test_a_damaged_run_is_told_in_one_line(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "run.json").write_text(text)
    assert main(["resume", str(tmp_path)]) == 1
    assert "which holds no run (run.json: " in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_end_says_how_to_go_on_and_clears_up(how: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "suprank_edu.training", "run", "mini-landmarks", "sup-ap", "--out", str(tmp_path)]
    small = ["--set", "steps=100000", *SMALL[2:]]
    # Ctrl-C is ignored by what a shell runs in the background, and by what that starts.
    running = subprocess.Popen(
        [*command, "--device", "cpu", "--checkpoint-every", "1", *small],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        while not (tmp_path / "last.pt").exists():
            assert running.poll() is None
            time.sleep(0.05)
        running.send_signal(how)
        said = running.communicate(timeout=600)[1]
    finally:
        running.kill()
    assert running.returncode == 130
    assert f"go on with: suprank-edu resume {tmp_path}" in said
    assert {path.name for path in tmp_path.iterdir()} == {"run.json", "last.pt"}


@pytest.mark.slow
@pytest.mark.parametrize("steps", [1, 3])
def test_a_run_that_diverges_fails_and_keeps_nothing_useless(
    steps: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["run", "mini-landmarks", "sup-ap", "--out", str(tmp_path / "run"), "--device", "cpu"]
    settings = [*SMALL[:1], f"steps={steps}", *SMALL[2:], "lr=1e30"]
    assert main([*command, "--checkpoint-every", "1", "--evaluate-every", "1", *settings]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("error: step 1: NaN or infinity in the network that the step has made")
    assert not (tmp_path / "run").exists()


def test_a_run_of_another_version_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = {"setting": "omniglot", "loss": "sup-ap", "folder": None, "data": None, "changes": {}, "watch": {}}
    (tmp_path / "run.json").write_text(json.dumps(old))
    assert main(["resume", str(tmp_path)]) == 1
    assert "holds a run of format 1, expected 2; it was written by another version" in capsys.readouterr().err
