"""What a setting is: a data set with the network and the budget that is trained on it."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from suprank_edu.data import HierarchicalBatches, MPerClassBatches, RetrievalDataset, load_samples, read
from suprank_edu.data.samplers import Batches
from suprank_edu.steps import PUBLISHED, SupStep
from suprank_edu.training.networks.backbones import Backbone, configuration
from suprank_edu.training.networks.embedding_network import EmbeddingNetwork
from suprank_edu.training.networks.models import SmallCNN
from suprank_edu.training.networks.pretrained import LITE, pretrained
from suprank_edu.training.protocol import Protocol
from suprank_edu.training.recipe import Recipe


@dataclass(frozen=True)
class Setting:
    """A data set with the network and the budget that a paper trains on it.

    Args:
        reader: name for `suprank_edu.data.read`; `"samples"` for Mini-Landmarks.
        splits: the splits to train on and to evaluate on.
        settings: of the `Recipe`, all but the steps.
        epochs: passes over the data; None takes `steps` instead.
        source: where the settings come from.
        backbone: name for `pretrained`; None takes a `SmallCNN`.
        network: further settings of a `Backbone`.
        queries: the split of the queries; None makes each image that is evaluated a query against all others, and so
            it is where the gallery has none of their classes.
        validation_queries: the split of the queries that weights and rates are chosen with, against the same gallery.
        ks: of the R@k that the papers report.
        from_scratch: start from random weights instead of pretrained ones.
        head_first: settings and `steps` of a head on frozen features, which is trained before the first step of the
            whole network; None begins with a random head.
        head_only_epochs: of the epochs, the first, in which only the head and the loss learn.
        super_classes: super-classes in a batch, None where batches do not look at them.
        max_per_class: images of a class an epoch.
        step: the step of the SupRank losses.
        steps: optimiser steps, with `epochs` None.
        scales: at which test images are embedded.
        reading: further arguments of the reader.
    """

    reader: str
    splits: tuple[str, str]
    settings: dict[str, Any]
    epochs: int | None
    source: str
    backbone: str | None = "resnet50"
    network: dict[str, Any] = field(default_factory=dict)
    queries: str | None = None
    validation_queries: str | None = None
    ks: tuple[int, ...] = (1, 2, 4, 8)
    from_scratch: bool = False
    head_first: dict[str, Any] | None = None
    head_only_epochs: int = 0
    super_classes: int | None = None
    max_per_class: int | None = None
    step: SupStep = PUBLISHED
    steps: int | None = None
    scales: tuple[float, ...] = (1.0,)
    reading: dict[str, Any] = field(default_factory=dict)

    def dataset(self, split: str, root: str | None = None) -> RetrievalDataset:
        """Read a split of the data set, from `root` or where `suprank_edu.data.read` looks for it."""
        if self.reader == "samples":
            if root is not None:
                raise ValueError(f"`root`: got {root}, expected None: Mini-Landmarks come with the library")
            return load_samples("mini_landmarks", split)
        return read(self.reader, root, split, **self.reading)

    def protocol(self, root: str | None = None, split: str | None = None) -> Protocol:
        """Return how networks are judged: as the papers do, or each image of a `split` against all others of it."""
        gallery = self.dataset(split or self.splits[1], root)
        if self.queries is None or split is not None:
            return Protocol(gallery, None, self.ks, self.scales)
        queries = self.dataset(self.queries, root)
        protocol = Protocol(gallery, queries, self.ks, self.scales)
        if self.reader == "folder" and not protocol.has_positives(column=0):
            return Protocol(queries, None, self.ks, self.scales)
        return protocol

    def validation(self, root: str | None = None) -> Protocol | None:
        """Return how weights and rates are chosen, None where no queries were put aside for that."""
        if self.validation_queries is None:
            return None
        return replace(self.protocol(root), queries=self.dataset(self.validation_queries, root))

    def batches(self, dataset: RetrievalDataset, recipe: Recipe) -> Batches:
        """Return the batches of one epoch."""
        if self.super_classes is not None:
            return HierarchicalBatches(
                dataset.labels,
                recipe.batch_size,
                recipe.per_class,
                super_classes=self.super_classes,
                batches_per_tuple=5,
                seed=recipe.seed,
            )
        return MPerClassBatches(
            dataset.labels, recipe.batch_size, recipe.per_class, seed=recipe.seed, max_per_class=self.max_per_class
        )

    def recipe(self, dataset: RetrievalDataset | None, **changes: Any) -> Recipe:
        """Return the recipe for a data set: its epochs as steps, and what the caller changes.

        Args:
            dataset: the images to train on; a setting with `steps` needs none.
            changes: settings of the recipe that differ.
        """
        if self.steps is not None:
            steps = self.steps
        elif dataset is None:
            raise ValueError(f"`dataset`: got None, expected the images that {self.epochs} epochs are counted in")
        else:
            sizes = {name: value for name, value in changes.items() if name in ("batch_size", "per_class")}
            steps = (self.epochs or 1) * len(self.batches(dataset, Recipe.from_dict(self.settings | sizes)))
        if self.reader == "folder" and dataset is not None:
            changes = {"batch_size": at_most(Recipe.from_dict(self.settings | changes), dataset)} | changes
        warm = {"head_only": self.head_only_epochs / self.epochs} if self.epochs else {}
        return Recipe.from_dict(self.settings | warm | {"steps": steps} | changes)

    def head_recipe(self, recipe: Recipe, dataset: RetrievalDataset) -> Recipe | None:
        """Return the recipe of the head that is trained before the whole network, None where there is none."""
        if self.head_first is None:
            return None
        first = replace(recipe, **self.head_first)
        return replace(first, batch_size=at_most(first, dataset))

    def model(self, recipe: Recipe, channels: int = 3) -> SmallCNN | EmbeddingNetwork:
        """Return the network for images of so many channels, with pretrained weights where the paper starts there."""
        if self.backbone is None:
            return SmallCNN.of(recipe, channels)
        options = {"embedding_size": recipe.embedding_size, "image_size": recipe.image_size} | self.network
        if self.backbone == LITE:
            return pretrained(LITE, **options)
        return Backbone(configuration(self.backbone) if self.from_scratch else self.backbone, **options)


def at_most(recipe: Recipe, dataset: RetrievalDataset) -> int:
    """Return the size of a batch, smaller where a data set has too few classes for that of the recipe."""
    return min(recipe.batch_size, len(np.unique(dataset.labels[:, 0])) * recipe.per_class)
