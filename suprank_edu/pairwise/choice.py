"""Which engine sums which queries: every pair where they are few, two sorts where they are many."""

from __future__ import annotations

import torch
from torch import Tensor

from suprank_edu.pairwise.direct import direct_sums
from suprank_edu.pairwise.fused import can_fuse, fused_sums
from suprank_edu.pairwise.pieces import pieces_of
from suprank_edu.pairwise.sorted import sorted_sums
from suprank_edu.steps import Step, SupStep

# Where the engines cost the same, forward + backward in float32, measured by `python -m benchmarks.engines --choice`.
# Direct, on one CPU core and on two: 5.0 and 2.8 ns a pair with SupStep, 1.6 and 1.2 ns with Sigmoid. Sorted: 0.2 to
# 0.4 µs a row or column on one, 0.15 to 0.35 on two, and 2.5 ms however small. P rows × M columns are P·M pairs of
# P + M items, so a query pays from P·M / (P + M) of about 100 on with SupStep, of 200 to 250 with Sigmoid. Measured on
# CPUs only; a GPU goes by the same numbers.
PAIRS_PER_ITEM = 112
PAIRS_PER_ITEM_OF_SIGMOID = 256
FEWEST_PAIRS = 1 << 20

# Widest spread of the scores, in units of τ, at which float64 still places a score in its bin to 1e-7.
_WIDEST = 2.0**30


def step_sums(rows: Tensor, columns: Tensor, step: Step) -> Tensor:
    """Sum ``step(columns[q, m] - rows[q, p])`` over m, for each query q and row p, with a closed-form gradient.

    Memory is of the size of the inputs. Queries with many rows × many columns go to :func:`sorted_sums`, the others
    to :func:`direct_sums`, or on CUDA to :func:`fused_sums` where they are worth a kernel of their own.

    Args:
        rows: ``(Q, P)`` float scores, each row padded at its end with ``+inf``.
        columns: ``(Q, M)`` float scores, ``-inf`` where padded or hidden.
        step: the step; its value and slope at minus infinity must be 0.

    Returns:
        ``(Q, P)`` sums, 0 where padded.

    Example:
        >>> from suprank_edu.steps import Heaviside
        >>> step_sums(torch.tensor([[0.5, 0.2]]), torch.tensor([[0.6, 0.3, 0.1]]), Heaviside())
        tensor([[1., 2.]])
    """
    many, few = split_by_cost(rows, columns, step)
    if not len(many):
        return _every_pair(rows, columns, step)
    if not len(few):
        return sorted_sums(rows, columns, step)
    sums = torch.zeros_like(rows).index_copy(0, many, sorted_sums(rows[many], columns[many], step))
    return sums.index_copy(0, few, _every_pair(rows[few], columns[few], step))


def _every_pair(rows: Tensor, columns: Tensor, step: Step) -> Tensor:
    # A kernel is compiled for each step, some seconds, before it first runs.
    worth_it = rows.is_cuda and pieces_of(step) is not None and rows.numel() * columns.shape[1] >= FEWEST_PAIRS
    engine = fused_sums if worth_it and can_fuse(rows.device.type) else direct_sums
    return engine(rows, columns, step)


def split_by_cost(rows: Tensor, columns: Tensor, step: Step) -> tuple[Tensor, Tensor]:
    """Return the numbers of the queries for the sorted engine, those with most rows first, and of all others.

    Args:
        rows: ``(Q, P)`` float scores, ``+inf`` where padded.
        columns: ``(Q, M)`` float scores, ``-inf`` where padded or hidden.
        step: the step.

    Example:
        >>> rows, columns = torch.zeros(3, 2000), torch.zeros(3, 4000)
        >>> rows[1, 5:] = float("inf")
        >>> split_by_cost(rows, columns, SupStep())
        (tensor([0, 2]), tensor([1]))
    """
    every = torch.arange(len(rows), device=rows.device)
    known = pieces_of(step) is not None and rows.dtype in (torch.float32, torch.float64)
    least = PAIRS_PER_ITEM if isinstance(step, SupStep) else PAIRS_PER_ITEM_OF_SIGMOID
    most, width = rows.shape[1], columns.shape[1]
    # The shapes alone settle small batches, at no cost.
    if not known or most * width < least * (most + width) or rows.numel() * width < FEWEST_PAIRS:
        return every[:0], every
    used = rows.isfinite().sum(dim=1)  # (Q,)
    pays = used * width >= least * (used + width)
    pairs = (used * pays).sum() * width
    tau = getattr(step, "tau", 1.0)
    if float(torch.where(_spread(rows, columns) < _WIDEST * tau, pairs, 0)) < FEWEST_PAIRS:
        return every[:0], every
    order = torch.where(pays, used, -1).argsort(descending=True, stable=True)
    count = int(pays.sum())
    return order[:count], order[count:]


def _spread(*scores: Tensor) -> Tensor:
    """Return the largest difference between two finite scores."""
    finite = [(torch.where(s.isfinite(), s, 0.0)) for s in scores]
    return torch.stack([s.amax() for s in finite]).max() - torch.stack([s.amin() for s in finite]).min()
