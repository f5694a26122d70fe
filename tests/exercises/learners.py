"""A table of wrong answers: each a function as a learner might write it, with the hint that is meant for it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from suprank_edu.exercises import EXERCISES, check


class Answers:
    """Collects wrong answers to one exercise after another; used as a decorator."""

    def __init__(self) -> None:
        self.params: list[Any] = []

    def wrong(self, name: str, hint: str, says: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Mark a function as an answer to exercise `name` that must get `hint`, in words that contain `says`."""

        def keep(fn: Callable[..., Any]) -> Callable[..., Any]:
            self.params.append(pytest.param(name, hint, says, fn, id=f"{name}-{hint}-{fn.__name__}"))
            return fn

        return keep


def assert_hint(name: str, hint: str, says: str, fn: Callable[..., Any]) -> None:
    """Assert that the check of a wrong answer gives `hint`, in words that contain `says`."""
    result = check(name, fn)
    assert result.hint == hint, repr(result)
    assert says in f"{result.title} {result.message} {result.traceback} {result.more}", repr(result)


def pairs(scores: Tensor) -> Tensor:
    """Return `(Q, G, G)` score differences: at [q, k, j] that of item j to item k."""
    return scores[:, None, :] - scores[:, :, None]


def stub_of(name: str, body: str) -> Callable[..., Any]:
    """Return the stub of an exercise with another body."""
    namespace: dict[str, Any] = {"__name__": "learner", "torch": torch, "np": np, "math": math}
    exec(f"def {EXERCISES[name].call}:\n    {body}\n", namespace)
    stub: Callable[..., Any] = namespace[f"ex_{name}"]
    return stub
