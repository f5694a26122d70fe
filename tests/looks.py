"""How often a step looks at the device: each look waits until a GPU has done all that it was given.

Counted are numbers, lists and arrays read from tensors, and operations whose result is as large as their input says,
such as `nonzero`. Indexing by a mask is one of these. What a CPU does with numpy in place of them is not counted.
"""

from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

WAITING = ("_local_scalar_dense", "equal", "is_nonzero", "item", "masked_select", "nonzero", "unique", "_unique2")


class Looks(TorchDispatchMode):
    """Counts looks; `tolist` of a tensor on a CPU is no operation, and is counted by itself."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self.seen: list[str] = []
        to_list = torch.Tensor.tolist

        def counted(tensor: torch.Tensor) -> Any:
            self.seen.append("tolist")
            return to_list(tensor)

        monkeypatch.setattr(torch.Tensor, "tolist", counted)

    def __torch_dispatch__(self, operation: Any, types: Any, arguments: Any = (), keywords: Any = None) -> Any:
        name = operation.name().removeprefix("aten::").partition(".")[0]
        by_mask = name in ("index", "index_put_", "index_put") and any(
            index is not None and index.dtype in (torch.bool, torch.uint8) for index in arguments[1]
        )
        if name in WAITING or by_mask:
            self.seen.append(name)
        return operation(*arguments, **(keywords or {}))
