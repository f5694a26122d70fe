"""Products of float32 numbers in float32, whatever a program allows its card."""

import contextlib
from collections.abc import Iterator
from typing import Any

import torch


@contextlib.contextmanager
def without_tf32() -> Iterator[None]:
    """Multiply in full float32 inside the block, and as before after it.

    TF32, a card's fast mode, keeps 10 bits of a score: ties and near ties then fall otherwise, and with them ranks.

    Example:
        >>> with without_tf32():
        ...     torch.eye(2) @ torch.eye(2)
        tensor([[1., 0.],
                [0., 1.]])
    """
    settings: Any = torch.backends.cuda.matmul
    # torch 2.9 has another name for it, and an error for who sets one and reads the other.
    name, exact = ("fp32_precision", "ieee") if hasattr(settings, "fp32_precision") else ("allow_tf32", False)
    before = getattr(settings, name)
    setattr(settings, name, exact)
    try:
        yield
    finally:
        setattr(settings, name, before)
