"""Read by each Python that the tests start: a chapter's kernel asks no other machine and writes nothing in the repository.

With `SUPRANK_EDU_WATCH` set, whatever a Python opens to write, makes, moves, removes or connects to goes to that file,
one line each, its children's too; tests/book/test_apart.py reads it.
"""

import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# For each change the places of its paths, and of the folders they are relative to, if they are.
CHANGES = {
    "os.mkdir": ((0, 2),),
    "os.rename": ((0, 2), (1, 3)),
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.symlink": ((1, 2),),
    "os.link": ((1, 3),),
    "os.truncate": ((0, None),),
    "shutil.rmtree": ((0, None),),
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def changed(event: str, args: tuple[Any, ...]) -> list[str]:
    """Return the paths that an audit event changes."""
    if event == "open":
        named = [args[0]] if args[2] & WRITING else []
    else:  # what lies in an open folder goes by a name alone; of the folder one hears before
        places = CHANGES.get(event, ())
        named = [args[path] for path, folder in places if folder is None or args[folder] in (-1, None)]
    return [os.path.abspath(os.fsdecode(name)) for name in named if isinstance(name, str | bytes | os.PathLike)]


def asked(event: str, args: tuple[Any, ...]) -> str:
    """Return the other machine that an audit event turns to, or nothing."""
    if event == "socket.getaddrinfo":
        host = str(args[0] or "")
    elif event in {"socket.connect", "socket.sendto"} and isinstance(args[1], tuple):
        host = str(args[1][0])
    else:
        return ""
    return "" if not host or host.startswith(("127.", "::1", "localhost", "0.0.0.0")) else host


def refuse(event: str, args: tuple[Any, ...]) -> None:
    """Stop a chapter that leaves its place."""
    if machine := asked(event, args):
        raise AssertionError(f"the chapter asked for {machine}, which is another machine")
    for path in changed(event, args):
        if Path(path).is_relative_to(ROOT) and "__pycache__" not in path:
            raise AssertionError(f"the chapter writes {path}, which is in the repository")


def watch(log: str) -> None:
    """Write down what this process changes and whom it asks."""
    lines = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(event: str, args: tuple[Any, ...]) -> None:
        found = [f"changed {path}" for path in changed(event, args)]
        found += [f"asked {machine}"] if (machine := asked(event, args)) else []
        os.write(lines, "".join(f"{line}\n" for line in found).encode("utf-8", "surrogateescape"))

    sys.addaudithook(note)


if "SUPRANK_EDU_WATCH" in os.environ:
    watch(os.environ["SUPRANK_EDU_WATCH"])
if "ipykernel_launcher" in sys.orig_argv:
    sys.addaudithook(refuse)
