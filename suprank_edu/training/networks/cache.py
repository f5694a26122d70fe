"""Embeddings kept on disk: computed once for the same weights and the same image files."""

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from suprank_edu._files import clear_halves, replacing
from suprank_edu.data import RetrievalDataset, VectorDataset
from suprank_edu.data.folders import cache_folder
from suprank_edu.training.networks.embedding_network import weights_hash

FORMAT = 2
"""Changes when the way from files to embeddings does; what was kept before is then computed again."""

CacheFolder = str | os.PathLike[str] | bool | None


def kept(cache: CacheFolder, key: Callable[[], Iterable[str]], compute: Callable[[], Tensor]) -> Tensor:
    """Return what was kept under a key, or compute and keep it.

    Args:
        cache: a folder, True for the platform's cache, or None or False to keep nothing.
        key: gives what the result depends on.
        compute: gives the `(N, D)` float32 result.
    """
    if cache is None or cache is False:
        return compute()
    folder = cache_folder("embeddings") if cache is True else Path(cache)
    name = hashlib.sha256("\n".join([f"format {FORMAT}", *key()]).encode()).hexdigest()
    path = folder / f"{name[:40]}.npy"
    try:
        return torch.from_numpy(np.load(path, allow_pickle=False))
    except (OSError, ValueError, EOFError):  # it is not there, or damaged
        pass
    result = compute()
    folder.mkdir(parents=True, exist_ok=True)
    clear_halves(path)
    with replacing(path) as file:
        np.save(file, result.numpy(), allow_pickle=False)
    return result


def architecture(model: nn.Module, leave_out: str | None = None) -> str:
    """Return what a network computes in text, and its weights as a hash; `leave_out` names a child that is not used."""
    children = [f"{name}: {child}" for name, child in model.named_children() if name != leave_out]
    return "\n".join([f"{type(model).__qualname__}({model.extra_repr()})", *children, weights_hash(model, leave_out)])


def hash_images(dataset: RetrievalDataset) -> str:
    """Return the sha256 of the images of a data set, in order: their encoded bytes, boxes and mode, or their vectors.

    Raises:
        OSError: a file cannot be read.

    Example:
        >>> from suprank_edu.data import read
        >>> glyphs = read("standin")
        >>> hash_images(glyphs.subset([0, 1])) == hash_images(glyphs.subset([1, 0]))
        False
    """
    found = hashlib.sha256(dataset.mode.encode())
    if isinstance(dataset, VectorDataset):
        found.update(dataset.vectors.tobytes())
        return found.hexdigest()
    for index, item in enumerate(dataset.items):
        content = item if isinstance(item, bytes) else Path(item).read_bytes()
        found.update(hashlib.sha256(content).digest())
        if dataset.boxes is not None:
            found.update(dataset.boxes[index].tobytes())
    return found.hexdigest()
