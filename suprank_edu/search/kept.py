"""An index in its folder: vectors, a table of photographs, weights, and a page that says what they are."""

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from suprank_edu.data import ImagePaths, RetrievalDataset
from suprank_edu.data.pixels import Item
from suprank_edu.search.approximate import method_of_json, method_to_json, read_structure, write_structure
from suprank_edu.search.digests import Digests
from suprank_edu.search.moved import moved_to
from suprank_edu.search.networks import describe, rebuild
from suprank_edu.search.shelf import Shelf
from suprank_edu.search.store import damaged, read_folder, write_folder

_NEAR = "approximate.faiss"
_BOX = ("left", "upper", "right", "lower")


class Content(NamedTuple):
    """What a folder holds, see `suprank_edu.search.PhotoIndex`."""

    network: nn.Module
    shelf: Shelf
    about: dict[str, Any]
    threshold: float | None


def write_index(folder: Path, content: Content, saved_as: str | None) -> str:
    """Write an index; see `suprank_edu.search.store.write_folder`."""
    shelf, data = content.shelf, content.shelf.photographs
    root = _root_of(data)
    about = {
        "photographs": len(data),
        "dimensions": shelf.vectors.shape[1],
        "column_names": data.column_names,
        "class_names": data.class_names,
        "licence": data.licence,
        "source": data.source,
        "mode": data.mode,
        "root": root,
        "threshold": content.threshold,
        "approximate": None if shelf.method is None else method_to_json(shelf.method),
        "network": describe(content.network),
        "about": content.about,
    }
    writers = {
        "vectors.npy": partial(_write_vectors, shelf.vectors),
        "photographs.csv": partial(_write_table, data, shelf.digests, root),
        "weights.pt": partial(torch.save, _on_cpu(content.network)),
    }
    if shelf.near is not None:
        writers[_NEAR] = partial(write_structure, shelf.near)
    return write_folder(folder, about, writers, saved_as)


def read_index(folder: Path, own: nn.Module | None, moved: str | os.PathLike[str] | None) -> tuple[Content, str]:
    """Read an index and the name of its save.

    Args:
        folder: of `write_index`.
        own: see `suprank_edu.search.networks.rebuild`.
        moved: where photographs may lie that have moved; None leaves all where they were.

    Raises:
        ValueError: the folder holds no index, a damaged one, or one of a newer version.
    """
    about, files = read_folder(folder)
    try:
        network = rebuild(about["network"], files["weights.pt"], own)
        shelf = _read_shelf(about, files, moved)
        return Content(network, shelf, about["about"], about["threshold"]), about["save"]
    except (ModuleNotFoundError, MemoryError):
        raise
    except ValueError as error:
        if str(error).startswith("`network`"):
            raise
        raise damaged(folder, str(error)) from None
    except Exception as error:  # whatever numpy, csv, pickle and zipfile make of a damaged file
        # torch's advice, to read the file without its guard, must not reach whoever holds a damaged one.
        raise damaged(folder, str(error).partition("\n")[0].partition(". ")[0]) from None


def _read_shelf(about: dict[str, Any], files: dict[str, Path], moved: str | os.PathLike[str] | None) -> Shelf:
    # As a map it is no larger than the file, whatever its header says.
    vectors = torch.from_numpy(np.array(np.load(files["vectors.npy"], mmap_mode="r", allow_pickle=False)))
    photographs, digests = _read_table(files["photographs.csv"], about, moved)
    shelf = Shelf.of(photographs, vectors, digests)
    if (described := about.get("approximate")) is None:
        return shelf
    method = method_of_json(described)
    return replace(shelf, method=method, near=read_structure(files[_NEAR], method, shelf.vectors))


def _write_vectors(vectors: Tensor, file: IO[bytes]) -> None:
    np.save(file, vectors.numpy(), allow_pickle=False)


def _on_cpu(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().cpu() for name, value in network.state_dict().items()}


def _root_of(photographs: RetrievalDataset) -> str | None:
    """Return the folder that all files lie in, None where there is none or there are no files."""
    folders = {os.path.dirname(os.path.abspath(item)) for item in photographs.items if not isinstance(item, bytes)}
    try:
        return os.path.commonpath(folders)
    except ValueError:  # no file, or files on two drives
        return None


def _write_table(photographs: RetrievalDataset, digests: Digests, root: str | None, file: IO[bytes]) -> None:
    """Write `path,sha256,…` with the ids of the classes; `name` and a box where the photographs have them."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    named, boxed = photographs.names is not None, photographs.boxes is not None
    table.writerow(["path", "sha256", *photographs.column_names, *["name"] * named, *_BOX * boxed])
    for row, item in enumerate(photographs.items):
        cells = [_relative(item, root), digests[row].decode(), *photographs.labels[row].tolist()]
        cells += [photographs.name_of(row)] if named else []
        cells += [] if photographs.boxes is None else photographs.boxes[row].tolist()
        table.writerow(cells)
    file.write(text.getvalue().encode("utf-8", "surrogateescape"))


def _relative(item: Item, root: str | None) -> str:
    if isinstance(item, bytes):
        return ""
    path = os.path.abspath(item)
    return (path if root is None else os.path.relpath(path, root)).replace(os.sep, "/")


def _items(paths: list[str], digests: Digests, root: str, moved: str | os.PathLike[str] | None) -> Sequence[Item]:
    """Return the files of paths below a folder, wherever they lie now; bytes where there was no file."""
    if moved is not None:
        files = zip(paths, digests.tolist(), strict=True)
        now = moved_to(moved, [(os.path.join(root, path), digest) for path, digest in files if path])
        paths, root = [path and next(now) for path in paths], ""
    if all(paths):
        return ImagePaths.from_relative(root, paths)
    return [os.path.join(root, path) if path else b"" for path in paths]


def _read_table(
    path: Path, about: dict[str, Any], moved: str | os.PathLike[str] | None
) -> tuple[RetrievalDataset, Digests]:
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    columns = len(about["column_names"])
    named, boxed = "name" in header[2 + columns :], header[-4:] == list(_BOX)
    digests = np.array([row[1] for row in rows], dtype="S64")
    items = _items([row[0] for row in rows], digests, about["root"] or "", moved)
    photographs = RetrievalDataset(
        items,
        np.array([row[2 : 2 + columns] for row in rows], dtype=np.int64),  # (N, L)
        column_names=about["column_names"],
        class_names=about["class_names"],
        licence=about["licence"],
        source=about["source"],
        mode=about["mode"],
        names=[row[2 + columns] for row in rows] if named else None,
        boxes=np.array([row[-4:] for row in rows], dtype=np.float64) if boxed else None,
    )
    return photographs, digests
