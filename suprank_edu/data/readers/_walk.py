"""The files and folders below a folder of somebody's own: no hidden ones, and no other place by way of a link."""

import os
import unicodedata
from pathlib import Path
from typing import NamedTuple

Parts = tuple[str, ...]

# What computers and network disks put into folders of photographs; names that begin with a dot are hidden anyway.
_OF_COMPUTERS = frozenset(
    {"__macosx", "@eadir", "$recycle.bin", "system volume information", "thumbs.db", "desktop.ini", "icon\r"}
)

_OUT = "link that leads out of the folder"


class Tree(NamedTuple):
    """What lies below a folder, as the parts of paths below it: `left_out` with the reason."""

    files: list[Parts]
    folders: list[Parts]
    left_out: list[tuple[Parts, str]]


def is_hidden(name: str) -> bool:
    """Return whether a file or a folder is none of the user's own.

    Example:
        >>> [name for name in (".DS_Store", "Thumbs.db", "__MACOSX", "apple.JPG") if not is_hidden(name)]
        ['apple.JPG']
    """
    return name.startswith(".") or name.casefold() in _OF_COMPUTERS


def same_everywhere(parts: Parts) -> Parts:
    """Return parts of a path as one computer and another both write them: an accent is part of its letter (NFC)."""
    return tuple(unicodedata.normalize("NFC", part) for part in parts)


def shown(parts: Parts) -> str:
    """Return a path for people: with `/`, and a mark in place of bytes that are no text."""
    return "/".join(parts).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def walk(root: Path) -> Tree:
    """List what lies below a folder, in an order that does not depend on the disk.

    A link is followed where it leads to a hidden place below the folder, in which git-annex and others keep files. One
    to what is listed at its own place would show it twice; and none leads out of the folder.
    """
    tree = Tree([], [], [])
    inside = os.path.realpath(root)
    waiting: list[tuple[Parts, frozenset[str]]] = [((), frozenset({inside}))]  # with the folders on the way there
    while waiting:
        folder, above = waiting.pop()
        try:
            with os.scandir(os.path.join(root, *folder)) as entries:
                found = [entry for entry in entries if not is_hidden(entry.name)]
        except OSError as error:
            tree.left_out.append((folder, f"folder that cannot be listed, {error.strerror}"))
            continue
        for entry in found:
            parts = (*folder, entry.name)
            if entry.is_symlink() and (reason := _refusal(entry.path, inside)):
                tree.left_out.append((parts, reason))
            elif entry.is_dir():
                target = os.path.realpath(entry.path)
                if target in above or not _is_below(target, inside):  # a junction is no link, and leads anywhere
                    tree.left_out.append((parts, "link back to a folder it lies in" if target in above else _OUT))
                    continue
                tree.folders.append(parts)
                waiting.append((parts, above | {target}))
            elif entry.is_file():
                tree.files.append(parts)
            else:
                tree.left_out.append((parts, "neither file nor folder"))
    for listed in (tree.files, tree.folders):
        listed.sort(key=lambda parts: (same_everywhere(parts), parts))
    tree.left_out.sort()
    return tree


def _refusal(link: str, inside: str) -> str | None:
    """Return why a link is not followed, None where it is."""
    target = os.path.realpath(link)
    if not os.path.exists(target):
        return "link to nothing"
    if not _is_below(target, inside):
        return _OUT
    hidden = target != inside and any(map(is_hidden, os.path.relpath(target, inside).split(os.sep)))
    return None if hidden else "link to what is read at its own place"


def _is_below(path: str, folder: str) -> bool:
    try:
        return os.path.commonpath([path, folder]) == folder
    except ValueError:  # another drive
        return False
