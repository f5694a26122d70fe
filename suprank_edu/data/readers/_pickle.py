"""Pickles that may hold plain data only."""

from __future__ import annotations

import pickle
from typing import Any, NoReturn

from suprank_edu.data.readers._files import ListFile


class _PlainUnpickler(pickle.Unpickler):
    """Builds containers, numbers and strings, for which a pickle needs no name of any module.

    A pickle runs code only through what it looks up by name: without names there is nothing to call.
    """

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> NoReturn:
        raise pickle.UnpicklingError("it asks for an object outside the file")


def read_plain_pickle(file: ListFile) -> Any:
    """Read a pickle of dicts, lists, tuples, sets, numbers and strings.

    Raises:
        ValueError: if it asks for anything else, which could run code, or is damaged.
    """
    try:
        with open(file.path, "rb") as content:
            return _PlainUnpickler(content).load()
    except (
        pickle.UnpicklingError, EOFError, ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError,
        MemoryError, ImportError,
    ) as error:  # fmt: skip
        raise file.error(
            None, f"a pickle that was refused ({error})", "one of plain containers, numbers and strings"
        ) from error
