"""Gradients in closed form, which carry no graph: a second derivative is refused rather than silently wrong."""

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

_REFUSED = (
    "create_graph=True: the sums of a step over pairs can be differentiated once, since their gradient is a closed "
    "form without a graph; leave out create_graph, or take a gradient penalty on another loss"
)


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the `backward` of an autograd function so that it raises where a graph of the gradient is asked for.

    torch's decorator of this name raises only when its node is visited. `torch.autograd.grad` of a gradient visits
    the paths to its inputs alone, and would return a second derivative that lacks the term of the step.

    Raises:
        RuntimeError: from the wrapped function, under `create_graph=True`.
    """

    @functools.wraps(backward)
    def wrapped(*arguments: Any) -> Any:
        if torch.is_grad_enabled():
            raise RuntimeError(_REFUSED)
        return backward(*arguments)

    return wrapped


def refuse_second_derivative(slopes: Tensor, of: Tensor) -> Tensor:
    """Return `slopes`, a gradient at `of` without a graph, so that differentiating it again raises.

    Unlike `once_differentiable` it lets a first derivative pass that is taken with a graph, as `torch.func.grad`
    takes each.

    Raises:
        RuntimeError: when the result is differentiated with respect to `of`.
    """
    if not torch.is_grad_enabled():
        return slopes
    linked: Tensor = _Refusing.apply(slopes, of)  # type: ignore[no-untyped-call]
    return linked


class _Refusing(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(slopes: Tensor, of: Tensor) -> Tensor:
        return slopes.clone()

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        raise RuntimeError(_REFUSED)
