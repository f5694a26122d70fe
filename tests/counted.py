"""Counts what a call does, since what it takes depends on what else the machine does."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def function_calls(work: Callable[[], Any]) -> int:
    """Return how many functions, of Python and built in, are called while ``work`` runs."""
    count = 0

    def note(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
