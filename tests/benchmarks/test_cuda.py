"""What runs on a card is rehearsed on the CPU: the command, and the moves of tensors to a device and back."""

import importlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from on_device import Placement
from torch import nn

from benchmarks.cuda import __main__ as every
from benchmarks.cuda import bundle, chapter, choice, engines, evaluation, runs, sanitizer, suite, training
from benchmarks.cuda.carried import carry
from benchmarks.cuda.machine import Options
from benchmarks.cuda.parts import Part, run_parts
from suprank_edu.data import read
from suprank_edu.training.device import half_precision
from suprank_edu.training.study.experiment import Experiment, _read

sys.path.insert(0, str(Path(__file__).parents[1] / "data" / "readers"))

import miniature

ROOT = Path(__file__).parents[2]
META = torch.device("meta")


def rehearse(target: str, out: Path, *words: str, **environment: str) -> dict[str, Any]:
    """Call a make target on the CPU, which must pass; return what its folder holds by file name."""
    set_up = [f"PYTHON={sys.executable}", "DEVICE=cpu", "CARRIED=", f"CUDA_ARGS=--out {out} {' '.join(words)}"]
    command = ["make", target, *set_up]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.stem: json.loads(path.read_text()) for path in out.glob("*.json")}


def options(out: Path, *chosen: str, seconds: float = 3600) -> Options:
    return Options(torch.device("cpu"), out, True, time.monotonic() + seconds, list(chosen))


@pytest.mark.slow
def test_the_command_runs_its_parts_and_writes_what_came_of_them(tmp_path: Path) -> None:
    found = rehearse("cuda", tmp_path, "suite", "chapter")
    assert [(part["part"], part["status"]) for part in found["cuda"]["parts"]] == [
        ("suite", "passed"),
        ("chapter", "passed"),
    ]
    assert found["cuda"]["device"] == "cpu"
    assert found["cuda"]["torch"] == torch.__version__
    assert found["suite"]["counts"]["passed"] > 10
    assert found["suite"]["failed"] == found["suite"]["left_out"] == {}
    assert {cell["status"] for cell in found["chapter"]["cells"]} == {"passed"}
    log = (tmp_path / "log.txt").read_text()
    assert "==== suite" in log
    assert "==== chapter" in log
    assert len((tmp_path / "suite.txt").read_text().splitlines()) == found["suite"]["counts"]["passed"]


def test_each_part_of_the_command_is_a_module_and_fits_into_eight_minutes() -> None:
    assert sum(part.seconds for part in every.PARTS) <= every.SECONDS == 480
    for part in every.PARTS:
        assert importlib.util.find_spec(f"benchmarks.cuda.{part.name}"), part


def test_the_engines_agree_with_every_pair_and_give_the_same_bits_twice(tmp_path: Path) -> None:
    assert engines.run(options(tmp_path))
    found = json.loads((tmp_path / "engines.json").read_text())
    assert {row["engine"] for row in found["engines"]} == {"direct", "sorted", "sorted, few float64"}
    assert all(row["agrees"] and row["same_bits_twice"] for row in found["engines"])
    assert [row["images_of_a_class"] for row in found["batches"]] == [4, 64]
    assert [row["loss"] for row in found["columns"]] == list(engines.LOSSES)
    assert all(row["images_of_a_class"] == [4, 64, 512] and row["same_bits_twice"] for row in found["columns"])


def test_the_costs_of_a_sort_are_those_of_a_straight_line(tmp_path: Path) -> None:
    rows = [
        {"pairs": p, "items": n, "pairs_s": p * 1e-12, "sorted_s": 5e-3 + n * 4e-10}
        for p, n in ((10**8, 10**5), (10**9, 10**6), (10**10, 10**7))
    ]
    assert choice.fitted(rows) == (400, 5_000_000_000)
    choice.run(options(tmp_path))
    found = json.loads((tmp_path / "choice.json").read_text())
    assert len(found["rows"]) == len(choice.SMALL)
    assert found["fewest_pairs"] > 0


def test_large_sets_are_evaluated(tmp_path: Path) -> None:
    evaluation.run(options(tmp_path))
    found = json.loads((tmp_path / "evaluation.json").read_text())
    assert len(found) == 2
    assert all(0 < row["mAP/column0"] < 1 and row["least_s"] > 0 for row in found.values())


