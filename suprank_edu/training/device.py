"""Where training runs, and the random numbers it draws there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypedDict

import torch
from torch import Tensor

from suprank_edu._extras import needs


def make_accelerator(device: str | torch.device | None, precision: str = "fp32") -> Any:
    """Return an accelerate.Accelerator on the device asked for: ``"cpu"``, ``"cuda"``, or None for the best there is.

    Args:
        device: the device.
        precision: ``"fp32"``, ``"bf16"`` or ``"fp16"``.

    Raises:
        ValueError: if there is no such device.
    """
    with needs("train"):
        from accelerate import Accelerator
        from accelerate.state import AcceleratorState, PartialState

    try:
        wanted = None if device is None else torch.device(device)
    except RuntimeError:  # no name of a device at all
        wanted = torch.device("meta")
    if wanted is not None and (wanted.type not in ("cpu", "cuda") or wanted.index not in (None, 0)):
        raise ValueError(
            f"`device`: got {device!r}, expected 'cpu', 'cuda' or None; CUDA_VISIBLE_DEVICES chooses a card"
        )
    if wanted is not None and wanted.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(f"`device`: got {device!r}, but no CUDA device is available, expected 'cpu' or None")
    # accelerate keeps its first device for the life of the process; a notebook may want another one later.
    target = wanted.type if wanted else "cuda" if torch.cuda.is_available() else None
    current = PartialState._shared_state.get("device")
    if target and current and current.type != target and PartialState().num_processes == 1:
        AcceleratorState._reset_state(reset_partial_state=True)
    mixed = "no" if precision == "fp32" else precision
    if AcceleratorState._shared_state.get("_mixed_precision", mixed) != mixed:
        AcceleratorState._reset_state()  # the precision too is kept for the life of the process
    return Accelerator(cpu=wanted is not None and wanted.type == "cpu", mixed_precision=mixed)


class RandomState(TypedDict):
    """Where torch's generators are, in a form that a checkpoint can hold; ``cuda`` is None on another device."""

    cpu: Tensor
    cuda: Tensor | None


def random_state(device: torch.device) -> RandomState:
    """Return torch's random state on a device."""
    cuda = torch.cuda.get_rng_state(device) if device.type == "cuda" else None
    return {"cpu": torch.get_rng_state(), "cuda": cuda}


def set_random_state(state: RandomState, device: torch.device) -> None:
    """Go back to a state of :func:`random_state`; what it holds of a GPU is left out on another device."""
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
