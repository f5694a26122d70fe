"""Time and memory of opening Google Landmarks v2, on generated CSV files of its full size.

4,132,914 images of 203,094 landmarks, of which 1,580,470 images of 81,313 landmarks are clean. Each measurement runs
in a process of its own; memory is the peak above what the imports take. The rival is what published readers do:
`pandas.read_csv`, then one Python string for each path. Looking for files is measured apart, on fewer of them: the
whole set would need four million files on the disk.

    python -m benchmarks.readers                    # about two minutes, 600 MB of temporary files
    python -m benchmarks.readers --scale 0.1 --files 20000
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.harness import held_mib, in_process, peak_mib

IMAGES, LANDMARKS, CLEAN_IMAGES, CLEAN_LANDMARKS = 4_132_914, 203_094, 1_580_470, 81_313
WIKI = "http://commons.wikimedia.org/wiki/Category:Landmark"


def write_lists(root: Path, scale: float) -> None:
    """Write the CSV files of the train set, with 78 supercategories for three landmarks of four."""
    rng = np.random.default_rng(0)
    images, landmarks = int(IMAGES * scale), int(LANDMARKS * scale)
    label = np.concatenate([np.arange(landmarks), rng.integers(0, landmarks, images - landmarks)])  # none is empty
    names = [f"{number:016x}" for number in rng.integers(0, 1 << 63, images, dtype=np.int64)]
    with open(root / "train.csv", "w") as file:
        file.write("id,url,landmark_id\n")
        address = "https://upload.wikimedia.org/wikipedia/commons/a/ab/A_photograph_of_a_landmark"
        file.writelines(f"{n},{address}_{n}.jpg,{i}\n" for n, i in zip(names, label.tolist(), strict=True))
    clean = int(CLEAN_IMAGES * scale)
    order = np.argsort(label[:clean] % int(CLEAN_LANDMARKS * scale), kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(label[:clean] % int(CLEAN_LANDMARKS * scale)))[:-1])
    with open(root / "train_clean.csv", "w") as file:
        file.write("landmark_id,images\n")
        file.writelines(f"{i},{' '.join(names[row] for row in rows)}\n" for i, rows in enumerate(groups) if len(rows))
    with open(root / "train_label_to_hierarchical.csv", "w") as file:
        file.write("landmark_id,category,supercategory,hierarchical_label,natural_or_human_made\n")
        for i in range(landmarks):
            made = "natural" if i % 78 < 20 else "human-made"
            labels = f"kind {i % 500},super {i % 78},{made}" if i % 4 else ",,"
            file.write(f"{i},{WIKI}_{i},{labels}\n")


def make_files(root: Path, count: int) -> None:
    """Make a list of `count` images, and empty files for them."""
    names = [f"{number:016x}" for number in np.random.default_rng(1).integers(0, 1 << 63, count, dtype=np.int64)]
    for name in names:
        folder = root / "train" / name[0] / name[1] / name[2]
        folder.mkdir(parents=True, exist_ok=True)
        os.close(os.open(folder / f"{name}.jpg", os.O_CREAT))
    rows = (f"{i // 20},{' '.join(names[i : i + 20])}\n" for i in range(0, count, 20))
    (root / "train_clean.csv").write_text("landmark_id,images\n" + "".join(rows))


def ours(root: Path, split: str, hierarchy: bool, check_files: bool) -> str:
    from suprank_edu.data import read

    return repr(read("gldv2", root, split, hierarchy=hierarchy, check_files=check_files, complete=False))


def rival(root: Path, split: str) -> str:
    """One string for each path, as published readers keep them."""
    import pandas as pd

    def path(name: str) -> str:
        return os.path.join(root, "train", name[0], name[1], name[2], f"{name}.jpg")

    if split == "train-all":
        table = pd.read_csv(root / "train.csv")
        paths, labels = [path(name) for name in table["id"]], table["landmark_id"].to_numpy()
    else:
        table = pd.read_csv(root / "train_clean.csv")
        names = [row.split(" ") for row in table["images"]]
        labels = np.repeat(table["landmark_id"].to_numpy(), [len(row) for row in names])
        paths = [path(name) for row in names for name in row]
    return f"{len(paths):,} images; landmark: {len(np.unique(labels)):,}"


def stat_each(root: Path) -> str:
    """Look for each file with a call of its own, the rival of listing folders."""
    from suprank_edu.data import read

    data = read("gldv2", root, hierarchy=False, check_files=False)
    start = time.perf_counter()
    assert all(os.path.exists(path) for path in data.items)
    stat = time.perf_counter() - start
    start = time.perf_counter()
    assert not data.items.missing()  # type: ignore[attr-defined]
    return f"stat {stat:.2f} s, listing folders {time.perf_counter() - start:.2f} s"


def measure(function: Callable[..., str], *arguments: object) -> tuple[float, float, str]:
    """Return seconds, MiB above the imports, and what came out."""
    import suprank_edu.data  # noqa: F401

    if function is rival:
        import pandas  # noqa: F401
    before = held_mib()
    start = time.perf_counter()
    result = function(*arguments)
    seconds = time.perf_counter() - start
    return seconds, peak_mib() - before, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="part of the full size")
    parser.add_argument("--files", type=int, default=100_000, help="files to look for")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_lists(root, options.scale)
        print(f"train.csv {(root / 'train.csv').stat().st_size / 1e6:.0f} MB; times with the lists in the disk's cache")
        print(f"{'':42} {'seconds':>8} {'memory':>10}")
        for name, function, arguments in (
            ("train.csv, landmarks", ours, (root, "train-all", False, False)),
            ("train.csv, three levels", ours, (root, "train-all", True, False)),
            ("train.csv, pandas and strings", rival, (root, "train-all")),
            ("train_clean.csv, landmarks", ours, (root, "train", False, False)),
            ("train_clean.csv, three levels", ours, (root, "train", True, False)),
            ("train_clean.csv, pandas and strings", rival, (root, "train")),
        ):
            seconds, peak, result = in_process(measure, function, *arguments)
            print(f"{name:42} {seconds:7.1f}s {peak:6.0f} MiB  {result}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        make_files(Path(folder), options.files)
        print(f"looking for {options.files:,} files: {in_process(stat_each, Path(folder))}")


if __name__ == "__main__":
    main()
