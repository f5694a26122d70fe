"""Files that are whole or not there at all, also where a run is killed or a disk is full while they are written."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import IO, Any

_HALF = ".{}.{}.part"


@contextlib.contextmanager
def replacing(path: Path, *, text: bool = False) -> Iterator[IO[Any]]:
    """Open a file beside `path` that takes its name when the block ends, and is removed when the block raises.

    Until then what is at `path` stays as it is. A killed process leaves the half file, named `.<name>.….part`.

    Args:
        path: where the file goes; its folder must exist.
        text: whether the file takes UTF-8 text, its line ends written as they come, instead of bytes.

    Raises:
        OSError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "numbers.txt")
        ...     with replacing(path, text=True) as file:
        ...         written = file.write("1 2 3")
        ...     path.read_text()
        '1 2 3'
    """
    # In the same folder, since a file cannot take a name on another disk; and with the rights of any new file, which
    # those of the tempfile module, for its owner alone, have not.
    part = path.with_name(_HALF.format(path.name, secrets.token_hex(4)))
    try:
        with part.open("x", encoding="utf-8", newline="") if text else part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # the name must not be on the disk before what it names
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_json(path: str | PathLike[str], content: Any, indent: int | None = 1) -> None:
    """Write a JSON file, whole or not at all; `indent` as for `json.dumps`.

    Raises:
        OSError: the file cannot be written.
        TypeError: the content is none that JSON knows.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "numbers.json")
        ...     write_json(path, {"a": [1, 2]}, indent=None)
        ...     path.read_text()
        '{"a": [1, 2]}\\n'
    """
    with replacing(Path(path), text=True) as file:
        file.write(json.dumps(content, indent=indent) + "\n")


def read_json(path: str | PathLike[str]) -> Any:
    """Read a JSON file that people may have saved in an editor, with a byte-order mark too.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no JSON, no UTF-8, or so deeply nested that it was made to break what reads it.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "deep.json")
        ...     _ = path.write_text("[" * 100_000)
        ...     read_json(path)
        Traceback (most recent call last):
        ValueError: ...deep.json: got no JSON (maximum recursion depth exceeded...), expected a JSON file in UTF-8
    """
    try:
        return json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: got no JSON ({error}), expected a JSON file in UTF-8") from None


def clear_halves(*paths: Path) -> None:
    """Remove what a killed process has left of files that it was writing at these paths, before another writes there.

    Example:
        >>> clear_halves(Path("nowhere", "last.pt"))  # nothing to do
    """
    for path in paths:
        for half in path.parent.glob(_HALF.format(path.name, "*")):
            half.unlink(missing_ok=True)
