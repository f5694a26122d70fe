"""How a function works, seen from outside: how many numbers torch makes in a call, and how many its graphs keep."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils import checkpoint
from torch.utils._python_dispatch import TorchDispatchMode

_SUMS = {torch.ops.aten.sum, torch.ops.aten.mean, torch.ops.aten.dot, torch.ops.aten.mv, torch.ops.aten.mm}


class Work(TorchDispatchMode):
    """Counts, as a context, the numbers that torch makes or adds up; views cost nothing.

    Attributes:
        total: how many numbers were made, or read to be added up.
        largest: how many numbers the largest tensor has that was made.

    Example:
        >>> with Work() as work:
        ...     _ = (torch.ones(3, 1) + torch.ones(4)).sum()
        >>> work.largest, work.total
        (12, 31)
    """

    def __init__(self) -> None:
        super().__init__()
        self.total = self.largest = 0

    def __enter__(self) -> Work:
        super().__enter__()
        torch.empty(0)  # the first operation in such a mode imports a thousand modules; not in the time of the call
        return self

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        if isinstance(made, Tensor) and not func.is_view:
            read = [arg.numel() for arg in args if isinstance(arg, Tensor)] if func.overloadpacket in _SUMS else []
            self.total += max([made.numel(), *read])
            self.largest = max(self.largest, made.numel())
        return made


class Kept:
    """Counts, as a context, the rows of a given width that graphs keep for their backward pass.

    Attributes:
        most: how many rows were kept at the same time, at most.

    Example:
        >>> weight = torch.ones(3, 2, requires_grad=True)
        >>> with Kept(width=3) as kept:
        ...     for images in torch.ones(6, 3).split(2):
        ...         (images @ weight).sum().backward()
        >>> kept.most
        2
    """

    def __init__(self, width: int) -> None:
        self.most = self._now = 0
        self._width = width
        self._hooks = torch.autograd.graph.saved_tensors_hooks(self._pack, lambda saved: saved())

    def __enter__(self) -> Kept:
        self._hooks.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._hooks.__exit__(*error)

    def _pack(self, tensor: Tensor) -> Callable[[], Tensor]:
        counts = tensor.ndim > 0 and tensor.shape[-1] == self._width and not _in_checkpoint()
        rows = tensor.numel() // self._width if counts else 0
        self._now += rows
        self.most = max(self.most, self._now)

        def saved() -> Tensor:
            return tensor

        weakref.finalize(saved, self._free, rows)  # a graph lets go of what it saved when it has gone backward
        return saved

    def _free(self, rows: int) -> None:
        self._now -= rows


def _in_checkpoint() -> bool:
    """Whether the caller is `torch.utils.checkpoint`: what it keeps itself are inputs, whose graph it makes again."""
    frame = sys._getframe()
    while frame is not None and frame.f_code.co_filename != checkpoint.__file__:
        frame = frame.f_back
    return frame is not None
