"""One training run, measured: what tables of results are made of."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from torch import nn

from suprank_edu._checks import check_one_of, check_positive
from suprank_edu._files import replacing, write_json
from suprank_edu.data import RetrievalDataset
from suprank_edu.metrics import Evaluation
from suprank_edu.training.loss_settings import settings_of
from suprank_edu.training.protocol import Embedded, Protocol
from suprank_edu.training.recipe import Recipe, differences
from suprank_edu.training.study.measures import STORED, measure, measured_gap, mild_share
from suprank_edu.training.study.named_losses import LOSSES
from suprank_edu.training.study.papers import SETTINGS
from suprank_edu.training.study.prepare import judged_by, prepare
from suprank_edu.training.study.provenance import made_by

PROXY_RATE = 50.0
"""How much faster than the network proxies learn where it is not said; it was so in all results before it could be."""

_HELD_OUT_EVERY = 4


@dataclass(frozen=True)
class Experiment:
    """A loss on a data set with one learning rate and one seed, and the classes it is judged on.

    Args:
        setting: one of `suprank_edu.training.study.papers.SETTINGS`.
        loss: one of `suprank_edu.training.study.named_losses.LOSSES`.
        lr: the highest learning rate of the network.
        seed: of weights, batches and augmentation.
        on: `"test"` trains on all training classes and judges on the unseen ones of the test split;
            `"validation"` judges on the queries put aside for it, and where a set has none trains on three quarters
            of the training classes and judges on the others.
        changes: other settings of the recipe that differ.
        proxy_rate: learning rate of the proxies of a loss, a multiple of `lr`.

    Raises:
        ValueError: there is no such setting, loss or part, or `proxy_rate` is not above 0.

    Example:
        >>> Experiment("omniglot", "sup-ap", 2e-3).name
        'test/sup-ap_seed0'
        >>> Experiment("omniglot", "triplet", 1e-3, on="validation").name
        'validation/triplet_lr0.001'
        >>> Experiment("omniglot", "arcface", 1e-3, on="validation", proxy_rate=10).name
        'validation/arcface_lr0.001_proxies10'
    """

    setting: str
    loss: str
    lr: float
    seed: int = 0
    on: Literal["test", "validation"] = "test"
    changes: tuple[tuple[str, Any], ...] = ()
    proxy_rate: float = PROXY_RATE

    def __post_init__(self) -> None:
        check_one_of("setting", self.setting, SETTINGS)
        check_one_of("loss", self.loss, LOSSES)
        check_one_of("on", self.on, ("test", "validation"))
        check_positive("proxy_rate", self.proxy_rate)

    @property
    def name(self) -> str:
        """The experiment's file, without its ending."""
        proxies = "" if self.proxy_rate == PROXY_RATE else f"_proxies{self.proxy_rate:g}"
        which = f"seed{self.seed}" if self.on == "test" else f"lr{self.lr:g}{proxies}"
        return f"{self.on}/{self.loss}_{which}"

    def run(
        self, device: str | None = None, progress: bool = False
    ) -> tuple[dict[str, Any], Evaluation, dict[str, Any]]:
        """Train and measure.

        Returns:
            What a JSON file of results holds, every metric of each query, and arrays by name: for each query the
            positions of the best `RETRIEVED` images, its average precision and its H-AP.
        """
        train, protocol = self._read()
        prepared = prepare(SETTINGS[self.setting], self.loss, train, self._changes, device)
        protocol = judged_by(protocol, prepared.recipe, prepared.model)
        result = prepared.fit(device=device, progress=progress)
        embedded = protocol.embed(result.model)
        evaluation, arrays = measure(embedded, protocol.ks)
        found = {key: round(value, 6) for key, value in evaluation.mean.items()}
        gaps = {"test": found.pop("gap")}
        if self.on == "test":
            recipe = prepared.recipe
            gaps["batch"] = measured_gap(embedded, recipe.batch_size, recipe.per_class)
            gaps["train"] = measured_gap(self._trained_on(embedded, prepared.dataset, result.model))
        curve = [[int(entry["step"]), round(entry["loss"], 5)] for entry in result.history if entry["step"] % 10 == 0]
        settings: dict[str, Any] = {"setting": self.setting, "loss": self.loss, "lr": self.lr, "seed": self.seed}
        settings |= {"proxy_rate": self.proxy_rate, "on": self.on, "made_with": settings_of(prepared.loss)}
        settings |= {"metrics": found, "mild": mild_share(found), "gap": gaps, "curve": curve}
        settings |= {"seconds": round(result.history[-1]["seconds"], 1), "recipe": prepared.recipe.to_dict()}
        return settings | made_by(result.model), evaluation, arrays

    def differences(self, found: Mapping[str, Any]) -> list[str]:
        """Return in which settings a run that was written before is another one than this."""
        there = {"setting": found["setting"]} | found["recipe"]
        here = {"setting": self.setting} | self.recipe().to_dict()
        both = [name for name in here if name in there]  # recipes have grown since the first results
        return differences({name: there[name] for name in both}, {name: here[name] for name in both})

    def _trained_on(self, embedded: Embedded, train: RetrievalDataset, model: nn.Module) -> Embedded:
        """Return the embeddings of the training images, which the gallery may be."""
        splits = SETTINGS[self.setting].splits
        if splits[0] == splits[1] and embedded.ref_emb is not None and embedded.ref_labels is not None:
            return Embedded(embedded.ref_emb, embedded.ref_labels)
        return Protocol(train).embed(model)

    @property
    def _changes(self) -> dict[str, Any]:
        return {"lr": self.lr, "loss_lr": self.proxy_rate * self.lr, "seed": self.seed} | dict(self.changes)

    def recipe(self) -> Recipe:
        """Return the recipe that the run has.

        Raises:
            ValueError: a setting does not exist or is out of its range.
        """
        setting = SETTINGS[self.setting]
        # Only epochs ask the data how many steps they are; without them a full folder needs no data.
        return setting.recipe(None if setting.steps else self._read()[0], **self._changes)

    def _read(self) -> tuple[RetrievalDataset, Protocol]:
        """Return what is trained on, and how the network is judged."""
        setting = SETTINGS[self.setting]
        train = _read(self.setting, setting.splits[0])
        if self.on == "test":
            return train, _protocol(self.setting)
        if (aside := _validation(self.setting)) is not None:
            return train, aside
        train, held_out = hold_out(train)
        return train, Protocol(held_out, None, setting.ks, setting.scales)

    def write(self, folder: str | os.PathLike[str], device: str | None = None) -> Path:
        """Run, and write the files, the JSON file last; what is there stays as it is until all is measured.

        Of a test the metrics `STORED` are kept for each query, and for the first seed the arrays.
        """
        found, evaluation, arrays = self.run(device)
        path = Path(folder) / f"{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.on == "test":
            evaluation.only(STORED).save(queries_file(path), np.float16)
        if self.on == "test" and self.seed == 0:
            with replacing(path.with_suffix(".npz")) as file:
                np.savez_compressed(file, **arrays)
        write_json(path, found, indent=None)
        return path


