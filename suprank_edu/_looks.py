"""One look at a device for all that several ask of it: each look waits until a card has done all that it was given."""

from collections.abc import Generator, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeAlias, TypeVar

import torch
from torch import Tensor

from suprank_edu._transforms import numbers_of, refused_by_transforms

Result = TypeVar("Result")
Looking: TypeAlias = Generator[Tensor, list[float], Result]
"""Work that yields, once at most, a `(N,)` tensor of numbers that it must know, and is sent them."""


class _Done(NamedTuple):
    result: Any


def look(work: Looking[Result]) -> Result:
    """Return the result of work, for which the device is read once.

    Example:
        >>> def twice(number):
        ...     (value,) = yield number
        ...     return 2 * value
        >>> look(twice(torch.tensor([3.0])))
        6.0
        >>> look(together([twice(torch.tensor([3.0])), twice(torch.tensor([4.0]))]))
        [6.0, 8.0]
    """
    state = _go_on(work, None)
    if not isinstance(state, _Done):
        with refused_by_transforms("a module's check of its input"):
            numbers = numbers_of(state)
        state = _go_on(work, numbers)
    assert isinstance(state, _Done), "work looked twice"
    result: Result = state.result
    return result


def together(works: Sequence[Looking[Any]]) -> Looking[list[Any]]:
    """Return the results of several that share one look."""
    states = [_go_on(work, None) for work in works]
    asked = [state for state in states if not isinstance(state, _Done)]
    if asked:
        numbers = iter((yield torch.cat(asked)))
        for place, state in enumerate(states):
            if not isinstance(state, _Done):
                states[place] = _go_on(works[place], list(islice(numbers, len(state))))
    results = []
    for state in states:
        assert isinstance(state, _Done), "work looked twice"
        results.append(state.result)
    return results


def _go_on(work: Looking[Any], numbers: list[float] | None) -> Tensor | _Done:
    """Send work its numbers, None to begin; return what it asks or that it is done."""
    try:
        return work.send(numbers)  # type: ignore[arg-type]  # a generator begins with None
    except StopIteration as end:
        return _Done(end.value)
