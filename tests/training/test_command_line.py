"""The command line on Mini-Landmarks, as a stranger would use it."""

import json
from pathlib import Path

import pytest
import torch

from suprank_edu.training.__main__ import main
from suprank_edu.training.runs import Run

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
def test_run_break_resume_evaluate_and_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
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
