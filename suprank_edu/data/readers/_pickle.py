"""Pickles that may hold plain data only."""

import pickle
from typing import Any, NoReturn

from suprank_edu.data.readers._files import ListFile

_DAMAGE = (pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError, AttributeError, OverflowError)


class _PlainUnpickler(pickle.Unpickler):
    """Finds nothing by name: what cannot be named cannot be called, so that no code of the file runs."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> NoReturn:
        raise pickle.UnpicklingError("it asks for an object outside the file")


def read_plain_pickle(file: ListFile) -> Any:
    """Read a pickle of dicts, lists, tuples, sets, numbers, bytes and strings.

    Raises:
        ValueError: if it asks for anything else, which could run code, or is damaged.
    """
    try:
        with open(file.path, "rb") as content:
            return _PlainUnpickler(content).load()
    except _DAMAGE as error:
        expected = "one of plain containers, numbers and strings"
        raise file.error(None, f"a pickle that was refused ({error})", expected) from error
