"""Lets the library compute on a device what tests ask of it on the CPU: `pytest --device cuda`.

Tests, and the oracles they compare with, stay as they are. What enters the library is moved to the device, what leaves it
is moved back, and both moves are differentiable, so gradients arrive at the tests' own leaves.
"""

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

ROOMS = ("decomposability", "losses", "metrics", "pairwise", "ranking", "relevance", "retrieval.exact", "whole_set")


def moved(value: Any, device: torch.device) -> Any:
    """Return ``value`` with every tensor in it on ``device``."""
    if isinstance(value, torch.Tensor):
        return value.to(device)
    if isinstance(value, dict):
        return {name: moved(one, device) for name, one in value.items()}
    if isinstance(value, list | tuple):
        members = [moved(one, device) for one in value]
        return type(value)(*members) if hasattr(value, "_fields") else type(value)(members)
    return value


class Placement:
    """A device for the library; only the call that comes from a test is moved, not those within it."""

    def __init__(self, device: torch.device) -> None:
        self.device, self.cpu = device, torch.device("cpu")
        self.within = False

    def __call__(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call ``work`` on the device, and return what it returns on the CPU."""
        if self.within:
            return work(*arguments, **named)
        self.within = True
        try:
            arguments, named = self.given(arguments), self.given(named)
            return moved(work(*arguments, **named), self.cpu)
        finally:
            self.within = False

    def given(self, value: Any) -> Any:
        """Move what a test gives; a function of the test's own sees the CPU, as it does without a device."""
        if isinstance(value, dict):
            return {name: self.given(one) for name, one in value.items()}
        if type(value) is tuple:
            return tuple(map(self.given, value))
        if inspect.isfunction(value) or isinstance(value, functools.partial):
            return functools.wraps(value)(lambda *a, **named: self.outside(value, *a, **named))
        return moved(value, self.device)

    def outside(self, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call a test's own function from within the library."""
        self.within = False
        try:
            return moved(work(*moved(arguments, self.cpu), **moved(named, self.cpu)), self.device)
        finally:
            self.within = True

    def of_function(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``function``, computed on the device."""
        return functools.wraps(function)(lambda *arguments, **named: self(function, *arguments, **named))

    def of_module(self, module: nn.Module, *arguments: Any, **named: Any) -> Any:
        """Call a module with its parameters on the device, while the parameters themselves stay where they are."""
        if self.within:
            return nn.Module.__call__(module, *arguments, **named)
        state = moved(dict(module.named_parameters()) | dict(module.named_buffers()), self.device)
        return self(functools.partial(torch.func.functional_call, module, state), arguments, named)


def place(device: torch.device) -> None:
    """Replace the public functions and modules of the core, wherever a test may import them from."""
    placement = Placement(device)
    placed: dict[Callable[..., Any], Callable[..., Any]] = {}
    for module in [each for room in ROOMS for each in modules(f"suprank_edu.{room}")]:
        for name, value in list(vars(module).items()):
            if name.startswith("_") or not getattr(value, "__module__", "").startswith("suprank_edu."):
                continue
            if inspect.isfunction(value):
                setattr(module, name, placed.setdefault(value, placement.of_function(value)))
            elif inspect.isclass(value) and issubclass(value, nn.Module):
                value.__call__ = lambda module, *arguments, **named: placement.of_module(module, *arguments, **named)


def modules(name: str) -> list[Any]:
    """Import a room and all in it."""
    room = importlib.import_module(name)
    below = pkgutil.walk_packages(getattr(room, "__path__", []), prefix=f"{name}.")
    return [room, *(importlib.import_module(each.name) for each in below)]
