"""Chapter 00: divide each embedding by its own norm."""

import math

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import by_row


def _unit(row: list[float]) -> list[float]:
    norm = math.sqrt(sum(x * x for x in row))
    return [x / norm if norm > 0 else 0.0 for x in row]


def _divided_by_column_norm(x: Tensor) -> Tensor:
    return torch.div(x, x.norm(dim=0).clamp(min=1e-12))


def _divided_by_total_norm(x: Tensor) -> Tensor:
    return torch.div(x, x.norm())


def _divided_by_squares(x: Tensor) -> Tensor:
    return x / (x * x).sum(1, keepdim=True).clamp(min=1e-12)


def _divided_by_sum(x: Tensor) -> Tensor:
    return x / x.abs().sum(1, keepdim=True).clamp(min=1e-12)


def _divided_by_largest(x: Tensor) -> Tensor:
    return x / x.abs().amax(1, keepdim=True).clamp(min=1e-12)


def _never_below(smallest: float) -> Function:
    return lambda x: x / x.norm(dim=1, keepdim=True).clamp(min=smallest)


def _times_norm(x: Tensor) -> Tensor:
    return torch.mul(x, x.norm(dim=1, keepdim=True))


_COLUMNS = (
    "The columns have norm 1, the rows have not. One row is one embedding, so its norm is a sum over the D numbers of "
    "that row."
)

_COLUMNS_MORE = "`x.norm(dim=1, keepdim=True)` is `(N, 1)` and divides each row by its own norm."

UNIT_NORM = Exercise(
    name="unit_norm",
    arguments=("embeddings",),
    returns="(N, D), each row divided by its own norm",
    truth=by_row(_unit),
    cases=(
        case(
            "four embeddings of three numbers", [[3.0, 4.0, 0.0], [1.0, -2.0, 2.0], [0.5, 0.1, -0.5], [-6.0, 2.0, 3.0]]
        ),
        case("as many embeddings as numbers in each", [[3.0, 4.0], [-0.6, 0.2]]),
        case("short embeddings", [[0.003, -0.004, 0.0], [0.02, 0.01, -0.02], [0.3, 0.2, 0.6]]),
        case("a short embedding, a long one, and zeros", [[0.0, 0.0], [0.03, -0.04], [5.0, 1.0]]),
        case("an embedding of zeros", [[3.0, 4.0], [0.0, 0.0]], smooth=False),
    ),
    mistakes=(
        Mistake("axis", _COLUMNS, _divided_by_column_norm, _COLUMNS_MORE),
        Mistake(
            "axis",
            "All rows are divided by one number, the norm of the whole table. Each row needs its own.",
            _divided_by_total_norm,
            _COLUMNS_MORE,
        ),
        Mistake(
            "norm",
            "You divide by the sum of squares. The norm is its square root.",
            _divided_by_squares,
            "`(x * x).sum(dim=1, keepdim=True).sqrt()`, or `x.norm(dim=1, keepdim=True)`.",
        ),
        Mistake(
            "norm",
            "The absolute values of each row add up to 1; for a cosine it is the squares that must.",
            _divided_by_sum,
        ),
        Mistake(
            "norm",
            "The largest entry of each row is 1; for a cosine it is the sum of the squares that must be.",
            _divided_by_largest,
        ),
        Mistake(
            "norm",
            "You divide by the root of the mean of the squares. The norm is the root of their sum.",
            lambda x: x / (x * x).mean(1, keepdim=True).sqrt().clamp(min=1e-12),
        ),
        Mistake("norm", "You multiply by the norm. Divide by it.", _times_norm),
        Mistake(
            "norm",
            "You divide by the plain sum of each row. The norm is the root of the sum of squares.",
            lambda x: x / torch.where(x.sum(1, keepdim=True) == 0, 1.0, x.sum(1, keepdim=True)),
        ),
        *(
            Mistake(
                "norm",
                "Long embeddings come out right, short ones stay short: the number that guards against a division by 0 "
                "is too large.",
                _never_below(smallest),
            )
            for smallest in (1.0, 0.5, 0.1)
        ),
        Mistake(
            "norm",
            "Every norm comes out below 1: something is added to all norms. Only one of 0 needs help.",
            lambda x: x / (x.norm(dim=1, keepdim=True) + 1),
        ),
    ),
    praise="Each row has norm 1 now, so the product of two of them is their cosine similarity: the score of this book.",
    advice={
        "non-finite": "An embedding of zeros has norm 0, and 0/0 is NaN. By which number may zeros be divided, so that "
        "they stay zeros? (If the NaN comes elsewhere, it is the root of a negative number: square before you add.)"
    },
    further={
        "shape": "Without `keepdim=True` the norms have shape `(N,)`, and dividing `(N, D)` by `(N,)` meets the "
        "columns."
    },
)
