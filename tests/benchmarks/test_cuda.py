"""What runs on a card is rehearsed on the CPU: the command, and the moves of tensors to a device and back."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from on_device import Placement
from torch import nn

from benchmarks import cuda

ROOT = Path(__file__).parents[2]
META = torch.device("meta")


def test_the_command_runs_tests_and_engines_and_writes_what_came_of_them(tmp_path: Path) -> None:
    words = [
        f"PYTHON={sys.executable}",
        "DEVICE=cpu",
        f"CUDA_ARGS=--out {tmp_path} test_ranking.py",
    ]
    done = subprocess.run(["make", "cuda", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    tests, engines = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("tests", "engines"))
    assert tests["counts"]["passed"] > 10
    assert tests["failed"] == tests["left_out"] == {}
    assert {row["engine"] for row in engines["rows"]} == {"direct", "sorted"}
    assert all(row["agrees"] for row in engines["rows"])


def test_a_file_whose_imports_are_not_there_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    there = cuda.importlib.util.find_spec
    monkeypatch.setattr(cuda.importlib.util, "find_spec", lambda name: None if name == "hypothesis" else there(name))
    assert cuda.missing(cuda.TESTS / "test_ranking.py") == {"hypothesis"}
    assert cuda.missing(cuda.TESTS / "pairwise" / "test_sweeps.py") == {"hypothesis"}, "by way of a helper of a helper"
    assert cuda.missing(cuda.TESTS / "test_golden.py") == set()


def test_what_enters_is_on_the_device_and_calls_within_are_left_alone() -> None:
    placement = Placement(META)
    inner = placement.of_function(lambda x: x.device.type)
    outer = placement.of_function(
        lambda x, more, *, named: [inner(x), *(one.device.type for one in more), named["a"].device.type]
    )
    one = torch.zeros(2)
    assert outer(one, [one, one], named={"a": one}) == ["meta"] * 4
    assert one.device.type == "cpu"


def test_parameters_stay_where_they_are() -> None:
    class Sees(nn.Linear):
        def forward(self, x: torch.Tensor) -> list[str]:
            return [self.weight.device.type, x.device.type]

    module = Sees(2, 2)
    assert Placement(META).of_module(module, torch.zeros(1, 2)) == ["meta", "meta"]
    assert module.weight.device.type == "cpu"


def test_gradients_reach_the_leaves_and_functions_of_the_test_are_called() -> None:
    placement = Placement(torch.device("cpu"))
    leaf, module = torch.ones(2, requires_grad=True), nn.Linear(2, 1)
    square = placement.of_function(lambda x, f: f(x) ** 2)
    placement.of_module(module, square(leaf, lambda x: 3 * x)).sum().backward()
    torch.testing.assert_close(leaf.grad, 18 * module.weight.detach()[0])
    assert module.weight.grad.tolist() == [[9.0, 9.0]]


def test_an_error_leaves_the_next_call_its_device() -> None:
    placement = Placement(META)

    def fail(x: torch.Tensor) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        placement(fail, torch.zeros(1))
    assert placement(lambda x: x.device.type, torch.zeros(1)) == "meta"
