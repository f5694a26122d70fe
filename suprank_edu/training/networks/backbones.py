"""Networks of Hugging Face transformers as embedding networks: features, pooling, head, unit vectors."""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from suprank_edu._checks import alternatives, check_count, check_one_of, check_positive
from suprank_edu._extras import needs
from suprank_edu.training.networks.embedding_network import EmbeddingNetwork

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
POOLINGS = ("average", "max", "gem", "cls")


class Source(NamedTuple):
    """Where pretrained weights lie on the Hugging Face hub, and the mean and deviation of the pixels they expect."""

    hub: str
    pixels: tuple[tuple[float, ...], tuple[float, ...]] = IMAGENET


BACKBONES = {
    "resnet34": Source("microsoft/resnet-34"),
    "resnet50": Source("microsoft/resnet-50"),
    "resnet101": Source("microsoft/resnet-101"),
    "deit-s": Source("facebook/deit-small-patch16-224"),
    "vit-s": Source("WinKawaks/vit-small-patch16-224", HALF),
    "vit-b": Source("google/vit-base-patch16-224-in21k", HALF),
    "dinov2-s": Source("facebook/dinov2-small"),
    "dinov2-b": Source("facebook/dinov2-base"),
}
"""The backbones that `Backbone` knows by name."""

_DEPTHS = {"resnet34": (3, 4, 6, 3), "resnet50": (3, 4, 6, 3), "resnet101": (3, 4, 23, 3)}


class Backbone(EmbeddingNetwork):
    """A network of `transformers` with pooling and a linear head, and unit vectors as output.

    Args:
        name: one of `suprank_edu.training.networks.backbones.BACKBONES`, whose weights are downloaded on first use,
            or a configuration of `transformers`, whose network starts from random weights.
        embedding_size: dimensions D of the output; None leaves out the head and keeps the features' own.
        pooling: how the features of all places become one vector: `"average"`, `"max"`, `"gem"` (generalised
            mean, its exponent is learnt) or, for networks of tokens, `"cls"`.
        layer_norm: normalise the pooled features, without weights of its own, as the papers do.
        image_size: pixels a side of the images it embeds.

    Raises:
        ValueError: a name or a pooling that does not exist, or a pooling that the network has no token for.
        ImportError: transformers is not installed.

    Example:
        >>> from transformers import ResNetConfig
        >>> config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic")
        >>> model = Backbone(config, embedding_size=4, pooling="gem", image_size=32).eval()
        >>> embeddings = model(torch.rand(3, 3, 32, 32))
        >>> embeddings.shape, bool((embeddings.norm(dim=1) - 1).abs().max() < 1e-5)
        (torch.Size([3, 4]), True)
    """

    mean: Tensor
    deviation: Tensor

    def __init__(
        self,
        name: Any = "resnet50",
        *,
        embedding_size: int | None = 512,
        pooling: str = "average",
        layer_norm: bool = False,
        image_size: int = 224,
    ) -> None:
        super().__init__()
        check_count("image_size", image_size)
        check_one_of("pooling", pooling, POOLINGS)
        self.image_size, self.pooling = image_size, pooling
        self.features, (mean, deviation) = _network(name)
        _freeze_unused(self.features)
        self.tokens = not _makes_maps(self.features)
        if pooling == "cls" and not self.tokens:
            raise ValueError("`pooling`: got 'cls', expected another one: this network makes maps, and has no token")
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor(deviation).view(1, 3, 1, 1))
        width = _width(self.features)
        self.gem = GeM() if pooling == "gem" else None
        self.layer_norm = nn.LayerNorm(width, elementwise_affine=False) if layer_norm else None
        self.head = nn.Linear(width, embedding_size) if embedding_size is not None else None
        self.embedding_size = embedding_size or width

    def pooled(self, images: Tensor) -> Tensor:
        """Return the `(B, C)` features, pooled and normalised, of `(B, 3, S, S)` images with values in 0..1."""
        features = self.features(pixel_values=(images - self.mean) / self.deviation).last_hidden_state
        pooled = self._pool(features)  # (B, C)
        return self.layer_norm(pooled) if self.layer_norm is not None else pooled

    def _pool(self, features: Tensor) -> Tensor:
        """Return `(B, C)` of `(B, C, h, w)` maps, or of `(B, 1 + T, C)` tokens, the first of them the class's."""
        if self.pooling == "cls":
            return features[:, 0]
        places = features[:, 1:] if self.tokens else features.flatten(2).transpose(1, 2)  # (B, T, C)
        if self.gem is not None:
            pooled: Tensor = self.gem(places)
            return pooled
        return places.amax(dim=1) if self.pooling == "max" else places.mean(dim=1)


class GeM(nn.Module):
    """Generalised mean over places: `(mean xᵖ)^(1/p)`, the mean at p = 1, the maximum as p grows; p is learnt.

    Args:
        p: exponent to start from, above 0.
        least: smaller features count as this much.

    Raises:
        ValueError: `p` or `least` is not above 0.

    References:
        Radenović, Tolias and Chum, "Fine-tuning CNN Image Retrieval with No Human Annotation", IEEE TPAMI 2019.

    Example:
        >>> GeM(p=1.0)(torch.tensor([[[1.0], [3.0]]])).item()
        2.0
    """

    def __init__(self, p: float = 3.0, least: float = 1e-6) -> None:
        super().__init__()
        check_positive("p", p)
        check_positive("least", least)
        self.p, self.least = nn.Parameter(torch.tensor(float(p))), least

    def forward(self, places: Tensor) -> Tensor:
        """Return `(B, C)` of `(B, T, C)` features."""
        with torch.autocast(places.device.type, enabled=False):  # powers overflow in half precision
            powers = places.float().clamp(min=self.least) ** self.p
            return powers.mean(dim=1) ** (1 / self.p)


def configuration(name: str) -> Any:
    """Return the configuration of a ResNet, for one that starts from random weights.

    Args:
        name: `"resnet34"`, `"resnet50"` or `"resnet101"`.

    Example:
        >>> sum(configuration("resnet34").depths), configuration("resnet50").hidden_sizes[-1]
        (16, 2048)
    """
    with needs("vision"):
        from transformers import ResNetConfig

    check_one_of("name", name, _DEPTHS)
    if name == "resnet34":
        return ResNetConfig(depths=list(_DEPTHS[name]), hidden_sizes=[64, 128, 256, 512], layer_type="basic")
    return ResNetConfig(depths=list(_DEPTHS[name]))


def _network(name: Any) -> tuple[nn.Module, tuple[tuple[float, ...], tuple[float, ...]]]:
    with needs("vision"):
        from transformers import AutoModel

    if not isinstance(name, str):
        return AutoModel.from_config(name), IMAGENET
    if name not in BACKBONES:
        raise ValueError(f"`name`: got {name!r}, expected {alternatives(BACKBONES)}, or a configuration")
    source = BACKBONES[name]
    return AutoModel.from_pretrained(source.hub), source.pixels


def _freeze_unused(network: nn.Module) -> None:
    """Take the gradient from weights that features do not pass: several processes would wait for it in vain."""
    for name, parameter in network.named_parameters():
        if name.startswith("pooler.") or name.endswith("mask_token"):
            parameter.requires_grad_(False)


def _makes_maps(network: Any) -> bool:
    return hasattr(network.config, "hidden_sizes")


def _width(network: Any) -> int:
    sizes = getattr(network.config, "hidden_sizes", None)
    return int(sizes[-1] if sizes else network.config.hidden_size)
