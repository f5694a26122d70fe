"""Where training runs, and the random numbers it draws there."""

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypedDict

import torch
from torch import Tensor

from suprank_edu._checks import usable_device
from suprank_edu._extras import needs


def find_device(device: str | torch.device | None) -> torch.device:
    """Return the device asked for, `"cpu"`, `"cuda"`, or None for the best there is: the trainer takes no other.

    Raises:
        ValueError: there is no such device.

    Example:
        >>> find_device("cpu")
        device(type='cpu')
    """
    found = usable_device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    if found.type not in ("cpu", "cuda") or found.index not in (None, 0):
        raise ValueError(
            f"`device`: got {device!r}, expected 'cpu', 'cuda' or None; CUDA_VISIBLE_DEVICES chooses a card"
        )
    return found


def make_accelerator(device: str | torch.device | None, precision: str = "fp32") -> tuple[Any, torch.device]:
    """Return an `accelerate.Accelerator`, which knows of other processes, and the device of this one.

    Precision and, in a process that is alone, the device are the trainer's to choose at each run: accelerate keeps
    its first choice of both for the life of the process.

    Args:
        device: see `find_device`.
        precision: `"fp32"`, `"bf16"` or `"fp16"`.

    Raises:
        ValueError: there is no such device, or it does not compute in that precision.
    """
    with needs("train"):
        from accelerate import Accelerator

    found = find_device(device)
    several = int(os.environ.get("WORLD_SIZE", "1")) > 1  # as torchrun and accelerate launch say
    accelerator = Accelerator(device_placement=False, mixed_precision="no", cpu=several and found.type == "cpu")
    if several:
        found = accelerator.device  # each process has a card of its own
        _leave_the_others_at_exit()
    if precision == "fp16" and found.type == "cpu":
        raise ValueError("`precision`: got 'fp16' on a CPU, expected 'fp32' or 'bf16'; fp16 needs a CUDA device")
    return accelerator, found


@cache
def _leave_the_others_at_exit() -> None:
    """End the group of processes before the interpreter ends: torch aborts whoever leaves its threads running."""

    def leave() -> None:
        if torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()

    atexit.register(leave)


def memory_layout(device: torch.device) -> torch.memory_format:
    """Return how images and filters lie in memory: on a card channels last, as its matrix units read them.

    Example:
        >>> memory_layout(torch.device("cpu"))
        torch.preserve_format
    """
    return torch.channels_last if device.type == "cuda" else torch.preserve_format


def half_precision(device: torch.device) -> str:
    """Return the half precision that a device computes fast in: `"bf16"`, `"fp16"` before Ampere (T4, V100).

    Example:
        >>> half_precision(torch.device("cpu"))
        'bf16'
    """
    return "fp16" if device.type == "cuda" and torch.cuda.get_device_capability(device)[0] < 8 else "bf16"


def sent(values: Tensor, device: torch.device) -> Tensor:
    """Return a tensor of the CPU on a device, without waiting for what the device was given before.

    Example:
        >>> sent(torch.tensor([1, 2]), torch.device("cpu"))
        tensor([1, 2])
    """
    return (values.pin_memory() if device.type == "cuda" else values).to(device, non_blocking=True)


class Arriving:
    """A number on its way from a device, which nobody waits for before it is read.

    Args:
        number: a tensor of one number.

    Example:
        >>> Arriving(torch.tensor(0.5)).read()
        0.5
    """

    def __init__(self, number: Tensor) -> None:
        self._number = number.detach().to("cpu", non_blocking=True)
        self._copied: Any = torch.cuda.Event() if number.is_cuda else None  # type: ignore[no-untyped-call]
        if self._copied is not None:
            self._copied.record()

    def read(self) -> float:
        """Return the number; this waits where it has not arrived."""
        if self._copied is not None and not self._copied.query():
            self._copied.synchronize()
        return float(self._number)


@contextmanager
def same_bits(wanted: bool) -> Iterator[None]:
    """Take only operations that give the same bits twice inside the block, where that is wanted.

    Example:
        >>> with same_bits(True):
        ...     torch.are_deterministic_algorithms_enabled()
        True
        >>> torch.are_deterministic_algorithms_enabled()
        False
    """
    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    benchmark = torch.backends.cudnn.benchmark
    if wanted:
        torch.use_deterministic_algorithms(True, warn_only=True)
        torch.backends.cudnn.benchmark = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0], warn_only=before[1])
        torch.backends.cudnn.benchmark = benchmark


class RandomState(TypedDict):
    """Where torch's generators are, in a form that a checkpoint can hold; `cuda` is None on another device."""

    cpu: Tensor
    cuda: Tensor | None


def random_state(device: torch.device) -> RandomState:
    """Return torch's random state on a device."""
    cuda = torch.cuda.get_rng_state(device) if device.type == "cuda" else None
    return {"cpu": torch.get_rng_state(), "cuda": cuda}


def set_random_state(state: RandomState, device: torch.device) -> None:
    """Go back to a state of `random_state`; what it holds of a GPU is left out on another device."""
    torch.set_rng_state(state["cpu"])
    if state["cuda"] is not None and device.type == "cuda":
        torch.cuda.set_rng_state(state["cuda"], device)


@contextmanager
def own_random_state(seed: int, device: torch.device) -> Iterator[None]:
    """Seed torch inside the block and give the caller's random state back after it."""
    devices = [torch.cuda.current_device()] if device.type == "cuda" else []
    with torch.random.fork_rng(devices):
        torch.manual_seed(seed)
        yield


def is_out_of_memory(error: Exception) -> bool:
    """Return whether an error of torch says that there was too little memory.

    Example:
        >>> is_out_of_memory(torch.cuda.OutOfMemoryError("CUDA out of memory")), is_out_of_memory(RuntimeError("else"))
        (True, False)
    """
    return isinstance(error, torch.cuda.OutOfMemoryError) or "can't allocate memory" in str(error)
