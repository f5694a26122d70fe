"""The command line on Mini-Landmarks, as a stranger would use it."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from training.commands.small import SMALL

from suprank_edu.training.__main__ import main
from suprank_edu.training.study import Run, Setting


def test_help_names_every_command_and_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for command in ("list", "show", "run", "resume", "evaluate", "export"):
        assert f"  {command} " in text
        assert f"suprank_edu.training {command}" in text


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
        (["show", "sopp", "roadmap"], "`setting`: got 'sopp', expected 'omniglot'"),
        (["show", "sop", "road"], "`loss`: got 'road', expected 'sup-ap'"),
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


WITHOUT = """
import sys
from pathlib import Path
sys.modules.update(dict.fromkeys({modules!r}))  # None, as where they are not installed
from suprank_edu.training.__main__ import main
for how in ([], ["--dry-run"]):
    folder = str(Path({folder!r}, *how))
    print(main({arguments!r} + ["--out", folder] + how), Path(folder).exists())
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("modules", "goes"), [(("resource", "kornia"), True), (("tqdm.auto",), False), (("accelerate",), False)]
)
def test_what_a_run_needs_is_asked_for_before_anything_is_made(
    modules: tuple[str, ...], goes: bool, tmp_path: Path
) -> None:
    """`resource` is not there on Windows, and augmentation, of which this setting has some, needs torch alone."""
    arguments = ["run", "mini-landmarks", "sup-ap", "--device", "cpu", *SMALL]
    script = WITHOUT.format(modules=modules, folder=str(tmp_path / "run"), arguments=arguments)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    ends = [line for line in done.stdout.splitlines() if line.endswith(("True", "False"))]
    assert ends == (["0 True", "0 False"] if goes else ["1 False", "1 False"]), done.stderr
    if not goes:
        missing = f"error: the package {modules[0].partition('.')[0]} is missing"
        assert [line.startswith(missing) for line in done.stderr.splitlines()].count(True) == 2


def test_the_script_of_the_package_is_the_command_line() -> None:
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    (where,) = re.findall(r'^suprank-edu = "(.*):script"$', text, re.MULTILINE)
    assert callable(importlib.import_module(where).script)
