"""The folder of an index: files under new names, and a list of them that takes its place last, and at once."""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from filelock import FileLock

from suprank_edu._files import read_json, replacing, write_json
from suprank_edu.data.archives import sha256_of

KIND = "suprank-edu index of photographs"
FORMAT = 2  # 2 brought the approximate search
"""Changes when the content of the folder does; an older one is read, a newer one refused."""

LIST = "index.json"
_LOCK = ".lock"
_OURS = re.compile(
    r"index\.json|\.lock|(vectors|photographs|weights|approximate)\.[0-9a-f]{8}\.(npy|csv|pt|faiss)|\..*\.part"
)

Writers = Mapping[str, Callable[[IO[bytes]], object]]


def write_folder(folder: Path, about: Mapping[str, Any], writers: Writers, saved_as: str | None) -> str:
    """Write files and what is said about them; until all of them are there, the folder is what it was before.

    A reader finds its files through `index.json`, which takes the place of the old one in one step. Whoever dies before
    leaves the old list with its files, and some new ones that nothing names, which the next save removes.

    Args:
        folder: a new or empty one, or one of an index.
        about: what `index.json` says, ready for JSON.
        writers: what writes the content of `name.ending`, by that name.
        saved_as: the save that the caller has loaded or made itself; None where it knows none.

    Returns:
        The name of this save.

    Raises:
        ValueError: the folder holds something else, or another save than `saved_as`.
        OSError: it cannot be written.
    """
    check_writable(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / _LOCK):  # one save at a time; the system gives it back when a process dies
        _check_unchanged(folder, saved_as)
        save = secrets.token_hex(4)
        files = {name: _write(folder, name, save, write) for name, write in writers.items()}
        content = {"kind": KIND, "format": FORMAT, "save": save, **about, "files": files}
        write_json(folder / LIST, content)
        named = {LIST, _LOCK, *(entry["file"] for entry in files.values())}
        for path in folder.iterdir():
            if path.name not in named:
                path.unlink()
    return save


def check_writable(folder: Path) -> None:
    """Raise ValueError for a file, and for a folder that holds something else than an index."""
    if folder.is_file():
        raise ValueError(f"`folder`: got the file {folder}, expected a folder")
    there = folder.iterdir() if folder.is_dir() else ()
    if foreign := sorted(path.name for path in there if not _OURS.fullmatch(path.name)):
        raise ValueError(f"`folder`: got {folder}, which holds {foreign[0]}, expected a new folder, or one of an index")


def _check_unchanged(folder: Path, saved_as: str | None) -> None:
    """Raise where somebody else has saved since the caller loaded: their photographs would be lost."""
    if saved_as is None or not (folder / LIST).exists():
        return
    if (there := _read_list(folder)["save"]) != saved_as:
        raise ValueError(
            f"`folder`: got {folder}, which has been saved by another program since this index was loaded ({there} "
            f"instead of {saved_as}); load it again and add to that"
        )


def _write(folder: Path, name: str, save: str, write: Callable[[IO[bytes]], object]) -> dict[str, Any]:
    stem, _, ending = name.partition(".")
    path = folder / f"{stem}.{save}.{ending}"
    with replacing(path) as file:
        write(file)
    return {"file": path.name, "bytes": path.stat().st_size, "sha256": sha256_of(path)}


def read_folder(folder: Path) -> tuple[dict[str, Any], dict[str, Path]]:
    """Return what `index.json` says, and the path of each file by its name, whole as it was written.

    Raises:
        ValueError: the folder holds no index, a damaged one, or one of a newer version; the message says which.
    """
    while True:
        content = _read_list(folder)
        try:
            return content, {name: _whole(folder, entry) for name, entry in content["files"].items()}
        except FileNotFoundError as error:
            if _read_list(folder)["save"] == content["save"]:  # else it was saved anew in between
                raise damaged(folder, f"{error.filename} is not there") from None
        except (KeyError, TypeError, AttributeError) as error:
            raise damaged(folder, f"{LIST}: {error}") from None


def damaged(folder: Path, why: str) -> ValueError:
    """Return the error for a folder that is not as it was written."""
    return ValueError(f"`folder`: got {folder}, a damaged index ({why}), expected one as it was saved; build it anew")


def _read_list(folder: Path) -> dict[str, Any]:
    try:
        content = read_json(folder / LIST)
    except FileNotFoundError:
        there = f"a folder without {LIST}" if folder.is_dir() else "no folder"
        raise ValueError(f"`folder`: got {folder}, {there}, expected the folder of an index") from None
    except NotADirectoryError:
        raise ValueError(f"`folder`: got the file {folder}, expected the folder of an index") from None
    except ValueError as error:
        raise damaged(folder, str(error)) from None
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise ValueError(f"`folder`: got {folder}, whose {LIST} is of something else, expected the folder of an index")
    found = content.get("format")
    if found not in range(1, FORMAT + 1):
        raise ValueError(
            f"`folder`: got {folder}, an index of format {found}, expected at most {FORMAT}; it was written by a newer "
            "version of this library: install that, or build the index anew"
        )
    if not isinstance(content.get("save"), str):
        raise damaged(folder, f"{LIST}: no `save`")
    return content


def _whole(folder: Path, entry: Mapping[str, Any]) -> Path:
    path = folder / os.path.basename(str(entry["file"]))  # never outside of the folder
    size = path.stat().st_size
    if size != entry["bytes"]:
        raise damaged(folder, f"{path.name} has {size:,} bytes of {entry['bytes']:,}")
    if sha256_of(path) != entry["sha256"]:
        raise damaged(folder, f"{path.name} has changed")
    return path
