"""Hypothesis strategies for ranking tasks: ties, scores of any sign, uneven classes, hidden items, label trees."""

from __future__ import annotations

from typing import NamedTuple

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import torch
from torch import Tensor

# (lowest, highest, divisor): scores are integers of that range over the divisor.
_GRIDS = {
    "spread": (-1000, 1000, 1000),  # cosine similarities, ties are rare
    "near": (-60, 60, 1000),  # differences around tau = 0.01 and delta = 0.05
    "ties": (-4, 4, 8),  # few values, and their differences are exact in binary
    "not positive": (-8, 0, 8),  # a cosine similarity may be: nothing is relevant because of its sign
    "equal": (3, 3, 8),  # everything tied with everything
}


class Case(NamedTuple):
    """Queries with their galleries: `scores (Q, G)` float64, `levels (Q, G)` int64, `valid (Q, G)` bool or None."""

    scores: Tensor
    levels: Tensor
    valid: Tensor | None
    num_levels: int


def visible(case: Case, query: int) -> tuple[list[float], list[int], list[int]]:
    """What one query sees, as the plain lists the oracle takes: scores, levels, and the items they belong to."""
    items = range(case.scores.shape[1])
    if case.valid is not None:
        items = [g for g in items if case.valid[query, g]]
    items = list(items)
    return case.scores[query, items].tolist(), case.levels[query, items].tolist(), items


@st.composite
def score_rows(draw: st.DrawFn, queries: int, items: int, grid: str | None = None) -> Tensor:
    """A `(queries, items)` float64 tensor on one of the grids above."""
    low, high, divisor = _GRIDS[grid or draw(st.sampled_from(sorted(_GRIDS)))]
    numbers = draw(hnp.arrays(np.int64, (queries, items), elements=st.integers(low, high)))
    return torch.from_numpy(numbers / divisor)


@st.composite
def level_rows(draw: st.DrawFn, queries: int, items: int, num_levels: int) -> Tensor:
    """`(queries, items)` shared levels: each row any mixture, or no, one or only positives, or one level only."""
    rows = []
    for _ in range(queries):
        kind = draw(st.sampled_from(["any", "any", "any", "none", "one", "all", "single level"]))
        row = np.zeros(items, dtype=np.int64)
        if kind == "any":
            row = draw(hnp.arrays(np.int64, items, elements=st.integers(0, num_levels)))
        elif kind == "one":
            row[draw(st.integers(0, items - 1))] = draw(st.integers(1, num_levels))
        elif kind == "all":
            row = draw(hnp.arrays(np.int64, items, elements=st.integers(1, num_levels)))
        elif kind == "single level":
            row[:] = draw(st.integers(1, num_levels))
        rows.append(row)
    return torch.from_numpy(np.stack(rows))


@st.composite
def cases(
    draw: st.DrawFn,
    max_queries: int = 4,
    max_items: int = 9,
    max_levels: int = 4,
    grid: str | None = None,
    masks: bool = True,
) -> Case:
    """Any small ranking task; with `masks`, half of them hide pairs, at times all of a query's."""
    queries, items = draw(st.integers(1, max_queries)), draw(st.integers(1, max_items))
    num_levels = draw(st.integers(1, max_levels))
    scores = draw(score_rows(queries, items, grid))
    levels = draw(level_rows(queries, items, num_levels))
    valid = None
    if masks and draw(st.booleans()):
        valid = torch.from_numpy(draw(hnp.arrays(np.bool_, (queries, items))))
    return Case(scores, levels, valid, num_levels)


@st.composite
def label_trees(draw: st.DrawFn, items: int, max_levels: int = 4) -> Tensor:
    """`(items, L)` labels that are a tree, column 0 the finest; classes of uneven sizes, names in no order."""
    num_levels = draw(st.integers(1, max_levels))
    column = draw(hnp.arrays(np.int64, items, elements=st.integers(0, max(1, items // 2))))
    columns = [column]
    for _ in range(num_levels - 1):
        parents = draw(hnp.arrays(np.int64, int(column.max()) + 1, elements=st.integers(0, 3)))
        column = parents[column]
        columns.append(column)
    return torch.from_numpy(np.stack(columns, axis=1))


@st.composite
def unit_embeddings(draw: st.DrawFn, items: int) -> Tensor:
    """`(items, 4)` float64 unit vectors: anywhere on the sphere, or few whose products are exact and often tied."""
    if draw(st.booleans()):
        seed = draw(st.integers(0, 2**32 - 1))
        return torch.nn.functional.normalize(
            torch.from_numpy(np.random.default_rng(seed).normal(size=(items, 4))), dim=1
        )
    chosen = draw(hnp.arrays(np.int64, items, elements=st.integers(0, len(_EXACT) - 1)))
    return _EXACT[torch.from_numpy(chosen)]


class Batch(NamedTuple):
    """A batch as a loss module gets it: `embeddings (N, 4)` float64 unit vectors, `labels (N, L)`."""

    embeddings: Tensor
    labels: Tensor


@st.composite
def batches(draw: st.DrawFn, max_items: int = 10, max_levels: int = 3) -> Batch:
    """Any small batch with labels that are a tree."""
    items = draw(st.integers(2, max_items))
    return Batch(draw(unit_embeddings(items)), draw(label_trees(items, max_levels)))


def _exact_directions() -> Tensor:
    axes = torch.eye(4, dtype=torch.float64)
    halves = torch.tensor([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1]], dtype=torch.float64) / 2
    return torch.cat([axes, -axes, halves, -halves])


_EXACT = _exact_directions()
