"""The fused engine: every pair, in compiled kernels that keep nothing but inputs and outputs in memory.

The direct engine writes a chunk of differences, then of steps, to memory and reads them again. torch.compile turns the
same three lines (difference, step, sum) into one loop whose pairs live in registers: Triton on a GPU, C++ on a CPU.
Each output is one reduction, without atomic additions, so that two runs give the same bits.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from suprank_edu._warnings import warn
from suprank_edu.pairwise.double_backward import once_differentiable
from suprank_edu.steps import Step, SupStep

# A kernel counts its pairs in 32 bits where it can, which is faster.
_PAIRS_AT_A_TIME = 1 << 30


class _Kernels(NamedTuple):
    """Reductions over pairs `(Q, P, M)`: two over columns in one loop, and one over rows, which needs another.

    Compiled together, they would keep the pairs for one another.
    """

    sums: Callable[[Tensor, Tensor], tuple[Tensor, ...]]
    sums_and_slopes: Callable[[Tensor, Tensor], tuple[Tensor, ...]]
    slopes_of_columns: Callable[[Tensor, Tensor, Tensor], tuple[Tensor, ...]]


def fused_sums(rows: Tensor, columns: Tensor, step: Step) -> Tensor:
    """Sum `step(columns[q, m] - rows[q, p])` over m: `suprank_edu.pairwise.step_sums`, in compiled kernels.

    Half precision is read as it is and summed in float32.

    Args:
        rows: `(Q, P)` floats, `+inf` where padded.
        columns: `(Q, M)` floats, `-inf` where padded or hidden.
        step: a step that can be hashed, as those of `suprank_edu.steps` can.

    Returns:
        `(Q, P)` sums, float32 or better.

    Raises:
        RuntimeError: torch.compile finds no compiler; see `can_fuse`.
    """
    sums: Tensor = _FusedSums.apply(rows, columns, step)  # type: ignore[no-untyped-call]
    return sums


@functools.cache
def can_fuse(device_type: str) -> bool:
    """Return whether torch.compile works on a device; warns, once, where it does not.

    Args:
        device_type: `"cuda"` or `"cpu"`.
    """
    scores = torch.zeros(2, 3, device=device_type)
    try:
        _kernels(SupStep()).sums(scores, scores)
    except Exception as error:  # a compiler can fail in as many ways as there are machines
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        warn(
            f"the fused engine cannot be compiled on {device_type} ({reason}); the direct engine computes the same, "
            "several times slower",
        )
        return False
    return True


@functools.lru_cache(maxsize=32)
def _kernels(step: Step) -> _Kernels:
    """Compile the reductions of one step, its parameters as constants."""

    def pairs(rows: Tensor, columns: Tensor) -> Tensor:
        wide = torch.promote_types(rows.dtype, torch.float32)
        return columns.to(wide) - rows.to(wide)  # never in memory

    def sums(rows: Tensor, columns: Tensor) -> tuple[Tensor, ...]:
        return (step(pairs(rows[:, :, None], columns[:, None, :])).sum(dim=2),)  # (Q, P, M) -> (Q, P)

    def sums_and_slopes(rows: Tensor, columns: Tensor) -> tuple[Tensor, ...]:
        t = pairs(rows[:, :, None], columns[:, None, :])
        return step(t).sum(dim=2), step.slope(t).sum(dim=2)

    def slopes_of_columns(rows: Tensor, columns: Tensor, weights: Tensor) -> tuple[Tensor, ...]:
        # The other way round: a sum over the last dimension is the one that is never kept.
        slopes = step.slope(pairs(rows[:, None, :], columns[:, :, None]))  # (Q, M, P)
        return ((weights[:, None, :] * slopes).sum(dim=2),)

    compiled = (torch.compile(f, dynamic=True, fullgraph=True) for f in (sums, sums_and_slopes, slopes_of_columns))
    return _Kernels(*compiled)


class _FusedSums(torch.autograd.Function):
    """The kernels, over as many queries at a time as they can count pairs of."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, columns: Tensor, step: Step) -> Tensor:
        ctx.kernels = _kernels(step)  # type: ignore[arg-type]  # a Step is frozen, and so can be hashed
        kernel = ctx.kernels.sums_and_slopes if ctx.needs_input_grad[0] else ctx.kernels.sums
        found, *slopes = _by_queries(kernel, rows.detach(), columns.detach())
        ctx.save_for_backward(rows, columns, *slopes)
        return found

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        rows, columns, *slopes = (saved.detach() for saved in ctx.saved_tensors)
        for_rows = for_columns = None
        if ctx.needs_input_grad[0]:
            for_rows = (-grad * slopes[0]).to(rows.dtype)
        if ctx.needs_input_grad[1]:
            (for_columns,) = _by_queries(ctx.kernels.slopes_of_columns, rows, columns, grad)
            for_columns = for_columns.to(columns.dtype)
        return for_rows, for_columns, None


def _by_queries(
    kernel: Callable[..., tuple[Tensor, ...]], rows: Tensor, columns: Tensor, *more: Tensor
) -> tuple[Tensor, ...]:
    at_a_time = max(1, _PAIRS_AT_A_TIME // max(1, rows.shape[1] * columns.shape[1]))
    if at_a_time >= len(rows):
        return kernel(rows.contiguous(), columns.contiguous(), *(other.contiguous() for other in more))
    parts = zip(*(torch.split(x.contiguous(), at_a_time) for x in (rows, columns, *more)), strict=True)
    return tuple(torch.cat(of_all) for of_all in zip(*(kernel(*part) for part in parts), strict=True))
