"""Puts the repository's address wherever it stands: `python address.py https://github.com/you/repository`.

It stands in `[project.urls]` of pyproject.toml; README, citation, forms and the chapters' install cell repeat it.
"""

import re
import sys
from pathlib import Path

import tomllib
from notebooks import chapters, read_pair, write_pair

ROOT = Path(__file__).resolve().parents[2]


def repository(root: Path) -> str:
    """Return the address that pyproject.toml gives."""
    address: str = tomllib.loads((root / "pyproject.toml").read_text())["project"]["urls"]["Repository"]
    return address


def stamp(root: Path, new: str) -> list[Path]:
    """Write `new` in place of the address that pyproject.toml gives, and return the files that changed."""
    old = repository(root)
    changed = []
    for path in sorted(
        [
            *(root / name for name in ("pyproject.toml", "CITATION.cff", "book/_tools/install_cell.py")),
            *(path for pattern in ("*.md", "book/**/*.md", ".github/**/*.yml") for path in root.glob(pattern)),
        ]
    ):
        text = path.read_text()
        stamped = re.sub(rf"{re.escape(old)}(?![\w-])", new, text)
        if stamped != text:
            path.write_text(stamped)
            changed.append(path)
    return changed


if __name__ == "__main__":
    address = "".join(sys.argv[1:]).removesuffix("/").removesuffix(".git")
    if not re.fullmatch(r"https://[\w.-]+(/[\w.~-]+)+", address):
        sys.exit(f"address: got {address!r}, expected make address REPOSITORY=https://…")
    files = stamp(ROOT, address)
    for chapter in chapters([]):
        write_pair(read_pair(chapter), chapter)
    print(f"address: {address}, in {len(files)} files")
