"""What can be trained, listed and shown."""

import re

import pytest

from suprank_edu.training.__main__ import main
from suprank_edu.training.study import SETTINGS


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
    lines = capsys.readouterr().out.splitlines()
    for name, setting in SETTINGS.items():
        (line,) = (line for line in lines if line.split()[0] == name)
        assert re.split(r" {2,}", line.strip()) == [name, setting.backbone or "small network", setting.source]
