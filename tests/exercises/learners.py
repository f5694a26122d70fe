"""A table of wrong answers: each a function as a learner might write it, with the hint that is meant for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


class Answers:
    """Collects wrong answers to one exercise after another; used as a decorator."""

    def __init__(self) -> None:
        self.params: list[Any] = []

    def wrong(self, name: str, hint: str, says: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Mark a function as an answer to exercise ``name`` that must get ``hint``, in words that contain ``says``."""

        def keep(fn: Callable[..., Any]) -> Callable[..., Any]:
            self.params.append(pytest.param(name, hint, says, fn, id=f"{name}-{hint}-{fn.__name__}"))
            return fn

        return keep
