"""The progress bar of whatever goes through a set in blocks."""

from __future__ import annotations

import os
from collections.abc import Iterable

from suprank_edu._extras import needs


def with_progress(blocks: list[slice], show: bool, desc: str) -> Iterable[slice]:
    """Return the blocks, under a progress bar where it is wanted; it stays silent under ``SUPRANK_EDU_STATIC=1``."""
    if not show or os.environ.get("SUPRANK_EDU_STATIC") == "1":
        return blocks
    with needs("train"):
        from tqdm.auto import tqdm

    return tqdm(blocks, desc=desc, unit="block")