def test_a_part_that_is_out_of_time_keeps_what_it_had(tmp_path: Path) -> None:
    assert engines.run(options(tmp_path, seconds=0))
    found = json.loads((tmp_path / "engines.json").read_text())
    assert found["engines"] == found["columns"] == []
    assert len(found["batches"]) == 2


def test_images_a_second_of_fit_are_set_beside_the_bare_loop(tmp_path: Path) -> None:
    training.run(options(tmp_path))
    found = json.loads((tmp_path / "training.json").read_text())
    assert found["bare_images_per_s"] > 0
    assert 0 < found["loss_share"] < 1
    for name in ("fit_decoded_once", "fit_decoding", "batch_4096_in_pieces"):
        assert found[name]["images_per_s"] > 0, name


def test_without_a_sanitizer_the_kernels_run_and_the_file_says_so(tmp_path: Path) -> None:
    assert sanitizer.run(options(tmp_path))
    found = json.loads((tmp_path / "sanitizer.json").read_text())
    assert found["sanitizer"].startswith("not there")
    assert found["tools"]["none"]["status"] == 0


def test_a_part_that_fails_or_takes_too_long_does_not_stop_the_next(tmp_path: Path) -> None:
    parts = [Part("nowhere", 30), Part("kernels", 0.3), Part("kernels", 30, needs=("a_package_that_is_not_there",))]
    statuses = [found["status"] for found in run_parts(parts, ["--device=cpu", f"--out={tmp_path}"], tmp_path, 60)]
    assert statuses[0] == "failed with status 1"
    assert statuses[1].startswith("broken off")
    assert statuses[2] == "left out: a_package_that_is_not_there is not installed"
    assert "No module named" in (tmp_path / "log.txt").read_text()
    assert list(run_parts([Part("kernels", 30)], [], tmp_path, 0)) == [
        {"part": "kernels", "status": "left out: no time was left"}
    ]


def test_the_cells_of_a_chapter_are_those_that_a_page_runs() -> None:
    text = (ROOT / "book" / "13_training_for_real.md").read_text()
    found = chapter.cells(text)
    for code in found:
        compile(code, "cell", "exec")
    assert text.count("```{code-cell}") - 3 == len(found)  # the installation on Colab and the two empty exercises


def test_a_cell_says_what_came_of_it() -> None:
    space: dict[str, object] = {}
    assert chapter.outcome("x = 1", "cell", space) == {"status": "passed"}
    assert chapter.outcome("import no_such_package", "cell", space)["status"].startswith("left out: No module named")
    failed = chapter.outcome("assert x == 2", "cell", space)
    assert failed["status"] == "failed"
    assert "AssertionError" in failed["said"]


def test_what_cannot_be_shown_is_left_out_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chapter.left_out() == []
    there = importlib.util.find_spec
    monkeypatch.setattr(chapter.importlib.util, "find_spec", lambda name: None if name == "plotly" else there(name))
    assert "Dashboard" in chapter.left_out()
    assert chapter.NotShown().run("a")(1, {}) is None


