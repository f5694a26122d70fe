"""What all benchmarks share: a ratio against a named rival, and measurements in a process of their own."""

from __future__ import annotations

import multiprocessing
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

STATUS = Path("/proc/self/status")


class Ratio(NamedTuple):
    """How many times less the library takes than a rival, both measured in one run.

    Attributes:
        name: what was measured, with its size; stable, since baselines are compared by it.
        ours: seconds or MiB of the library.
        rival: the same of the rival.
        unit: ``"s"`` or ``"MiB"``.
        against: the rival's name.
        least: the least of the library's and of the rival's times, where ``ours`` and ``rival`` are medians.
    """

    name: str
    ours: float
    rival: float
    unit: str
    against: str
    least: tuple[float, float] | None = None

    @property
    def times(self) -> float:
        """The rival's figure divided by the library's: above 1 the library is better."""
        return self.rival / max(self.ours, 1e-9)

    def line(self) -> str:
        """Return one row of a table."""
        figures = f"{self.ours:10.4f} {self.rival:10.4f} {self.unit:3}"
        line = f"{self.name:48} {figures} {self.times:8.1f}x  {self.against}"
        if self.least is None:
            return line
        ours, rival = self.least
        return f"{line}; least {ours:.4f} {rival:.4f} s {rival / max(ours, 1e-9):.1f}x"


def seconds(function: Callable[[], Any], repeats: int = 5) -> float:
    """Return the least time of a call, after one that is not counted: what else a machine does only adds to it."""
    return min(times(function, repeats))


class Spent(NamedTuple):
    """The least and the median of the times of equal calls, in seconds."""

    least: float
    median: float


def least_and_median(function: Callable[[], Any], repeats: int) -> Spent:
    """Return both figures of ``repeats`` calls, after one that is not counted."""
    spent = times(function, repeats)
    return Spent(min(spent), statistics.median(spent))


def times(function: Callable[[], Any], repeats: int) -> list[float]:
    """Return the seconds of each call, after one that is not counted."""
    function()
    spent = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        spent.append(time.perf_counter() - start)
    return spent


def other_programs() -> Callable[[], float]:
    """Begin to watch the machine; the function returned tells how many cores other programs have used since.

    What this process and its finished children used is taken off, so no benchmark is in its own way.
    """
    start, busy, own = time.monotonic(), _busy_seconds(), _own_seconds()

    def cores() -> float:
        used = (_busy_seconds() - busy) - (_own_seconds() - own)
        return max(0.0, used / (time.monotonic() - start))

    return cores


def _busy_seconds() -> float:
    """Return the seconds for which cores were at work since the machine started."""
    import psutil

    spent = psutil.cpu_times()._asdict()
    # Where a guest's time is told, it stands in the user's as well.
    return sum(value for name, value in spent.items() if name not in ("idle", "iowait", "guest", "guest_nice"))


def _own_seconds() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def held_mib() -> float:
    """Return the memory this process holds, in MiB, and count its peak anew from here on."""
    if not STATUS.exists():
        return peak_mib()
    Path("/proc/self/clear_refs").write_text("5")
    return _status_mib("VmRSS")


def peak_mib() -> float:
    """Return the largest memory this process has held since :func:`held_mib`, in MiB; elsewhere than on Linux, ever."""
    if STATUS.exists():  # Linux's getrusage starts a child at its parent's peak
        return _status_mib("VmHWM")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _status_mib(name: str) -> float:
    (line,) = (line for line in STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


def processor() -> str:
    """Return the name of the processor, as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{len(named)} x {named[0]}" if named else platform.machine()


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
