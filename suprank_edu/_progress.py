"""The progress bar of whatever goes through a set in blocks, and when bars are out of place."""

import os
from collections.abc import Iterable

from suprank_edu._extras import needs


def is_static() -> bool:
    """Return whether outputs are made for the built page: `SUPRANK_EDU_STATIC` is set to 1."""
    return os.environ.get("SUPRANK_EDU_STATIC", "") not in {"", "0"}


def with_progress(blocks: list[slice], show: bool, desc: str, delay: float = 0.0) -> Iterable[slice]:
    """Return the blocks, under a progress bar where it is wanted; it stays silent under `SUPRANK_EDU_STATIC=1`.

    What is done within `delay` seconds gets no bar.
    """
    if not show or is_static():
        return blocks
    with needs("train"):
        from tqdm.auto import tqdm

    return tqdm(blocks, desc=desc, unit="block", delay=delay)
