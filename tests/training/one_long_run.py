"""One of the processes of test_distributed.py: a run with all that has a state, in a folder where it is continued."""

import os
import sys
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from training.small_networks import GroupNormNet

from suprank_edu.data import read
from suprank_edu.losses import roadmap
from suprank_edu.training import Checkpoints, Recipe, Validation, fit

RANK = int(os.environ.get("RANK", "0"))


def main(folder: Path, *options: str) -> None:
    torch.manual_seed(0)
    model = GroupNormNet()
    # What differs among processes must not matter: where proxies start, and what rounding makes of an evaluation.
    torch.manual_seed(1 + RANK)
    loss = roadmap(num_classes=40, embedding_size=8).double()
    if "evaluations_differ" in options:
        measure = Validation.measure
        Validation.measure = lambda self, network: {  # type: ignore[method-assign]
            name: value * (1 - RANK) for name, value in measure(self, network).items()
        }

    def die(step: int, metrics: Any) -> None:
        if step == 5 and "die" in options:
            os._exit(3)

    recipe = Recipe(
        steps=8,
        batch_size=32,
        image_size=16,
        lr=1e-2,
        loss_lr=0.5,
        head_lr=2e-2,
        head_only=0.25,
        max_grad_norm=1.0,
        memory_size=48,
        memory_start=0.25,
        embed_at_once=4,
    )
    validation = Validation(read("standin", split="test"), every=1, patience=7)
    where = {"checkpoints": Checkpoints(folder, every=2), "device": "cpu", "progress": False}
    fit(recipe, read("standin"), loss, model=model, validation=validation, callbacks=[die], **where)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
