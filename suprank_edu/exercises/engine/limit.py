"""A time limit for one call, in any thread and on any system: a loop without end must not take the notebook with it.

A second thread asks Python to raise `TimeUp` in the thread of the call, which it does between two steps of the
interpreter: `while True` ends, with calls of torch in the loop or without. One single call into compiled code that
never comes back (`time.sleep(10**9)`, `sum(range(10**12))`) is out of reach: there the kernel's stop button is all.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Sequence
from typing import Any

SECONDS = 10.0
"""How long one call may take; on inputs of a few numbers a right answer takes milliseconds."""


class TimeUp(BaseException):
    """Raised inside a call that took too long; no Exception, so that `except Exception` does not catch it."""


def call_within(seconds: float, fn: Callable[..., Any], args: Sequence[Any]) -> Any:
    """Return `fn(*args)`.

    Raises:
        TimeUp: it took longer than `seconds`.
    """
    watch = _Watch(seconds)
    watch.start()
    try:
        return fn(*args)
    finally:
        watch.end()


class _Watch:
    """Raises `TimeUp` in the thread that made it, again and again until `end`: a bare `except` may catch the first."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        pause = self._seconds
        while not self._ended.wait(pause):
            with self._lock:  # after `end` has set the event under this lock nothing is raised any more
                if not self._ended.is_set():
                    _raise_in(self._thread, TimeUp)
            pause = 0.2

    def end(self) -> None:
        while not self._ended.is_set():
            try:
                with self._lock:
                    self._ended.set()
                    _raise_in(self._thread, None)  # takes back what is on its way
            except TimeUp:  # it came while the function was already back
                continue


def _raise_in(thread: int, exception: type[BaseException] | None) -> None:
    raised = None if exception is None else ctypes.py_object(exception)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
