"""Curves of a run for TensorBoard."""

import time
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from suprank_edu.training.callbacks import TrainingLog, evaluation_metrics
from suprank_edu.training.recipe import Recipe


class TensorBoard:
    """A callback for `fit` that writes every metric of the history and of the evaluations for TensorBoard.

    Show them with `tensorboard --logdir FOLDER`: `train/loss`, `train/lr`, `train/seconds` and, of a
    `Validation`, `validation/R@1/column0` and so on; TensorBoard keeps float32. A run that goes on from a
    checkpoint writes its whole history anew and voids what it wrote before, so that no step is missing and none is
    there twice, also where it was killed. Its time axis is that of training, without the break.

    Args:
        folder: where the event files go; made if it is not there. One folder a run.

    Raises:
        ImportError: the package `tensorboard` is missing.

    Example:
        >>> import tempfile
        >>> from suprank_edu.data import read
        >>> from suprank_edu.losses import SupAPLoss
        >>> from suprank_edu.training import fit
        >>> recipe = Recipe(steps=2, batch_size=16, image_size=16, channels=(8, 8))
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     result = fit(recipe, read("standin"), SupAPLoss(), callbacks=[TensorBoard(folder)], progress=False)
    """

    def __init__(self, folder: str | PathLike[str]) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise ImportError(
                "TensorBoard: the package tensorboard is missing; install it with "
                'pip install tensorboard, or with all that training uses: pip install "suprank-edu[train]"'
            ) from error
        self.folder = folder
        self._make = SummaryWriter
        self._writer: Any = None
        self._origin = 0.0

    def start(self, recipe: Recipe, log: TrainingLog, monitor: str | None) -> None:
        """Open a file of events, and write what a checkpoint remembers of the run."""
        history = log.history
        self._origin = time.time() - (history[-1]["seconds"] if history else 0.0)
        _wait_for_a_later_second(Path(self.folder))
        # Events of step 0 on that other files of the folder hold are void for TensorBoard and its reader.
        self._writer = self._make(str(self.folder), purge_step=0)
        seconds = {int(entry["step"]): entry["seconds"] for entry in history}
        for entry in history:
            self(int(entry["step"]), entry)
        for entry in log.evaluations:
            self._write("validation", int(entry["step"]), seconds[int(entry["step"])], evaluation_metrics(entry))
        self._writer.flush()

    def __call__(self, step: int, metrics: Mapping[str, float]) -> None:
        """Write the metrics of one step."""
        of_step = {name: metrics[name] for name in ("loss", "lr", "seconds")}
        self._write("train", step, metrics["seconds"], of_step)
        self._write("validation", step, metrics["seconds"], evaluation_metrics(metrics))

    def close(self) -> None:
        """Write what is still in memory, and close the file."""
        self._writer.close()

    def _write(self, group: str, step: int, seconds: float, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self._writer.add_scalar(f"{group}/{name}", value, step, walltime=self._origin + seconds)


def _wait_for_a_later_second(folder: Path) -> None:
    """Sleep until no file of events was begun in this second.

    TensorBoard reads files in the order of their names, which begin with the second, and then the process: a run that
    goes on at once could be read before what it voids.
    """
    seconds = [int(path.name.split(".")[3]) for path in folder.glob("events.out.tfevents.*.*")]
    time.sleep(min(max(max(seconds, default=0) + 1 - time.time(), 0.0), 1.0))
