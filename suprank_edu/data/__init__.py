"""Data sets for retrieval: each a `RetrievalDataset` with labels from fine to coarse."""

from collections.abc import Callable
from functools import partial
from os import PathLike
from typing import Any, Literal

from suprank_edu._checks import check_one_of
from suprank_edu.data.archives import ArchiveError, DownloadError
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.hierarchical_sampler import HierarchicalBatches
from suprank_edu.data.landmarks import render
from suprank_edu.data.landmarks.dataset import read_rendered
from suprank_edu.data.omniglot import read_omniglot
from suprank_edu.data.paths import ImagePaths
from suprank_edu.data.readers import (
    RevisitedTruth,
    read_cars196,
    read_cub,
    read_dyml,
    read_folder,
    read_gldv2,
    read_grocery,
    read_inat2018,
    read_inshop,
    read_revisited,
    read_revisited_truth,
    read_sfm120k,
    read_sop,
    revisited_map,
)
from suprank_edu.data.samplers import MPerClassBatches
from suprank_edu.data.samples import SampleQuery, load_samples, sample_embeddings, sample_queries, samples_folder
from suprank_edu.data.standin import read_standin
from suprank_edu.data.vectors import VectorDataset

__all__ = [
    "ArchiveError",
    "DownloadError",
    "HierarchicalBatches",
    "ImagePaths",
    "MPerClassBatches",
    "RetrievalDataset",
    "RevisitedTruth",
    "SampleQuery",
    "VectorDataset",
    "load_samples",
    "omniglot_or_standin",
    "read",
    "read_revisited_truth",
    "render",
    "revisited_map",
    "sample_embeddings",
    "sample_queries",
    "samples_folder",
]

_READERS: dict[str, Callable[..., RetrievalDataset]] = {
    "cars196": read_cars196,
    "cub": read_cub,
    "dyml-animal": partial(read_dyml, "animal"),
    "dyml-product": partial(read_dyml, "product"),
    "dyml-vehicle": partial(read_dyml, "vehicle"),
    "folder": read_folder,
    "gldv2": read_gldv2,
    "grocery": read_grocery,
    "inat2018": read_inat2018,
    "inat2018-full": partial(read_inat2018, levels="full"),
    "inshop": read_inshop,
    "omniglot": read_omniglot,
    "rendered": read_rendered,
    "roxford5k": partial(read_revisited, "roxford5k"),
    "rparis6k": partial(read_revisited, "rparis6k"),
    "sfm120k": read_sfm120k,
    "sop": read_sop,
    "standin": read_standin,
}


def read(
    name: str, root: str | PathLike[str] | None = None, split: str | None = None, **options: Any
) -> RetrievalDataset:
    """Read one split of a data set by name.

    =================  =========================================  ==============================================
    name               splits                                     levels, finest first
    =================  =========================================  ==============================================
    omniglot           train, test (downloaded when missing)      character, alphabet
    standin            train, test (drawn, needs no files)        character, alphabet
    rendered           train, test (Mini-Landmarks, rendered)     landmark, supercategory, natural_or_human_made
    sop                train, test                                product, super-class
    cub                train, test                                species, kind
    cars196            train, test                                model, body type (or maker)
    inshop             train, query, gallery                      item, category, gender
    grocery            train, val, test                           product, kind, department
    inat2018           train, test                                species, super-class
    inat2018-full      train, test                                species, genus, …, kingdom (7 ranks)
    dyml-animal        train, query-fine, gallery-fine, and so    fine, middle, coarse; one of them in a benchmark
    dyml-vehicle       on with middle and coarse
    dyml-product       train, test                                fine, middle, coarse
    gldv2              train (cleaned), train-all, index, query   landmark, supercategory, natural_or_human_made
    sfm120k            train                                      cluster
    roxford5k          query, gallery                             landmark (see `read_revisited_truth`)
    rparis6k           query, gallery                             landmark (see `read_revisited_truth`)
    folder             train, val, test; None for all             class, parent, … of anybody's photographs
    =================  =========================================  ==============================================

    Where queries have a gallery of their own, both have the same class ids; the queries of `grocery` are test, their
    gallery is train. All but the first three must be on disk, the published ones as their authors publish them; the
    error for a missing set says where to get it. Only lists are read: images are looked for, folder by folder, and
    decoded when they are asked for. For `folder` see `suprank_edu.data.readers.read_folder`.

    Args:
        name: one of the table.
        root: the folder of the data; None takes `$SUPRANK_EDU_DATA/<name>` (`inat2018` for both of its names),
            and for Omniglot else the platform's cache folder.
        split: one of the table; None takes the first, and of a folder all photographs.
        options: those of the reader in `suprank_edu.data.readers`. All sets read from disk take
            `check_files=False`, which does not look at the images, and those whose sizes are in print
            `complete`: True expects these sizes, False any, None expects them of a set that is more than half of
            the published one.

    Returns:
        The images and their labels, finest level first.

    Raises:
        ValueError: if there is no such data set or split, or its files are damaged; the message has path and line.
        FileNotFoundError: if the set, a list or a listed image is missing.
        DownloadError: if Omniglot is missing and cannot be downloaded.

    Example:
        >>> read("standin", split="train")
        RetrievalDataset(800 images; character: 40, alphabet: 5)
    """
    check_one_of("name", name, _READERS)
    reader: Callable[..., Any] = _READERS[name]
    dataset: RetrievalDataset = reader(root, **({} if split is None else {"split": split}), **options)
    return dataset


def omniglot_or_standin(split: Literal["train", "test"] = "train") -> RetrievalDataset:
    """Read Omniglot, or draw the stand-in where there is neither data nor network, and print which one it is.

    Args:
        split: `"train"` or `"test"`.

    Returns:
        Omniglot, or the stand-in, whose `source` says so.

    Raises:
        ArchiveError: if the archives are there but damaged: a broken file is not passed over in silence.
    """
    try:
        dataset, which, why = read("omniglot", split=split), "Omniglot", ""
    except DownloadError:
        dataset, which = read("standin", split=split), "STAND-IN for Omniglot"
        why = "; computer-drawn, because the archives are not in $SUPRANK_EDU_DATA/omniglot and could not be downloaded"
    characters, alphabets = (len(names) for names in dataset.class_names)
    print(
        f"{which}, {split} split: {len(dataset):,} drawings of {characters} characters from {alphabets} alphabets{why}"
    )
    return dataset
