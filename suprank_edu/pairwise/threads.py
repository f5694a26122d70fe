"""One thread for a small step: where a second gains little, and beside other processes costs much."""

import contextlib
from collections.abc import Iterator

import torch

# Scores of a batch that ranks itself, of 512 items: on two idle cores a second thread saves at most a third up to here.
# torch splits each operation on 32,768 elements or more, and each split waits until another core is free. Beside other
# processes that is several milliseconds, hundreds of times in a step. Measured in benchmarks/busy.py.
_SMALL = 1 << 18


@contextlib.contextmanager
def one_thread(scores: int, device: torch.device) -> Iterator[None]:
    """Keep operations on a CPU from being split among threads inside the block, where there are few `scores`.

    torch keeps the number of threads for each thread of Python, and this changes that of the calling one, for some
    milliseconds. A thread of Python that uses torch for the first time meanwhile begins with one thread too.

    Example:
        >>> before = torch.get_num_threads()
        >>> with one_thread(6, torch.device("cpu")):
        ...     torch.get_num_threads()
        1
        >>> torch.get_num_threads() == before
        True
    """
    threads = torch.get_num_threads()
    if threads == 1 or device.type != "cpu" or scores > _SMALL:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
