"""The command line on Mini-Landmarks, as a stranger would use it."""

import importlib
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from suprank_edu.metrics import Evaluation
from suprank_edu.training.__main__ import main
from suprank_edu.training.study import Run, Setting

SMALL = ["--set", "steps=3", "batch_size=16", "image_size=16", "channels=(4,8)", "embedding_size=8"]


def test_help_names_every_command_and_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for command in ("list", "show", "run", "resume", "evaluate", "export"):
        assert f"  {command} " in text
        assert f"suprank_edu.training {command}" in text


def test_list_and_show_name_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    listed = capsys.readouterr().out
    assert "h-gldv2" in listed
    assert "multi-similarity" in listed
    assert main(["show", "sop", "happier"]) == 0
    shown = capsys.readouterr().out
    assert "source: SupRank and HAPPIER, SOP" in shown
    assert "lr = 5e-05" in shown
    for line in ("splits = ('train', 'test')", "ks = (1, 10, 100, 1000)", "head_only_epochs = 5", "super_classes = 2"):
        assert f"  {line}\n" in shown
    assert "queries" not in shown


def test_columns_of_the_list_do_not_run_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  rendered-landmarks")]
    assert lines[0].split() == ["rendered-landmarks", "small", "network", "this", "project"]


def test_dry_run_trains_nothing_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    command = ["run", "mini-landmarks", "sup-ap", "--out", str(folder), "--device", "cpu", "--dry-run", *SMALL]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "batch: 16 images of 16 pixels" in said
    assert "steps: 3" in said
    assert "peak memory" in said
    assert not folder.exists()


@pytest.mark.slow
def test_run_break_resume_evaluate_and_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, program = tmp_path / "run", tmp_path / "network.pt2"
    command = ["run", "mini-landmarks", "roadmap-proxies", "--out", str(folder), "--device", "cpu", *SMALL]
    assert main([*command, "--evaluate-every", "2", "--checkpoint-every", "1"]) == 0
    assert "3 steps" in capsys.readouterr().out
    assert {path.name for path in folder.iterdir()} == {"run.json", "last.pt", "best.pt"}
    assert main(["resume", str(folder), "--device", "cpu", "--evaluate-every", "2"]) == 0
    with pytest.raises(SystemExit):
        main(["resume", str(folder), "--evaluate-every", "2", "--evaluate-epochs", "1"])
    assert "not allowed with argument" in capsys.readouterr().err
    assert main(["evaluate", str(folder), "--which", "best"]) == 0
    assert "mAP@R" in capsys.readouterr().out
    assert json.loads((folder / "run.json").read_text())["loss"] == "roadmap-proxies"
    monkeypatch.setattr(Setting, "dataset", None)  # a network comes out where its images are not
    assert main(["export", str(folder), str(program)]) == 0
    images = torch.rand(5, 3, 16, 16)
    expected = Run.load(str(folder)).network()(images)
    assert torch.allclose(torch.export.load(program).module()(images), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["show", "sopp", "roadmap"], "`setting`: got 'sopp', expected one of omniglot"),
        (["show", "sop", "road"], "`loss`: got 'road', expected one of sup-ap"),
        (["resume", "nowhere"], "`folder`: got nowhere, which holds no run"),
        (["run", "mini-landmarks", "sup-ap", "--out", "x", "--dry-run", "--set", "lr"], "`--set`: got 'lr', expected"),
        (["run", "mini-landmarks", "sup-ap", "--out", "x", "--dry-run", "--set", "lr=no"], "`lr`: got 'no', expected"),
        (["run", "mini-landmarks", "sup-ap", "--out", "x", "--dry-run", "--set", "rate=1"], "`rate`: got a setting"),
        (["run", "sop", "sup-ap", "--out", "x", "--data", "nowhere"], "nowhere"),
    ],
)
def test_mistakes_are_told_in_one_line(command: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == 1
    said = capsys.readouterr().err
    assert message in said
    assert said.startswith("error: ")
    assert "Traceback" not in said


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


def test_evaluations_of_two_splits_do_not_overwrite_each_other(tmp_path: Path) -> None:
    assert main(["run", "mini-landmarks", "sup-ap", "--out", str(tmp_path), "--device", "cpu", *SMALL]) == 0
    assert main(["evaluate", str(tmp_path)]) == 0
    assert main(["evaluate", str(tmp_path), "--split", "train"]) == 0
    sizes = {p.name: len(Evaluation.load(p)) for p in tmp_path.glob("evaluation-*")}
    assert sizes == {"evaluation-last.npz": 768, "evaluation-last-train.npz": 1152}


def test_export_into_no_folder_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Run("mini-landmarks", "sup-ap", str(tmp_path)).save()
    assert main(["export", str(tmp_path), str(tmp_path / "nowhere" / "network.pt2")]) == 1
    assert "expected a name in a folder that exists" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", "[]", '{"setting": "omniglot"}', '{"setting": "omniglot", "changes": 5}'])
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
    assert f"go on with: python -m suprank_edu.training resume {tmp_path}" in said
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


WITHOUT = """
import sys
from pathlib import Path
sys.modules[{module!r}] = None  # as where it is not installed
from suprank_edu.training.__main__ import main
for how in ([], ["--dry-run"]):
    folder = str(Path({folder!r}, *how))
    print(main({arguments!r} + ["--out", folder] + how), Path(folder).exists())
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "goes"), [("resource", True), ("kornia", True), ("tqdm.auto", False), ("accelerate", False)]
)
def test_what_a_run_needs_is_asked_for_before_anything_is_made(module: str, goes: bool, tmp_path: Path) -> None:
    """`resource` is not there on Windows, and augmentation, of which this setting has some, needs torch alone."""
    arguments = ["run", "mini-landmarks", "sup-ap", "--device", "cpu", *SMALL]
    script = WITHOUT.format(module=module, folder=str(tmp_path / "run"), arguments=arguments)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    ends = [line for line in done.stdout.splitlines() if line.endswith(("True", "False"))]
    assert ends == (["0 True", "0 False"] if goes else ["1 False", "1 False"]), done.stderr
    if not goes:
        missing = f"error: the package {module.partition('.')[0]} is missing"
        assert [line.startswith(missing) for line in done.stderr.splitlines()].count(True) == 2


def test_a_run_of_another_version_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = {"setting": "omniglot", "loss": "sup-ap", "folder": None, "data": None, "changes": {}, "watch": {}}
    (tmp_path / "run.json").write_text(json.dumps(old))
    assert main(["resume", str(tmp_path)]) == 1
    assert "holds a run of format 1, expected 2; it was written by another version" in capsys.readouterr().err


def test_the_script_of_the_package_is_the_command_line() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    (where,) = re.findall(r'^suprank-edu = "(.*):script"$', text, re.MULTILINE)
    assert callable(importlib.import_module(where).script)
