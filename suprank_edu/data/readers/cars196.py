"""Cars196 (Krause, Stark, Deng, Fei-Fei, 3dRR 2013): 196 models of cars."""

from typing import Literal

from suprank_edu._checks import check_one_of
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.paths import ImagePaths
from suprank_edu.data.readers._files import ListFile, Origin, Root, find_root
from suprank_edu.data.readers._hierarchy import Hierarchy, read_hierarchy
from suprank_edu.data.readers._mat import entries, read_mat
from suprank_edu.data.readers._tables import Listing, number_classes, to_dataset

ORIGIN = Origin(
    "cars196",
    "Cars196",
    "https://ai.stanford.edu/~jkrause/cars/car_dataset.html",
    "non-commercial research only, see the source",
)
CLASSES = {"train": range(1, 99), "test": range(99, 197)}
SIZES = {"train": (8_054, 98), "test": (8_131, 98)}
# SuperCab, Crew Cab, Club Cab, …: pick-ups are told by their cabs.
_BODIES = ("Convertible", "Coupe", "Sedan", "SUV", "Hatchback", "Wagon", "Minivan", "Van", "Cab")
_TWO_WORDS = ("AM General", "Aston Martin", "Land Rover")


def read_cars196(
    root: Root = None,
    split: str = "train",
    *,
    coarse: Literal["body", "maker"] = "body",
    complete: bool | None = None,
    check_files: bool = True,
) -> RetrievalDataset:
    """Read one split of Cars196: classes 1 to 98 to train, 99 to 196 to test.

    Args:
        root: the folder of `cars_annos.mat`; None takes `$SUPRANK_EDU_DATA/cars196`. A `hierarchy.csv` in it
            (`class_id,level1,level2,…`) gives other coarse levels.
        split: `"train"` or `"test"`.
        coarse: what the coarse level is read off the model's name: its body type or its maker. The two are no tree.
        complete: True expects the published sizes, False any; None expects them of a set that holds more than half
            of the published images.
        check_files: whether to look that each image exists.

    Returns:
        Labels: column 0 the model, column 1 the body type (`"Other"` where the name has none) or the maker.

    Raises:
        FileNotFoundError: if the folder, the list or a listed image is missing.
        ValueError: if the list is damaged, the sizes are not the published ones, or there is no such split.
    """
    check_one_of("split", split, CLASSES)
    check_one_of("coarse", coarse, ("body", "maker"))
    folder = find_root(ORIGIN, root)
    file = ListFile(ORIGIN, folder, "cars_annos.mat")
    mat = read_mat(file, "annotations", "class_names")
    fields = mat["annotations"].dtype.names or ()
    if not {"relative_im_path", "class"} <= set(fields):
        raise file.error(None, f"`annotations` of {', '.join(fields) or 'no fields'}", "relative_im_path and class")
    paths = entries(file, "relative_im_path", mat["annotations"]["relative_im_path"], str)
    numbers = entries(file, "class", mat["annotations"]["class"], int)
    models = dict(enumerate(entries(file, "class_names", mat["class_names"], str), 1))
    unknown = [entry for entry, number in enumerate(numbers, 1) if number not in models]
    if unknown:
        raise file.error(unknown[0], f"class {numbers[unknown[0] - 1]}", f"1..{len(models)}")

    parent = body_of if coarse == "body" else maker_of
    default = Hierarchy((coarse,), {number: (parent(model),) for number, model in models.items()})
    hierarchy = read_hierarchy(folder, default)
    chosen = [i for i, number in enumerate(numbers) if number in CLASSES[split]]
    ids = [numbers[i] for i in chosen]
    columns = hierarchy.columns(ids)
    listing = Listing(
        file,
        split,
        ImagePaths.from_relative(folder, [paths[i] for i in chosen]),
        [i + 1 for i in chosen],
        number_classes([ids, *columns]),
        ("model", *hierarchy.column_names),
        [[models[number] for number in ids], *columns],
        SIZES[split],
    )
    return to_dataset(listing, complete=complete, check_files=check_files)


def body_of(model: str) -> str:
    """Return the body type in a model's name, the last one where there are several.

    Example:
        >>> body_of("Ford E-Series Wagon Van 2012"), body_of("Ford Ranger SuperCab 2011"), body_of("Audi R8 2012")
        ('Van', 'Cab', 'Other')
    """
    for word in reversed(model.split()):
        if word in _BODIES or word.endswith("Cab"):
            return "Cab" if word.endswith("Cab") else word
    return "Other"


def maker_of(model: str) -> str:
    """Return the maker in a model's name.

    Example:
        >>> maker_of("Aston Martin Virage Coupe 2012"), maker_of("Audi R8 Coupe 2012")
        ('Aston Martin', 'Audi')
    """
    return next((maker for maker in _TWO_WORDS if model.startswith(f"{maker} ")), model.partition(" ")[0])
