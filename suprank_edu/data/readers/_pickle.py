"""Pickles that may hold plain data only."""

from __future__ import annotations

import io
import pickle
import pickletools
from typing import Any, NoReturn

from suprank_edu.data.readers._files import ListFile

# A pickle is a program for a small machine. These instructions build numbers, strings, bytes and containers; all
# others look up names of modules, call what they found, or ask for objects from outside.
_INSTRUCTIONS = """
PROTO FRAME MARK STOP POP POP_MARK DUP NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT
STRING BINSTRING SHORT_BINSTRING UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES BINBYTES8
EMPTY_LIST APPEND APPENDS LIST EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_DICT DICT SETITEM SETITEMS
EMPTY_SET ADDITEMS FROZENSET GET BINGET LONG_BINGET PUT BINPUT LONG_BINPUT MEMOIZE
"""
_PLAIN = frozenset(_INSTRUCTIONS.split())
_DAMAGE = (pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError, AttributeError, OverflowError)


class _PlainUnpickler(pickle.Unpickler):
    """Finds nothing by name, should an instruction get past the list."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> NoReturn:
        raise pickle.UnpicklingError("it asks for an object outside the file")


def read_plain_pickle(file: ListFile) -> Any:
    """Read a pickle of dicts, lists, tuples, sets, numbers, bytes and strings.

    Raises:
        ValueError: if it asks for anything else, which could run code, or is damaged.
    """
    content = file.path.read_bytes()
    try:
        _check_instructions(content)
        return _PlainUnpickler(io.BytesIO(content)).load()
    except _DAMAGE as error:
        expected = "one of plain containers, numbers and strings"
        raise file.error(None, f"a pickle that was refused ({error})", expected) from error


def _check_instructions(content: bytes) -> None:
    for opcode, argument, _ in pickletools.genops(content):
        if opcode.name not in _PLAIN:
            raise pickle.UnpicklingError(f"it holds the instruction {opcode.name} {argument or ''}".strip())
        # The memo is an array as long as its largest index: an instruction of five bytes could ask for 32 GB.
        if opcode.name in ("PUT", "BINPUT", "LONG_BINPUT") and int(argument or 0) > len(content):
            raise pickle.UnpicklingError(f"it stores an object under the number {argument}")
