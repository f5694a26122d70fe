"""The odds engine: a logistic step as a product of what rows and columns have, on a CPU.

`σ((c - r)/τ) = 1 / (1 + e^{r/τ} e^{-c/τ})`: exponentials of items, and for a pair a product and a reciprocal, in half
the time of a sigmoid of differences. What lies beyond δ, and the jumps, go by places instead of pairs.
"""

import math
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from suprank_edu.pairwise.counts import ROWS_WORTH_A_SORT, finite_range
from suprank_edu.pairwise.direct import blocks, new_buffers
from suprank_edu.pairwise.double_backward import once_differentiable
from suprank_edu.pairwise.pieces import Pieces, pieces_of
from suprank_edu.pairwise.places import add_slopes_by_place, find_places, values_by_place
from suprank_edu.steps import Step

# Widest spread of a query's scores, in units of τ, whose exponentials around its middle are normal float32 numbers.
_WIDEST = 160.0


def may_be_odds(rows: Tensor, step: Step) -> bool:
    """Return whether `odds_sums` can take a step and rows as many as these, where their scores are not too wide."""
    pieces = pieces_of(step)
    known = pieces is not None and pieces.tau is not None
    return known and rows.device.type == "cpu" and rows.dtype == torch.float32 and rows.shape[1] >= ROWS_WORTH_A_SORT


def worth_odds(rows: Tensor, columns: Tensor, step: Step) -> bool:
    """Return whether `odds_sums` can take a step and some scores, and saves time."""
    pieces = pieces_of(step)
    if not may_be_odds(rows, step) or not columns.shape[1] or pieces is None or pieces.tau is None:
        return False
    low, high = finite_range(rows.detach(), columns.detach())
    return bool((high - low).max() < _WIDEST * pieces.tau)


def odds_sums(rows: Tensor, columns: Tensor, step: Step) -> Tensor:
    """Sum `step(columns[q, m] - rows[q, p])` over m, as `suprank_edu.pairwise.step_sums` describes.

    Args:
        rows: `(Q, P)` float32 scores on a CPU, each row padded at its end with `+inf`.
        columns: `(Q, M)` float32 scores, `-inf` where padded or hidden.
        step: a `Sigmoid` or a `SupStep`, whose τ is above 1/160 of the spread of the scores.

    Example:
        >>> from suprank_edu.steps import SupStep
        >>> odds_sums(torch.tensor([[0.5, 0.2]]), torch.tensor([[0.6, 0.25, 0.1]]), SupStep())
        tensor([[ 6.4933, 37.9867]])
    """
    sums: Tensor = _OddsSums.apply(rows, columns, pieces_of(step))  # type: ignore[no-untyped-call]
    return sums


class _OddsSums(torch.autograd.Function):
    """`Σ σ(min(t, δ)/τ)` over pairs, and the rest by places; in backward the pairs again."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, columns: Tensor, pieces: Pieces) -> Tensor:
        sums = torch.zeros_like(rows)
        middle = _middle(rows, columns)
        odds = _odds(rows, columns, middle, pieces)
        ctx.buffer = new_buffers(rows, columns, 1)[0]
        for queries, slots, values in _pairs(rows, *odds, pieces, ctx.buffer):
            sums[queries, slots] = values.sum(dim=2)
        by_place = []
        if pieces.start or pieces.delta < math.inf:
            places = find_places(rows, columns, pieces.delta)
            sums += values_by_place(places, rows, middle, pieces)
            by_place = [places.within, places.of_columns]
        ctx.save_for_backward(rows, *odds, *by_place)
        ctx.pieces = pieces
        return sums

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        rows, of_rows, of_columns, *by_place = ctx.saved_tensors
        pieces, grad = ctx.pieces, grad / ctx.pieces.tau
        for_rows, for_columns = torch.zeros_like(of_rows), torch.zeros_like(of_columns)
        for queries, slots, slopes in _pairs(rows, of_rows, of_columns, pieces, ctx.buffer):
            slopes.addcmul_(slopes, slopes, value=-1)  # σ(1 - σ)
            for_rows[queries, slots] = slopes.sum(dim=2)
            for_columns[queries] += torch.bmm(grad[queries, None, slots], slopes)[:, 0]
        if pieces.delta < math.inf:
            at_delta = 1 / _least(pieces)
            slope = pieces.rho * pieces.tau - at_delta * (1 - at_delta)  # less what the pair has added as if at δ
            within, places = by_place
            add_slopes_by_place(within, places, grad, slope, for_rows, for_columns)
        return for_rows.mul_(grad).neg_(), for_columns, None


def _odds(rows: Tensor, columns: Tensor, middle: Tensor, pieces: Pieces) -> tuple[Tensor, Tensor]:
    """Return `(Q, P)` and `(Q, M)`: what rows and columns have in the odds of their pairs, which are the products."""
    assert pieces.tau is not None
    # Exponents in float64: far from the middle they would lose a digit in float32.
    of_rows = torch.sub(rows, middle).div_(pieces.tau).exp_().float()
    return of_rows, torch.sub(middle, columns).div_(pieces.tau).exp_().float()


def _pairs(
    rows: Tensor, of_rows: Tensor, of_columns: Tensor, pieces: Pieces, buffer: Tensor
) -> Iterator[tuple[Tensor | slice, slice, Tensor]]:
    """Yield some queries, some of their rows, and `(q, p, M)` values `σ(min(t, δ)/τ)` in the buffer, used each time."""
    width, one = of_columns.shape[1], torch.ones_like(of_columns)
    for queries, slots in blocks(rows, len(buffer) // width):
        r, c = of_rows[queries, slots], of_columns[queries]
        values = buffer[: r.numel() * width].view(*r.shape, width)
        torch.addcmul(one[: len(c), None, :], r[:, :, None], c[:, None, :], out=values)
        yield queries, slots, values.clamp_(min=_least(pieces)).reciprocal_()


def _least(pieces: Pieces) -> float:
    """Return `1/σ(δ/τ)`, the least value of one plus the odds, at δ and beyond."""
    assert pieces.tau is not None
    return 1 + math.exp(-pieces.delta / pieces.tau)


def _middle(rows: Tensor, columns: Tensor) -> Tensor:
    """Return `(Q, 1)` float64: the middle of the scores of each query."""
    low, high = finite_range(rows, columns)
    return (low.double() + high) / 2
