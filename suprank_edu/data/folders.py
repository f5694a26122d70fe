"""Where data sets lie on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ENVIRONMENT_VARIABLE = "SUPRANK_EDU_DATA"


def data_folder(name: str) -> Path | None:
    """Return ``$SUPRANK_EDU_DATA/name``, which is only ever read, or None when the variable is not set."""
    root = os.environ.get(ENVIRONMENT_VARIABLE)
    return Path(root).expanduser() / name if root else None


def cache_folder(name: str) -> Path:
    """Return the folder of the platform's cache that holds the downloads of one data set."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "suprank-edu" / name
