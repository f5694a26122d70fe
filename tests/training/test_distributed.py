"""Several processes on one machine, talking through gloo, must do what one process does."""

import os
import subprocess
import sys
import warnings
from pathlib import Path
from types import ModuleType

import pytest
import torch
from servers import free_port
from training import one_long_run, one_of_several

from suprank_edu.training import SmallCNN, checkpoint
from suprank_edu.training.__main__ import main as command_line
from suprank_edu.training.gather import share_of
from suprank_edu.training.networks.models import warn_of_live_batch_norm

TIMEOUT = 1200  # seconds; a busy machine is slow, not wrong


def run(
    processes: int, folder: Path, *options: str, program: ModuleType = one_of_several
) -> subprocess.CompletedProcess[str]:
    return start(processes, [str(program.__file__), str(folder), *options])


def start(processes: int, what: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torch.distributed.run", f"--nproc_per_node={processes}"]
    command += ["--master_addr=127.0.0.1", f"--master_port={free_port()}", *what]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true", "CUDA_VISIBLE_DEVICES": ""}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=TIMEOUT, check=False)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    folder = tmp_path_factory.mktemp("alone")
    one_of_several.main(folder)
    return torch.load(folder / "rank0.pt", weights_only=True)


TWO_PASSES = ("embed_at_once=4",)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("processes", "options"),
    [
        (2, TWO_PASSES),
        pytest.param(2, (), marks=pytest.mark.nightly),
        pytest.param(4, (), marks=pytest.mark.nightly),
        pytest.param(4, TWO_PASSES, marks=pytest.mark.nightly),
    ],
    ids=["2, two passes", "2, one pass", "4, one pass", "4, two passes"],
)
def test_parameters_equal_those_of_one_process(processes, options, tmp_path, alone) -> None:
    done = run(processes, tmp_path, *options)
    assert done.returncode == 0, done.stderr[-3000:]
    for rank in range(processes):
        found = torch.load(tmp_path / f"rank{rank}.pt", weights_only=True)
        assert found["processes"] == processes
        assert found["share"] == 32 // processes
        assert (found["weights"] - alone["weights"]).abs().max() < 1e-6
        assert (found["weights"] - alone["start"]).abs().max() > 1e-3
        assert found["losses"] == pytest.approx(alone["losses"], abs=1e-9)


def assert_same_run(one: Path, several: Path) -> None:
    """The last checkpoints of two runs of eight steps hold the same networks, proxies, memories and evaluations."""
    expected, found = (checkpoint.load(folder / "last.pt") for folder in (one, several))
    assert found["step"] == expected["step"] == 8
    for part in ("model", "loss", "memory"):
        assert found[part].keys() == expected[part].keys()
        for name, value in expected[part].items():
            assert (found[part][name].double() - value.double()).abs().max() < 1e-6, (part, name)
    key = "mAP@R/column0"
    assert [e[key] for e in found["evaluations"]] == pytest.approx([e[key] for e in expected["evaluations"]], abs=1e-6)


@pytest.mark.slow
def test_a_run_with_all_that_has_a_state_is_shared_and_continued_like_that_of_one_process(tmp_path) -> None:
    """Proxies that start apart, memory, validation that differs by rank, a process that dies; the rest is done alone."""
    one, several = tmp_path / "one", tmp_path / "several"
    assert run(2, several, "die", "evaluations_differ", program=one_long_run).returncode != 0
    assert checkpoint.load(several / "last.pt")["step"] == 4
    one_long_run.main(several)
    one_long_run.main(one)
    assert_same_run(one, several)


@pytest.mark.slow
@pytest.mark.nightly
def test_a_run_that_was_broken_goes_on_in_more_processes(tmp_path) -> None:
    one, several = tmp_path / "one", tmp_path / "several"
    one_long_run.main(one)
    assert run(2, several, "die", program=one_long_run).returncode != 0
    done = run(4, several, "evaluations_differ", program=one_long_run)
    assert done.returncode == 0, done.stderr[-3000:]
    assert_same_run(one, several)


@pytest.mark.slow
def test_the_command_line_on_two_processes_speaks_once(tmp_path) -> None:
    small = ["--set", "steps=2", "batch_size=16", "image_size=16", "channels=(4,8)", "freeze_batch_norm=True"]
    command = ["run", "mini-landmarks", "happier", "--device", "cpu", *small, "--out"]
    assert command_line([*command, str(tmp_path / "1")]) == 0
    done = start(2, ["-m", "suprank_edu.training", *command, str(tmp_path / "2")])
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("2 steps, loss ") == 1
    losses = [
        [entry["loss"] for entry in checkpoint.load(tmp_path / name / "last.pt")["history"]] for name in ("1", "2")
    ]
    assert losses[0][0] == pytest.approx(losses[1][0], abs=1e-5)
    assert losses[0] == pytest.approx(losses[1], abs=5e-3)  # float32, and Adam: a step turns with the sign of nothing


def test_live_batch_norm_is_warned_of() -> None:
    with pytest.warns(UserWarning, match="sees only a part of a batch that is cut over 2 processes"):
        warn_of_live_batch_norm(SmallCNN(16), 2, False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_live_batch_norm(SmallCNN(16), 1, False)


@pytest.mark.slow
@pytest.mark.nightly
def test_fit_warns_of_live_batch_norm(tmp_path) -> None:
    done = run(2, tmp_path, "network=batch_norm")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "batch norm in training mode, which sees only a part of a batch that is cut over 2 processes" in done.stderr


def test_a_batch_that_does_not_divide_is_named() -> None:
    with pytest.raises(ValueError, match=r"`batch_size`: got 32, expected a multiple of 3, the number of processes"):
        share_of(32, 0, 3)


def test_shares_are_the_batch() -> None:
    batch = list(range(24))
    assert [index for rank in range(4) for index in batch[share_of(24, rank, 4)]] == batch
