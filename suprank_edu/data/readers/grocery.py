"""Grocery Store Dataset (Klasson, Zhang, Kjellström, WACV 2019): photographs taken with a phone in shops."""

from typing import NamedTuple

from suprank_edu._checks import check_one_of
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.paths import ImagePaths
from suprank_edu.data.readers._files import ListFile, Origin, Root, find_root
from suprank_edu.data.readers._tables import Listing, number_classes, to_dataset

ORIGIN = Origin(
    "grocery",
    "Grocery Store Dataset (Klasson, Zhang, Kjellström, WACV 2019)",
    "https://github.com/marcusklasson/GroceryStoreDataset",
    "MIT",
)
SIZES = {"train": (2_640, 81, 43, 3), "val": (296, 60, 37, 3), "test": (2_485, 81, 43, 3)}
_HEADER = (
    "Class Name (str)",
    "Class ID (int)",
    "Coarse Class Name (str)",
    "Coarse Class ID (int)",
    "Iconic Image Path (str)",
    "Product Description Path (str)",
)


class _Product(NamedTuple):
    """What `classes.csv` says of a class: its name, its kind, and the part of the shop it is sold in."""

    name: str
    kind_id: int
    kind: str
    department: str


def read_grocery(
    root: Root = None, split: str = "train", *, complete: bool | None = None, check_files: bool = True
) -> RetrievalDataset:
    """Read one split of the Grocery Store Dataset: the same products in each, at other visits to other shops.

    The queries are `"test"`, their gallery is `"train"`. Photographs of one visit are near-duplicates, so that a split
    ranked against itself proves nothing. A learning rate is searched with the queries `"val"`, which were put aside of
    the visits of `"train"`, against the same gallery.

    Args:
        root: the folder of `train.txt`, `val.txt`, `test.txt` and `classes.csv`; None takes
            `$SUPRANK_EDU_DATA/grocery`.
        split: `"train"`, `"val"` or `"test"`.
        complete: True expects the published sizes, False any; None expects them of a set that holds more than half
            of the published images.
        check_files: whether to look that each image exists.

    Returns:
        Labels: column 0 the product, column 1 its kind (Apple, Milk, …), column 2 the department (Fruit, Packages,
        Vegetables), with the published ids, the same in every split.

    Raises:
        FileNotFoundError: if the folder, a list or a listed image is missing.
        ValueError: if a line is malformed, the sizes are not the published ones, or there is no such split.

    Source:
        Klasson, Zhang, Kjellström, "A Hierarchical Grocery Store Image Dataset with Visual and Semantic Labels",
        WACV 2019, arXiv 1901.00711.
    """
    check_one_of("split", split, SIZES)
    folder = find_root(ORIGIN, root)
    products = _read_products(ListFile(ORIGIN, folder, "classes.csv"))
    file = ListFile(ORIGIN, folder, f"{split}.txt")
    lines, ids, paths = [], [], []
    for line, (path, fine, coarse) in file.rows(3, separator=","):
        number = file.integer(line, "fine id", fine)
        if number not in products:
            raise file.error(line, f"class {number}", "one of classes.csv")
        product = products[number]
        if file.integer(line, "coarse id", coarse) != product.kind_id:
            raise file.error(
                line, f"class {number} under coarse class {coarse}", f"{product.kind_id}, as in classes.csv"
            )
        if path.split("/")[1:2] != [product.department]:
            expected = f"{split}/{product.department}/…, as classes.csv has class {number}"
            raise file.error(line, f"the path {path!r}", expected)
        lines.append(line)
        ids.append(number)
        paths.append(path)
    # Numbered over all products, so that ids are the same in each split, whatever is missing there.
    numbers = sorted(products)
    place = {number: i for i, number in enumerate(numbers)}
    known = [products[number] for number in numbers]
    departments = [product.department for product in known]
    classes = number_classes([numbers, [product.kind_id for product in known], departments])
    labels = classes.labels[[place[number] for number in ids]]  # (N, 3)
    listing = Listing(
        file,
        split,
        ImagePaths.from_relative(folder, paths),
        lines,
        classes._replace(labels=labels, num_keys=[len(set(column)) for column in labels.T.tolist()]),
        ("product", "kind", "department"),
        [[_in_words(product.name) for product in known], [_in_words(product.kind) for product in known], departments],
        SIZES[split],
    )
    return to_dataset(listing, complete=complete, check_files=check_files)


def _read_products(file: ListFile) -> dict[int, _Product]:
    found: dict[int, _Product] = {}
    departments: dict[int, str] = {}
    for line, (name, number, kind, kind_number, icon, _) in file.rows(len(_HEADER), separator=",", header=_HEADER):
        parts = icon.strip("/").split("/")
        if len(parts) < 3:
            raise file.error(line, f"the iconic image path {icon!r}", "folder/Department/Kind/…")
        kind_id = file.integer(line, "coarse id", kind_number)
        file.put(departments, line, kind_id, parts[1])  # a kind lies in one department
        file.put(found, line, file.integer(line, "fine id", number), _Product(name, kind_id, kind, parts[1]))
    return found


def _in_words(name: str) -> str:
    return name.replace("-", " ")
