"""One of the processes of test_processes.py: embeds its part and stores what it gets."""

import atexit
import os
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from search.shops import network, photographs_of

from suprank_edu.search import embed_in_processes


def say_whether_the_group_stands() -> None:
    standing = torch.distributed.is_initialized()
    Path(sys.argv[2], f"{os.environ['RANK']}.left").write_text("standing" if standing else "left")


if __name__ == "__main__":
    atexit.register(say_whether_the_group_stands)  # before what the library registers, so that it runs after it
    model, seen = network(), []
    model.register_forward_pre_hook(lambda module, images: seen.append(len(images[0])))
    vectors = embed_in_processes(model, photographs_of(Path(sys.argv[1])))
    rank = torch.distributed.get_rank()
    torch.save({"vectors": vectors, "seen": sum(seen)}, Path(sys.argv[2], f"{rank}.pt"))
