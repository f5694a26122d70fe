"""The papers' settings by name: data sets with their networks and budgets.

From "Optimization of Rank Losses for Image Retrieval" (SupRank), ROADMAP and HAPPIER, and the configurations published
with them. Some settings are ours because they say nothing there: 100 epochs where none are given, the learning rate of
proxies but on SOP and iNaturalist, batch norm frozen on H-GLDv2; and all learning rates fall to the same share of
their peak. The settings of small sets are ours: `omniglot`, `grocery`, `mini-landmarks`, `rendered-landmarks` and
`folder`, which is anybody's photographs.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from suprank_edu.data import HierarchicalBatches, MPerClassBatches, RetrievalDataset, load_samples, read
from suprank_edu.data.samplers import Batches
from suprank_edu.steps import PUBLISHED, PUBLISHED_INAT, SupStep
from suprank_edu.training.networks.backbones import Backbone, configuration
from suprank_edu.training.networks.embedding_network import EmbeddingNetwork
from suprank_edu.training.networks.models import SmallCNN
from suprank_edu.training.networks.pretrained import LITE, pretrained
from suprank_edu.training.protocol import Protocol
from suprank_edu.training.recipe import Recipe

# Photographs are shown as they are: a product turned or mirrored is the same product, and its text is not mirrored.
_AS_THEY_ARE = {"rotation": 0.0, "scale": 0.0, "shear": 0.0, "shift": 0.0, "embedding_size": 256, "image_size": 128}
_HEAD = _AS_THEY_ARE | {"head_only": 1.0, "lr": 5e-3, "loss_lr": 0.25}
# Batch norm keeps what it knows of ImageNet: the statistics of a batch of 16 classes are those of no other, and with
# them an image's embedding would depend on its neighbours, also in the two passes of embed_at_once.
_WHOLE = _AS_THEY_ARE | {"freeze_batch_norm": True, "batch_size": 64, "crop": 0.5, "lr": 3e-4, "loss_lr": 0.015}

_PHOTOS = {"image_size": 224, "rotation": 0.0, "scale": 0.0, "shear": 0.0, "shift": 0.0}
_PHOTOS |= {"crop": 0.16, "flip": True, "batch_size": 256, "per_class": 4, "warmup": 0.0, "embedding_size": 512}
_ADAM = _PHOTOS | {"optimizer": "adam", "freeze_batch_norm": True, "loss_lr": 10.0}
_SGD = _PHOTOS | {"optimizer": "sgd", "weight_decay": 1e-4}


@dataclass(frozen=True)
class Setting:
    """A data set with the network and the budget that a paper trains on it.

    Args:
        reader: name for `suprank_edu.data.read`; `"samples"` for Mini-Landmarks.
        splits: the splits to train on and to evaluate on.
        queries: the split of the queries; None makes each image that is evaluated a query against all others, and so
            it is where the gallery has none of their classes.
        validation_queries: the split of the queries that weights and rates are chosen with, against the same gallery.
        ks: of the R@k that the papers report.
        settings: of the `Recipe`, all but the steps.
        epochs: passes over the data; None takes `steps` instead.
        source: where the settings come from.
        backbone: name for `pretrained`; None takes a `SmallCNN`.
        network: further settings of a `Backbone`.
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


_RESNET = {"layer_norm": True}


def _small(reader: str, steps: int, reading: dict[str, Any] | None = None, **settings: Any) -> Setting:
    """A small set of this project, on which the small network is trained."""
    settings = {"lr": 2e-3, "loss_lr": 0.1} | settings
    splits = ("train", "test")
    return Setting(reader, splits, settings, None, "this project", None, steps=steps, reading=reading or {})


def _photographs(reader: str, **more: Any) -> Setting:
    """Photographs: a head on the frozen features of a pretrained network, which takes seconds on a CPU."""
    return Setting(reader, ("train", "train"), _HEAD, None, "this project", LITE, steps=300, **more)


def _fine_tuned(reader: str, **more: Any) -> Setting:
    """The same photographs: the head on frozen features first, then the whole network."""
    first = {"head_only": 1.0, "lr": 5e-3, "loss_lr": 0.25, "batch_size": 128, "steps": 300}
    return Setting(reader, ("train", "train"), _WHOLE, None, "this project", LITE, steps=200, head_first=first, **more)


