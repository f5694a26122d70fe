"""Gradients in closed form, which carry no graph: a second derivative is refused rather than silently wrong."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the ``backward`` of an autograd function so that it raises where a graph of the gradient is asked for.

    torch's decorator of this name raises only when its node is visited. ``torch.autograd.grad`` of a gradient visits
    the paths to its inputs alone, and would return a second derivative that lacks the term of the step.

    Raises:
        RuntimeError: from the wrapped function, under ``create_graph=True``.
    """

    @functools.wraps(backward)
    def wrapped(*arguments: Any) -> Any:
        if torch.is_grad_enabled():
            raise RuntimeError(
                "create_graph=True: the sums of a step over pairs can be differentiated once, since their gradient is "
                "a closed form without a graph; leave out create_graph, or take a gradient penalty on another loss"
            )
        return backward(*arguments)

    return wrapped
