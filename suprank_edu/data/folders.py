"""Where data lies: the sets on this machine, the downloads, and what comes with the library."""

import os
from importlib.resources import files
from pathlib import Path

from suprank_edu._extras import needs

ENVIRONMENT_VARIABLE = "SUPRANK_EDU_DATA"


def data_folder(name: str) -> Path | None:
    """Return `$SUPRANK_EDU_DATA/name`, which is only ever read, or None when the variable is not set."""
    root = os.environ.get(ENVIRONMENT_VARIABLE)
    return Path(root).expanduser() / name if root else None


def cache_folder(name: str) -> Path:
    """Return the folder of the platform's cache that holds the downloads of one data set."""
    with needs("data"):
        from platformdirs import user_cache_path

    return user_cache_path("suprank-edu", appauthor=False) / name


def shipped_folder(name: str) -> Path:
    """Return a folder that comes with the library, which may be missing.

    A wheel carries it inside the package, the sets of `data_samples` as zips. In a clone and its editable install it
    lies beside the package.

    Args:
        name: its path in the repository, `data_samples` or `book/results`.

    Example:
        >>> shipped_folder("data_samples").name
        'data_samples'
    """
    package = Path(str(files("suprank_edu")))
    inside = package / name
    return inside if inside.is_dir() else package.parent / name
