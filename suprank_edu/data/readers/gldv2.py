"""Google Landmarks v2 (Weyand, Araujo, Cao, Sim, CVPR 2020), with the labels of H-GLDv2 (SupRank)."""

from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt

from suprank_edu._checks import check_one_of
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.paths import ImagePaths
from suprank_edu.data.readers._files import ListFile, Origin, Root, find_root
from suprank_edu.data.readers._landmark_lists import Images, read_cleaned, read_pairs, read_solution
from suprank_edu.data.readers._tables import Listing, number_classes, to_dataset

ORIGIN = Origin(
    "gldv2",
    "Google Landmarks v2",
    "https://github.com/cvdfoundation/google-landmark",
    "annotations CC BY 4.0 (Google); each image under its own Creative Commons licence, see train_attribution.csv",
)
SPLITS = ("train", "train-all", "index", "query")
SIZES: dict[bool, dict[str, tuple[int, ...]]] = {
    True: {"train": (970_981, 46_593, 78)},
    False: {
        "train": (1_580_470, 81_313),
        "train-all": (4_132_914, 203_094),
        "index": (761_757,),
        "query": (1_129,),
    },
}
_HIERARCHY = ("landmark_id", "category", "supercategory", "hierarchical_label", "natural_or_human_made")


class _Landmarks(NamedTuple):
    """What is known of M landmarks: ids in rising order, and L - 1 coarse names and one own name of each."""

    ids: npt.NDArray[np.int64]
    names: list[str]
    coarse: list[list[str]]


def read_gldv2(
    root: Root = None,
    split: str = "train",
    *,
    hierarchy: bool = True,
    supercategory: Literal["hierarchical_label", "supercategory"] = "hierarchical_label",
    complete: bool | None = None,
    check_files: bool = True,
) -> RetrievalDataset:
    """Read one split of Google Landmarks v2.

    Args:
        root: the folder of the CSV files and of `train`, `index` and `test`; None takes
            `$SUPRANK_EDU_DATA/gldv2`.
        split: `"train"` (the cleaned set), `"train-all"`, `"index"`, or `"query"` (the test images that
            have an answer in the index). Query and index have the same ids, which train has not.
        hierarchy: whether to take the labels of H-GLDv2 from `{train,index}_label_to_hierarchical.csv`. Landmarks
            without one are then left out, with their images.
        supercategory: the column the supercategory is read from. `hierarchical_label` holds the cleaned ones,
            `supercategory` the kind of landmark as it was mined, which is empty for some.
        complete: True expects the published sizes (of H-GLDv2: SupRank), False any; None expects them of a set that
            holds more than half of the published images.
        check_files: whether to look that each image exists, in the 4,096 folders of a split.

    Returns:
        Labels: column 0 the landmark, column 1 its supercategory, column 2 natural or human-made; or the landmark
        alone. A query has the landmark of the first of its answers.

    Raises:
        FileNotFoundError: if the folder, a list or a listed image is missing.
        ValueError: if a line is malformed, the sizes are not the published ones, or there is no such split.
    """
    check_one_of("split", split, SPLITS)
    check_one_of("supercategory", supercategory, _HIERARCHY[2:4])
    folder = find_root(ORIGIN, root)
    file, images, share = _read_images(folder, split)
    part = "train" if split.startswith("train") else "index"
    if hierarchy:
        table = ListFile(ORIGIN, folder, f"{part}_label_to_hierarchical.csv")
        known = _read_hierarchy(table, supercategory)
    else:
        known = _read_names(folder, part, np.unique(share))

    # The classes are those of the landmarks that are shown, so that ids leave no gap: of the index, for a query too.
    shown = np.flatnonzero(np.isin(known.ids, share))
    coarse = [[column[row] for row in shown] for column in known.coarse]
    classes = number_classes([known.ids[shown], *coarse])
    place = np.searchsorted(known.ids[shown], images.landmarks)
    place = np.minimum(place, max(len(shown) - 1, 0))
    labelled = known.ids[shown][place] == images.landmarks if len(shown) else np.zeros(len(place), dtype=bool)
    rows = np.flatnonzero(labelled)
    kept = images if len(rows) == len(labelled) else images.take(rows)
    listing = Listing(
        file,
        split,
        _to_paths(folder, "test" if split == "query" else part, kept.ids),
        kept.lines,
        classes._replace(labels=classes.labels[place[rows]]),
        ("landmark", "supercategory", "natural_or_human_made")[: 1 + len(coarse)],
        [[known.names[row] for row in shown], *coarse],
        SIZES[hierarchy].get(split, ()),
    )
    return to_dataset(listing, complete=complete, check_files=check_files)


