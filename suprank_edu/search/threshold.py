"""When a search has found nothing: the score that the best photograph must reach, chosen on queries."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from suprank_edu._checks import check_column, check_floating, check_index, check_number
from suprank_edu.data import RetrievalDataset
from suprank_edu.data.dataset import Labels
from suprank_edu.search.answer import Hit
from suprank_edu.search.joining import renumbered
from suprank_edu.training import embed

if TYPE_CHECKING:
    from suprank_edu.search.index import PhotoIndex

_MORE = 10  # photographs wanted beyond those of a class, as many as a search wants by default


@dataclass(frozen=True)
class Threshold:
    """A score, and what happens to queries with it.

    Attributes:
        value: the best photograph must reach it to count as found.
        precision: of the queries that find something, the share that has a class in the index.
        recall: of the queries that have a class in the index, the share that finds something.
        share_without: of all queries, the share without a class in the index, which `precision` supposes.
        queries: how many `precision` and `recall` were measured on.

    Example:
        >>> print(Threshold(0.8, precision=0.9, recall=0.7, share_without=0.5, queries=40))
        threshold 0.800: precision 0.90, recall 0.70 on 40 queries, if 50 % of queries have nothing to find
    """

    value: float
    precision: float
    recall: float
    share_without: float
    queries: int

    def __str__(self) -> str:
        return (
            f"threshold {self.value:.3f}: precision {self.precision:.2f}, recall {self.recall:.2f} on {self.queries} "
            f"queries, if {self.share_without:.0%} of queries have nothing to find".replace("%", " %")
        )


def choose_threshold(
    index: PhotoIndex,
    queries: RetrievalDataset,
    *,
    precision: float | None = None,
    share_without: float = 0.5,
    column: int = 0,
    seed: int = 0,
) -> Threshold:
    """Choose the score below which a search has found nothing, on photographs that are not in the index.

    Each query is asked twice: of the index as it is, and as if its class had never come into it, which is what a new
    product looks like. One whose class is not in the index is asked once. The threshold is chosen on one half of the
    classes, and what it does is measured on the other. Scores are those that `PhotoIndex.search` shows: an index that
    is searched approximately is asked approximately, with the effort that it was made with.

    Args:
        index: what is searched.
        queries: photographs of classes of the index, known by their names, from another day or another shop than those
            in it.
        precision: the least precision wanted, of all thresholds that reach it the one with the best recall; None takes
            the threshold with the best F1, the harmonic mean of both.
        share_without: of all queries in use, the share that has nothing to find; precision depends on it.
        column: the label column whose classes are meant.
        seed: of the draw of the classes.

    Returns:
        The score, and its precision and recall on the classes that it was not chosen on. Set `index.threshold` to its
        `value` to use it.

    Raises:
        ValueError: other columns than those of the index, fewer than two classes of queries that are in it, or no
            threshold that reaches `precision`.
    """
    check_column(column, index.photographs.labels.shape[1])
    check_index("seed", seed)
    labels, there = renumbered(index.photographs, queries)[0][:, column], index.photographs.labels[:, column]
    known = np.isin(labels, there)  # (Q,)
    if (count := len(np.unique(labels[known]))) < 2:
        raise ValueError(f"`queries`: got {count} classes that are in the index, expected at least 2")
    whole, others = _best_scores(index, embed(index.network, queries), labels, column)
    first = torch.from_numpy(_half_of_classes(labels, known, seed))  # (Q,)
    asked = torch.from_numpy(known)
    chosen = threshold_of(whole[asked & first], others[first], precision, share_without)
    return _measured(chosen.value, whole[asked & ~first], others[~first], share_without)


def _half_of_classes(labels: Labels, known: npt.NDArray[np.bool_], seed: int) -> npt.NDArray[np.bool_]:
    """Return `(Q,)`: whether a query is in the first half of the classes, those of the index and others apart."""
    draw = np.random.default_rng(seed)
    halves = [np.zeros(0, dtype=labels.dtype)]
    for group in (np.unique(labels[known]), np.unique(labels[~known])):
        halves.append(draw.permutation(group)[: len(group) // 2])
    return np.isin(labels, np.concatenate(halves))


def threshold_of(
    with_class: Tensor, without: Tensor, precision: float | None = None, share_without: float = 0.5
) -> Threshold:
    """Choose a threshold from the best scores of queries whose class is in the index, and of others.

    Of thresholds that are equally good the lowest is taken.

    Args:
        with_class: `(Q,)` best scores of queries whose class is in the index.
        without: `(R,)` those of queries whose class is not.
        precision, share_without: see `choose_threshold`.

    Raises:
        ValueError: there is no finite score (`-inf` stands for a search that finds no photograph), a share is outside
            of 0..1, or no threshold reaches `precision`.

    Example:
        >>> threshold_of(torch.tensor([0.9, 0.8, 0.4]), torch.tensor([0.5, 0.45])).value
        0.800000011920929
    """
    for name, scores in (("with_class", with_class), ("without", without)):
        check_floating(name, scores, 1)
        if bool(scores.isnan().any()):
            raise ValueError(f"`{name}`: got NaN, expected scores")
    with_class, without = with_class.detach(), without.detach()
    for name, share in (("share_without", share_without), ("precision", 0.0 if precision is None else precision)):
        check_number(name, share, minimum=0)
        if share > 1:
            raise ValueError(f"`{name}`: got {share!r}, expected a share of 0..1")
    if not len(candidates := torch.unique(with_class[with_class.isfinite()])):
        raise ValueError("`with_class`: got no finite score, expected one or more")
    # Between two of them recall is the same, and precision no better.
    measured = [_measured(value, with_class, without, share_without) for value in candidates.tolist()]
    if precision is None:
        return max(measured, key=lambda one: _f1(one.precision, one.recall))
    if not (enough := [one for one in measured if one.precision >= precision]):
        best = max(one.precision for one in measured)
        raise ValueError(
            f"`precision`: got {precision}, expected at most {best:.3f}, the best that a threshold reaches"
        )
    return max(enough, key=lambda one: one.recall)


def _measured(value: float, with_class: Tensor, without: Tensor, share_without: float) -> Threshold:
    recall = float((with_class >= value).double().mean())
    right, wrong = (1 - share_without) * recall, share_without * float((without >= value).double().mean())
    precision = right / (right + wrong) if right + wrong else 1.0
    return Threshold(value, precision, recall, share_without, len(with_class))


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _best_scores(index: PhotoIndex, queries: Tensor, labels: Labels, column: int) -> tuple[Tensor, Tensor]:
    """Return twice `(Q,)`: each query's best score, and its best with photographs of other classes than its own."""
    there = index.photographs.labels[:, column]  # (N,)
    sizes = Counter(there.tolist())
    whole, others = torch.full((len(queries),), -torch.inf), torch.full((len(queries),), -torch.inf)
    for row, (query, own) in enumerate(zip(queries, labels.tolist(), strict=True)):
        whole[row] = _best(index.search(query))
        more = index.search(query, _MORE + sizes[own])  # where all of its class come first, there are others
        others[row] = _best(hit for hit in more if there[hit.position] != own)
    return whole, others


def _best(hits: Iterable[Hit]) -> float:
    return max((hit.score for hit in hits), default=-math.inf)
