"""A run in a folder: what it is, its checkpoints, its evaluation, and the network that comes out of it."""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from suprank_edu._checks import check_one_of
from suprank_edu._files import replacing
from suprank_edu.data import RetrievalDataset
from suprank_edu.metrics import Evaluation, evaluate
from suprank_edu.training import checkpoint
from suprank_edu.training.device import own_random_state
from suprank_edu.training.fit import FitResult, fit
from suprank_edu.training.networks.backbones import Backbone
from suprank_edu.training.networks.embed import embed
from suprank_edu.training.networks.models import SmallCNN
from suprank_edu.training.recipe import Recipe
from suprank_edu.training.study.named_losses import make_loss
from suprank_edu.training.study.papers import SETTINGS, Setting
from suprank_edu.training.validation import Checkpoints, Validation


@dataclass(frozen=True)
class Run:
    """One training run: a data set and a loss by name, and what differs from the paper's settings.

    Args:
        setting: one of :data:`suprank_edu.training.study.papers.SETTINGS`.
        loss: one of :data:`suprank_edu.training.study.named_losses.LOSSES`.
        folder: where checkpoints and results go.
        data: folder of the data set; None takes ``$SUPRANK_EDU_DATA/<name>``. It may move between two parts of a run.
        changes: settings of the :class:`Recipe` that differ.
        watch: how :meth:`train` evaluates and keeps the run: what was last asked for, which `resume` takes up again.

    Raises:
        ValueError: there is no such setting.
    """

    setting: str
    loss: str
    folder: str
    data: str | None = field(default=None, compare=False)
    changes: dict[str, Any] = field(default_factory=dict)
    watch: dict[str, Any] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        check_one_of("setting", self.setting, SETTINGS)

    @property
    def of_paper(self) -> Setting:
        """The setting by its name."""
        return SETTINGS[self.setting]

    def dataset(self, split: str) -> RetrievalDataset:
        """Read a split of the data set."""
        return self.of_paper.dataset(split, self.data)

    def save(self) -> None:
        """Write what the run is into its folder, so that it can be continued from there alone.

        Raises:
            ValueError: the folder holds another run.
        """
        path = Path(self.folder) / "run.json"
        if path.exists() and (there := Run.load(self.folder)) != self:
            raise ValueError(
                f"`folder`: got {self.folder}, which holds another run ({there.setting} {there.loss}, "
                f"{there.changes or 'no changes'}), expected a new folder; remove that one if you no longer need it"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, text=True) as file:
            file.write(json.dumps(asdict(self) | {"folder": None}, indent=1) + "\n")

    @staticmethod
    def load(folder: str) -> Run:
        """Read what the run in a folder is.

        Raises:
            ValueError: the folder holds no run.
        """
        path = Path(folder) / "run.json"
        try:
            found = json.loads(path.read_text(encoding="utf-8")) | {"folder": folder}
            # JSON knows no tuples, and a run is the same only where its settings are.
            found["changes"] = {k: tuple(v) if isinstance(v, list) else v for k, v in dict(found["changes"]).items()}
            return Run(**found)
        except (OSError, json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(f"`folder`: got {folder}, which holds no run ({path.name}: {error})") from None

    def train(self, checkpoint_every: int = 100, evaluate: dict[str, Any] | None = None, **options: Any) -> FitResult:
        """Train, or go on where the run was broken.

        Args:
            checkpoint_every: steps between two checkpoints.
            evaluate: settings of a :class:`Validation` on the test classes (``every`` or ``epochs``, ``patience``,
                ``monitor``); None evaluates nothing along the way.
            options: passed to :func:`suprank_edu.training.fit`.
        """
        setting = self.of_paper
        dataset, recipe, model, loss = self._prepared()
        batches = setting.batches(dataset, recipe)
        validation = None if evaluate is None else Validation(self.dataset(setting.splits[1]), **evaluate)
        checkpoints = Checkpoints(self.folder, every=checkpoint_every)
        written = Path(self.folder, "run.json")
        new = not written.exists()
        replace(self, watch={"checkpoint_every": checkpoint_every, "evaluate": evaluate}).save()
        try:
            return fit(
                recipe,
                dataset,
                loss,
                model=model,
                batches=batches,
                validation=validation,
                checkpoints=checkpoints,
                **options,
            )
        except Exception:
            # What never came to a checkpoint must not keep its folder from a run with better settings.
            if new and not checkpoints.last.exists():
                written.unlink(missing_ok=True)
            raise

    def trial(self, **options: Any) -> dict[str, Any]:
        """Read the data and take two steps of full size, without writing anything.

        Returns:
            What a reader of a log wants to know before the long work: sizes, steps, seconds a step, peak memory.
        """
        setting = self.of_paper
        dataset, recipe, model, loss = self._prepared()
        short = replace(recipe, steps=min(2, recipe.steps))
        start = time.perf_counter()
        result = fit(
            short,
            dataset,
            loss,
            model=model,
            batches=setting.batches(dataset, recipe),
            progress=False,
            **options,
        )
        seconds = [entry["seconds"] for entry in result.history]
        return {
            "train": repr(dataset),
            "test": repr(self.dataset(setting.splits[1])),
            "parameters": sum(p.numel() for p in result.model.parameters()),
            "batch": f"{recipe.batch_size} images of {recipe.image_size} pixels",
            "steps": recipe.steps,
            "loss of the first steps": [round(entry["loss"], 4) for entry in result.history],
            "seconds to the first step": round(time.perf_counter() - start - (seconds[-1] - seconds[0]), 2),
            "seconds a step": round(seconds[-1] - seconds[0], 3),
            "peak memory, GiB": round(_peak_gib(), 2),
        }

    def _prepared(self) -> tuple[RetrievalDataset, Recipe, SmallCNN | Backbone, nn.Module]:
        """Read the images to train on; return them, the recipe, and the network and the loss of its seed."""
        dataset = self.dataset(self.of_paper.splits[0])
        recipe = self.of_paper.recipe(dataset, **self.changes)
        with own_random_state(recipe.seed, torch.device("cpu")):
            model = self.of_paper.model(recipe, dataset.channels)
            return dataset, recipe, model, make_loss(self.loss, dataset, recipe, self.of_paper.step)

    def evaluate(self, which: str = "last", split: str | None = None, **options: Any) -> Evaluation:
        """Evaluate a checkpoint of the run, ``"last"`` or ``"best"``, and write the result into the folder.

        Where the data set has queries of their own they are ranked against the test split. Of a ``split`` that is
        given each image is a query against all others.

        The file is ``evaluation-<which>.npz``, or ``evaluation-<which>-<split>.npz`` where a split is given, for
        :meth:`suprank_edu.metrics.Evaluation.load`.
        """
        setting = self.of_paper
        model, dataset = self.network(which), self.dataset(split or setting.splits[1])
        found = embed(model, dataset, scales=setting.scales, **options), torch.from_numpy(dataset.labels)
        if split is None and setting.queries is not None:
            queries = self.dataset(setting.queries)
            asked = embed(model, queries, scales=setting.scales, **options), torch.from_numpy(queries.labels)
            result = evaluate(*asked, *found, ks=setting.ks)
        else:
            result = evaluate(*found, ks=setting.ks)
        result.save(Path(self.folder, f"evaluation-{which}-{split}.npz" if split else f"evaluation-{which}.npz"))
        return result

    def network(self, which: str = "last") -> SmallCNN | Backbone:
        """Return the network of a checkpoint, in evaluation mode; the data set need not be there.

        Raises:
            ValueError: the run has no such checkpoint.
        """
        path = Path(self.folder) / f"{which}.pt"
        if not path.exists():
            raise ValueError(
                f"`folder`: got {self.folder}, which holds no {path.name}, expected a run with checkpoints"
            )
        state = checkpoint.load(path)
        # The first filters tell grey images from colour, without a look at the images.
        filters = next(weights for weights in state["model"].values() if weights.ndim == 4)
        model = self.of_paper.model(checkpoint.recipe_of(state), channels=filters.shape[1])
        model.load_state_dict(state["model"])
        return model.eval()

    def export(self, path: str, which: str = "last") -> None:
        """Write the network as a program of ``torch.export``, which runs without this library.

        Args:
            path: a file name that ends in ``.pt2``.
            which: ``"last"`` or ``"best"``.

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


def _peak_gib() -> float:
    if torch.cuda.is_available() and torch.cuda.max_memory_allocated():
        return torch.cuda.max_memory_allocated() / 2**30
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**30 if sys.platform == "darwin" else peak / 2**20
