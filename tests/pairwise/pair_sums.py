"""Sums over pairs written plainly, and rows and columns to sum: what the tests of every engine share."""

import hypothesis.strategies as st
import torch
from strategies import score_rows

from suprank_edu.steps import PUBLISHED, Heaviside, Sigmoid, SupStep

STEPS = [Heaviside(), Sigmoid(0.05), SupStep(), PUBLISHED, SupStep(rho=0.0), SupStep(delta=0.0)]
INFINITY = float("inf")


@st.composite
def padded_pairs(draw):
    """Rows padded with +inf at the end, columns padded with -inf anywhere."""
    queries, slots, width = draw(st.integers(1, 4)), draw(st.integers(1, 6)), draw(st.integers(1, 7))
    rows, columns = draw(score_rows(queries, slots)), draw(score_rows(queries, width))
    for query in range(queries):
        rows[query, draw(st.integers(0, slots)) :] = INFINITY
        columns[query, draw(st.lists(st.integers(0, width - 1), max_size=width))] = -INFINITY
    return rows, columns


def by_loops(rows, columns, step):
    sums = torch.zeros_like(rows)
    for query, slot in torch.cartesian_prod(torch.arange(rows.shape[0]), torch.arange(rows.shape[1])):
        for column in columns[query]:
            difference = column - rows[query, slot]
            if difference.isfinite():
                sums[query, slot] += step(difference[None])[0]
    return sums


def gradients(function, rows, columns):
    rows, columns = rows.clone().requires_grad_(), columns.clone().requires_grad_()
    sums = function(rows, columns)
    weights = torch.linspace(-1, 2, sums.numel(), dtype=sums.dtype).view_as(sums)
    found = torch.autograd.grad((sums * weights).sum(), (rows, columns), allow_unused=True)
    return [torch.zeros_like(rows) if part is None else part for part in found]


def dense(rows, columns, step):
    """The Q·P·M tensor and autograd, over the finite pairs only."""
    finite = rows.isfinite()[:, :, None] & columns.isfinite()[:, None, :]
    differences = columns.nan_to_num(neginf=0.0)[:, None, :] - rows.nan_to_num(posinf=0.0)[:, :, None]
    return torch.where(finite, step(differences), 0.0).sum(dim=2)  # (Q, P)
