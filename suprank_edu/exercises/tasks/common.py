"""What several exercises share: definitions turned into tensors, ranks counted in one way or another, inputs, words."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Function
from suprank_edu.naive import decomposability


def by_row(definition: Callable[..., Any]) -> Function:
    """Turn a definition for one query (lists in) into one for `(Q, G)` tensors, the results stacked."""

    def rows(*tensors: Tensor) -> Tensor:
        lists = [tensor.tolist() for tensor in tensors]
        return torch.tensor([definition(*row) for row in zip(*lists, strict=True)], dtype=torch.float64)

    return rows


def by_element(definition: Callable[..., float]) -> Function:
    """Turn a definition for one number into one for a tensor of any shape; further arguments are passed on."""

    def elements(t: Tensor, *rest: Any) -> Tensor:
        values = [definition(x, *rest) for x in t.flatten().tolist()]
        return torch.tensor(values, dtype=torch.float64).reshape(t.shape)

    return elements


def one_number(value: float) -> Tensor:
    """Return a number as a float64 tensor without axes."""
    return torch.tensor(value, dtype=torch.float64)


def two_numbers(first: float, second: float) -> Tensor:
    """Return two numbers as a `(2,)` float64 tensor."""
    return torch.tensor([first, second], dtype=torch.float64)


def on_circle(*degrees: float) -> Tensor:
    """Return `(N, 2)` unit vectors at these angles."""
    angles = torch.tensor(degrees).deg2rad()
    return torch.stack([angles.cos(), angles.sin()], dim=1)


def slope_of_sigmoid(t: float, tau: float) -> float:
    """Return dσ(t/τ)/dt = σ(1 − σ)/τ."""
    value = naive.sigmoid(t, tau)
    return value * (1 - value) / tau


def pairs(scores: Tensor) -> Tensor:
    """Return `(Q, G, G)`: at [q, k, j] how much item j scores above item k, in float64."""
    scores = scores.to(torch.float64)
    return scores[:, None, :] - scores[:, :, None]


def others(scores: Tensor) -> Tensor:
    """Return `(Q, G, G)`: 1 for each pair of two items, 0 where item k meets itself."""
    return (1 - torch.eye(scores.shape[1], dtype=torch.float64)).expand(len(scores), -1, -1)


def counted(scores: Tensor, among: Tensor, step: Function, start: float = 1.0) -> Tensor:
    """Return `(Q, G)`: start + Σ over the items j that `among` (Q, G) marks, j ≠ k, of `step(s_j - s_k)`."""
    total = (step(pairs(scores)) * others(scores) * among[:, None, :]).sum(2)
    return start + total


def at_least(t: Tensor) -> Tensor:
    """The step of the pessimistic rank, H(0) = 1."""
    return (t >= 0).to(t.dtype)


def above(t: Tensor) -> Tensor:
    """The step of the optimistic rank: ties cost nothing."""
    return (t > 0).to(t.dtype)


def at_most(t: Tensor) -> Tensor:
    """The step turned round."""
    return (t <= 0).to(t.dtype)


def everyone(scores: Tensor) -> Tensor:
    """Return `(Q, G)`: a 1 for each item."""
    return torch.ones_like(scores, dtype=torch.float64)


def ranked(step: Function, start: float = 1.0) -> Function:
    """Return the rank among all items: start + Σ of `step` over the others."""
    return lambda scores: counted(scores, everyone(scores), step, start)


def argsort_once(scores: Tensor) -> Tensor:
    """Return the item at each place, from 1 on, which is no rank."""
    return (scores.argsort(dim=1, descending=True, stable=True) + 1).to(torch.float64)


FIVE_ITEMS = torch.tensor([[0.9, 0.2, 0.55, 0.35, 0.7], [-0.3, 0.4, 0.05, -0.6, 0.25]])
FOUR_ITEMS = torch.tensor([[-0.2, -0.7, 0.6, 0.1], [0.8, 0.15, -0.5, 0.3], [-0.9, -0.45, -0.1, -0.35]])
TIED_ITEMS = torch.tensor([[0.5, 0.8, 0.5, 0.1]])
ONE_ARGSORT = "One `argsort` says which item stands at each place, not at which place an item stands: that is no rank."
NOT_ITSELF = "An item is not compared with itself (j ≠ k)"


def relevant_only(scores: Tensor, relevant: Tensor) -> Tensor:
    """Look at the entries of relevant items only."""
    return relevant


TAU, RHO, DELTA = 0.01, 100.0, 0.05
EDGE = 0.5 + float(torch.sigmoid(torch.tensor(DELTA / TAU, dtype=torch.float64)))


def sigmoid(t: Tensor) -> Tensor:
    """The smooth step, no bound."""
    return torch.sigmoid(t / TAU)


def sup_step(t: Tensor) -> Tensor:
    """H⁻ of E6."""
    return torch.where(t > DELTA, RHO * (t - DELTA) + EDGE, sigmoid(t) + 0.5 * (t >= 0))


def surrogate(
    negative: Function = sup_step, positive: Function = at_least, start: float = 1.0
) -> Callable[[Tensor, Tensor], Tensor]:
    """Return a rank in which relevant items count through `positive` and the others through `negative`."""

    def value(scores: Tensor, relevant: Tensor) -> Tensor:
        plus = relevant.to(torch.float64)
        return counted(scores, plus, positive, start) + counted(scores, 1 - plus, negative, 0)

    return value


def nothing(t: Tensor) -> Tensor:
    """The step of items that are left out."""
    return torch.zeros_like(t)


# Negatives of all kinds: behind by less than τ, in front by less than δ and by more.
SCORES = torch.tensor([[0.5, 0.505, 0.46, 0.54, 0.2], [-0.1, 0.3, 0.294, -0.06, 0.31]])
RELEVANT = torch.tensor([[True, False, True, False, True], [True, True, False, False, False]])

NO_MISTAKE = "Relevant items in front are no mistake, so rank⁺ counts them exactly and carries no gradient."


def worst_case(batches: int, pos: int, neg: int) -> Tensor:
    """Return the bound E18 of batches that are all alike."""
    return one_number(decomposability.bound_of_order([pos] * batches, [neg] * batches))


DIVIDED_BY_ALL = "The sum runs over all positives of all batches: divide it by ΣP, which is B · P here."


def interval(values: Tensor, t: float) -> Tensor:
    """Return `(2,)`: the mean, and half the width t·s/√n of its interval."""
    numbers = [float(value) for value in values.double()]
    mean = math.fsum(numbers) / len(numbers)
    variance = math.fsum((number - mean) ** 2 for number in numbers) / (len(numbers) - 1)
    return torch.tensor([mean, t * math.sqrt(variance / len(numbers))], dtype=torch.float64)


def mean_and(width: Function) -> Function:
    """Return mean and half the width by another rule."""

    def rule(values: Tensor, t: float) -> Tensor:
        numbers = values.double()
        return torch.stack([numbers.mean(), torch.as_tensor(width(numbers, t), dtype=torch.float64)])

    return rule
