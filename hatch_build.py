"""What `pip` asks hatchling to do for a wheel: add the stored results, and each set of `data_samples/` as one zip."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_IN_THE_CLONE_ALONE = ("groceries/validation/*", "groceries*/test/*.npz")


class ResultsAndSamples(BuildHookInterface):
    """Two zips in place of three thousand files, and results without the metrics of each query.

    Those are what `claims` and `compare` read, in a clone. There the runs that chose the rates of the groceries stay
    too, and what their queries retrieved; an editable install reads the folders of the clone.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the zips to a folder of their own and tell hatchling where they belong."""
        if version == "editable":
            return
        for path in sorted(Path(self.root, "book", "results").rglob("*")):
            left_out = path.name.endswith("-queries.npz") or any(map(path.match, _IN_THE_CLONE_ALONE))
            if path.is_file() and not left_out and "__pycache__" not in path.parts:
                build_data["force_include"][str(path)] = f"suprank_edu/{path.relative_to(self.root).as_posix()}"
        self._folder = tempfile.TemporaryDirectory()
        for card in sorted(Path(self.root, "data_samples").glob("*/README.md")):
            source = card.parent
            archive = Path(self._folder.name, f"{source.name}.zip")
            pack(source, archive)
            build_data["force_include"][str(archive)] = f"suprank_edu/data_samples/{archive.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was written, now that it is in the wheel."""
        if version != "editable":
            self._folder.cleanup()


def pack(source: Path, archive: Path) -> None:
    """Write a folder as a zip, the same bytes each time: in order of names, and without the times of files."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(path for path in source.rglob("*") if path.is_file()):
            file.writestr(zipfile.ZipInfo(path.relative_to(source).as_posix()), path.read_bytes(), zipfile.ZIP_DEFLATED)
