"""Stanford Online Products (Song, Xiang, Jegelka, Savarese, CVPR 2016): 12 kinds of goods from an online market."""

from suprank_edu._checks import check_one_of
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.paths import ImagePaths
from suprank_edu.data.readers._files import ListFile, Origin, Root, find_root
from suprank_edu.data.readers._tables import Listing, number_classes, to_dataset

ORIGIN = Origin(
    "sop",
    "Stanford Online Products",
    "https://cvgl.stanford.edu/projects/lifted_struct/",
    "no licence stated; photographs of sellers, see the source",
)
SIZES = {"train": (59_551, 11_318, 12), "test": (60_502, 11_316, 12)}
_HEADER = ("image_id", "class_id", "super_class_id", "path")


def read_sop(
    root: Root = None, split: str = "train", *, complete: bool | None = None, check_files: bool = True
) -> RetrievalDataset:
    """Read one split of Stanford Online Products, in which train and test share no product.

    Args:
        root: the folder of `Ebay_train.txt`; None takes `$SUPRANK_EDU_DATA/sop`.
        split: `"train"` or `"test"`.
        complete: True expects the published sizes (SupRank), False any; None expects them of a set that holds more
            than half of the published images.
        check_files: whether to look that each image exists.

    Returns:
        Labels: column 0 the product, column 1 the super-class.

    Raises:
        FileNotFoundError: if the folder, the list or a listed image is missing.
        ValueError: if a line is malformed, the sizes are not the published ones, or there is no such split.
    """
    check_one_of("split", split, SIZES)
    file = ListFile(ORIGIN, find_root(ORIGIN, root), f"Ebay_{split}.txt")
    lines, products, supers, paths = [], [], [], []
    for line, (_, product, super_class, path) in file.rows(4, header=_HEADER):
        lines.append(line)
        products.append(file.integer(line, "class_id", product))
        supers.append(file.integer(line, "super_class_id", super_class))
        paths.append(path)
    # bicycle_final/111085122871_0.JPG: the kind, the number of the offer, the number of the photograph.
    kinds = [path.rpartition("/")[0].removesuffix("_final") for path in paths]
    offers = [f"{kind}/{path.rpartition('/')[2].rpartition('_')[0]}" for kind, path in zip(kinds, paths, strict=True)]
    listing = Listing(
        file,
        split,
        ImagePaths.from_relative(file.root, paths),
        lines,
        number_classes([products, supers]),
        ("product", "super-class"),
        [offers, kinds],
        SIZES[split],
    )
    return to_dataset(listing, complete=complete, check_files=check_files)
