"""The scenes of the gap explorer: 6 positives and 18 negatives of a query, in batches, each on a scale of its own."""

import functools
import json
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import torch

from suprank_edu.decomposability import calibrated_bound, worst_case_bound
from suprank_edu.metrics import average_precision

POSITIVES, NEGATIVES = 6, 18
BATCHES = (1, 2, 3, 6)

PERFECT, REAL, REAL_NEGATIVE = "perfect batches", "a green pepper", "the pepper, dealt otherwise"
SCENES = (REAL, REAL_NEGATIVE, PERFECT)

_NONE_ABOVE = 2.0  # above every score
_LOWEST, _HIGHEST = 0.04, 0.96  # where the scores of a scene end, on a scale from 0 to 1

Counts = tuple[int, ...]
Scores = tuple[float, ...]
"""The scores of the positives, then those of the negatives."""


class Scene(NamedTuple):
    """What one setting of the controls gives."""

    scores: Scores
    batch_of: Counts  # the batch of each item, from 0
    scales: tuple[tuple[float, float], ...]  # of each batch: where its scores of 0 and of 1 have gone
    batch_aps: Scores
    mean: float  # over the batches
    whole: float  # AP on all items
    gap: float
    perfect: int  # batches whose AP is 1
    threshold: float
    above: tuple[int, int]  # positives and negatives above the threshold
    worst: float  # E18
    calibrated: float  # E19 at the threshold, and at most E18


def shares(number: int) -> tuple[int, int]:
    """Return how many positives and how many negatives each of `number` batches holds.

    Example:
        >>> shares(3)
        (2, 6)
    """
    return POSITIVES // number, NEGATIVES // number


def batch_of(item: int, number: int) -> int:
    """Return the batch of an item: positives and negatives are dealt out in order, equal shares.

    Example:
        >>> [batch_of(item, 3) for item in (0, 2, 5, 6, 12, 23)]
        [0, 1, 2, 0, 1, 2]
    """
    own, wrong = shares(number)
    return item // own if item < POSITIVES else (item - POSITIVES) // wrong


def scales(number: int, reach: float) -> tuple[tuple[float, float], ...]:
    """Return the interval that each batch's scale from 0 to 1 is pressed into, when the last one reaches up to `reach`.

    At 1 all share one scale. Lower, the first is pressed towards 1, the last towards 0 and those between in between,
    until at 1 / `number` and below whole batches follow one another.

    Example:
        >>> scales(3, 1.0)
        ((0.0, 1.0), (0.0, 1.0), (0.0, 1.0))
        >>> scales(2, 0.5), scales(2, 0.25)
        (((0.5, 1.0), (0.0, 0.5)), ((0.5, 1.0), (0.0, 0.25)))
    """
    apart = min(1.0, (1 - reach) / (1 - 1 / number)) if number > 1 else 0.0
    found = [(apart * (number - 1 - b) / number, 1 - apart * b / number) for b in range(number)]
    found[-1] = (0.0, reach)
    return tuple((round(low, 4), round(high, 4)) for low, high in found)


@functools.cache
def scene(name: str, number: int, reach: float) -> Scene:
    """Return the scores, the batches, the gap (E17) and the bounds (E18, E19) of one setting."""
    batches = tuple(batch_of(item, number) for item in range(POSITIVES + NEGATIVES))
    pressed = scales(number, reach)
    scores = tuple(
        round(pressed[b][0] + (pressed[b][1] - pressed[b][0]) * s, 4)
        for b, s in zip(batches, own_scores(name, number), strict=True)
    )
    found = measured(scores, batches)
    mean = sum(found.batch_aps) / number  # each batch has a positive
    own, wrong = shares(number)
    return Scene(
        scores=scores,
        batch_of=batches,
        scales=pressed,
        batch_aps=found.batch_aps,
        mean=mean,
        whole=found.whole,
        gap=mean - found.whole,
        perfect=sum(ap > 1 - 1e-12 for ap in found.batch_aps),
        threshold=found.threshold,
        above=found.above,
        worst=worst_case_bound([own] * number, [wrong] * number),
        calibrated=found.bound,
    )


