"""Files of an index whose folder has moved, looked for by the ends of their paths."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from suprank_edu.search.digests import digest_of


def moved_to(folder: str | os.PathLike[str], files: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    """Return where each file lies now: below a folder, by the longest end of its path that is there.

    A file that is not there stays where it was. A bare name is found in many places: where no folder of the path is
    there too, the bytes must be the same.

    Args:
        folder: where to look.
        files: the path of each file, and the digest of its bytes.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as now:
        ...     Path(now, "Apple").mkdir()
        ...     Path(now, "Apple", "1.jpg").touch()
        ...     found = moved_to(now, [("/before/Fruit/Apple/1.jpg", b"e3"), ("/before/Fruit/Lime/1.jpg", b"b0")])
        ...     [path.replace(now, "/now") for path in found]
        ['/now/Apple/1.jpg', '/before/Fruit/Lime/1.jpg']
    """
    ends: dict[str, str] = {}  # of folders of which a file was found; the next file of one is likely there too
    for path, digest in files:
        before, name = os.path.split(path)
        for end in [*filter(None, [ends.get(before)]), *_ends(before)]:
            now = os.path.join(folder, end, name)
            if os.path.isfile(now) and (end or digest_of(now) == digest):
                ends[before] = end
                yield now
                break
        else:
            yield path


def _ends(folder: str) -> list[str]:
    """Return the ends of a path, the longest first, at last the empty one."""
    parts = Path(os.path.abspath(folder)).parts[1:]
    return [os.path.join("", *parts[start:]) for start in range(len(parts) + 1)]
