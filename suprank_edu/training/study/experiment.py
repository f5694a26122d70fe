"""One training run, measured: what tables of results are made of."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from suprank_edu._checks import check_one_of
from suprank_edu._files import replacing
from suprank_edu.data import RetrievalDataset
from suprank_edu.decomposability import gap
from suprank_edu.metrics import average_precision, evaluate
from suprank_edu.retrieval import search
from suprank_edu.training.fit import fit
from suprank_edu.training.networks.embed import embed
from suprank_edu.training.recipe import Recipe, differences
from suprank_edu.training.study.named_losses import LOSSES, make_loss
from suprank_edu.training.study.papers import SETTINGS
from suprank_edu.training.study.provenance import made_by
from suprank_edu.whole_set import for_every_query

RETRIEVED = 10
"""Images that are kept of each query's ranked list."""

_HELD_OUT_EVERY = 4
_GAP_QUERIES = 2048
_AT_A_TIME = 512  # another number would round scores otherwise, and move ties


@dataclass(frozen=True)
class Experiment:
    """A loss on a data set with one learning rate and one seed, and the classes it is judged on.

    The proxies of a loss learn 50 times as fast as the network, whatever its learning rate.

    Args:
        setting: one of ``suprank_edu.training.study.papers.SETTINGS``.
        loss: one of ``suprank_edu.training.study.named_losses.LOSSES``.
        lr: the highest learning rate of the network.
        seed: of weights, batches and augmentation.
        on: ``"test"`` trains on all training classes and judges on the unseen ones of the test split;
            ``"validation"`` trains on three quarters of the training classes and judges on the others.
        changes: other settings of the recipe that differ.

    Raises:
        ValueError: there is no such setting, loss or part.

    Example:
        >>> Experiment("omniglot", "sup-ap", 2e-3).name
        'test/sup-ap_seed0'
        >>> Experiment("omniglot", "triplet", 1e-3, on="validation").name
        'validation/triplet_lr0.001'
    """

    setting: str
    loss: str
    lr: float
    seed: int = 0
    on: Literal["test", "validation"] = "test"
    changes: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self) -> None:
        check_one_of("setting", self.setting, SETTINGS)
        check_one_of("loss", self.loss, LOSSES)
        check_one_of("on", self.on, ("test", "validation"))

    @property
    def name(self) -> str:
        """The experiment's file, without its ending."""
        which = f"seed{self.seed}" if self.on == "test" else f"lr{self.lr:g}"
        return f"{self.on}/{self.loss}_{which}"

    def run(self, device: str | None = None, progress: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
        """Train and measure.

        Returns:
            What a JSON file of results holds, and arrays by name: for each query the positions of the best
            ``RETRIEVED`` images, its average precision and its H-AP.
        """
        setting = SETTINGS[self.setting]
        train, unseen = self._read()
        recipe = self._recipe(train)
        torch.manual_seed(self.seed)
        model, loss = setting.model(recipe, train.channels), make_loss(self.loss, train, recipe, setting.step)
        batches = setting.batches(train, recipe)
        result = fit(recipe, train, loss, model=model, batches=batches, device=device, progress=progress)
        found, arrays = _measure(result.model, unseen)
        gaps = {"test": found.pop("gap")}
        if self.on == "test":
            gaps["train"] = measured_gap(embed(result.model, train), train.labels[:, 0])
        curve = [[int(entry["step"]), round(entry["loss"], 5)] for entry in result.history if entry["step"] % 10 == 0]
        settings: dict[str, Any] = {"setting": self.setting, "loss": self.loss, "lr": self.lr, "seed": self.seed}
        settings |= {"on": self.on, "metrics": found, "mild": mild_share(found), "gap": gaps, "curve": curve}
        settings |= {"seconds": round(result.history[-1]["seconds"], 1), "recipe": recipe.to_dict()}
        return settings | made_by(result.model), arrays

    def differences(self, found: Mapping[str, Any]) -> list[str]:
        """Return in which settings a run that was written before is another one than this."""
        # Only epochs ask the data how many steps they are; without them a full folder needs no data.
        train: Any = None if SETTINGS[self.setting].steps else self._read()[0]
        there = {"setting": found["setting"]} | found["recipe"]
        here = {"setting": self.setting} | self._recipe(train).to_dict()
        both = [name for name in here if name in there]  # recipes have grown since the first results
        return differences({name: there[name] for name in both}, {name: here[name] for name in both})

    def _recipe(self, train: RetrievalDataset) -> Recipe:
        changes = {"lr": self.lr, "loss_lr": 50 * self.lr, "seed": self.seed} | dict(self.changes)
        return SETTINGS[self.setting].recipe(train, **changes)

    def _read(self) -> tuple[RetrievalDataset, RetrievalDataset]:
        """Return what is trained on and what is judged on."""
        train, test = SETTINGS[self.setting].splits
        if self.on == "test":
            return _read(self.setting, train), _read(self.setting, test)
        return hold_out(_read(self.setting, train))

    def write(self, folder: str | os.PathLike[str], device: str | None = None) -> Path:
        """Run, and write the files, the JSON file last; what is there stays as it is until all is measured.

        The arrays are kept for the first seed of a test.
        """
        found, arrays = self.run(device)
        path = Path(folder) / f"{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.on == "test" and self.seed == 0:
            with replacing(path.with_suffix(".npz")) as file:
                np.savez_compressed(file, **arrays)
        with replacing(path, text=True) as file:
            file.write(json.dumps(found) + "\n")
        return path


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


def measured_gap(embeddings: Tensor, classes: np.ndarray[Any, Any], size: int = 128, per_class: int = 4) -> float:
    """Return the decomposability gap of AP (E17): the mean over queries, all of them or 2,048 drawn at random.

    The gallery is divided into batches of ``size`` images with ``per_class`` images of a class, as in training.

    Args:
        embeddings: ``(N, D)`` unit vectors; a query is left out of its own gallery.
        classes: ``(N,)`` labels.
        size: images a batch.
        per_class: images of a class in a batch.

    Example:
        >>> embeddings = torch.eye(4)[[0, 0, 1, 1]]  # two classes, each image where its twin is
        >>> measured_gap(embeddings, np.array([0, 0, 1, 1]), size=2, per_class=2)
        0.0
    """
    draw = np.random.default_rng(0)
    batches = [torch.from_numpy(batch) for batch in _batches(classes, size, per_class, draw)]
    queries = torch.from_numpy(np.sort(draw.permutation(len(classes))[:_GAP_QUERIES]))
    labels = torch.from_numpy(np.asarray(classes))
    gap_of = partial(gap, batches=batches, metric=average_precision)
    return float(for_every_query(gap_of, embeddings, labels, column=0, only=queries, chunk_size=_AT_A_TIME).nanmean())


def _batches(
    classes: np.ndarray[Any, Any], size: int, per_class: int, draw: np.random.Generator
) -> list[np.ndarray[Any, Any]]:
    """Divide all images into batches: groups of ``per_class`` images of a class, the groups in random order."""
    groups: list[np.ndarray[Any, Any]] = []
    for one in np.unique(classes):
        images = draw.permutation(np.flatnonzero(classes == one))
        groups += np.split(images, range(per_class, len(images), per_class))
    mixed = np.concatenate([groups[i] for i in draw.permutation(len(groups))])
    return np.split(mixed, range(size, len(mixed), size))


def mild_share(metrics: dict[str, float]) -> float:
    """Return the share of queries, of those whose first image is of another class, whose coarse class is right.

    NaN without a mistake or without a coarse level.

    Example:
        >>> round(mild_share({"R@1/column0": 0.5, "R@1/column1": 0.8}), 3)
        0.6
    """
    wrong = 1 - metrics["R@1/column0"]
    if "R@1/column1" not in metrics or wrong <= 0:
        return float("nan")
    return (metrics["R@1/column1"] - metrics["R@1/column0"]) / wrong


def _measure(model: nn.Module, dataset: RetrievalDataset) -> tuple[dict[str, Any], dict[str, Any]]:
    embeddings = embed(model, dataset)
    evaluation = evaluate(embeddings, torch.from_numpy(dataset.labels))
    _, retrieved = search(embeddings, embeddings, min(RETRIEVED, len(dataset) - 1), exclude_self=True)
    arrays = {
        "retrieved": retrieved.numpy().astype(np.uint16),
        "ap": evaluation.per_query["mAP/column0"].astype(np.float32),
        "h_ap": evaluation.per_query["H-AP"].astype(np.float32),
    }
    found: dict[str, Any] = {key: round(value, 6) for key, value in evaluation.mean.items()}
    return found | {"gap": measured_gap(embeddings, dataset.labels[:, 0])}, arrays


@cache
def _read(setting: str, split: str) -> RetrievalDataset:
    """Read a split once for all runs of a process."""
    return SETTINGS[setting].dataset(split)
