"""What is passed to `fit` in the place of something else, told before anything runs."""

import zlib
from collections.abc import Iterable
from typing import Any

from suprank_edu.data import RetrievalDataset
from suprank_edu.training.checkpoint import Checkpoints
from suprank_edu.training.validation import Validation


def check_arguments(dataset: Any, loss: Any, validation: Any, checkpoints: Any, callbacks: Any) -> None:
    """Refuse what is easily mistaken for what training takes: a class for its instance, one thing for a list of it.

    Args:
        dataset: as in `fit`, like the others.
        loss: a callable that is no class.
        validation: None or what to evaluate on.
        checkpoints: None or where to keep the run.
        callbacks: callables, any number of them.

    Raises:
        ValueError: one of them is of another kind, or the data set holds no image.

    Example:
        >>> from suprank_edu.data import read
        >>> from suprank_edu.losses import SupAPLoss
        >>> check_arguments(read("standin"), SupAPLoss, None, None, ())
        Traceback (most recent call last):
        ...
        ValueError: `loss`: got the class SupAPLoss, expected a loss made of it, such as SupAPLoss()
    """
    if not hasattr(dataset, "labels"):
        raise ValueError(
            f"`dataset`: got {_named(dataset)}, expected a RetrievalDataset, such as read(name, ...) returns"
        )
    if len(dataset) == 0:
        raise ValueError("`dataset`: got no image, expected at least one")
    if isinstance(loss, type):
        raise ValueError(
            f"`loss`: got the class {loss.__name__}, expected a loss made of it, such as {loss.__name__}()"
        )
    if not callable(loss):
        raise ValueError(f"`loss`: got {_named(loss)}, expected a loss on embeddings and labels")
    if validation is not None and not isinstance(validation, Validation):
        raise ValueError(f"`validation`: got {_named(validation)}, expected a Validation(dataset, every=...)")
    if checkpoints is not None and not isinstance(checkpoints, Checkpoints):
        raise ValueError(f"`checkpoints`: got {_named(checkpoints)}, expected Checkpoints(folder, every=...)")
    if isinstance(callbacks, str) or not isinstance(callbacks, Iterable):
        raise ValueError(f"`callbacks`: got {_named(callbacks)}, expected a list of callables")
    for callback in callbacks if isinstance(callbacks, (list, tuple)) else ():
        if not callable(callback):
            raise ValueError(f"`callbacks`: got {_named(callback)} in it, expected callables of a step and its metrics")


def hash_labels(dataset: RetrievalDataset) -> str:
    """Return the number of images and a hash of their labels, in order: two data sets with different ones differ.

    Example:
        >>> from suprank_edu.data import read
        >>> hash_labels(read("standin")) == hash_labels(read("standin").subset(range(799, -1, -1)))
        False
    """
    labels = dataset.labels
    return f"{len(labels)} images with labels {zlib.crc32(labels.astype('<i8').tobytes()):08x}"


def _named(value: Any) -> str:
    return repr(value) if isinstance(value, (str, int, float)) else f"a {type(value).__name__}"
