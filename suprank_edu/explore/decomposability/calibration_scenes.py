"""The scenes of the calibration explorer: scores of a query in three batches, before and after calibration pulls."""

import functools
from typing import NamedTuple

from suprank_edu.explore.decomposability.gap_scenes import NEGATIVES, PERFECT, POSITIVES, REAL, Measured, measured
from suprank_edu.explore.decomposability.gap_scenes import batch_of as batch_of_item
from suprank_edu.explore.decomposability.gap_scenes import scene as gap_scene

BATCHES = 3
PHOTOGRAPH, SCALES = "a green pepper", "three scales"
SCENES = (PHOTOGRAPH, SCALES)

_OF_GAP = {PHOTOGRAPH: (REAL, 1.0), SCALES: (PERFECT, 0.34)}  # and how far up the last batch reaches

Scores = tuple[float, ...]
"""The scores of the 6 positives, then those of the 18 negatives, each dealt to three batches in order."""


class Calibrated(NamedTuple):
    """What one setting of the controls gives."""

    scores: Scores
    pos_terms: Scores  # [α − s]₊ of each positive
    neg_terms: Scores  # [s − β]₊ of each negative
    measured: Measured

    @property
    def gap(self) -> float:
        """E17."""
        return sum(self.measured.batch_aps) / BATCHES - self.measured.whole

    @property
    def perfect(self) -> bool:
        """Whether every batch is ranked perfectly, so that E19 holds."""
        return min(self.measured.batch_aps) > 1 - 1e-12

    @property
    def coded(self) -> float:
        """E20 as the published code computes it: the means of the terms that are not 0."""
        return of_the_non_zero(self.pos_terms) + of_the_non_zero(self.neg_terms)

    @property
    def written(self) -> float:
        """E20 as the paper writes it: the means of all terms."""
        return sum(self.pos_terms) / POSITIVES + sum(self.neg_terms) / NEGATIVES


def of_the_non_zero(terms: Scores) -> float:
    """Return the mean of the terms above 0, and 0 where there is none.

    Example:
        >>> of_the_non_zero((0.5, 0.0, 0.0, 0.25)), of_the_non_zero((0.0, 0.0))
        (0.375, 0.0)
    """
    kept = [term for term in terms if term > 0]
    return sum(kept) / len(kept) if kept else 0.0


def batch_of(item: int) -> int:
    """Return the batch of an item: 2 positives and 6 negatives each, dealt out in order.

    Example:
        >>> batch_of(0), batch_of(5), batch_of(6), batch_of(23)
        (0, 2, 0, 2)
    """
    return batch_of_item(item, BATCHES)


def moved(scores: Scores, alpha: float, beta: float, move: float) -> Scores:
    """Return the scores after each has gone up to `move` towards its margin, all of them equally fast.

    That is where the gradient of E20 sends scores that are free to move: every term that is not 0 has slope 1.

    Example:
        >>> moved((0.5,) * 7, 0.9, 0.3, 0.25)[4:]
        (0.75, 0.75, 0.3)
    """
    up = (max(s, min(s + move, alpha)) for s in scores[:POSITIVES])
    down = (min(s, max(s - move, beta)) for s in scores[POSITIVES:])
    return tuple(round(s, 4) for s in (*up, *down))


@functools.cache
def calibrated(name: str, alpha: float, beta: float, move: float) -> Calibrated:
    """Return the scores, the terms of E20, the gap (E17) and its bound (E19) of one setting."""
    scores = moved(_start(name), alpha, beta, move)
    found = measured(scores, tuple(map(batch_of, range(len(scores)))))
    return Calibrated(
        scores=scores,
        pos_terms=tuple(round(max(alpha - s, 0.0), 4) for s in scores[:POSITIVES]),
        neg_terms=tuple(round(max(s - beta, 0.0), 4) for s in scores[POSITIVES:]),
        measured=found,
    )


def _start(name: str) -> Scores:
    scene, reach = _OF_GAP[name]
    return gap_scene(scene, BATCHES, reach).scores
