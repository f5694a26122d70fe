"""A time limit for one call, in any thread and on any system: a loop without end must not take the notebook with it.

A second thread asks Python to raise `TimeUp` in the thread of the call, which it does between two steps of the
interpreter: `while True` ends, with calls of torch in the loop or without. One single call into compiled code that
never comes back (`time.sleep(10**9)`, `sum(range(10**12))`) is out of reach: there the kernel's stop button is all.
"""

import _thread
import ctypes
import sys
import threading
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

SECONDS = 10.0
"""How long one call may take; on inputs of a few numbers a right answer takes milliseconds."""
AGAIN = 0.2
"""The pause before it is raised once more."""
_IMPORT = "<frozen importlib._bootstrap>"


class TimeUp(BaseException):
    """Raised inside a call that took too long; no Exception, so that `except Exception` does not catch it."""


def call_within(seconds: float, fn: Callable[..., Any], args: Sequence[Any]) -> Any:
    """Return `fn(*args)`.

    Raises:
        TimeUp: it took longer than `seconds`.
    """
    watch = _Watch(seconds, sys._getframe())
    try:
        watch.start()
        return fn(*args)
    finally:
        while True:  # the time may be up in these very lines
            try:
                watch.end()
                for _ in range(100):
                    pass  # what is on its way comes here: each turn of a loop asks for it
                break
            except TimeUp:
                continue


class _Watch:
    """Raises `TimeUp` in the thread that made it, again and again until `end`: a bare `except` may catch the first."""

    def __init__(self, seconds: float, frame: FrameType) -> None:
        self._seconds = seconds
        self._thread = threading.get_ident()
        self._frame = frame
        self._lock = threading.RLock()
        self._ended = threading.Event()

    def start(self) -> None:
        _thread.start_new_thread(self._wait, ())  # a Thread waits until it runs, ten times as long

    def _wait(self) -> None:
        pause = self._seconds
        while not self._ended.wait(pause):
            with self._lock:  # once `end` has set the event under this lock, nothing is raised any more
                files = self._files()
                if self._ended.is_set() or not files:
                    return
                if _IMPORT not in files:  # half a module would stay behind; the first use of some of torch imports much
                    _raise_in(self._thread, TimeUp)
            pause = AGAIN

    def _files(self) -> list[str]:
        """Return the files of the functions on the stack of the watched call; none when it is there no more."""
        files = []
        frame = sys._current_frames().get(self._thread)
        while frame is not None:
            files.append(frame.f_code.co_filename)
            if frame is self._frame:
                return files
            frame = frame.f_back
        return []

    def end(self) -> None:
        with self._lock:
            self._ended.set()


def _raise_in(thread: int, exception: type[BaseException]) -> None:
    # Never with NULL, to take it back: CPython 3.11 then stays on the alert, slow, and without end under a profiler.
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(exception))
