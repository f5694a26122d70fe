"""Virtual environments that tests make, in a second and without a network."""

import os
import sysconfig
import venv
from pathlib import Path


def without_the_library(folder: Path) -> Path:
    """Return the Python of a new environment that has all packages of this one but suprank-edu."""
    venv.create(folder, symlinks=True, with_pip=False)
    (site,) = folder.rglob("site-packages")
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if "suprank_edu" not in path.name:
            (site / path.name).symlink_to(path)
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"