class Measured(NamedTuple):
    """What scores and batches give: the APs, the best threshold, what lies above it, and E19 there."""

    batch_aps: Scores
    whole: float  # AP on all items
    threshold: float
    above: tuple[int, int]  # positives and negatives above the threshold
    bound: float  # E19 at the threshold, and at most E18


def measured(scores: Scores, batches_of: Counts) -> Measured:
    """Measure the scores of positives and negatives, each item in its batch."""
    one = torch.tensor([scores], dtype=torch.float64)
    relevant = torch.tensor([[1] * POSITIVES + [0] * NEGATIVES])
    batches = [[k for k, batch in enumerate(batches_of) if batch == b] for b in range(max(batches_of) + 1)]
    threshold = best_threshold(scores)
    positives = [sum(k < POSITIVES for k in batch) for batch in batches]
    negatives = [len(batch) - count for batch, count in zip(batches, positives, strict=True)]
    good = [sum(scores[k] > threshold for k in batch if k < POSITIVES) for batch in batches]
    bad = [sum(scores[k] > threshold for k in batch if k >= POSITIVES) for batch in batches]
    return Measured(
        batch_aps=tuple(float(average_precision(one[:, batch], relevant[:, batch])[0]) for batch in batches),
        whole=float(average_precision(one, relevant)[0]),
        threshold=threshold,
        above=(sum(good), sum(bad)),
        # A threshold above every score turns E19 into E18, so the better of the two is always to be had.
        bound=min(calibrated_bound(positives, negatives, good, bad), worst_case_bound(positives, negatives)),
    )


@functools.cache
def best_threshold(scores: Scores) -> float:
    """Return the threshold that separates best: largest share of positives above minus share of negatives above."""
    values = np.array(scores)
    order = np.unique(values)
    cuts = (order[:-1] + order[1:]) / 2
    above = values > cuts[:, None]  # (cuts, items)
    separation = above[:, :POSITIVES].mean(axis=1) - above[:, POSITIVES:].mean(axis=1)
    if separation.max() <= 0:
        return _NONE_ABOVE
    # Of several that do as well, the middle: with separated scores it then stands between them.
    equal = cuts[separation > separation.max() - 1e-9]
    return float(equal[len(equal) // 2])


@functools.cache
def own_scores(name: str, number: int) -> Scores:
    """Return the scores on the common scale from 0 to 1, before the batches' scales part."""
    if name != PERFECT:
        return stretched(tuple(stored(name)["scores"]))
    own, wrong = shares(number)
    # Every batch starts at another place of its part, so that items of two batches do not share their scores.
    right = [0.7 + 0.26 * (k % own + (k // own + 0.5) / number) / own for k in range(POSITIVES)]
    return (*right, *(0.04 + 0.5 * (k % wrong + (k // wrong + 0.5) / number) / wrong for k in range(NEGATIVES)))


def stretched(scores: Scores) -> Scores:
    """Return the scores with the lowest brought to 0.04 and the highest to 0.96: no rank changes, and no AP.

    Example:
        >>> stretched((0.5, 0.6, 0.7))
        (0.04, 0.5, 0.96)
    """
    low, high = min(scores), max(scores)
    return tuple(round(_LOWEST + (_HIGHEST - _LOWEST) * (s - low) / (high - low), 4) for s in scores)


@functools.cache
def stored(name: str) -> dict[str, Any]:
    """Return a real query's scores and products; `book/results/gap_scores.py` made them and says how."""
    folder = resources.files("suprank_edu.explore.decomposability")
    found: dict[str, dict[str, Any]] = json.loads(folder.joinpath("gap_scores.json").read_text(encoding="utf-8"))
    return found["gap" if name == REAL else "negative"]