def _read_images(folder: Path, split: str) -> tuple[ListFile, Images, npt.NDArray[np.int64]]:
    """Return the list of a split, its images, and the landmarks that have a class there."""
    if split.startswith("train"):
        file = ListFile(ORIGIN, folder, "train_clean.csv" if split == "train" else "train.csv")
        images = read_cleaned(file) if split == "train" else read_pairs(file, ("id", "url", "landmark_id"))
        return file, images, images.landmarks
    index_file = ListFile(ORIGIN, folder, "index_image_to_landmark.csv")
    index = read_pairs(index_file, ("id", "landmark_id"))
    if split == "index":
        return index_file, index, index.landmarks
    file = ListFile(ORIGIN, folder, "retrieval_solution_v2.1.csv")
    return file, read_solution(file, index), index.landmarks


def _read_hierarchy(file: ListFile, supercategory: str) -> _Landmarks:
    """Read the landmarks that have a supercategory."""
    column = _HIERARCHY.index(supercategory)
    found: dict[int, tuple[str, str, str]] = {}
    for line, fields in file.rows(5, separator=",", header=_HIERARCHY):
        number = file.integer(line, "landmark_id", fields[0])
        kind, made = fields[column], fields[4]
        if kind and not made:
            raise file.error(line, "an empty natural_or_human_made", "natural or human-made")
        if kind:
            file.put(found, line, number, (category_name(fields[1], number), kind, made))
    ids = sorted(found)
    names, kinds, made_by = ([found[number][i] for number in ids] for i in range(3))
    return _Landmarks(np.array(ids, dtype=np.int64), names, [kinds, made_by])


def _read_names(folder: Path, part: str, ids: npt.NDArray[np.int64]) -> _Landmarks:
    """Name landmarks by their Wikimedia category where that list is there, and by their number elsewhere."""
    categories: dict[int, str] = {}
    if (folder / f"{part}_label_to_category.csv").is_file():
        file = ListFile(ORIGIN, folder, f"{part}_label_to_category.csv")
        for line, fields in file.rows(2, separator=",", header=("landmark_id", "category")):
            file.put(categories, line, file.integer(line, "landmark_id", fields[0]), fields[1])
    return _Landmarks(ids, [category_name(categories.get(i, ""), i) for i in ids.tolist()], [])


def category_name(url: str, landmark: int) -> str:
    """Return the name in the address of a Wikimedia category, or the landmark's number where there is none.

    Example:
        >>> category_name("http://commons.wikimedia.org/wiki/Category:Pont_du_Gard", 7), category_name("", 7)
        ('Pont du Gard', 'landmark 7')
    """
    return unquote(url.strip().rpartition("Category:")[2]).replace("_", " ") or f"landmark {landmark}"


def _to_paths(folder: Path, part: str, ids: npt.NDArray[np.bytes_]) -> ImagePaths:
    """Return the paths: image abcdef….jpg lies in a/b/c."""
    letters = ids.view(np.uint8).reshape(len(ids), ids.itemsize)[:, :3].astype(np.int32)  # (N, 3)
    codes, folder_of = np.unique(letters @ np.array([1 << 16, 1 << 8, 1], dtype=np.int32), return_inverse=True)
    folders = [f"{part}/{chr(code >> 16)}/{chr(code >> 8 & 255)}/{chr(code & 255)}" for code in codes.tolist()]
    return ImagePaths(folder, folders, folder_of, ids, suffix=".jpg")
