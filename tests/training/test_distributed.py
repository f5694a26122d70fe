"""Several processes on one machine, talking through gloo, must do what one process does."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from suprank_edu.training import checkpoint
from suprank_edu.training.gather import share_of

THREE_STEPS = Path(__file__).with_name("one_of_several.py")
LONG_RUN = Path(__file__).with_name("one_long_run.py")
TIMEOUT = 1200  # seconds; a busy machine is slow, not wrong


def run(processes: int, folder: Path, *options: str, program: Path = THREE_STEPS) -> subprocess.CompletedProcess[str]:
    return start(processes, [str(program), str(folder), *options])


def start(processes: int, what: list[str]) -> subprocess.CompletedProcess[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "torch.distributed.run", f"--nproc_per_node={processes}"]
    command += ["--master_addr=127.0.0.1", f"--master_port={port}", *what]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true", "CUDA_VISIBLE_DEVICES": ""}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=TIMEOUT, check=False)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, torch.Tensor]:
    folder = tmp_path_factory.mktemp("alone")
    done = run(1, folder)
    assert done.returncode == 0, done.stderr[-3000:]
    return torch.load(folder / "rank0.pt", weights_only=True)


@pytest.mark.slow
@pytest.mark.parametrize("processes", [2, 4])
@pytest.mark.parametrize("options", [(), ("embed_at_once=4",)], ids=["one pass", "two passes"])
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


@pytest.mark.slow
def test_a_run_with_all_that_has_a_state_is_shared_broken_and_continued_like_that_of_one_process(tmp_path) -> None:
    """Proxies that start apart, memory, validation that differs by rank, a process that dies, more of them after it."""
    assert run(1, tmp_path / "one", program=LONG_RUN).returncode == 0
    assert run(2, tmp_path / "several", "die", program=LONG_RUN).returncode != 0
    assert checkpoint.load(tmp_path / "several" / "last.pt")["step"] == 4
    done = run(4, tmp_path / "several", "evaluations_differ", program=LONG_RUN)
    assert done.returncode == 0, done.stderr[-3000:]
    expected, found = (checkpoint.load(tmp_path / name / "last.pt") for name in ("one", "several"))
    assert found["step"] == expected["step"] == 8
    for part in ("model", "loss", "memory"):
        assert found[part].keys() == expected[part].keys()
        for name, value in expected[part].items():
            assert (found[part][name].double() - value.double()).abs().max() < 1e-6, (part, name)
    key = "mAP@R/column0"
    assert [e[key] for e in found["evaluations"]] == pytest.approx([e[key] for e in expected["evaluations"]], abs=1e-6)


@pytest.mark.slow
def test_the_command_line_on_two_processes_speaks_once(tmp_path) -> None:
    small = ["--set", "steps=2", "batch_size=16", "image_size=16", "channels=(4,8)", "freeze_batch_norm=True"]
    losses = []
    for processes in (1, 2):
        folder = tmp_path / str(processes)
        command = ["run", "mini-landmarks", "happier", "--out", str(folder), "--device", "cpu", *small]
        done = start(processes, ["-m", "suprank_edu.training", *command])
        assert done.returncode == 0, done.stderr[-3000:]
        assert done.stdout.count("2 steps, loss ") == 1
        losses.append([entry["loss"] for entry in checkpoint.load(folder / "last.pt")["history"]])
    assert losses[0][0] == pytest.approx(losses[1][0], abs=1e-5)
    assert losses[0] == pytest.approx(losses[1], abs=5e-3)  # float32, and Adam: a step turns with the sign of nothing


@pytest.mark.slow
def test_live_batch_norm_is_warned_of(tmp_path) -> None:
    done = run(2, tmp_path, "network=batch_norm")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "batch norm in training mode, which sees only a part of a batch that is cut over 2 processes" in done.stderr


def test_a_batch_that_does_not_divide_is_named() -> None:
    with pytest.raises(ValueError, match=r"`batch_size`: got 32, expected a multiple of 3, the number of processes"):
        share_of(32, 0, 3)


def test_shares_are_the_batch() -> None:
    batch = list(range(24))
    assert [index for rank in range(4) for index in batch[share_of(24, rank, 4)]] == batch
