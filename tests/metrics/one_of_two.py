"""One of the processes of test_processes.py: evaluates its share of the queries and stores what it was given."""

import sys

import torch
import torch.distributed

from suprank_edu.metrics import evaluate


def drawn(queries: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the same embeddings and labels in every process."""
    draw = torch.Generator().manual_seed(0)
    fine = torch.randint(30, (queries,), generator=draw)
    embeddings = torch.randn(queries, 16, generator=draw)
    return torch.nn.functional.normalize(embeddings), torch.stack([fine, fine % 4], dim=1)


if __name__ == "__main__":
    rank, place, out = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    torch.distributed.init_process_group("gloo", init_method=f"file://{place}", rank=rank, world_size=2)
    for size in (200, 40):  # four blocks, and one that a process alone ranks
        evaluate(*drawn(size), chunk_size=64, shared=True).save(f"{out}/{rank}-{size}.npz")
    torch.distributed.destroy_process_group()
