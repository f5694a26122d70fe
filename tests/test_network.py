"""No test reaches another machine, and no part of the library asks for one by itself."""

import ast
import socket
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "suprank_edu"
# What opens connections, and who may: the documented downloads and the labelling that asks a wiki; and the wiki's own server.
ASKING = {"requests", "urllib.request", "http.client", "socket", "pooch", "urllib3"}
ALLOWED = {"data/archives.py", "data/labelling/wikimedia.py"}


def test_another_machine_is_out_of_reach() -> None:
    with socket.socket() as outwards, pytest.raises(AssertionError, match="another machine"):
        outwards.connect(("192.0.2.1", 80))


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports, wherever it does."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or ""} | {f"{node.module}.{name.name}" for name in node.names}
    return found


def test_connections_are_opened_by_downloads_and_labelling_alone() -> None:
    asking = {p.relative_to(PACKAGE).as_posix() for p in PACKAGE.rglob("*.py") if ASKING & imported(p)}
    assert asking == ALLOWED
