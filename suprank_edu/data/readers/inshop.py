"""In-Shop Clothes Retrieval, of DeepFashion (Liu, Luo, Qiu, Wang, Tang, CVPR 2016)."""

import numpy as np

from suprank_edu._checks import check_one_of
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.paths import ImagePaths
from suprank_edu.data.readers._files import ListFile, Origin, Root, find_root
from suprank_edu.data.readers._tables import Listing, number_classes, to_dataset

ORIGIN = Origin(
    "inshop",
    "In-Shop Clothes Retrieval (DeepFashion)",
    "https://mmlab.ie.cuhk.edu.hk/projects/DeepFashion/InShopRetrieval.html",
    "non-commercial research only, under an agreement, see the source",
)
SIZES = {"train": (25_882, 3_997), "query": (14_218, 3_985), "gallery": (12_612, 3_985)}


def read_inshop(
    root: Root = None, split: str = "train", *, complete: bool | None = None, check_files: bool = True
) -> RetrievalDataset:
    """Read one split of In-Shop; query and gallery have the same classes, with the same ids.

    Args:
        root: the folder of `list_eval_partition.txt` and `img`; None takes `$SUPRANK_EDU_DATA/inshop`. As
            published, the list may also lie in `Eval`.
        split: `"train"`, `"query"` or `"gallery"`.
        complete: True expects the published sizes, False any; None expects them of a set that holds more than half
            of the published images.
        check_files: whether to look that each image exists.

    Returns:
        Labels: column 0 the item, column 1 the category within the gender (`"WOMEN/Dresses"`), column 2 the
        gender: a category's name occurs under both.

    Raises:
        FileNotFoundError: if the folder, the list or a listed image is missing.
        ValueError: if a line is malformed, the sizes are not the published ones, or there is no such split.
    """
    check_one_of("split", split, SIZES)
    together = ("train",) if split == "train" else ("query", "gallery")
    file = ListFile(ORIGIN, find_root(ORIGIN, root), "list_eval_partition.txt", "Eval/list_eval_partition.txt")
    total, lines, splits, items, paths = 0, [], [], [], []
    for line, (path, item, part) in file.rows(3, skip=2):
        if part not in SIZES:
            raise file.error(line, f"the split {part!r}", f"one of {', '.join(SIZES)}")
        if len(path.split("/")) < 4:
            raise file.error(line, f"the path {path!r}", "img/GENDER/Category/…")
        total += 1
        if part in together:
            lines.append(line)
            splits.append(part)
            items.append(item)
            paths.append(path)
    _check_total(file, total)
    genders = [path.split("/")[1] for path in paths]
    categories = ["/".join(path.split("/")[1:3]) for path in paths]
    listing = Listing(
        file,
        split,
        ImagePaths.from_relative(file.root, paths),
        lines,
        number_classes([items, categories, genders]),
        ("item", "category", "gender"),
        [items, categories, genders],
        SIZES[split],
        np.flatnonzero(np.array(splits) == split),
    )
    return to_dataset(listing, complete=complete, check_files=check_files)


def _check_total(file: ListFile, total: int) -> None:
    """Raise unless the first line announces as many rows as there are."""
    with open(file.path, encoding="utf-8-sig", errors="replace") as text:
        announced = text.readline().strip()
    if file.integer(1, "number of rows", announced) != total:
        raise file.error(1, f"{announced} rows announced", f"{total}, the number of rows that follow")
