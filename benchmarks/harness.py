"""What all benchmarks share: a ratio against a named rival, and measurements in a process of their own."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple


class Ratio(NamedTuple):
    """How many times less the library takes than a rival, both measured in one run.

    Attributes:
        name: what was measured, with its size; stable, since baselines are compared by it.
        ours: seconds or MiB of the library.
        rival: the same of the rival.
        unit: ``"s"`` or ``"MiB"``.
        against: the rival's name.
    """

    name: str
    ours: float
    rival: float
    unit: str
    against: str

    @property
    def times(self) -> float:
        """The rival's figure divided by the library's: above 1 the library is better."""
        return self.rival / max(self.ours, 1e-9)

    def line(self) -> str:
        """Return one row of a table."""
        figures = f"{self.ours:10.4f} {self.rival:10.4f} {self.unit:3}"
        return f"{self.name:48} {figures} {self.times:8.1f}x  {self.against}"


def seconds(function: Callable[[], Any], repeats: int = 5) -> float:
    """Return the least time of a call, after one that is not counted: what else a machine does only adds to it."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def peak_mib() -> float:
    """Return the largest memory this process has held so far, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux's getrusage starts a child at its parent's peak
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_process(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call ``function`` in a fresh process, so that its peak memory is its own."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(sender, function, arguments))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        raise RuntimeError(f"{function.__name__}{arguments} ended without a result") from None
    finally:
        process.join()


def _send(sender: Any, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    sender.send(function(*arguments))
    sender.close()
