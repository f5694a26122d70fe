"""One batch over several processes: each embeds its share, all of them rank the whole."""

import os
from collections.abc import Iterator
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from suprank_edu.data.samplers import Batches

T = TypeVar("T")


def share_of(size: int, rank: int, world_size: int) -> slice:
    """Return the part of a batch of `size` that belongs to process `rank`; all parts are equally large.

    Raises:
        ValueError: the batch does not divide.

    Example:
        >>> share_of(128, rank=1, world_size=4)
        slice(32, 64, None)
    """
    if size % world_size:
        raise ValueError(f"`batch_size`: got {size}, expected a multiple of {world_size}, the number of processes")
    return slice(rank * size // world_size, (rank + 1) * size // world_size)


class OwnShare:
    """The indices that this process embeds of each batch, from some step on; can be iterated over again."""

    def __init__(self, batches: Batches, first: int, steps: int, accelerator: Any) -> None:
        self.batches, self.first, self.steps = batches, first, steps
        self.rank, self.world_size = accelerator.process_index, accelerator.num_processes
        if len(self):
            self.part(len(self.whole(first)))  # refused before anything is embedded

    def whole(self, step: int) -> list[int]:
        """Return the whole batch of a step."""
        epoch, number = divmod(step, len(self.batches))
        self.batches.set_epoch(epoch)
        return self.batches.batch(number)

    def part(self, size: int) -> slice:
        """Return which part of a batch of `size` is this process's."""
        return share_of(size, self.rank, self.world_size)

    def __len__(self) -> int:
        return self.steps - self.first

    def __iter__(self) -> Iterator[list[int]]:
        for step in range(self.first, self.steps):
            batch = self.whole(step)
            yield batch[self.part(len(batch))]


def broadcast_parameters(module: nn.Module) -> None:
    """Give all processes the parameters and buffers of the first."""
    from accelerate.utils import broadcast

    broadcast([value.detach() for value in module.state_dict().values()])  # in place


def from_first_process(value: T) -> T:
    """Return the first process's value in all processes, so that what is decided by it is decided alike."""
    from accelerate.utils import broadcast_object_list

    first: T = broadcast_object_list([value])[0]
    return first


def is_first_process() -> bool:
    """Return whether this process is the first of several, or alone."""
    return os.environ.get("RANK", "0") == "0"


def _processes() -> int:
    import torch.distributed as dist

    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def gather_with_gradient(embeddings: Tensor) -> Tensor:
    """Return `(W·B, D)`: the `(B, D)` embeddings of all W processes in the order of their ranks, with gradient.

    Every process then computes the same loss of the same whole batch. Its gradient reaches the process's own rows,
    times W: `DistributedDataParallel` takes the mean of the processes' gradients where their sum is meant.
    """
    if _processes() == 1:
        return embeddings
    gathered: Tensor = _Gather.apply(embeddings)  # type: ignore[no-untyped-call]
    return gathered


class _Gather(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, embeddings: Tensor) -> Tensor:
        import torch.distributed as dist

        parts = [torch.empty_like(embeddings) for _ in range(dist.get_world_size())]
        dist.all_gather(parts, embeddings.contiguous())
        ctx.rank = dist.get_rank()
        return torch.cat(parts)  # (W·B, D)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        import torch.distributed as dist

        world_size = dist.get_world_size()
        return world_size * grad[share_of(len(grad), ctx.rank, world_size)]
