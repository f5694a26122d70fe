"""What an exercise is made of: inputs, the truth on them, typical mistakes, and what is not allowed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

Answer = Callable[..., Any]
"""The learner's function, which may return anything."""

Function = Callable[..., Tensor]
"""A function of the same arguments that is the exercise's own."""


@dataclass(frozen=True)
class Case:
    """One input on which the learner's function is called.

    Args:
        label: the input in words, as a noun: `"two scores that tie"`.
        args: what the function gets, tensors or numbers.
        smooth: whether the truth has a derivative here, so that a gradient can be asked for.
    """

    label: str
    args: tuple[Any, ...]
    smooth: bool = True


def case(label: str, *args: Any, smooth: bool = True) -> Case:
    """Return an input; what is given as a list becomes a tensor."""
    return Case(label, tuple(torch.tensor(arg) if isinstance(arg, list) else arg for arg in args), smooth)


@dataclass(frozen=True)
class Hint:
    """Words for a learner.

    Args:
        hint: the key of the hint, one of `HINTS`.
        text: the one next step, in a sentence or two.
        more: a further hint, close to the code, shown only when asked for.
    """

    hint: str
    text: str
    more: str = ""


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer: a learner whose numbers equal `values` has most likely made just this mistake.

    Args:
        hint: the key of the hint, one of `HINTS`.
        text: the one next step, in a sentence or two.
        values: the wrong answer as a function of the same arguments.
        more: a further hint, close to the code, shown only when asked for.
    """

    hint: str
    text: str
    values: Function
    more: str = ""


def forms(hint: str, text: str, *values: Function, more: str = "") -> tuple[Mistake, ...]:
    """Return one mistake in several forms, which get the same words."""
    return tuple(Mistake(hint, text, each, more) for each in values)


Forbidden = Callable[..., Hint | None]
"""`(call, *arguments)` → what to say of the way in which `call()` works, or None when it is allowed."""


@dataclass(frozen=True)
class Exercise:
    """A task, how it is checked, and what a learner is told.

    Args:
        name: the name given to `check`.
        arguments: the names of the arguments, in order.
        returns: what comes back, in words: `"(Q, G), one rank per item"`.
        truth: the definition, in plain loops: the arguments → a float64 tensor.
        cases: the inputs; together they tell each mistake from the truth and from every other mistake.
        mistakes: typical wrong answers, in the order in which they are looked for.
        praise: what to say when all is right: what was learned, and where it is used.
        advice: words of this exercise for a general hint, by key, which say what to look at and not what to type.
        further: by the same keys, a further hint closer to the code, shown only when asked for.
        floating: whether integers will not do as a result.
        same_dtype: whether the result must have the dtype of the first argument.
        number: whether a plain Python number will do as a result.
        compared: a bool mask of the entries that are looked at; None for all.
        gradient: whether the result must carry the gradient to the first argument.
        gradient_mistakes: typical wrong gradients: the learner's equals the derivative of `values`.
        forbidden: for a way that is not allowed though its numbers are right: it is given a call of the learner's
            function and its arguments, makes the call, and returns what to say, or None.
        rtol: the relative error that is forgiven.
    """

    name: str
    arguments: tuple[str, ...]
    returns: str
    truth: Function
    cases: tuple[Case, ...]
    mistakes: tuple[Mistake, ...]
    praise: str
    advice: Mapping[str, str] = field(default_factory=dict)
    further: Mapping[str, str] = field(default_factory=dict)
    floating: bool = True
    same_dtype: bool = False
    number: bool = False
    compared: Function | None = None
    gradient: bool = False
    gradient_mistakes: tuple[Mistake, ...] = ()
    forbidden: Forbidden | None = None
    rtol: float = 1e-4

    @cached_property
    def truths(self) -> tuple[Tensor, ...]:
        """The truth on each input, worked out once."""
        return tuple(self.truth(*case.args) for case in self.cases)

    @cached_property
    def mistaken(self) -> Mapping[Mistake, tuple[Tensor, ...]]:
        """What each mistake gives on each input, worked out once."""
        return {m: tuple(m.values(*case.args) for case in self.cases) for m in self.mistakes}

    @property
    def call(self) -> str:
        """The first line of the stub, without `def`: `ex_rank(scores)`."""
        return f"ex_{self.name}({', '.join(self.arguments)})"
