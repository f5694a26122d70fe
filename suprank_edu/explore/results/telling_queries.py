"""Which queries tell most about several losses: those on which they differ, and typical ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from suprank_edu._checks import check_count
from suprank_edu.explore.results.found import SHOWN, check_found

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset

KINDS = ("losses differ", "mistakes differ", "typical")
"""Why a query was chosen: by the AP of all losses, by the severe mistakes among the first ten, or as the median."""


def telling_queries(
    dataset: RetrievalDataset, found: Mapping[str, Mapping[str, np.ndarray[Any, Any]]], each: int = 2
) -> dict[str, int]:
    """Choose queries on which losses differ, and typical ones, by caption.

    Of every class of column 1 come `each` queries with the largest spread of AP over the losses, with the largest
    spread of severe mistakes, and with a mean AP nearest the median; no class of column 0 comes twice.

    Args:
        dataset: the images and their labels at two levels.
        found: as for `query_by_query`.
        each: queries of each kind and class of column 1.

    Returns:
        Caption → position; those of one kind together.

    Raises:
        ValueError: `found` is not of this data set, fewer than ten images were kept, or `each` is below 1.
    """
    check_found(dataset, found)
    check_count("each", each)
    ap = np.stack([arrays["ap"] for arrays in found.values()])  # (losses, N)
    coarse = dataset.labels[:, -1]
    severe = [(coarse[arrays["retrieved"][:, :SHOWN]] != coarse[:, None]).sum(axis=1) for arrays in found.values()]
    mean = ap.mean(axis=0)
    spread = (ap.std(axis=0), np.std(severe, axis=0), -np.abs(mean - np.median(mean)))  # (N,) each
    chosen: dict[str, int] = {}
    taken: set[int] = set()
    for kind, telling in zip(KINDS, spread, strict=True):
        for one in np.unique(coarse):
            left = each
            for query in np.argsort(-telling, kind="stable").tolist():
                fine = int(dataset.labels[query, 0])
                if left and coarse[query] == one and fine not in taken:
                    chosen[f"{short_name(dataset, query)}, {kind}"] = query
                    taken.add(fine)
                    left -= 1
    return chosen


def short_name(dataset: RetrievalDataset, index: int) -> str:
    """Return the name of an image's class: `Japanese_(katakana)/character07` becomes `katakana 7`."""
    name = re.sub(r"/character0*|_", " ", dataset.class_names[0][dataset.labels[index, 0]])
    return re.sub(r".*\((.*)\)", r"\1", name)
