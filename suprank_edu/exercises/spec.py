"""What an exercise is made of: inputs, the truth on them, and the typical ways to misread the task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

Function = Callable[..., Any]


@dataclass(frozen=True)
class Case:
    """One input on which the learner's function is called.

    Args:
        label: the input in words, as a noun: ``"two scores that tie"``.
        args: what the function gets, tensors or numbers.
        smooth: whether the truth has a derivative here, so that a gradient can be asked for.
    """

    label: str
    args: tuple[Any, ...]
    smooth: bool = True


@dataclass(frozen=True)
class Reading:
    """A typical wrong answer: a learner whose numbers equal ``values`` has misread the task in just this way.

    Args:
        hint: the key of the hint, one of ``LADDER``.
        text: the one next step, in a sentence or two.
        values: the wrong answer as a function of the same arguments.
        more: a further hint, close to the code, shown only when asked for.
    """

    hint: str
    text: str
    values: Function
    more: str = ""


@dataclass(frozen=True)
class Exercise:
    """A task, how it is checked, and what a learner is told.

    Args:
        name: the name given to ``check``.
        arguments: the names of the arguments, in order.
        returns: what comes back, in words: ``"(Q, G), one rank per item"``.
        truth: the definition, in plain loops: the arguments → a float64 tensor.
        cases: the inputs; generic ones first, so that a misreading is told apart on many numbers.
        readings: typical wrong answers, in the order in which they are looked for.
        praise: what to say when all is right: what was learned, and where it is used.
        advice: words of this exercise for a general hint, by key.
        floating: whether integers will not do as a result.
        number: whether a plain Python number will do as a result.
        compared: a bool mask of the entries that are looked at; None for all.
        gradient: whether the result must carry the gradient to the first argument.
        gradient_readings: typical wrong gradients: the learner's equals the derivative of ``values``.
        rtol: the relative error that is forgiven.
    """

    name: str
    arguments: tuple[str, ...]
    returns: str
    truth: Function
    cases: tuple[Case, ...]
    readings: tuple[Reading, ...]
    praise: str
    advice: Mapping[str, str] = field(default_factory=dict)
    floating: bool = True
    number: bool = False
    compared: Function | None = None
    gradient: bool = False
    gradient_readings: tuple[Reading, ...] = ()
    rtol: float = 1e-4

    @property
    def call(self) -> str:
        """The first line of the stub, without ``def``: ``ex_rank(scores)``."""
        return f"ex_{self.name}({', '.join(self.arguments)})"


def by_row(definition: Callable[..., Any]) -> Function:
    """Turn a definition for one query (lists in) into one for ``(Q, G)`` tensors, the results stacked."""

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
    """Return two numbers as a ``(2,)`` float64 tensor."""
    return torch.tensor([first, second], dtype=torch.float64)


def on_circle(*degrees: float) -> Tensor:
    """Return ``(N, 2)`` unit vectors at these angles."""
    angles = torch.tensor(degrees).deg2rad()
    return torch.stack([angles.cos(), angles.sin()], dim=1)
