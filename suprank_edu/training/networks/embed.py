"""From images to embeddings."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from suprank_edu._checks import check_count
from suprank_edu.data import RetrievalDataset, VectorDataset
from suprank_edu.training.device import find_device
from suprank_edu.training.networks.cache import CacheFolder, architecture, hash_images, kept
from suprank_edu.training.networks.embedding_network import EmbeddingNetwork
from suprank_edu.training.networks.images import image_batches
from suprank_edu.training.networks.models import in_evaluation_mode


def embed(
    model: nn.Module,
    dataset: RetrievalDataset,
    *,
    batch_size: int = 256,
    image_size: int | None = None,
    scales: Sequence[float] = (1.0,),
    device: str | torch.device | None = None,
    cache: CacheFolder = None,
) -> Tensor:
    """Embed every image of a data set, in its order.

    Args:
        model: takes `(B, C, S, S)` images with values in 0..1, returns `(B, D)`. It runs in evaluation mode and
            is left as it was, each module in its own mode.
        dataset: N images; or a `VectorDataset`, whose `(B, C)` vectors the model takes instead.
        batch_size: images at a time; the result does not depend on it beyond rounding.
        image_size: pixels a side S; None takes `model.image_size`.
        scales: shares of S at which each image is embedded; the mean of its unit vectors is the result (the papers
            test GLDv2 at 1, 1/√2 and 1/2). Only networks that take images of any size can have more than one.
        device: `"cpu"` or `"cuda"`, moves the model there first; None leaves it where it is.
        cache: a folder where the result is kept, and found again by the same weights, image files, size and scales;
            True takes the platform's cache. A changed file or weight is another result.

    Returns:
        `(N, D)` float32 unit vectors, in main memory.

    Raises:
        ValueError: the data set is empty, a number is out of its range, neither the model nor the call says the size
            of images, the model takes other channels, or there is no such device.
        OSError: an image cannot be read.

    Example:
        >>> from suprank_edu.data import read
        >>> from suprank_edu.training import SmallCNN
        >>> glyphs = read("standin", split="test").subset(range(10))
        >>> embed(SmallCNN(), glyphs).shape
        torch.Size([10, 128])
    """
    if not scales or not all(0 < scale < math.inf for scale in scales):
        raise ValueError(f"`scales`: got {tuple(scales)}, expected one or more numbers above 0")
    size = _image_size(model, dataset, image_size)
    check_count("batch_size", batch_size)

    def compute(images: Tensor) -> Tensor:
        return nn.functional.normalize(_at_scales(model, images, scales))

    def key() -> list[str]:
        return [architecture(model), hash_images(dataset), f"{size} pixels at {tuple(scales)}"]

    return kept(cache, key, lambda: _of_all(model, compute, dataset, batch_size, size, device))


def features(
    model: EmbeddingNetwork,
    dataset: RetrievalDataset,
    *,
    batch_size: int = 256,
    device: str | torch.device | None = None,
    cache: CacheFolder = None,
) -> VectorDataset:
    """Compute once what a network's head takes of each image, so that the head alone can be trained, in seconds.

    Args:
        model: a network whose `pooled` gives `(B, C)` features, such as `pretrained()`.
        dataset: N images; a `VectorDataset` is given back as it is.
        batch_size, device, cache: as in `embed`; weights of the head do not matter to the cache.

    Returns:
        The `(N, C)` features with the labels, names and images of the data set.

    Raises:
        ValueError: as in `embed`, or the model has no features apart.
        OSError: an image cannot be read.

    Example:
        >>> from suprank_edu.data import load_samples
        >>> from suprank_edu.training import pretrained
        >>> features(pretrained(image_size=32), load_samples("mini_landmarks").subset([0, 1])).vectors.shape
        (2, 1280)
    """
    if not isinstance(model, EmbeddingNetwork):
        raise ValueError(f"`model`: got a {type(model).__name__}, expected a network with `pooled` features")
    if isinstance(dataset, VectorDataset):
        return dataset
    size = _image_size(model, dataset, None)
    check_count("batch_size", batch_size)

    def key() -> list[str]:
        return ["features", architecture(model, "head"), hash_images(dataset), f"{size} pixels"]

    found = kept(cache, key, lambda: _of_all(model, model.pooled, dataset, batch_size, size, device))
    return VectorDataset(found.numpy(), images=dataset)


def _image_size(model: nn.Module, dataset: RetrievalDataset, image_size: int | None) -> int:
    """Return pixels a side, after a look at what the model takes; 1 for vectors, which have none."""
    if len(dataset) == 0:
        raise ValueError("`dataset`: got no image, expected at least one")
    if isinstance(dataset, VectorDataset):
        return 1
    size = image_size if image_size is not None else getattr(model, "image_size", None)
    if size is None:
        raise ValueError("`image_size`: got None, and the model has no `image_size`, expected pixels a side")
    check_count("image_size", size)
    check_channels(model, dataset)
    return int(size)


@torch.no_grad()
def _of_all(
    model: nn.Module,
    compute: Callable[[Tensor], Tensor],
    dataset: RetrievalDataset,
    batch_size: int,
    size: int,
    device: str | torch.device | None,
) -> Tensor:
    """Return the `(N, D)` float32 rows that `compute` makes of each batch, the model in evaluation mode."""
    if device is not None:
        model.to(find_device(device))
    first = next(model.parameters(), None)
    where = first.device if first is not None else torch.device(device or "cpu")
    batches = [list(range(i, min(i + batch_size, len(dataset)))) for i in range(0, len(dataset), batch_size)]
    found = torch.empty(0)
    with in_evaluation_mode(model):
        for rows, images in image_batches(dataset, batches, size, where):
            piece = compute(images).float().cpu()  # (B, D)
            if not len(found):  # filled in place: pieces and their sum at once would take twice the memory
                found = torch.empty(len(dataset), piece.shape[1])
            found[rows] = piece
    return found  # (N, D)


def check_channels(model: nn.Module, dataset: RetrievalDataset) -> None:
    """Raise unless a network that tells its `in_channels` takes the images of a data set."""
    expected = getattr(model, "in_channels", dataset.channels)
    if not isinstance(dataset, VectorDataset) and expected != dataset.channels:
        raise ValueError(
            f"`dataset`: got images of {dataset.channels} channels, expected {expected}, as the model takes"
        )


def _at_scales(model: nn.Module, images: Tensor, scales: Sequence[float]) -> Tensor:
    """Return `(B, D)`: the mean, over the scales, of the unit vectors of `(B, C, S, S)` images."""
    found = []
    for scale in scales:
        side = max(1, round(images.shape[-1] * scale))
        resized = images
        if side != images.shape[-1]:
            resized = nn.functional.interpolate(images, size=side, mode="bilinear", antialias=True)
        found.append(nn.functional.normalize(model(resized).float()))
    return torch.stack(found).mean(dim=0)
