"""iNaturalist 2018, in the retrieval split of Smooth-AP (Brown, Xie, Kalogeiton, Zisserman, ECCV 2020)."""

import json
from typing import Any, Literal

from suprank_edu._checks import check_one_of
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.paths import ImagePaths
from suprank_edu.data.readers._files import ListFile, Origin, Root, find_root
from suprank_edu.data.readers._tables import Listing, number_classes, to_dataset

ORIGIN = Origin(
    "inat2018",
    "iNaturalist 2018",
    "https://github.com/visipedia/inat_comp/tree/master/2018",
    "non-commercial research and education only; each photograph under the licence of its maker, see the source",
)
RANKS = ("species", "genus", "family", "order", "class", "phylum", "kingdom")
# Of names: a genus name that occurs in two kingdoms counts once in print, and is two classes here.
SIZES: dict[str, dict[str, tuple[int, ...]]] = {
    "base": {"train": (325_846, 5_690, 13), "test": (136_093, 2_452)},
    "full": {"train": (325_846, 5_690, 3_438, 961, 249, 54, 23, 5), "test": (136_093, 2_452)},
}


def read_inat2018(
    root: Root = None,
    split: str = "train",
    *,
    levels: Literal["base", "full"] = "base",
    complete: bool | None = None,
    check_files: bool = True,
) -> RetrievalDataset:
    """Read one split of iNaturalist 2018, in which train and test share no species.

    Args:
        root: the folder of `train_val2018`, `train2018.json` and `Inat_dataset_splits`; None takes
            `$SUPRANK_EDU_DATA/inat2018`.
        split: `"train"` or `"test"`.
        levels: `"base"` for species and super-class (the folder), `"full"` for the seven ranks from species to
            kingdom, which need `train2018.json` with the names that were released later.
        complete: True expects the published sizes (HAPPIER), False any; None expects them of a set that holds more
            than half of the published images.
        check_files: whether to look that each image exists.

    Returns:
        Labels: column 0 the species. Each class is known by its full path from the kingdom down, because some
        genus names occur in two kingdoms; counts may exceed those in print.

    Raises:
        FileNotFoundError: if the folder, a list or a listed image is missing.
        ValueError: if a line is malformed, the sizes are not the published ones, or there is no such split.
    """
    check_one_of("levels", levels, SIZES)
    check_one_of("split", split, SIZES[levels])
    folder = find_root(ORIGIN, root)
    file = ListFile(ORIGIN, folder, f"Inat_dataset_splits/Inaturalist_{split}_set1.txt")
    lines, ids, paths = _read_paths(file)
    if levels == "base":
        column_names: tuple[str, ...] = ("species", "super-class")
        supers = [path.split("/")[1] for path in paths]
        columns: list[list[Any]] = [ids, supers]
        names: list[list[str]] = [[path.rpartition("/")[0].partition("/")[2] for path in paths], supers]
    else:
        taxa = _read_taxa(ListFile(ORIGIN, folder, "train2018.json"))
        unknown = next((i for i, number in enumerate(ids) if number not in taxa), None)
        if unknown is not None:
            raise file.error(lines[unknown], f"species {ids[unknown]}", "a category of train2018.json")
        column_names = RANKS
        names = [[taxa[number][rank] for number in ids] for rank in range(len(RANKS))]
        columns = [ids, *names[1:]]
    listing = Listing(
        file,
        split,
        ImagePaths.from_relative(folder, paths),
        lines,
        number_classes(columns),
        column_names,
        names,
        SIZES[levels][split],
    )
    return to_dataset(listing, complete=complete, check_files=check_files)


def _read_paths(file: ListFile) -> tuple[list[int], list[int], list[str]]:
    """Return the line, the id of the species and the path of each image."""
    lines, ids, paths = [], [], []
    for line, (path,) in file.rows(1):
        parts = path.split("/")
        if len(parts) != 4:
            raise file.error(line, f"the path {path!r}", "train_val2018/Super/ID/file.jpg")
        lines.append(line)
        ids.append(file.integer(line, "species id", parts[2]))
        paths.append(path)
    return lines, ids, paths


def _read_taxa(file: ListFile) -> dict[int, tuple[str, ...]]:
    """Return category id → names of its seven ranks, reading no more of 120 MB of JSON than the categories."""
    text = file.path.read_text(encoding="utf-8", errors="replace")
    start = text.find("[", text.find('"categories"'))
    try:
        if '"categories"' not in text:
            raise ValueError("no categories")
        categories = json.JSONDecoder().raw_decode(text, start)[0]
        # The name is that of the species; a rank `species` is not given.
        return {
            int(category["id"]): (str(category["name"]), *(str(category[rank]) for rank in RANKS[1:]))
            for category in categories
        }
    except KeyError as error:
        raise file.error(
            None, f"a category without {error}", "its ranks (their names were released later, as categories.json)"
        ) from error
    except (ValueError, TypeError, RecursionError) as error:
        raise file.error(None, f"what cannot be read ({error})", "JSON with a list of `categories`") from error
