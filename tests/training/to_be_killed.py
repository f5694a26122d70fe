"""A run of twelve steps that test_checkpoint.py kills, also from within, in the middle of writing a checkpoint."""

import io
import os
import signal
import sys
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from training.small_networks import GroupNormNet

from suprank_edu.data import read
from suprank_edu.losses import SupAPLoss
from suprank_edu.training import Checkpoints, Recipe, TensorBoard, fit


def die_in_save(number: int) -> None:
    """Replace ``torch.save`` by one that writes half of checkpoint ``number`` and is killed."""
    save, calls = torch.save, []

    def dying(state: Any, file: Any) -> None:
        calls.append(1)
        if len(calls) < number:
            return save(state, file)
        whole = io.BytesIO()
        save(state, whole)
        file.write(whole.getvalue()[: whole.tell() // 2])
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    torch.save = dying


def main(folder: str, *options: str) -> None:
    """Run in one thread, of which each process makes the same bits."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        run(folder, *options)
    finally:
        torch.set_num_threads(threads)


def run(folder: str, *options: str) -> None:
    settings = dict(option.split("=", 1) for option in options)
    if "die_in_save" in settings:
        die_in_save(int(settings["die_in_save"]))
    torch.manual_seed(0)
    recipe = Recipe(steps=12, batch_size=16, image_size=16, memory_size=32)
    model = GroupNormNet(torch.float32, dropout=0.2)
    checkpoints = Checkpoints(folder, every=1)
    where = {"checkpoints": checkpoints, "device": settings.get("device", "cpu"), "progress": False}
    callbacks = [TensorBoard(settings["tensorboard"])] if "tensorboard" in settings else []
    fit(recipe, read("standin"), SupAPLoss(), model=model, callbacks=callbacks, **where)


if __name__ == "__main__":
    main(*sys.argv[1:])
