"""MAT files of version 5, read in a process of their own."""

# A damaged file may end the process that reads it: of 1,500 that scipy 1.17 was given two were a segmentation fault.

import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from suprank_edu._extras import needs
from suprank_edu.data.readers._files import ListFile

T = TypeVar("T")

_CHILD = """
import pickle, sys
from scipy.io import loadmat
try:
    found = loadmat(sys.argv[1], variable_names=sys.argv[2:])
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}".splitlines()[0])
sys.stdout.buffer.write(pickle.dumps(found))
"""


def read_mat(file: ListFile, *variables: str) -> dict[str, Any]:
    """Read variables of a MAT file.

    Raises:
        ValueError: if it is no MAT file of version 5, or lacks a variable; the message says where to get the set.
    """
    with needs("data"):
        import scipy  # noqa: F401 (the child needs it)

    child = subprocess.run([sys.executable, "-c", _CHILD, file.path, *variables], capture_output=True, check=False)
    if child.returncode:
        reason = child.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        reason = reason or f"reading it ends a process, {child.returncode}"
        raise file.error(None, f"what cannot be read ({reason})", "a MAT file of version 5")
    found: dict[str, Any] = pickle.loads(child.stdout)
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
