"""What a bundle brings: packages that a machine lacks, and data."""

import atexit
import importlib.metadata
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path


def bundle() -> Path | None:
    """Return the folder of the bundle that the environment names, None where it names none."""
    return Path(os.environ["CARRIED"]) if os.environ.get("CARRIED") else None


def carry(folder: Path) -> list[str]:
    """Make the packages and data of a bundle known to this process and to those it starts.

    What is installed stays what is used. Packages are unpacked into a folder that is removed in the end.

    Args:
        folder: what `python -m benchmarks.cuda.bundle` has made.

    Returns:
        The packages that were missing.
    """
    lacking = [
        wheel for wheel in sorted((folder / "packages").glob("*.whl")) if not installed(wheel.name.split("-")[0])
    ]
    if lacking:
        site = tempfile.mkdtemp(prefix="carried-")
        atexit.register(shutil.rmtree, site, ignore_errors=True)
        for wheel in lacking:
            zipfile.ZipFile(wheel).extractall(site)
        sys.path.append(site)
        os.environ["PYTHONPATH"] = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), site])
    if (folder / "data").is_dir():
        os.environ.setdefault("SUPRANK_EDU_DATA", str(folder / "data"))
    return [wheel.name.split("-")[0] for wheel in lacking]


def installed(name: str) -> bool:
    """Return whether a package is installed.

    Example:
        >>> installed("torch"), installed("no_such_package")
        (True, False)
    """
    try:
        importlib.metadata.distribution(name.replace("_", "-"))
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
