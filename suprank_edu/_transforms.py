"""What torch.compile leaves as it is, and what torch.func cannot transform."""

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from torch import Tensor
from torch._compile import _disable_dynamo

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def left_by_compiler(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Make a function run as it is inside what is compiled: few breaks instead of dozens, and no minutes of compiling.

    As `torch.compiler.disable`, which however imports the compiler, a second and a half, for everybody.

    Example:
        >>> @left_by_compiler
        ... def double(x):
        ...     return 2 * x
        >>> double(3)
        6
    """
    disabled = _disable_dynamo(function)

    @functools.wraps(function)
    def called(*arguments: Arguments.args, **keywords: Arguments.kwargs) -> Result:
        if "torch._dynamo" not in sys.modules:  # so nothing is compiled
            return function(*arguments, **keywords)
        return disabled(*arguments, **keywords)

    return called


@contextlib.contextmanager
def refused_by_transforms(name: str) -> Iterator[None]:
    """Say what to do instead where torch.func or torch.vmap hides the values that the block reads.

    Raises:
        RuntimeError: the values are hidden.
    """
    try:
        yield
    except RuntimeError as error:
        if "doesn't have storage" not in str(error) and "vmap" not in str(error):
            raise
        raise RuntimeError(
            f"torch.func, torch.vmap: {name} looks at values, which they hide; transform a loss on scores, such as "
            "suprank_edu.losses.sup_ap, or call this one without them"
        ) from error


def numbers_of(values: Tensor) -> list[float]:
    """Return the numbers of a tensor in one look at its device, inside torch.func.grad too.

    There `tolist` of torch 2.5 finds no storage, and each number is read by itself.

    Raises:
        RuntimeError: torch.vmap hides the values.
    """
    try:
        numbers: list[float] = values.tolist()
    except RuntimeError as error:
        if "doesn't have storage" not in str(error):
            raise
        numbers = [float(value) for value in values.unbind()]
    return numbers
