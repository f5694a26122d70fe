"""What happens inside a call: the largest tensor that it makes, and the rows that graphs hold at one time.

For `Exercise.forbidden`: some exercises ask for a way, not only for numbers.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

Call = Callable[[], Any]


def largest_tensor(call: Call) -> int:
    """Return the number of entries of the largest tensor that any operation of `call()` gives.

    Example:
        >>> import torch
        >>> x = torch.zeros(30)
        >>> largest_tensor(lambda: (x[:, None] >= x[None, :]).sum(1))
        900
    """
    with _Largest() as seen:
        call()
    return int(seen.entries)


class _Largest(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        made = (leaf.numel() for leaf in tree_leaves(result) if isinstance(leaf, Tensor))
        self.entries = max(self.entries, *made, 0)
        return result


def rows_in_graphs(call: Call, width: int) -> int:
    """Return the largest number of rows of `width` entries that graphs hold at one time while `call()` runs.

    A graph keeps what it needs for its way back, for a layer `images @ weight` the images: their rows are counted
    from the moment the layer is applied until the graph is gone.

    Example:
        >>> import torch
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
        if tensor.ndim == 2 and tensor.shape[1] == width:
            held += len(tensor)
            most = max(most, held)
            weakref.finalize(kept, release, len(tensor))
        return kept

    with saved_tensors_hooks(pack, lambda kept: kept.tensor):
        call()
    return most
