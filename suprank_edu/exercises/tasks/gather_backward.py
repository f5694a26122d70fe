"""Chapter 14: what one of several processes passes back into its network."""

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case


def _share(shift: int = 0) -> Function:
    """Return the rows of the process `rank + shift`, counted round."""

    def rule(gradient: Tensor, rank: int, world_size: int) -> Tensor:
        size = len(gradient) // world_size
        start = (rank + shift) % world_size * size
        return gradient[start : start + size].to(torch.float64)

    return rule


def _gather_backward(gradient: Tensor, rank: int, world_size: int) -> Tensor:
    size = len(gradient) // world_size
    return torch.tensor(
        [[world_size * float(value) for value in gradient[rank * size + i]] for i in range(size)], dtype=torch.float64
    )


def _strided(gradient: Tensor, rank: int, world_size: int) -> Tensor:
    return gradient[rank::world_size].to(torch.float64)


def _by_process(gradient: Tensor, world_size: int) -> Tensor:
    """Return the gradient as `(W, B / W, D)`."""
    return gradient.to(torch.float64).reshape(world_size, -1, gradient.shape[1])


def _times(rule: Function, power: int = 1) -> Function:
    return lambda gradient, rank, world_size: rule(gradient, rank, world_size) * float(world_size) ** power


def _first(gradient: Tensor, rank: int, world_size: int) -> Tensor:
    return _share()(gradient, 0, world_size)


_BLOCKS = "The gathered batch is one block after another, in the order of the ranks: process r has the r-th block."

GATHER_BACKWARD = Exercise(
    name="gather_backward",
    arguments=("gradient", "rank", "world_size"),
    returns="(B / world_size, D), what this process passes back into its network",
    truth=_gather_backward,
    cases=(
        case(
            "the third of three processes",
            [[0.1, -0.4], [0.3, 0.2], [-0.7, 0.5], [0.6, 0.9], [0.8, -0.2], [-0.1, 0.4]],
            2,
            3,
        ),
        case("the second of two", [[0.5], [-0.2], [0.9], [0.3]], 1, 2),
        case(
            "the first of four processes",
            [[0.2, -0.5, 0.3], [0.7, 0.1, -0.6], [-0.4, 0.8, 0.9], [0.6, -0.3, 0.5]],
            0,
            4,
        ),
        case("a process alone", [[0.4, -0.6], [0.2, 0.1]], 0, 1),
    ),
    mistakes=(
        Mistake(
            "product",
            "The rows are right, their size is not: the gradients of the processes will be averaged, where their sum "
            "is meant.",
            _share(),
        ),
        Mistake(
            "normaliser",
            "The rows are right, but you divide by W. The average over the processes divides once already, and that "
            "must be made up for.",
            _times(_share(), -1),
        ),
        Mistake("normaliser", "One factor W makes up for the average; you have two of them.", _times(_share(), 2)),
        Mistake("pieces", f"You take every W-th row. {_BLOCKS}", _times(_strided)),
        Mistake("pieces", f"You take every W-th row, and the factor W is missing. {_BLOCKS}", _strided),
        Mistake("pieces", f"You take the first block whatever the rank. {_BLOCKS}", _times(_first)),
        Mistake("pieces", f"You take the first block whatever the rank, without the factor W. {_BLOCKS}", _first),
        Mistake("pieces", "You take the block before: ranks are counted from 0.", _times(_share(-1))),
        Mistake(
            "sum",
            "You add the rows of all processes up. The loss is the same everywhere, and so is its gradient: a process "
            "needs the rows of its own images alone.",
            lambda g, r, w: _by_process(g, w).sum(0),
        ),
        Mistake(
            "sum",
            "You average the rows of all processes. A process needs the rows of its own images alone.",
            lambda g, r, w: _by_process(g, w).mean(0),
        ),
        Mistake(
            "product",
            "The factor is the number of rows of a process. The average divides by another number.",
            lambda g, r, w: _share()(g, r, w) * (len(g) // w),
        ),
        Mistake(
            "product",
            "The factor is the rank. What the average divides by is the same for all processes.",
            lambda g, r, w: _share()(g, r, w) * r,
        ),
        Mistake(
            "product",
            "The factor is W − 1. The average divides by the number of all processes, this one included.",
            lambda g, r, w: _share()(g, r, w) * (w - 1),
        ),
        Mistake("sign", "The gradient points the other way.", _times(lambda g, r, w: -_share()(g, r, w))),
    ),
    praise="With it, W processes take the very step that one process takes on the whole batch.",
    further={
        "shape": "A process embedded B / W images, and gets a gradient for these alone.",
        "wrong": "Which rows of the gathered batch came from process `rank`?",
    },
)
