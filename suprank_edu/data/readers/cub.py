"""CUB-200-2011 (Wah, Branson, Welinder, Perona, Belongie, 2011): 200 species of birds."""

from suprank_edu._checks import check_one_of
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.paths import ImagePaths
from suprank_edu.data.readers._files import ListFile, Origin, Root, find_root
from suprank_edu.data.readers._hierarchy import Hierarchy, read_hierarchy
from suprank_edu.data.readers._tables import Listing, number_classes, to_dataset

ORIGIN = Origin(
    "cub",
    "CUB-200-2011",
    "https://www.vision.caltech.edu/datasets/cub_200_2011/",
    "non-commercial research and education only; the photographs belong to their makers, see the source",
)
CLASSES = {"train": range(1, 101), "test": range(101, 201)}
SIZES = {"train": (5_864, 100), "test": (5_924, 100)}


def read_cub(
    root: Root = None, split: str = "train", *, complete: bool | None = None, check_files: bool = True
) -> RetrievalDataset:
    """Read one split of CUB-200-2011: classes 1 to 100 to train, 101 to 200 to test.

    Args:
        root: the folder of `images.txt`; None takes `$SUPRANK_EDU_DATA/cub`. A `hierarchy.csv` in it
            (`class_id,level1,level2,…`) gives other coarse levels.
        split: `"train"` or `"test"`.
        complete: True expects the published sizes, False any; None expects them of a set that holds more than half
            of the published images.
        check_files: whether to look that each image exists.

    Returns:
        Labels: column 0 the species, column 1 the kind of bird, the last word of the species' name (Warbler, …).

    Raises:
        FileNotFoundError: if the folder, a list or a listed image is missing.
        ValueError: if a line is malformed, the sizes are not the published ones, or there is no such split.
    """
    check_one_of("split", split, CLASSES)
    folder = find_root(ORIGIN, root)
    class_file = ListFile(ORIGIN, folder, "classes.txt")
    names: dict[int, str] = {}
    for line, (number, name) in class_file.rows(2):
        class_file.put(names, line, class_file.integer(line, "class id", number), name.partition(".")[2] or name)
    kinds = Hierarchy(("kind",), {number: (name.rpartition("_")[2],) for number, name in names.items()})
    hierarchy = read_hierarchy(folder, kinds)

    label_file = ListFile(ORIGIN, folder, "image_class_labels.txt")
    class_of: dict[str, int] = {}
    for line, (image, number) in label_file.rows(2):
        label_file.put(class_of, line, image, label_file.integer(line, "class id", number))
        if class_of[image] not in names:
            raise label_file.error(line, f"class {number}", f"one of {class_file.path.name}")

    file = ListFile(ORIGIN, folder, "images.txt")
    lines, species, paths = [], [], []
    for line, (image, path) in file.rows(2):
        if image not in class_of:
            raise file.error(line, f"image {image}", f"one of {label_file.path.name}")
        if class_of[image] in CLASSES[split]:
            lines.append(line)
            species.append(class_of[image])
            paths.append(f"images/{path}")
    coarse = hierarchy.columns(species)
    listing = Listing(
        file,
        split,
        ImagePaths.from_relative(folder, paths),
        lines,
        number_classes([species, *coarse]),
        ("species", *hierarchy.column_names),
        [[names[number].replace("_", " ") for number in species], *coarse],
        SIZES[split],
    )
    return to_dataset(listing, complete=complete, check_files=check_files)
