"""What a release needs: `release.py check [v1.2.3]` compares versions, `release.py notes v1.2.3` prints changes."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def version(root: Path) -> str:
    """The version of the library, which `suprank_edu/__init__.py` holds."""
    return re.findall(r'^__version__ = "(.+)"$', (root / "suprank_edu" / "__init__.py").read_text(), re.MULTILINE)[0]


def section(root: Path, wanted: str) -> tuple[str, str]:
    """The heading and the text of CHANGELOG.md on a version; a SystemExit where there is none."""
    sections = re.split(r"^## ", (root / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    for each in sections[1:]:
        title, _, text = each.partition("\n")
        if title.split()[0].strip("[]") == wanted:
            return title, text.strip() + "\n"
    sys.exit(f"release: CHANGELOG.md has no section '## {wanted}'")


def check(root: Path, tag: str | None = None) -> str:
    """Return the version if the tag, the citation and the list of changes agree with it; else a SystemExit."""
    here = version(root)
    cited = re.findall(r"^version: (.+)$", (root / "CITATION.cff").read_text(), re.MULTILINE)
    if cited != [here]:
        sys.exit(f"release: CITATION.cff says {cited}, suprank_edu/__init__.py {here}")
    if tag is not None and tag != f"v{here}":
        sys.exit(f"release: got the tag {tag!r}, expected 'v{here}', the version in suprank_edu/__init__.py")
    title, _ = section(root, here)
    if tag is not None and "unreleased" in title:
        sys.exit(f"release: CHANGELOG.md has '## {title}', expected the day of the release in place of 'unreleased'")
    return here


if __name__ == "__main__":
    command, *tag = sys.argv[1:]
    if command == "check":
        print(f"release: {check(ROOT, *tag)} in the package, the citation and CHANGELOG.md")
    else:
        print(section(ROOT, tag[0].removeprefix("v"))[1], end="")
