"""Hypothesis strategies that disturb a good call: what a stranger, a bug upstream or a bad file may pass.

`disturbed` takes the keyword arguments of a good call and exchanges some of them. Whatever comes out, a public function
answers with a `ValueError` that names one of its arguments, or with the right value: tests/fuzz asks for that.
"""

from typing import Any

import hypothesis.strategies as st
import numpy as np
import torch
from torch import Tensor

NUMBERS: list[Any] = [
    *(0, 1, 2, 3, 62, 63, -1, 2**31, 2**63, 2**70, -(2**70)),
    *(0.0, -0.0, 0.5, -0.5, 1e-320, 1e-30, 1e30, 1e300, float("nan"), float("inf"), float("-inf")),
    *(True, False, None, "", "1", "worst", b"1", [], [1], (), {}, 1j, object()),
    *(np.float32(0.5), np.int64(3), np.array(0.5), np.array([1, 2])),
    *(torch.tensor(0.5), torch.tensor(2), torch.tensor([1, 2])),
]
VALUES = (float("nan"), float("inf"), float("-inf"), 1e30, -1e30, 1e300, -1e300, 1e-320, 0.0, -0.0)
LABELS = (2**62, -(2**62), 2**31, 63, 62, -1)
DTYPES = (
    *(torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex64),
    *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.uint16, torch.uint64, torch.bool),
)


def numbers() -> st.SearchStrategy[Any]:
    """Anything where a number was."""
    return st.sampled_from(NUMBERS) | st.integers() | st.floats()


@st.composite
def lists(draw: st.DrawFn, value: list[Any] | tuple[Any, ...]) -> Any:
    """A list that is longer, shorter or empty, holds something strange, or is none."""
    kind = draw(st.sampled_from(["shorter", "longer", "empty", "strange", "none", "tensor"]))
    if kind == "shorter":
        return list(value)[:-1]
    if kind == "longer":
        return [*value, *value]
    if kind == "empty":
        return []
    if kind == "strange":
        place = draw(st.integers(0, max(0, len(value) - 1)))
        return [*value[:place], draw(numbers()), *value[place + 1 :]]
    if kind == "tensor" and value and all(isinstance(entry, int | float) for entry in value):
        return torch.tensor(value)
    return draw(numbers())


@st.composite
def tensors(draw: st.DrawFn, value: Tensor) -> Any:
    """`value` with another shape, dtype, layout or entry, or something that is no tensor."""
    kind = draw(st.sampled_from(["shape", "dtype", "layout", "layout", "entry", "entry", "type"]))
    return {"shape": shapes, "dtype": dtypes, "layout": layouts, "entry": entries, "type": others}[kind](draw, value)


def shapes(draw: st.DrawFn, value: Tensor) -> Tensor:
    """Another shape: transposed, an axis more or less, no rows, no columns, one more, the whole of it empty."""
    rows = value.shape[0] if value.ndim else 0
    ways = [value.T if value.ndim == 2 else value, value[None], value.flatten(), value[:0], value[:1], value[..., :0]]
    ways += [torch.cat([value, value])] if value.ndim else []
    ways += [value[: rows // 2], value.new_zeros(()), value.new_zeros((0, 0)), value.new_zeros((1,) * 5)]
    return draw(st.sampled_from(ways))


def dtypes(draw: st.DrawFn, value: Tensor) -> Tensor:
    """Any dtype that torch has."""
    return value.to(draw(st.sampled_from(DTYPES)))


def layouts(draw: st.DrawFn, value: Tensor) -> Tensor:
    """The same numbers otherwise in memory, or with a gradient asked for."""
    padded = torch.stack([value, value.flip(0)], dim=-1) if value.ndim else value
    ways = [
        value.clone(),
        value.T.contiguous().T if value.ndim == 2 else value,
        padded[..., 0] if value.ndim else value,
    ]
    if value.is_floating_point():
        ways += [value.detach().clone().requires_grad_(), value.clone().requires_grad_() * 1]
    if value.ndim == 2:
        ways += [value[:, :1].expand(*value.shape), value[:1].expand(*value.shape), value.to_sparse()]
    return draw(st.sampled_from(ways))


def entries(draw: st.DrawFn, value: Tensor) -> Tensor:
    """One entry, or all of them, that nobody expects."""
    changed = value.clone()
    if not value.numel() or value.dtype == torch.bool:
        return changed
    entry = draw(st.sampled_from(VALUES if value.is_floating_point() else LABELS))
    if not value.is_floating_point():
        entry = max(torch.iinfo(value.dtype).min, min(torch.iinfo(value.dtype).max, entry))
    where = draw(st.just(slice(None)) | st.integers(0, value.numel() - 1))
    changed.view(-1)[where] = torch.tensor(entry).to(value.dtype)  # too large for float32: infinity
    return changed


def others(draw: st.DrawFn, value: Tensor) -> Any:
    """The numbers in something that is no tensor, or no numbers at all."""
    plain = value.tolist()
    return draw(st.sampled_from([plain, np.asarray(plain), None, "scores", 3, 0.5, Tensor, object(), {}, iter(())]))


@st.composite
def disturbed(draw: st.DrawFn, arguments: dict[str, Any], keep: tuple[str, ...] = ()) -> dict[str, Any]:
    """`arguments` with none, one or two of them exchanged, those of `keep` never."""
    names = [name for name in arguments if name not in keep]
    chosen = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
    changed = dict(arguments)
    for name in chosen:
        value = arguments[name]
        if isinstance(value, Tensor):
            changed[name] = draw(tensors(value))
        else:
            changed[name] = draw(lists(value) if isinstance(value, list | tuple) else numbers())
    return changed