def _resnet50(
    reader: str,
    source: str,
    epochs: int,
    *,
    lr: float,
    weight_decay: float = 4e-4,
    test: str = "test",
    lowest: float = 0.0,
    network: dict[str, Any] = _RESNET,
    **more: Any,
) -> Setting:
    """A set on which the papers train a ResNet-50, its head twice as fast, and the rate falls to `lowest`."""
    settings = _ADAM | {"lr": lr, "head_lr": 2 * lr, "weight_decay": weight_decay, "final_lr": lowest / lr}
    return Setting(reader, ("train", test), settings, epochs, source, network=network, **more)


def _dyml(kind: str, source: str, epochs: int, *, lr: float, lowest: float, **settings: Any) -> Setting:
    settings = _SGD | {"lr": lr, "final_lr": lowest / lr} | settings
    gallery, queries = ("test", None) if kind == "product" else ("gallery-fine", "query-fine")
    warm = 5 if kind == "product" else 0
    return Setting(
        f"dyml-{kind}",
        ("train", gallery),
        settings,
        epochs,
        source,
        "resnet34",
        _RESNET,
        queries,
        ks=(1, 10, 20),
        from_scratch=kind != "product",
        head_only_epochs=warm,
    )


_INAT: dict[str, Any] = {
    "lr": 1e-5,
    "lowest": 1e-6,
    "step": PUBLISHED_INAT,
    "ks": (1, 4, 16, 32),
    "head_only_epochs": 5,
}


SETTINGS = {
    "omniglot": _small("omniglot", 300, orientations=8),  # a character turned is another character
    "mini-landmarks": _small("samples", 600, image_size=64, rotation=5.0, flip=False),
    # Half a minute on one core, and yet 37 batches with each class: proxies hardly learn from nine.
    "rendered-landmarks": _small(
        "rendered", 600, {"landmarks": 768}, image_size=32, rotation=5.0, channels=(16, 32, 64, 128)
    ),
    # The gallery is what was trained on, the queries come from other shops.
    "grocery": _photographs("grocery", queries="test", validation_queries="val"),
    "grocery-fine-tune": _fine_tuned("grocery", queries="test", validation_queries="val"),
    "folder": _photographs("folder", queries="test"),
    "folder-fine-tune": _fine_tuned("folder", queries="test"),
    "sop": _resnet50(
        "sop",
        "SupRank and HAPPIER, SOP",
        100,
        lr=5e-5,
        weight_decay=1e-4,
        ks=(1, 10, 100, 1000),
        head_only_epochs=5,
        super_classes=2,
    ),
    "cub": _resnet50("cub", "SupRank, CUB-200-2011", 200, lr=1e-6, network=_RESNET | {"pooling": "max"}),
    "cars196": _resnet50("cars196", "SupRank, Cars196; epochs ours", 100, lr=1e-4),
    "inshop": _resnet50("inshop", "SupRank, In-Shop; epochs ours", 100, lr=1e-5, test="gallery", queries="query"),
    "inat-base": _resnet50("inat2018", "SupRank and HAPPIER, iNaturalist 2018", 90, **_INAT),
    "inat-full": _resnet50("inat2018-full", "HAPPIER, iNaturalist 2018 with seven levels", 90, **_INAT),
    "dyml-vehicle": _dyml("vehicle", "HAPPIER, DyML; epochs ours", 100, lr=0.1, lowest=1e-6),
    "dyml-animal": _dyml("animal", "HAPPIER, DyML; epochs ours", 100, lr=0.1, lowest=1e-6),
    "dyml-product": _dyml("product", "HAPPIER, DyML", 20, lr=0.01, lowest=1e-5, head_lr=0.02, freeze_batch_norm=True),
    "h-gldv2": Setting(
        "gldv2",
        ("train", "index"),
        _ADAM | {"lr": 1e-4, "head_lr": 1e-4, "weight_decay": 1e-4, "embedding_size": 2048},
        100,
        "SupRank, H-GLDv2; epochs ours",
        "resnet101",
        {"pooling": "gem"},
        "query",
        max_per_class=8,
        scales=(1.0, 2**-0.5, 0.5),
    ),
}
"""Data sets by name."""