def queries_file(path: Path) -> Path:
    """Return where the metrics of each query of a run lie: beside its JSON file.

    Example:
        >>> queries_file(Path("test/sup-ap_seed3.json")).name
        'sup-ap_seed3-queries.npz'
    """
    return path.with_name(f"{path.stem}-queries.npz")


def hold_out(dataset: RetrievalDataset) -> tuple[RetrievalDataset, RetrievalDataset]:
    """Divide a data set by classes: of each class of column 1, every fourth class of column 0 is held out.

    Returns:
        The set to train on and the set to validate on, with the class ids of the whole.

    Example:
        >>> from suprank_edu.data import read
        >>> hold_out(read("standin"))
        (RetrievalDataset(600 images; character: 30, alphabet: 5), RetrievalDataset(200 images; character: 10, \
alphabet: 5))
    """
    classes, first = np.unique(dataset.labels[:, 0], return_index=True)
    parents = dataset.labels[first, min(1, dataset.labels.shape[1] - 1)]
    if dataset.labels.shape[1] == 1:
        parents = np.zeros_like(parents)
    held: list[int] = []
    for parent in np.unique(parents):
        held += classes[parents == parent][_HELD_OUT_EVERY - 1 :: _HELD_OUT_EVERY].tolist()
    is_held = np.isin(dataset.labels[:, 0], held)
    return dataset.subset(np.flatnonzero(~is_held)), dataset.subset(np.flatnonzero(is_held))


@cache
def _read(setting: str, split: str) -> RetrievalDataset:
    """Read a split once for all runs of a process."""
    return SETTINGS[setting].dataset(split)


@cache
def _protocol(setting: str) -> Protocol:
    """Read what is judged once for all runs of a process."""
    return SETTINGS[setting].protocol()


@cache
def _validation(setting: str) -> Protocol | None:
    """Read the queries that were put aside once for all runs of a process."""
    return SETTINGS[setting].validation()
