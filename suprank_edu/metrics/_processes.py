"""Queries shared among the processes of `torch.distributed`: each ranks some, and all have all values."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import torch
import torch.distributed as processes
from numpy.typing import NDArray

T = TypeVar("T")


def own_part(blocks: Sequence[T]) -> list[T]:
    """Return every W-th of some blocks, those of this one of W processes; all of them in a process that is alone.

    Example:
        >>> own_part(["a", "b"])
        ['a', 'b']
    """
    if not _several():
        return list(blocks)
    return list(blocks[processes.get_rank() :: processes.get_world_size()])


def put_together(found: dict[str, NDArray[np.float64]], device: torch.device) -> dict[str, NDArray[np.float64]]:
    """Return the values of all processes, each of which has zeros where another has been at work.

    Args:
        found: `(Q,)` values by key, the same keys in every process.
        device: of the embeddings; NCCL moves what lies on a card.
    """
    if not _several():
        return found
    values = torch.from_numpy(np.stack(list(found.values()))).to(device)  # (K, Q)
    processes.all_reduce(values)  # adding zeros changes no bit, and NaN stays NaN
    return dict(zip(found, values.cpu().numpy(), strict=True))


def _several() -> bool:
    return processes.is_available() and processes.is_initialized() and processes.get_world_size() > 1
