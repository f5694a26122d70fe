"""What happens inside a call: how many numbers it makes, and the rows that graphs hold at one time.

For `Exercise.forbidden`: some exercises ask for a way, not only for numbers.
"""

import sys
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.utils import checkpoint
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

Call = Callable[[], Any]


@dataclass(frozen=True)
class Made:
    """What a call made.

    Attributes:
        largest: the number of entries of the largest tensor that an operation gave.
        total: how many entries all operations gave, or read to add them up; views cost nothing.
    """

    largest: int
    total: int


def made_by(call: Call) -> Made:
    """Return how much `call()` makes.

    Example:
        >>> x = torch.zeros(30)
        >>> made_by(lambda: (x[:, None] >= x[None, :]).sum(1))
        Made(largest=900, total=1800)
    """
    with _Counter() as counter:
        torch.empty(0)  # the first operation in such a mode imports a thousand modules: not in the time of the call
        call()
    return Made(counter.largest, counter.total)


_SUMS = {torch.ops.aten.sum, torch.ops.aten.mean, torch.ops.aten.dot, torch.ops.aten.mv, torch.ops.aten.mm}


class _Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.largest = self.total = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if not func.is_view:
            made = [leaf.numel() for leaf in tree_leaves(result) if isinstance(leaf, Tensor)]
            read = [arg.numel() for arg in args if isinstance(arg, Tensor)] if func.overloadpacket in _SUMS else []
            self.largest = max([self.largest, *made])
            self.total += max([sum(made), *read])
        return result


def rows_in_graphs(call: Call, width: int) -> int:
    """Return the largest number of rows of `width` entries that graphs hold at one time while `call()` runs.

    A graph keeps what it needs for its way back, for a layer `images @ weight` the images: their rows are counted
    from the moment the layer is applied until the graph is gone.

    Example:
        >>> images, weight = torch.ones(6, 4), torch.ones(4, 2, requires_grad=True)
        >>> rows_in_graphs(lambda: [(part @ weight).sum().backward() for part in images.split(2)], width=4)
        2
        >>> rows_in_graphs(lambda: (images @ weight).sum().backward(), width=4)
        6
    """
    held, most = 0, 0

    class Held:
        def __init__(self, tensor: Tensor) -> None:
            self.tensor = tensor

    def release(rows: int) -> None:
        nonlocal held
        held -= rows

    def pack(tensor: Tensor) -> Held:
        nonlocal held, most
        kept = Held(tensor.detach())
        if tensor.ndim == 2 and tensor.shape[1] == width and not _in_checkpoint():
            held += len(tensor)
            most = max(most, held)
            weakref.finalize(kept, release, len(tensor))
        return kept

    with saved_tensors_hooks(pack, lambda kept: kept.tensor):
        call()
    return most


def _in_checkpoint() -> bool:
    """Whether the caller is `torch.utils.checkpoint`: what it keeps itself are inputs, whose graph it makes again."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code.co_filename != checkpoint.__file__:
        frame = frame.f_back
    return frame is not None
