"""Lists the book's pages that differ from another commit: `python changed.py origin/main [file to add the list to]`."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def pages(files: list[str]) -> list[str]:
    """The pages that changes of these files touch, in order, and a line for what lies behind many pages."""
    found = {match[1] + ".html" for file in files if (match := re.fullmatch(r"book/([\w/]+)\.(?:md|ipynb)", file))}
    lines = sorted(found)
    if any(re.fullmatch(r"suprank_edu/.*\.py", file) for file in files):
        lines.append("the API pages, made of the library's docstrings")
    if any(file.startswith(("book/_ext/", "book/_static/", "suprank_edu/explore/engine/")) for file in files):
        lines.append("how every page looks (book/_ext, book/_static, explore/engine)")
    return lines


def changed_since(base: str) -> list[str]:
    """The files that differ between here and where this branch left `base`."""
    run = subprocess.run(["git", "diff", "--name-only", f"{base}...HEAD"], cwd=ROOT, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"changed: git knows no {base!r} here: {run.stderr.strip()}")
    return run.stdout.split()


if __name__ == "__main__":
    base, *summary = sys.argv[1:]
    lines = pages(changed_since(base)) or ["no page"]
    text = "\n".join([f"Pages that differ from {base}:", "", *(f"- {line}" for line in lines), ""])
    print(text)
    for path in summary:
        with open(path, "a") as file:
            file.write(text)
