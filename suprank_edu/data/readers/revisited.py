"""Revisited Oxford and Paris (Radenović, Iscen, Tolias, Avrithis, Chum, CVPR 2018), and how they are scored."""

from dataclasses import dataclass
from reprlib import repr as shown  # of nested content no more than a line
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from suprank_edu._checks import check_one_of
from suprank_edu.data.dataset import RetrievalDataset
from suprank_edu.data.paths import ImagePaths
from suprank_edu.data.readers._files import ListFile, Origin, Root, find_root
from suprank_edu.data.readers._pickle import read_plain_pickle
from suprank_edu.data.readers._tables import Listing, number_classes, to_dataset
from suprank_edu.metrics import trapezoid_ap

_LICENCE = "no licence stated; photographs from Flickr, see the source"
_URL = "http://cmp.felk.cvut.cz/revisitop/"
ORIGINS = {
    "roxford5k": Origin("roxford5k", "Revisited Oxford", _URL, _LICENCE),
    "rparis6k": Origin("rparis6k", "Revisited Paris", _URL, _LICENCE),
}
SIZES = {
    "roxford5k": {"query": (70,), "gallery": (4_993,)},
    "rparis6k": {"query": (70,), "gallery": (6_322,)},
}
Name = Literal["roxford5k", "rparis6k"]
# Protocol → what counts as a positive, and what is ignored.
_PROTOCOLS = {
    "Easy": (("easy",), ("junk", "hard")),
    "Medium": (("easy", "hard"), ("junk",)),
    "Hard": (("hard",), ("junk", "easy")),
}


@dataclass(frozen=True)
class RevisitedTruth:
    """For each of Q queries the positions in the gallery of its easy, hard and junk images.

    Args:
        easy: Q arrays of positions.
        hard: Q arrays of positions.
        junk: Q arrays of positions.
        gallery_size: images in the gallery.
    """

    easy: list[npt.NDArray[np.int64]]
    hard: list[npt.NDArray[np.int64]]
    junk: list[npt.NDArray[np.int64]]
    gallery_size: int

    def masks(self, protocol: str, gallery_size: int | None = None) -> tuple[Tensor, Tensor]:
        """Return which pairs are positive and which count, two (Q, G) bool tensors.

        Args:
            protocol: `"Easy"`, `"Medium"` or `"Hard"`.
            gallery_size: G, when distractors follow the gallery.

        Raises:
            ValueError: if there is no such protocol, or G is smaller than the gallery.
        """
        check_one_of("protocol", protocol, _PROTOCOLS)
        size = self.gallery_size if gallery_size is None else gallery_size
        if size < self.gallery_size:
            raise ValueError(f"`gallery_size`: got {size}, expected at least {self.gallery_size}")
        relevant = torch.zeros(len(self.easy), size, dtype=torch.bool)
        valid = torch.ones_like(relevant)
        positive, ignored = _PROTOCOLS[protocol]
        positions = {"easy": self.easy, "hard": self.hard, "junk": self.junk}
        for query in range(len(self.easy)):
            for kind in positive:
                relevant[query, torch.from_numpy(positions[kind][query])] = True
            for kind in ignored:
                valid[query, torch.from_numpy(positions[kind][query])] = False
        return relevant, valid


def read_revisited(
    name: Name, root: Root = None, split: str = "query", *, complete: bool | None = None, check_files: bool = True
) -> RetrievalDataset:
    """Read the queries or the gallery of Revisited Oxford or Paris.

    Args:
        name: `"roxford5k"` or `"rparis6k"`.
        root: the folder of `gnd_<name>.pkl` and `jpg`; None takes `$SUPRANK_EDU_DATA/<name>`.
        split: `"query"`, each image cut to its box, or `"gallery"`.
        complete: True expects the published sizes, False any; None expects them of a set that holds more than half
            of the published images.
        check_files: whether to look that each image exists.

    Returns:
        Labels: one column, the name in front of the number of a file, which is what the photographs were found by.
        It is not the truth: that comes from `read_revisited_truth`, and
        `revisited_map` scores with it.

    Raises:
        FileNotFoundError: if the folder, the list or a listed image is missing.
        ValueError: if the list is damaged or holds more than plain data, the sizes are not the published ones, or
            there is no such split.
    """
    check_one_of("name", name, ORIGINS)
    check_one_of("split", split, SIZES[name])
    file, content = _read_list(name, root)
    queries, gallery = content["qimlist"], content["imlist"]
    landmarks = [image.rpartition("_")[0] or image for image in queries + gallery]
    numbers = np.arange(len(landmarks))
    listing = Listing(
        file,
        split,
        ImagePaths.from_relative(file.root, [f"jpg/{image}.jpg" for image in queries + gallery]),
        [*range(1, len(queries) + 1), *range(1, len(gallery) + 1)],
        number_classes([landmarks]),
        ("landmark",),
        [landmarks],
        SIZES[name][split],
        numbers[: len(queries)] if split == "query" else numbers[len(queries) :],
    )
    boxes = [truth["bbx"] for truth in content["gnd"]] if split == "query" else None
    return to_dataset(listing, complete=complete, check_files=check_files, boxes=boxes)


