"""Work on very many files, in several threads."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from suprank_edu._progress import with_progress

T = TypeVar("T")

_BLOCK = 16  # pieces of work that a thread does at a time: few, for large photographs
_PATIENCE = 2.0  # seconds after which a bar appears


def num_workers() -> int:
    """Return how many threads or processes share the work on files."""
    return min(8, os.cpu_count() or 1)


def in_threads(work: Callable[[int], T], count: int, desc: str) -> list[T]:
    """Return `work(0), …, work(count - 1)`, under a bar if that takes long.

    Threads share work that is done without Python's lock, as decoding is, or that waits for a disk.

    Args:
        work: must be safe in several threads at once.
        count: pieces of work.
        desc: what the bar says.

    Raises:
        Exception: what `work` raises first, in order; pieces that no thread has begun are dropped.

    Example:
        >>> in_threads(lambda number: number**2, 4, "squaring")
        [0, 1, 4, 9]
    """

    def block_of(rows: slice) -> list[T]:
        return [work(row) for row in range(*rows.indices(count))]

    blocks = [slice(start, start + _BLOCK) for start in range(0, count, _BLOCK)]
    done: list[T] = []
    with ThreadPoolExecutor(num_workers()) as pool:
        results = pool.map(block_of, blocks)
        for _, block in zip(with_progress(blocks, True, desc, delay=_PATIENCE), results, strict=True):
            done += block
    return done
