"""MAT files of version 5."""

import zlib
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from suprank_edu._extras import needs
from suprank_edu.data.readers._files import ListFile

T = TypeVar("T")


def read_mat(file: ListFile, *variables: str) -> dict[str, Any]:
    """Read variables of a MAT file.

    Raises:
        ValueError: if it is no MAT file of version 5, or lacks a variable; the message says where to get the set.
    """
    with needs("data"):
        from scipy.io import loadmat
        from scipy.io.matlab import MatReadError

    try:
        found: dict[str, Any] = loadmat(file.path, variable_names=variables)
    except (
        MatReadError,
        zlib.error,
        ValueError,
        TypeError,
        OSError,
        EOFError,
        NotImplementedError,
        IndexError,
    ) as error:
        raise file.error(None, f"what cannot be read ({error})", "a MAT file of version 5") from error
    for name in variables:
        if name not in found:
            raise file.error(None, f"no variable `{name}`", f"{' and '.join(variables)}")
    return found


def entries(file: ListFile, name: str, cells: Any, convert: Callable[[Any], T]) -> list[T]:
    """Return the single value in each of N cells, converted.

    Raises:
        ValueError: if a cell is empty or holds something else; entries are counted from 1.
    """
    values = []
    for number, cell in enumerate(np.ravel(cells), 1):
        try:
            values.append(convert(np.ravel(cell)[0]))
        except (IndexError, ValueError, TypeError):
            raise file.error(number, f"{cell!r} as `{name}`", f"one {convert.__name__}") from None
    return values
