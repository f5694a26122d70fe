"""The papers' settings by name: data sets with their networks and budgets.

From "Optimization of Rank Losses for Image Retrieval" (SupRank), ROADMAP and HAPPIER, and the configurations published
with them. Some settings are ours because they say nothing there: 100 epochs where none are given, the learning rate of
proxies but on SOP and iNaturalist, batch norm frozen on H-GLDv2; and all learning rates fall to the same share of
their peak. The settings of small sets are ours: `omniglot`, `grocery`, `mini-landmarks`, `rendered-landmarks` and
its large twin, and `folder`, which is anybody's photographs.
"""

from typing import Any

from suprank_edu.steps import PUBLISHED_INAT
from suprank_edu.training.networks.pretrained import LITE
from suprank_edu.training.study.setting import Setting

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


# For a card: 8,192 landmarks to train on and 4,096 to test, and a ResNet-50 that has seen nothing before.
_LARGE = Setting(
    "rendered",
    ("train", "test"),
    {
        "batch_size": 512,
        "image_size": 64,
        "embedding_size": 512,
        "rotation": 5.0,
        "precision": "bf16",
        "lr": 1e-3,
        "loss_lr": 0.05,
    },
    None,
    "this project",
    "resnet50",
    _RESNET,
    from_scratch=True,
    steps=400,
    reading={"landmarks": 12_288, "size": 64, "device": None},
)

SETTINGS = {
    "omniglot": _small("omniglot", 300, orientations=8),  # a character turned is another character
    "mini-landmarks": _small("samples", 600, image_size=64, rotation=5.0, flip=False),
    # Half a minute on one core, and yet 37 batches with each class: proxies hardly learn from nine.
    "rendered-landmarks": _small(
        "rendered", 600, {"landmarks": 768}, image_size=32, rotation=5.0, channels=(16, 32, 64, 128)
    ),
    "rendered-landmarks-large": _LARGE,
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