def test_runs_are_made_in_the_order_of_their_worth_until_the_clock_stops_them(tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "out"
    miniature.grocery(data / "grocery")
    found = rehearse("cuda-runs", out, "--seconds=3600", SUPRANK_EDU_DATA=str(data))["runs"]
    assert found["command"] == "make cuda-runs"
    assert [row["status"] for row in found["runs"]] == ["done"] * 3, found["runs"]
    for row in found["runs"]:
        run = json.loads((out / row["setting"] / f"{row['run']}.json").read_text())
        assert run["metrics"]["H-AP"] > 0
        assert run["device"].startswith("CPU")


def test_runs_whose_data_are_not_there_are_left_out_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPRANK_EDU_DATA", str(tmp_path / "nothing"))
    monkeypatch.setattr(runs, "plan", lambda small, half: [Experiment(runs.GROCERIES, "sup-ap", 1e-3, seed=9)])
    _read.cache_clear()
    assert runs.run(options(tmp_path))
    (row,) = json.loads((tmp_path / "runs.json").read_text())["runs"]
    assert row["status"].startswith("left out: `root`: got ")


def test_no_run_begins_that_would_not_end_in_time(tmp_path: Path) -> None:
    assert runs.run(options(tmp_path, seconds=-1))
    found = json.loads((tmp_path / "runs.json").read_text())["runs"]
    assert {row["status"] for row in found} == {"no time was left"}
    assert [row["run"] for row in found] == [each.name for each in runs.plan(small=True)]


def test_a_run_that_takes_longer_than_it_seemed_is_broken_off_and_those_before_it_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(experiment: Experiment, *_: Any) -> None:
        while experiment.seed:  # longer than any clock
            pass

    monkeypatch.setattr(runs, "plan", lambda *_: [Experiment(runs.GROCERIES, "sup-ap", 1e-3, seed=i) for i in (0, 1)])
    monkeypatch.setattr(Experiment, "write", write)
    assert runs.run(options(tmp_path, seconds=0.5))
    found = json.loads((tmp_path / "runs.json").read_text())["runs"]
    assert [row["status"] for row in found] == ["done", "broken off: the time was over"]
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_the_plan_has_five_losses_all_losses_and_then_further_seeds() -> None:
    plan = runs.plan(small=False)
    assert [(each.setting, each.loss) for each in plan[:5]] == [(runs.LANDMARKS, loss) for loss in runs.FIVE]
    groceries = [each.loss for each in plan if each.setting == runs.GROCERIES]
    assert len(groceries) == len(set(groceries)) == 24
    assert plan[-1].seed == runs.SEEDS - 1


def test_a_card_without_units_for_bf16_takes_fp16_and_a_small_one_smaller_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card = torch.device("cuda")
    for capability, gigabytes, half, batch in (((7, 5), 15.6, "fp16", 64), ((9, 0), 80.0, "bf16", 256)):
        properties = SimpleNamespace(total_memory=gigabytes * 1e9)
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device, found=capability: found)
        monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device, found=properties: found)
        assert half_precision(card) == half
        assert training.fitting(card) == batch
        first = runs.plan(small=False, half=half)[0]
        assert first.setting == runs.LANDMARKS
        assert dict(first.changes) == ({"precision": "fp16"} if half == "fp16" else {})


def test_a_bundle_brings_what_is_missing_and_leaves_what_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "packages").mkdir()
    for name, text in (
        ("torch-0.1-py3-none-any.whl", "torch"),
        ("brought_along-1.0-py3-none-any.whl", "brought_along"),
    ):
        with zipfile.ZipFile(tmp_path / "packages" / name, "w") as wheel:
            wheel.writestr(f"{text}.py", "from_the_bundle = True\n")
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setenv("PYTHONPATH", "first")
    monkeypatch.delenv("SUPRANK_EDU_DATA", raising=False)
    assert carry(tmp_path) == ["brought_along"]
    assert importlib.import_module("brought_along").from_the_bundle
    assert os.environ["PYTHONPATH"].split(os.pathsep) == ["first", sys.path[-1]]
    assert os.environ["SUPRANK_EDU_DATA"] == str(tmp_path / "data")


def test_packed_groceries_are_read_as_the_whole_set_is(tmp_path: Path) -> None:
    miniature.grocery(tmp_path / "whole")
    bundle.add_groceries(tmp_path / "packed", tmp_path / "whole")
    for split in ("train", "test"):
        whole, packed = (read("grocery", tmp_path / name, split) for name in ("whole", "packed"))
        assert packed.labels.tolist() == whole.labels.tolist()
        assert packed.class_names == whole.class_names
        assert packed[0].size == (bundle.SIDE, bundle.SIDE)


def test_weights_in_half_precision_are_those_of_the_file() -> None:
    file = io.BytesIO()
    state = {"weight": torch.tensor([0.5, -2.0]), "steps": torch.tensor(3)}
    torch.save(state, file)
    halved = torch.load(io.BytesIO(bundle.in_half(file.getvalue())), weights_only=True)
    assert halved["weight"].dtype == torch.float16
    assert halved["weight"].tolist() == [0.5, -2.0]
    assert halved["steps"].item() == 3


def test_stored_results_and_outputs_do_not_go_along() -> None:
    names = [
        "book/results/a/b.npz",
        "book/13_training_for_real.ipynb",
        "book/13_training_for_real.md",
        "tests/golden/a.npz",
    ]
    assert [bundle.goes_along(ROOT / name) for name in names] == [False, False, True, True]


def test_a_file_whose_imports_are_not_there_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(suite.importlib.util, "find_spec", lambda name: None if name == "hypothesis" else there(name))
    assert suite.missing(suite.TESTS / "test_ranking.py") == {"hypothesis"}
    assert suite.missing(suite.TESTS / "pairwise" / "test_sweeps.py") == {"hypothesis"}, (
        "by way of a helper of a helper"
    )
    assert suite.missing(suite.TESTS / "test_golden.py") == set()


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
