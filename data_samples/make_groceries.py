"""Write the photographs and embeddings of `data_samples/groceries`: `python data_samples/make_groceries.py`.

Of each of the 81 products of the Grocery Store Dataset, in `$SUPRANK_EDU_DATA/grocery` at a shorter side of 128 pixels,
6 photographs from `train.txt` and 6 from `test.txt` are taken, spread evenly over the product's list: neighbours there
are near-duplicates of one visit. Those of `LEFT_OUT` are put aside first.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image

from suprank_edu._files import replacing
from suprank_edu.data import load_samples
from suprank_edu.data.folders import data_folder
from suprank_edu.training import embed, pretrained, weights_hash

FOLDER = Path(__file__).resolve().parent / "groceries"
SPLITS, PER_PRODUCT, QUALITY = ("train", "test"), 6, 60
_YOGHURT = "Packages/Yoghurt/"
# Photographs with people: beside the goods, or pictured on a package, large enough for a face to be made out.
# By split and product, the numbers at the ends of their names.
LEFT_OUT = {
    "train/Fruit/Pomegranate/Pomegranate": (11, 24),
    "train/Packages/Milk/Arla-Standard-Milk/Arla-Standard-Milk": (3,),
    f"train/{_YOGHURT}Arla-Mild-Vanilla-Yoghurt/Arla-Mild-Vanilla-Yoghurt": (5, 6, 12, 14, 16, 17, 21, 27),
    f"test/{_YOGHURT}Arla-Mild-Vanilla-Yoghurt/Arla-Mild-Vanilla-Yoghurt": (6, 8, 12, 13, 14, 16, 17, 21, 22, 23, 24),
    f"train/{_YOGHURT}Arla-Natural-Mild-Low-Fat-Yoghurt/Arla-Natural-Mild-Low-Fat-Yoghurt": (4, 7, 8, 9, 22, 26),
    f"test/{_YOGHURT}Arla-Natural-Mild-Low-Fat-Yoghurt/Arla-Natural-Mild-Low-Fat-Yoghurt": (3, 6, 7, 12, 16, 17, 18),
    f"train/{_YOGHURT}Arla-Natural-Yoghurt/Arla-Natural-Yoghurt": (
        *(8, 9, 12, 13, 14, 16, 19, 20, 21, 22, 25, 26, 27, 28, 30, 34, 35, 39, 40),
    ),
    f"test/{_YOGHURT}Arla-Natural-Yoghurt/Arla-Natural-Yoghurt": (
        *(1, 7, 11, 21, 23, 24, 26, 28, 31, 33, 37, 38, 39, 41),
    ),
}


def choose(lines: list[str]) -> list[str]:
    """Return 6 lines of each product, spread evenly over the lines `path, product, kind` that are not left out."""
    left_out = {f"{start}_{number:03}.jpg" for start, numbers in LEFT_OUT.items() for number in numbers}
    of_product = defaultdict(list)
    for line in lines:
        path, product, _ = line.split(", ")
        if path not in left_out:
            of_product[product].append(line)
    # The middles of 6 equal parts of the list.
    return [
        each[(2 * i + 1) * len(each) // (2 * PER_PRODUCT)] for each in of_product.values() for i in range(PER_PRODUCT)
    ]


def shrink(path: Path) -> bytes:
    """Return a photograph as a smaller JPEG, with nothing beside its pixels."""
    buffer = io.BytesIO()
    with Image.open(path) as image:
        image.convert("RGB").save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()


def contact_sheet(paths: list[Path], size: int = 96, columns: int = 9) -> bytes:
    """Return one JPEG with the middle of each photograph, row after row."""
    sheet = Image.new("RGB", (columns * size, -(-len(paths) // columns) * size))
    for i, path in enumerate(paths):
        with Image.open(path) as image:
            side = min(image.size)
            left, top = (image.width - side) // 2, (image.height - side) // 2
            square = image.crop((left, top, left + side, top + side)).resize((size, size))
        sheet.paste(square, (i % columns * size, i // columns * size))
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG", quality=80, optimize=True)
    return buffer.getvalue()


def write_photographs() -> None:
    """Write photographs, lists, licence and contact sheet; what else lies there stays."""
    source = data_folder("grocery")
    if source is None or not (source / "classes.csv").is_file():
        sys.exit("SUPRANK_EDU_DATA: not set, or it holds no grocery/classes.csv")
    files = {Path(name): (source / name).read_bytes() for name in ("classes.csv", "LICENSE")}
    chosen = {split: choose((source / f"{split}.txt").read_text().splitlines()) for split in SPLITS}
    for split, lines in chosen.items():
        paths = [Path(line.split(", ")[0]) for line in lines]
        files |= {path: shrink(source / path) for path in paths}
        files[Path(f"{split}.txt")] = "".join(f"{line}\n" for line in lines).encode()
        shutil.rmtree(FOLDER / split, ignore_errors=True)
    firsts = [source / line.split(", ")[0] for line in chosen["train"][::PER_PRODUCT]]
    files[Path("contact_sheet.jpg")] = contact_sheet(firsts)
    for path, content in files.items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        with replacing(FOLDER / path) as file:
            file.write(content)
    print(f"{FOLDER}: {sum(map(len, chosen.values()))} photographs, {sum(map(len, files.values())) / 1e6:.2f} MB")


def write_embeddings() -> None:
    """Write what the pretrained network makes of the photographs as they lie there, in float16."""
    network = pretrained()
    arrays = {split: embed(network, load_samples("groceries", split)).half().numpy() for split in SPLITS}
    with replacing(FOLDER / "embeddings.npz") as file:
        np.savez(file, **arrays)
    print(f"embeddings.npz: {arrays['train'].shape}, {arrays['test'].shape}; weights: {weights_hash(network)}")


if __name__ == "__main__":
    write_photographs()
    write_embeddings()
