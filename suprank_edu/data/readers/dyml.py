"""DyML: vehicles, animals and products at three scales (Sun, Zhu, Zhang, Zheng, Qiu, Zhang, Wei, CVPR 2021)."""

from pathlib import Path
from typing import Literal

import numpy as np

from suprank_edu._checks import check_one_of
from suprank_edu.data.dataset import Labels, RetrievalDataset
from suprank_edu.data.paths import ImagePaths
from suprank_edu.data.readers._files import ListFile, Origin, Root, find_root
from suprank_edu.data.readers._tables import Listing, number_classes, to_dataset

LEVELS = ("fine", "middle", "coarse")
# Classes only: the images are printed in thousands.
SIZES: dict[str, tuple[int | None, ...]] = {
    "animal": (None, 495, 28, 5),
    "product": (None, 1_639, 171, 36),
    "vehicle": (),
}
# The published headers are damaged: ` fine_id0.jpg`, ` labels0.jpg`.
_HEADER = ("fname", "fine_id", "middle_id", "coarse_id")
_BENCHMARK_HEADER = ("fname", "labels")


def read_dyml(
    kind: Literal["animal", "product", "vehicle"],
    root: Root = None,
    split: str = "train",
    *,
    complete: bool | None = None,
    check_files: bool = True,
) -> RetrievalDataset:
    """Read one split of DyML-Animal, DyML-Product or DyML-Vehicle.

    Args:
        kind: `"animal"`, `"product"` or `"vehicle"`.
        root: the folder of `train` and the benchmarks; None takes `$SUPRANK_EDU_DATA/dyml-<kind>`.
        split: `"train"`; of animals and vehicles also `"query-fine"`, `"gallery-fine"`, and so on with
            `middle` and `coarse`: three benchmarks, each with labels of its own scale; of products `"test"`.
        complete: True expects the published sizes of the train split, False any; None expects them of a set that
            holds more than half of the published fine classes.
        check_files: whether to look that each image exists.

    Returns:
        Labels: fine, middle and coarse. Those of a benchmark: one column, with the same ids in query and gallery.

    Raises:
        FileNotFoundError: if the folder, a list or a listed image is missing.
        ValueError: if a line is malformed, the sizes are not the published ones, or there is no such split.
    """
    check_one_of("kind", kind, SIZES)
    benchmarks = [f"{part}-{level}" for level in LEVELS for part in ("query", "gallery")]
    check_one_of("split", split, ["train", "test"] if kind == "product" else ["train", *benchmarks])
    origin = Origin(
        f"dyml-{kind}",
        f"DyML-{kind.title()}",
        "https://github.com/SupetZYK/DynamicMetricLearning",
        "no licence stated, see the source",
    )
    folder = find_root(origin, root)
    if split in ("train", "test"):
        listing = _read_all_levels(origin, folder, split, SIZES[kind] if split == "train" else ())
    else:
        listing = _read_benchmark(origin, folder, split)
    return to_dataset(listing, complete=complete, check_files=check_files)


def _read_all_levels(origin: Origin, folder: Path, split: str, published: tuple[int | None, ...]) -> Listing:
    part = "train" if split == "train" else "mini-bmk_all_in_one"
    file = ListFile(origin, folder, f"{part}/label.csv")
    names, lines, labels = _read_labels(file, _HEADER)
    columns = [labels[:, c] for c in range(len(LEVELS))]
    return Listing(
        file,
        split,
        ImagePaths.from_relative(folder, [f"{part}/imgs/{name}" for name in names]),
        lines,
        number_classes(columns),
        LEVELS,
        [[f"{level} {number}" for number in column] for level, column in zip(LEVELS, columns, strict=True)],
        published,
    )


def _read_benchmark(origin: Origin, folder: Path, split: str) -> Listing:
    """Read query and gallery of one scale together: their ids must agree."""
    wanted, _, level = split.partition("-")
    file = ListFile(origin, folder, f"bmk_{level}/{wanted}.csv")
    other = ListFile(origin, folder, f"bmk_{level}/{'gallery' if wanted == 'query' else 'query'}.csv")
    names, lines, labels = _read_labels(file, _BENCHMARK_HEADER)
    column = np.concatenate([labels[:, 0], _read_labels(other, _BENCHMARK_HEADER)[2][:, 0]])
    classes = number_classes([column])
    return Listing(
        file,
        split,
        ImagePaths.from_relative(folder, [f"bmk_{level}/{wanted}/{name}" for name in names]),
        lines,
        classes._replace(labels=classes.labels[: len(names)]),
        (level,),
        [[f"{level} {number}" for number in column]],
    )


def _read_labels(file: ListFile, header: tuple[str, ...]) -> tuple[list[str], list[int], Labels]:
    """Return file names, line numbers and labels (N, L) of a CSV."""
    names, lines, labels = [], [], []
    for line, (name, *numbers) in file.rows(len(header), separator=",", header=header):
        names.append(name)
        lines.append(line)
        labels.append([file.integer(line, "label", number) for number in numbers])
    return names, lines, np.array(labels, dtype=np.int64).reshape(len(names), len(header) - 1)
