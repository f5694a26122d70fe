"""Stored results on Mini-Landmarks: three embeddings on a small gallery, and their means on the whole set."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

import torch

if TYPE_CHECKING:
    from suprank_edu.data import RetrievalDataset


class LandmarkScores(NamedTuple):
    """What `landmark_scores` returns.

    Args:
        queries: Q positions in the test set.
        gallery: G positions in it.
        scores: embedding → `(Q, G)` cosine similarities.
        means: embedding → metric → its mean over all queries of the test set, named as `evaluate` names it.
    """

    queries: list[int]
    gallery: list[int]
    scores: dict[str, torch.Tensor]
    means: dict[str, dict[str, float]]


def landmark_scores(dataset: RetrievalDataset) -> LandmarkScores:
    """Return what `book/results/hierarchical_scores.py` has computed: an edge detector and two trained networks.

    Args:
        dataset: the test set of Mini-Landmarks, in which the pictures are looked up by name.

    Raises:
        ValueError: the data set is another one, or rendered anew since.

    Example:
        >>> from suprank_edu.data import load_samples
        >>> stored = landmark_scores(load_samples("mini_landmarks", "test"))
        >>> list(stored.scores), stored.scores["edges"].shape
        (['edges', 'Sup-AP network', 'Sup-H-AP network'], torch.Size([3, 23]))
    """
    file = resources.files("suprank_edu.explore.hierarchy").joinpath("hierarchical_scores.json")
    stored = json.loads(file.read_text(encoding="utf-8"))
    place = {dataset.name_of(i): i for i in range(len(dataset))}
    missing = [name for name in (*stored["queries"], *stored["gallery"]) if name not in place]
    if missing:
        raise ValueError(f"`dataset`: got no picture named {missing[0]!r}, expected the test set of Mini-Landmarks")
    return LandmarkScores(
        [place[name] for name in stored["queries"]],
        [place[name] for name in stored["gallery"]],
        {name: torch.tensor(rows, dtype=torch.float64) for name, rows in stored["scores"].items()},
        stored["means"],
    )
