"""Embedding shared among processes: each takes its part of the photographs, and all get the whole."""

import torch
from torch import Tensor, nn

from suprank_edu.data import RetrievalDataset
from suprank_edu.training import embed
from suprank_edu.training.device import make_accelerator


def embed_in_processes(network: nn.Module, photographs: RetrievalDataset) -> Tensor:
    """Embed photographs in as many processes as `torchrun` has started, each its part of them.

    Alone, a process embeds all. Give the result to `PhotoIndex(network, photographs, vectors)`, and let the first
    process save it.

    Args:
        network: with the same weights in all processes; see `suprank_edu.training.embed`.
        photographs: N, the same in all processes, at least one for each.

    Returns:
        `(N, D)` float32 unit vectors in the order of the photographs, in every process.

    Raises:
        ValueError: there are fewer photographs than processes.

    Example:
        >>> from suprank_edu.data import read
        >>> from suprank_edu.training import SmallCNN
        >>> embed_in_processes(SmallCNN(), read("standin").subset(range(5))).shape
        torch.Size([5, 128])
    """
    accelerator, device = make_accelerator(None)
    processes, size = accelerator.num_processes, len(photographs)
    if size < processes:
        raise ValueError(f"`photographs`: got {size}, expected at least {processes}, one for each process")
    bounds = [rank * size // processes for rank in range(processes + 1)]
    first, last = bounds[accelerator.process_index : accelerator.process_index + 2]
    own = embed(network, photographs.subset(range(first, last)), device=device)  # (N / processes, D)
    if processes == 1:
        return own
    whole = torch.zeros(size, own.shape[1], device=device)
    whole[first:last] = own.to(device)
    total: Tensor = accelerator.reduce(whole, reduction="sum")  # other processes hold zeros in these rows
    return total.cpu()
