"""`build`, `add` and `index`: an index in a folder, more photographs in it, and what it holds."""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from suprank_edu.data import RetrievalDataset
from suprank_edu.search.approximate import HNSW, HNSW_KIND, IVFPQ, IVFPQ_KIND, Method, measure_recall
from suprank_edu.search.gather import photographs_in
from suprank_edu.search.index import PhotoIndex
from suprank_edu.search.store import check_writable
from suprank_edu.training import pretrained
from suprank_edu.training.commands.options import DEVICE, add_command
from suprank_edu.training.device import find_device
from suprank_edu.training.networks import EmbeddingNetwork, SmallCNN
from suprank_edu.training.networks.pretrained import LITE
from suprank_edu.training.study import Run

PRETRAINED = "pretrained"
EXACT = "exact"
_METHODS: dict[str, Method | None] = {EXACT: None, IVFPQ_KIND: IVFPQ(), HNSW_KIND: HNSW()}
_NAMES = 5  # of missing files
_RECALL_AT = 10


def add_building(commands: Any) -> None:
    """Add `build`, `add` and `index`."""
    build = add_command(commands, "build", _build, "embed a folder of photographs and keep them as an index")
    text = "folder of a training run; or `pretrained`, a network that has learnt from ImageNet; or pretrained:NAME"
    build.add_argument("network", metavar="RUN", help=text)
    text = "folder of photographs, one folder a class, of any depth; or of photographs without classes"
    build.add_argument("photographs", metavar="PHOTOS", help=text)
    build.add_argument("--out", required=True, metavar="INDEX", help="the folder to write: a new one, or an index")
    build.add_argument("--which", choices=("last", "best"), default="last", help="which checkpoint of the run")
    build.add_argument("--split", choices=("train", "val", "test"), help="of the folder; all photographs by default")
    text = "pixels a side at which a pretrained network looks (default: 128)"
    build.add_argument("--image-size", type=int, default=128, metavar="PIXELS", help=text)
    text = "search approximately, which hundreds of thousands of photographs want (default: exact)"
    build.add_argument("--approximate", choices=_METHODS, default=EXACT, help=text)
    build.add_argument("--device", help=DEVICE)

    add = add_command(commands, "add", _add, "embed further photographs and put them into an index")
    _add_index(add)
    add.add_argument("photographs", nargs="+", metavar="PHOTOS", help="a folder as for `build`, or image files")
    text = "of image files: their class and those above it, finest first, one of each column of the index"
    add.add_argument("--class", nargs="+", dest="classes", metavar="NAME", help=text)

    index = add_command(commands, "index", _look, "what an index holds, and which of its photographs have vanished")
    _add_index(index)
    index.add_argument("--remove-missing", action="store_true", help="take those that have vanished out of the index")
    index.add_argument("--photographs", metavar="FOLDER", help="where the photographs lie now, if they have moved")
    text = "make its approximate search anew, or go back to the exact one"
    index.add_argument("--approximate", choices=_METHODS, help=text)


def _add_index(command: argparse.ArgumentParser) -> None:
    command.add_argument("index", metavar="INDEX", help="the folder of `build`")


def _build(options: argparse.Namespace) -> None:
    check_writable(Path(options.out))  # before photographs are embedded for minutes
    network, about = _network(options)
    with _timed("reading the folder"):
        photographs = _in_mode_of(network, photographs_in(options.photographs, options.split))
    with _timed(f"embedding {len(photographs):,} photographs (what was embedded before is kept, and not done again)"):
        index = PhotoIndex.build(network, photographs, about=about, device=find_device(options.device), cache=True)
    if options.approximate != EXACT:
        with _timed(f"making the approximate search ({options.approximate})"):
            index.rebuild(_METHODS[options.approximate])
    with _timed(f"writing {options.out}"):
        index.save(options.out)
    print(index)
    print(_how_it_is_searched(index))


def _how_it_is_searched(index: PhotoIndex) -> str:
    if index.approximate is None:
        return "search: exact"
    k = min(_RECALL_AT, len(index) - 1)
    return f"search: {index.approximate}, recall@{k} {measure_recall(index, k):.3f} on photographs of the index"


def _network(options: argparse.Namespace) -> tuple[SmallCNN | EmbeddingNetwork, dict[str, Any]]:
    """Return the network that is asked for, and what to remember of it."""
    kind, _, name = options.network.partition(":")
    if kind == PRETRAINED and not Path(options.network).is_dir():
        return pretrained(name or LITE, image_size=options.image_size), {"network": name or LITE}
    run = Run.load(options.network)
    recipe, network = run.of_checkpoint(options.which)
    about = {"setting": run.setting, "loss": run.loss, "checkpoint": options.which, "recipe": recipe.to_dict()}
    return network, about


def _in_mode_of(network: SmallCNN | EmbeddingNetwork, photographs: RetrievalDataset) -> RetrievalDataset:
    photographs.mode = "L" if network.in_channels == 1 else "RGB"
    return photographs


@contextmanager
def _timed(what: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    print(f"{time.perf_counter() - start:7.2f} s  {what}", flush=True)


def _add(options: argparse.Namespace) -> None:
    index = PhotoIndex.load(options.index)
    first = Path(options.photographs[0])
    if len(options.photographs) == 1 and first.is_dir():
        if options.classes is not None:
            raise ValueError(f"`--class`: got {' '.join(options.classes)} with a folder, whose folders are the classes")
        added = index.add(photographs_in(first, like=index.photographs), cache=True)
    else:
        added = index.add(options.photographs, classes=options.classes)
    if added:
        index.save(options.index)
    print(f"{added} added; {index}")


def _look(options: argparse.Namespace) -> None:
    index = PhotoIndex.load(options.index, photographs=options.photographs)
    print(index)
    print(f"network: {type(index.network).__name__}; {', '.join(f'{k}: {v}' for k, v in index.about.items())}")
    print(f"threshold: {'none chosen' if index.threshold is None else f'{index.threshold:.3f}'}")
    missing = index.missing()
    more = f" and {len(missing) - _NAMES:,} more" if len(missing) > _NAMES else ""
    names = ", ".join(index.photographs.name_of(row) for row in missing[:_NAMES])
    print(f"vanished since: {names}{more}" if missing else "all photographs are where they were")
    if missing and options.remove_missing:
        index.remove(missing)
        print(f"{len(missing)} removed; {index}")
    if options.approximate is not None:
        index.rebuild(_METHODS[options.approximate])
    print(_how_it_is_searched(index))
    if (missing and options.remove_missing) or options.approximate or options.photographs:
        index.save(options.index)
