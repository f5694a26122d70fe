"""A network as a description and its weights: what rebuilds it without running anything that a file may contain."""

from pathlib import Path
from typing import Any

import torch
from torch import nn

from suprank_edu._extras import needs
from suprank_edu.training.networks import Backbone, EfficientNetLite0, SmallCNN, pretrained
from suprank_edu.training.networks.pretrained import PooledNetwork

OWN = "own"


def describe(network: nn.Module) -> dict[str, Any]:
    """Return what rebuilds a network but its weights, ready for JSON.

    Example:
        >>> describe(SmallCNN(image_size=32, channels=(4, 8), embedding_size=16))["channels"]
        [4, 8]
        >>> describe(nn.Linear(2, 2))
        {'kind': 'own', 'class': 'Linear'}
    """
    if isinstance(network, SmallCNN):
        channels = [layer.out_channels for layer in network.modules() if isinstance(layer, nn.Conv2d)]
        sizes = {"in_channels": network.in_channels, "channels": channels, "embedding_size": network.embedding_size}
        return {"kind": "small-cnn", "image_size": network.image_size, **sizes}
    if isinstance(network, PooledNetwork) and isinstance(network.features, EfficientNetLite0):
        return {"kind": "efficientnet-lite0", **_sizes(network)}
    if isinstance(network, Backbone):
        features: Any = network.features
        how = {"pooling": network.pooling, "layer_norm": network.layer_norm is not None}
        return {"kind": "transformers", **_sizes(network), **how, "config": features.config.to_dict()}
    return {"kind": OWN, "class": type(network).__name__}


def _sizes(network: PooledNetwork | Backbone) -> dict[str, Any]:
    size = None if network.head is None else network.embedding_size
    return {"image_size": network.image_size, "embedding_size": size}


def rebuild(description: dict[str, Any], weights: Path, own: nn.Module | None) -> nn.Module:
    """Return the network of a description with the weights of a file.

    Args:
        description: of `describe`.
        weights: the file of its `state_dict`.
        own: takes the weights where the description is of a network of somebody's own.

    Raises:
        ValueError: the network is somebody's own and not given, another one is, or the weights are damaged.
    """
    options = dict(description)
    kind = options.pop("kind", None)
    if kind == "small-cnn":
        network: nn.Module = SmallCNN(**options | {"channels": tuple(options["channels"])})
    elif kind == "efficientnet-lite0":
        network = pretrained(**options)
    elif kind == "transformers":
        with needs("vision"):
            from transformers import AutoConfig
        config = options.pop("config")
        network = Backbone(AutoConfig.for_model(config.pop("model_type"), **config), **options)
    elif kind == OWN and own is not None:
        network = own
    else:
        raise ValueError(
            f"`network`: got {own!r}, expected the {options.get('class', kind)} that the index was built with, which "
            "this library cannot build: give one of the same shape"
        )
    state = torch.load(weights, map_location="cpu", weights_only=True)
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        first = str(error).splitlines()[-1].strip()
        raise ValueError(f"`network`: got a {type(network).__name__} that takes other weights ({first})") from None
    return network
