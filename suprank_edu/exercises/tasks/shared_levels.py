"""Chapter 10: how many levels two items share."""

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Case, Exercise, Mistake, case


def _shared_levels(labels: Tensor, ref_labels: Tensor) -> Tensor:
    rows = [naive.shared_levels(row, ref_labels.tolist()) for row in labels.tolist()]
    return torch.tensor(rows, dtype=torch.float64)


def _agree(labels: Tensor, ref_labels: Tensor) -> Tensor:
    """Return `(Q, G, L)`: 1 where a column of the two rows agrees."""
    return (labels[:, None, :] == ref_labels[None, :, :]).to(torch.float64)


_THREE = (
    torch.tensor([[0, 0, 0], [2, 1, 0], [5, 3, 1]]),
    torch.tensor([[0, 0, 0], [1, 0, 0], [2, 1, 0], [4, 2, 1], [5, 3, 1]]),
)

SHARED_LEVELS = Exercise(
    name="shared_levels",
    arguments=("labels", "ref_labels"),
    returns="(Q, G), a number of levels for each pair",
    truth=_shared_levels,
    cases=(
        Case("three queries, five items, three levels", _THREE),
        case("two levels", [[7, 1], [9, 2]], [[7, 1], [8, 1], [9, 2], [3, 0]]),
        case("one level", [[4]], [[4], [2]]),
    ),
    mistakes=(
        Mistake(
            "levels",
            "You count the levels that differ. Asked are those that agree: L for the same instance, 0 for nothing.",
            lambda a, b: (1 - _agree(a, b)).sum(2),
        ),
        Mistake(
            "levels",
            "You look at the finest column only: 1 or 0. An item of another instance may still share coarser levels.",
            lambda a, b: _agree(a, b)[:, :, 0],
        ),
        Mistake(
            "levels",
            "Yours is 1 or 0: whether anything is shared at all. Asked is how many levels are.",
            lambda a, b: _agree(a, b)[:, :, -1],
        ),
        Mistake(
            "levels",
            "You start at the finest column and stop at the first that differs, so related items get 0. Levels are "
            "shared from the coarsest on: start at the last column.",
            lambda a, b: _agree(a, b).cumprod(2).sum(2),
            "`.flip(2).cumprod(2).sum(2)` starts at the other end; where the labels are a tree, a plain sum will do.",
        ),
        Mistake(
            "levels",
            "Everything is one too large: two items with nothing in common share 0 levels.",
            lambda a, b: _agree(a, b).sum(2) + 1,
        ),
        Mistake(
            "levels",
            "You stop before the finest level: the same instance shares all L levels.",
            lambda a, b: _agree(a, b)[:, :, 1:].sum(2),
        ),
        Mistake(
            "levels",
            "Column 0 is the finest, and you take it for the coarsest: pairs with little in common get high numbers.",
            lambda a, b: (_agree(a, b) * torch.arange(1, a.shape[1] + 1)).amax(2),
        ),
        Mistake(
            "order",
            "You give the number of the first column that agrees. Asked is how many columns agree.",
            lambda a, b: _agree(a, b).argmax(2).to(torch.float64),
        ),
        Mistake(
            "normaliser",
            "That is the share of the levels, l/L. Asked is their number; the relevance divides later.",
            lambda a, b: _agree(a, b).mean(2),
        ),
    ),
    praise="From class names to a number per pair: everything in this chapter is built on it.",
    further={"shape": "`labels[:, None, :] == ref_labels[None, :, :]` is `(Q, G, L)`: sum over the last axis."},
    floating=False,
)
