"""A step beside other programs: how much longer it takes than on an idle machine, against FastAP of another library.

    python -m benchmarks.busy

Forward + backward at batch 256, medians; then the same while two other processes multiply matrices with two threads
each, and with one thread while two processes of Python spin. On two cores a fair share is some 3 times. Beside them
``torch.compile`` of a step with a small network, whose loss it leaves as it is: by ``aot_eager``, which only traces,
and by ``inductor``, its own backend, where there is a C++ compiler.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain

import torch

from benchmarks.harness import Ratio, in_process, least_and_median, times
from benchmarks.losses import FAST, batch, published_rival

MULTIPLIES = "import torch; torch.set_num_threads(2); a = torch.rand(512, 512)\nwhile True: a @ a; a.sigmoid()"
SPINS = "while True: pass"
LIMIT = 5  # times its idle time that a step may take
COMPILED_LIMIT = 1.1  # times the step as it is that a compiled one may take


def step(name: str, threads: int, repeats: int) -> float:
    """Return the median seconds of a step in this process."""
    torch.set_num_threads(threads)
    embeddings, labels = batch(256)
    embeddings.requires_grad_()
    loss = FAST[name]() if name in FAST else published_rival(name)

    def forward_backward() -> None:
        embeddings.grad = None
        loss(embeddings, labels).backward()

    least_and_median(forward_backward, 3)
    return least_and_median(forward_backward, repeats).median


@contextlib.contextmanager
def beside(program: str, processes: int = 2) -> Iterator[None]:
    """Run a program that never ends in so many processes, inside the block."""
    others = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(processes)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def slower(name: str, program: str, threads: int, repeats: int) -> tuple[float, float]:
    """Return the seconds of a step on an idle machine and beside a program."""
    idle = in_process(step, name, threads, repeats)
    with beside(program):
        return idle, in_process(step, name, threads, repeats)


def compiled(backend: str, repeats: int) -> tuple[float, float]:
    """Return the median seconds of a training step that is compiled, and of the same step as it is, in turn."""
    torch.manual_seed(0)
    network = torch.nn.Linear(512, 512)
    images, labels = batch(256)
    loss = FAST["AP"]()

    def training_step() -> None:
        network.zero_grad()
        loss(torch.nn.functional.normalize(network(images), dim=1), labels).backward()

    fast = torch.compile(training_step, backend=backend)
    spent = [(times(fast, 4), times(training_step, 4)) for _ in range(max(1, repeats // 4))]
    ours, eager = (statistics.median(chain.from_iterable(each)) for each in zip(*spent, strict=True))
    return ours, eager


def ratios(quick: bool) -> list[Ratio]:
    """Return what ``python -m benchmarks`` compares: how much better than FastAP a step bears other programs."""
    repeats, found = 20 if quick else 60, []
    for what, program, threads in (("2 processes of 2 threads", MULTIPLIES, 2), ("2 spinning processes", SPINS, 1)):
        idle, busy = slower("FastAP", program, threads, repeats)
        rival = busy / idle
        for name in FAST:
            idle, busy = slower(name, program, threads, repeats)
            verdict = "" if busy <= LIMIT * idle else f", MORE THAN {LIMIT} TIMES"
            print(f"busy/Sup-{name} 256 beside {what}: {1e3 * idle:.1f} ms idle, {1e3 * busy:.1f} ms busy{verdict}")
            found.append(Ratio(f"busy/Sup-{name} 256 beside {what}", busy / idle, rival, "x", "FastAP, slowed down"))
    for backend, name in (("aot_eager", "compiled step"), ("inductor", "step compiled by inductor")):
        if backend == "inductor" and shutil.which(os.environ.get("CXX", "g++")) is None:
            print("busy/inductor is left out: no C++ compiler")
            continue
        ours, eager = in_process(compiled, backend, repeats)
        verdict = "" if ours <= COMPILED_LIMIT * eager else f", MORE THAN {COMPILED_LIMIT} TIMES"
        print(f"busy/{name} of Sup-AP 256: {1e3 * ours:.1f} ms, {1e3 * eager:.1f} ms as it is{verdict}")
        found.append(Ratio(f"busy/{name} of Sup-AP 256", ours, eager, "s", "the step as it is"))
    return found


if __name__ == "__main__":
    print(*(ratio.line() for ratio in ratios(quick=False)), sep="\n")
