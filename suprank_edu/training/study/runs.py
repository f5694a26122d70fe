"""A run in a folder: what it is, its checkpoints, its evaluation, and the network that comes out of it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from suprank_edu._checks import check_one_of
from suprank_edu._files import read_json, replacing, write_json
from suprank_edu.metrics import Evaluation
from suprank_edu.training import checkpoint
from suprank_edu.training.callbacks import Callback, TrainingLog
from suprank_edu.training.checkpoint import Checkpoints
from suprank_edu.training.device import find_device
from suprank_edu.training.fit import FitResult
from suprank_edu.training.networks.embedding_network import EmbeddingNetwork
from suprank_edu.training.networks.models import SmallCNN
from suprank_edu.training.recipe import Recipe
from suprank_edu.training.study.papers import SETTINGS
from suprank_edu.training.study.prepare import Prepared, judged_by, prepare
from suprank_edu.training.validation import Validation

FORMAT = 2
"""Changes when the content of `run.json` does; another one is refused."""


@dataclass(frozen=True)
class Run:
    """One training run: a data set and a loss by name, and what differs from the paper's settings.

    Args:
        setting: one of `suprank_edu.training.study.papers.SETTINGS`.
        loss: one of `suprank_edu.training.study.named_losses.LOSSES`.
        folder: where checkpoints and results go.
        data: folder of the data set; None takes `$SUPRANK_EDU_DATA/<name>`. It may move between two parts of a run.
        changes: settings of the `Recipe` that differ.
        options: how `train` was last called, which `resume` takes up again.

    Raises:
        ValueError: there is no such setting.
    """

    setting: str
    loss: str
    folder: str
    data: str | None = field(default=None, compare=False)
    changes: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        check_one_of("setting", self.setting, SETTINGS)

    @property
    def path(self) -> Path:
        """The file that says what the run is."""
        return Path(self.folder) / "run.json"

    def check_folder(self) -> None:
        """Refuse a folder that holds another run.

        Raises:
            ValueError: it does.
        """
        if self.path.exists() and (there := Run.load(self.folder)) != self:
            raise ValueError(
                f"`folder`: got {self.folder}, which holds another run ({there.setting} {there.loss}, "
                f"{there.changes or 'no changes'}), expected a new folder; remove that one if you no longer need it"
            )

    def save(self) -> None:
        """Write what the run is into its folder, so that it can be continued from there alone, wherever one stands.

        Raises:
            ValueError: the folder holds another run.
        """
        self.check_folder()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        data = None if self.data is None else os.path.abspath(self.data)
        write_json(self.path, asdict(self) | {"format": FORMAT, "folder": None, "data": data})

    @staticmethod
    def load(folder: str) -> Run:
        """Read what the run in a folder is.

        Raises:
            ValueError: the folder holds no run, a damaged one, or one of another version of this library.
        """
        path = Path(folder) / "run.json"
        try:
            found = read_json(path) | {"folder": folder}
            # JSON knows no tuples, and a run is the same only where its settings are.
            found["changes"] = {k: tuple(v) if isinstance(v, list) else v for k, v in dict(found["changes"]).items()}
            if (version := found.pop("format", 1)) != FORMAT:
                raise ValueError(
                    f"`folder`: got {folder}, which holds a run of format {version}, expected {FORMAT}; it was written "
                    "by another version of this library, which can go on with it"
                )
            return Run(**found)
        except (OSError, KeyError, TypeError) as error:
            raise ValueError(f"`folder`: got {folder}, which holds no run ({path.name}: {error})") from None

    def prepare(self, device: str | torch.device | None = None) -> Prepared:
        """Read the images to train on, and make ready what trains on them; see `prepare.prepare`."""
        setting = SETTINGS[self.setting]
        return prepare(setting, self.loss, setting.dataset(setting.splits[0], self.data), self.changes, device)

    def train(
        self,
        checkpoint_every: int = 100,
        evaluate: Mapping[str, Any] | None = None,
        callbacks: Iterable[Callback] = (),
        **options: Any,
    ) -> FitResult:
        """Train, or go on where the run was broken.

        `run.json` is written when all that can be checked before the first step has been, and is as it was before
        when an error comes before the next checkpoint.

        Args:
            checkpoint_every: steps between two checkpoints.
            evaluate: settings of a `Validation` (`every` or `epochs`, `patience`, `monitor`) on the queries that
                were put aside for it, else on the test classes; None evaluates nothing along the way.
            callbacks: see `suprank_edu.training.fit`.
            options: passed to `suprank_edu.training.fit`.
        """
        self.check_folder()
        setting = SETTINGS[self.setting]
        validation = None
        if evaluate is not None:
            validation = Validation(setting.validation(self.data) or setting.protocol(self.data), **evaluate)
        checkpoints = Checkpoints(self.folder, every=checkpoint_every)
        asked = {"checkpoint_every": checkpoint_every, "evaluate": evaluate and dict(evaluate)}
        record = _Record(replace(self, options=self.options | asked), checkpoints.last)
        try:
            prepared = self.prepare(options.get("device"))
            if validation is not None:
                judged = judged_by(validation.protocol, prepared.recipe, prepared.model)
                validation = replace(validation, dataset=judged)
            return prepared.fit(
                validation=validation, checkpoints=checkpoints, callbacks=[record, *callbacks], **options
            )
        except Exception:
            record.take_back()
            raise

    def evaluate(self, which: str = "last", split: str | None = None, device: str | None = None) -> Evaluation:
        """Evaluate a checkpoint of the run, `"last"` or `"best"`, and write the result into the folder.

        Where the data set has queries of their own they are ranked against the test split. Of a `split` that is
        given each image is a query against all others.

        The file is `evaluation-<which>.npz`, or `evaluation-<which>-<split>.npz` where a split is given, for
        `suprank_edu.metrics.Evaluation.load`.
        """
        recipe, model = self.of_checkpoint(which)
        model.to(where := find_device(device))
        protocol = judged_by(SETTINGS[self.setting].protocol(self.data, split), recipe, model)
        result = protocol.evaluate(model, where)
        result.save(Path(self.folder, f"evaluation-{which}-{split}.npz" if split else f"evaluation-{which}.npz"))
        return result

    def network(self, which: str = "last") -> SmallCNN | EmbeddingNetwork:
        """Return the network of a checkpoint, in evaluation mode; the data set need not be there.

        Raises:
            ValueError: the run has no such checkpoint.
        """
        return self.of_checkpoint(which)[1]

    def of_checkpoint(self, which: str = "last") -> tuple[Recipe, SmallCNN | EmbeddingNetwork]:
        """Return the recipe and the network of a checkpoint; see `network`."""
        path = Path(self.folder) / f"{which}.pt"
        if not path.exists():
            raise ValueError(
                f"`folder`: got {self.folder}, which holds no {path.name}, expected a run with checkpoints"
            )
        state = checkpoint.load(path)
        # The first filters tell grey images from colour, without a look at the images.
        filters = next(weights for weights in state["model"].values() if weights.ndim == 4)
        recipe = checkpoint.recipe_of(state)
        model = SETTINGS[self.setting].model(recipe, channels=filters.shape[1])
        model.load_state_dict(state["model"])
        return recipe, model.eval()

    def export(self, path: str, which: str = "last") -> None:
        """Write the network as a program of `torch.export`, which runs without this library.

        Args:
            path: a file name that ends in `.pt2`.
            which: `"last"` or `"best"`.

        Raises:
            ValueError: another ending, or a folder that does not exist.
        """
        if not path.endswith(".pt2"):
            raise ValueError(f"`path`: got {path}, expected a name that ends in .pt2")
        if not Path(path).parent.is_dir():
            raise ValueError(f"`path`: got {path}, expected a name in a folder that exists")
        model = self.network(which)
        images = torch.rand(2, model.in_channels, model.image_size, model.image_size)
        batch = torch.export.Dim("batch", min=1, max=4096)
        program = torch.export.export(model, (images,), dynamic_shapes=({0: batch},))
        with replacing(Path(path)) as file:
            torch.export.save(program, file)


class _Record:
    """A callback that writes `run.json` when training begins, and can take it back."""

    def __init__(self, run: Run, checkpoint: Path) -> None:
        self.run, self.checkpoint = run, checkpoint
        self.before = run.path.read_bytes() if run.path.exists() else None
        self.made_folder = not run.path.parent.exists()
        self.seen = self._stamp()

    def start(self, recipe: Recipe, log: TrainingLog, monitor: str | None) -> None:
        """Write the file: all that can be checked before the first step is checked."""
        self.run.save()

    def __call__(self, step: int, metrics: Mapping[str, float]) -> None:
        """Take a step, of which there is nothing to write."""

    def close(self) -> None:
        """Take the end of the run, of which there is nothing to write."""

    def take_back(self) -> None:
        """Leave the file as it was before, unless a checkpoint has been written since."""
        if self._stamp() != self.seen:
            return
        if self.before is not None:
            with replacing(self.run.path) as file:
                file.write(self.before)
        else:
            self.run.path.unlink(missing_ok=True)
        if self.made_folder:
            with contextlib.suppress(OSError):  # something else was put there
                self.run.path.parent.rmdir()

    def _stamp(self) -> int | None:
        return self.checkpoint.stat().st_mtime_ns if self.checkpoint.exists() else None
