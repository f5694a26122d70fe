"""The bytes of a photograph as a short text: by it a copy of a query is known, and a file that has changed."""

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np

from suprank_edu._threads import in_threads
from suprank_edu.data import RetrievalDataset
from suprank_edu.data.pixels import Item

Digests = np.ndarray[Any, np.dtype[np.bytes_]]


def digests_of(photographs: RetrievalDataset) -> Digests:
    """Return `(N,)` sha256 of the encoded images, in hexadecimal; empty where there is no image.

    Raises:
        OSError: a file cannot be read.
    """
    found = in_threads(lambda row: _sha256(photographs.items[row]), len(photographs), "reading photographs")
    return np.array(found, dtype="S64")  # (N,)


def digest_of(photograph: object) -> bytes:
    """Return the sha256 of the bytes of one photograph.

    Raises:
        ValueError: it is neither a path nor bytes.
        OSError: the file cannot be read.

    Example:
        >>> digest_of(b"abc")[:8]
        b'ba7816bf'
    """
    if not isinstance(photograph, str | os.PathLike | bytes):
        raise ValueError(
            f"`leave_out_copies`: got True with a {type(photograph).__name__}, whose bytes nobody knows, expected the "
            "path of a file, or bytes"
        )
    return _sha256(photograph)


def _sha256(item: Item) -> bytes:
    content = item if isinstance(item, bytes) else Path(item).read_bytes()
    return hashlib.sha256(content).hexdigest().encode() if content else b""