def read_revisited_truth(name: Name, root: Root = None) -> RevisitedTruth:
    """Read which gallery images are easy, hard and junk for each query; arguments and errors as for the images."""
    check_one_of("name", name, ORIGINS)
    _, content = _read_list(name, root)
    easy, hard, junk = (
        [np.array(truth[kind], dtype=np.int64) for truth in content["gnd"]] for kind in ("easy", "hard", "junk")
    )
    return RevisitedTruth(easy, hard, junk, len(content["imlist"]))


def revisited_map(scores: Tensor, truth: RevisitedTruth) -> dict[str, float]:
    """Compute mAP-Easy, mAP-Medium and mAP-Hard, with the trapezoid AP these sets are reported in.

    Medium takes easy and hard images as positives and ignores junk; Hard takes hard ones and ignores easy and junk.
    A query without positives is left out, as in the published code.

    Args:
        scores: (Q, G) floats, higher is better, such as `queries @ gallery.T` of unit vectors; columns beyond the
            gallery are distractors.
        truth: of Q queries.

    Raises:
        ValueError: if the shapes do not fit.

    Example:
        >>> truth = RevisitedTruth([np.array([0])], [np.array([2])], [np.array([1])], gallery_size=4)
        >>> revisited_map(torch.tensor([[0.9, 0.8, 0.7, 0.1]]), truth)
        {'mAP-Easy': 1.0, 'mAP-Medium': 1.0, 'mAP-Hard': 1.0}
    """
    if scores.ndim != 2 or len(scores) != len(truth.easy) or scores.shape[1] < truth.gallery_size:
        raise ValueError(
            f"`scores`: got shape {tuple(scores.shape)}, expected ({len(truth.easy)}, {truth.gallery_size}), or more "
            "columns with distractors"
        )
    means = {}
    for protocol in _PROTOCOLS:
        relevant, valid = truth.masks(protocol, scores.shape[1])
        ap = trapezoid_ap(scores, relevant.to(scores.device), valid=valid.to(scores.device))
        means[f"mAP-{protocol}"] = ap.nanmean().item()
    return means


def _read_list(name: str, root: Root) -> tuple[ListFile, dict[str, Any]]:
    """Read the pickle, and check all that is used of it."""
    file = ListFile(ORIGINS[name], find_root(ORIGINS[name], root), f"gnd_{name}.pkl")
    content = read_plain_pickle(file)
    if not isinstance(content, dict) or not {"imlist", "qimlist", "gnd"} <= content.keys():
        raise file.error(None, "other content", "a dict of imlist, qimlist and gnd")
    for key in ("imlist", "qimlist"):
        if not isinstance(content[key], list) or not all(isinstance(image, str) for image in content[key]):
            raise file.error(None, f"another {key}", "a list of names")
    if not isinstance(content["gnd"], list) or len(content["gnd"]) != len(content["qimlist"]):
        raise file.error(None, "another gnd", "one entry for each of qimlist")
    for entry, truth in enumerate(content["gnd"], 1):
        if not isinstance(truth, dict) or not {"bbx", "easy", "hard", "junk"} <= truth.keys():
            raise file.error(entry, f"the gnd {shown(truth)}", "a dict of bbx, easy, hard and junk")
        if len(_numbers(file, entry, truth["bbx"], (int, float))) != 4:
            raise file.error(entry, f"the bbx {shown(truth['bbx'])}", "four numbers")
        for kind in ("easy", "hard", "junk"):
            rows = _numbers(file, entry, truth[kind], (int,))
            if any(not 0 <= row < len(content["imlist"]) for row in rows):
                raise file.error(entry, f"{kind} {shown(rows)}", f"positions in 0..{len(content['imlist']) - 1}")
    return file, content


def _numbers(file: ListFile, entry: int, values: Any, kinds: tuple[type, ...]) -> list[Any]:
    if not isinstance(values, list | tuple) or not all(isinstance(value, kinds) for value in values):
        raise file.error(entry, f"{shown(values)}", "a list of numbers")
    return list(values)
