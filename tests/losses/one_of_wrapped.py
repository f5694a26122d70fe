"""One of the processes of test_metric_learning.py: its share of a batch through `DistributedLossWrapper`."""

import sys
from pathlib import Path

import torch
from pytorch_metric_learning.losses import CrossBatchMemory
from pytorch_metric_learning.utils.distributed import DistributedLossWrapper

from suprank_edu.losses import as_metric_learning_loss, roadmap


def main(folder: Path, rank: int, processes: int) -> None:
    store = f"file://{folder / 'store'}"
    torch.distributed.init_process_group("gloo", init_method=store, rank=rank, world_size=processes)
    batch = torch.load(folder / "batch.pt", weights_only=True)
    labels, found = batch["labels"].chunk(processes)[rank], {}
    loss = as_metric_learning_loss(roadmap())
    wrapped = {
        "whole": DistributedLossWrapper(loss),
        "efficient": DistributedLossWrapper(loss, efficient=True),
        "memory": DistributedLossWrapper(CrossBatchMemory(loss, embedding_size=batch["embeddings"].shape[1])),
    }
    for name, wrapper in wrapped.items():
        embeddings = batch["embeddings"].chunk(processes)[rank].requires_grad_()
        value = wrapper(embeddings, labels)
        value.backward()
        found[name] = {"value": value.detach(), "gradient": embeddings.grad}
    torch.save(found, folder / f"rank{rank}.pt")
    torch.distributed.barrier()
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
