"""Which engine sums which queries: every pair where they are few, two sorts where they are many."""

import math
from typing import TypeVar

import torch
from torch import Tensor

from suprank_edu.pairwise.costs import costs_of
from suprank_edu.pairwise.counts import finite_range
from suprank_edu.pairwise.direct import direct_sums
from suprank_edu.pairwise.fused import can_fuse, fused_sums
from suprank_edu.pairwise.odds import may_be_odds, odds_sums, worth_odds
from suprank_edu.pairwise.pieces import pieces_of
from suprank_edu.pairwise.sorted import sorted_sums
from suprank_edu.steps import Step, SupStep

Count = TypeVar("Count", int, Tensor)

# Where the engines cost the same, forward + backward in float32, measured by `python -m benchmarks.engines --choice`.
# Direct: 1.9 ns a pair with SupStep, 1.3 ns with Sigmoid on one CPU core, 1.4 and 1.2 on two. Sorted: some 0.1 µs a
# row or column, 0.7 to 1.2 µs a bin that holds some, 2.3 ms however small. So a query with P rows and M columns wins
# P·M - c·(P + M + 8·bins) pairs by a sort, c from 50 (one core) to 86 (two) with SupStep, from 75 to 100 with Sigmoid.
# These are of CPUs; for a card see `costs`. By odds 1.5 to 1.8 ns a pair: c from 115 to 220 on one core.
PAIRS_PER_ITEM = 64
PAIRS_PER_ITEM_OF_SIGMOID = 96
PAIRS_PER_ITEM_OF_ODDS = 128
ITEMS_PER_BIN = 8
FEWEST_PAIRS = 1 << 20

# Widest spread of the scores, in units of τ, at which float64 still places a score in its bin to 1e-7.
_WIDEST = 2.0**30


def step_sums(rows: Tensor, columns: Tensor, step: Step, *, sorts: bool = True) -> Tensor:
    """Sum `step(columns[q, m] - rows[q, p])` over m, for each query q and row p, with a closed-form gradient.

    Memory is of the size of the inputs. Queries with many rows × many columns go to `sorted_sums`, the others
    to `odds_sums` or `direct_sums`, or on CUDA to `fused_sums` where they are worth a kernel of their own.

    Args:
        rows: `(Q, P)` float scores, each row padded at its end with `+inf`.
        columns: `(Q, M)` float scores, `-inf` where padded or hidden.
        step: the step; its value and slope at minus infinity must be 0.
        sorts: False sums every pair however many there are: a sort reads the device several times.

    Returns:
        `(Q, P)` sums, 0 where padded.

    Example:
        >>> from suprank_edu.steps import Heaviside
        >>> step_sums(torch.tensor([[0.5, 0.2]]), torch.tensor([[0.6, 0.3, 0.1]]), Heaviside())
        tensor([[1., 2.]])
    """
    many, few = split_by_cost(rows, columns, step) if sorts else (rows[:0], rows)
    if not len(many):
        return _every_pair(rows, columns, step)
    if not len(few):
        return sorted_sums(rows, columns, step)
    sums = torch.zeros_like(rows).index_copy(0, many, sorted_sums(rows[many], columns[many], step))
    return sums.index_copy(0, few, _every_pair(rows[few], columns[few], step))


def _every_pair(rows: Tensor, columns: Tensor, step: Step) -> Tensor:
    # A kernel is compiled for each step, some seconds, before it first runs.
    worth_it = rows.is_cuda and pieces_of(step) is not None and rows.numel() * columns.shape[1] >= FEWEST_PAIRS
    if worth_it and can_fuse(rows.device.type):
        return fused_sums(rows, columns, step)
    engine = odds_sums if worth_odds(rows, columns, step) else direct_sums
    return engine(rows, columns, step)


def split_by_cost(rows: Tensor, columns: Tensor, step: Step) -> tuple[Tensor, Tensor]:
    """Return the numbers of the queries for the sorted engine, those with most rows first, and of all others.

    Args:
        rows: `(Q, P)` float scores, `+inf` where padded.
        columns: `(Q, M)` float scores, `-inf` where padded or hidden.
        step: the step.

    Example:
        >>> rows, columns = torch.zeros(3, 2000), torch.zeros(3, 4000)
        >>> rows[1, 5:] = float("inf")
        >>> split_by_cost(rows, columns, SupStep())
        (tensor([0, 2]), tensor([1]))
    """
    every = torch.arange(len(rows), device=rows.device)
    pieces = pieces_of(step)
    most, width = rows.shape[1], columns.shape[1]
    least = PAIRS_PER_ITEM if isinstance(step, SupStep) else PAIRS_PER_ITEM_OF_SIGMOID
    if may_be_odds(rows, step):
        least = PAIRS_PER_ITEM_OF_ODDS
    fewest = FEWEST_PAIRS
    if rows.is_cuda:
        least, fewest = costs_of(rows.device)
    # The shapes alone settle small batches, at no cost, and without a look at the device.
    known = pieces is not None and rows.dtype in (torch.float32, torch.float64)
    if not known or len(rows) * pairs_won(most, width, 0, least) < fewest:
        return every[:0], every
    used = (rows < math.inf).sum(dim=1)  # (Q,)
    tau = pieces.tau if pieces is not None and pieces.tau else math.inf
    low, high = finite_range(rows.detach(), columns.detach())
    spread = (high.double() - low)[:, 0].clamp(min=0.0)  # (Q,)
    bins = spread / (2 * tau) + 1
    won = pairs_won(used, width, used.minimum(bins) + bins.clamp(max=width), least)  # (Q,)
    pays = won > 0
    in_all = torch.where(spread.max() < _WIDEST * tau, won.clamp(min=0).sum(), 0.0)
    saved, count = torch.stack([in_all.double(), pays.sum().double()]).tolist()  # the device is read once
    if saved < fewest:
        return every[:0], every
    order = torch.where(pays, used, -1).argsort(descending=True, stable=True)
    return order[: int(count)], order[int(count) :]


def pairs_won(rows: Count, columns: int, bins: Count, least: int) -> Count:
    """Return how many pairs a sort saves a query, when an item costs it as much as `least` of them.

    Example:
        >>> pairs_won(rows=300, columns=60_000, bins=82, least=PAIRS_PER_ITEM)
        14098816
    """
    return rows * columns - least * (rows + columns + ITEMS_PER_BIN * bins)
