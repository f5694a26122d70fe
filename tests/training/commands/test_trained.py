"""A trained network from a shell: its metrics, its program."""

from pathlib import Path

import pytest
from training.commands.small import SMALL

from suprank_edu.metrics import Evaluation
from suprank_edu.training.__main__ import main
from suprank_edu.training.study import Run


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
