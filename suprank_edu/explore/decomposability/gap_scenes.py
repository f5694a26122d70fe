"""The scenes of the gap explorer: 12 positives and 48 negatives of a query, their scores, and how they are split."""

import functools
import itertools
import json
from importlib import resources
from typing import NamedTuple

import numpy as np
import torch

from suprank_edu.decomposability import calibrated_bound, worst_case_bound
from suprank_edu.metrics import average_precision

POSITIVES, NEGATIVES = 12, 48
BATCHES = (1, 2, 3, 4, 6)

REAL, REAL_NEGATIVE = "real: positive gap", "real: negative gap"
ROW, MISRANKED = "one batch after another", "badly ranked batches"
SCENES = (REAL, REAL_NEGATIVE, ROW, MISRANKED)

EQUAL, BUNCHED, SIZES = "all alike", "most positives in one", "of different sizes"
MAKE_UPS = (EQUAL, BUNCHED, SIZES)

_NONE_ABOVE = 2.0  # above every score
_MISTAKES = 2  # negatives ahead of the positives of a badly ranked batch

Counts = tuple[int, ...]
Scores = tuple[float, ...]
"""The scores of the positives, then those of the negatives."""


class Scene(NamedTuple):
    """What one setting of the controls gives."""

    scores: Scores
    batch_of: Counts  # the batch of each item, from 0
    batch_aps: Scores
    mean: float  # over the batches
    whole: float  # AP on all items
    gap: float
    perfect: int  # batches whose AP is 1
    threshold: float
    above: tuple[int, int]  # positives and negatives above the threshold
    worst: float  # E18
    calibrated: float  # E19 at the threshold, and at most E18


@functools.cache
def split(make_up: str, number: int) -> tuple[Counts, Counts]:
    """Return how many positives and how many negatives each of `number` batches holds.

    Example:
        >>> split(EQUAL, 3), split(BUNCHED, 3), split(SIZES, 3)
        (((4, 4, 4), (16, 16, 16)), ((8, 2, 2), (16, 16, 16)), ((2, 4, 6), (8, 16, 24)))
    """
    equal = (NEGATIVES // number,) * number
    if make_up == EQUAL:
        return (POSITIVES // number,) * number, equal
    if make_up == BUNCHED:
        few = max(1, POSITIVES // (2 * number))
        return (POSITIVES - few * (number - 1), *(few,) * (number - 1)), equal
    return _shares(POSITIVES, number), _shares(NEGATIVES, number)


def _shares(total: int, number: int) -> Counts:
    """Split `total` in proportion to 1, 2, …, `number`."""
    ends = [round(total * b * (b + 1) / (number * (number + 1))) for b in range(number + 1)]
    return tuple(after - before for before, after in itertools.pairwise(ends))


@functools.cache
def worst_order(make_up: str, number: int) -> tuple[Counts, Scores]:
    """Return the order of the batches that attains E18, and what each of them adds to its sum, in that order.

    Example:
        >>> order, terms = worst_order(SIZES, 2)
        >>> order, round(1 - sum(terms) / 12, 2) == round(worst_case_bound(*split(SIZES, 2)), 2)
        ((0, 1), True)
    """
    positives, negatives = split(make_up, number)
    orders = list(itertools.permutations(range(number))) if make_up != EQUAL else [tuple(range(number))]
    order = min(orders, key=lambda order: round(sum(_terms(order, positives, negatives)), 9))
    return order, _terms(order, positives, negatives)


def _terms(order: Counts, positives: Counts, negatives: Counts) -> Scores:
    found, pos_before, neg_before = [], 0, 0
    for batch in order:
        places = range(pos_before + 1, pos_before + positives[batch] + 1)
        found.append(sum(place / (place + neg_before) for place in places))
        pos_before, neg_before = pos_before + positives[batch], neg_before + negatives[batch]
    return tuple(found)


@functools.cache
def scene(name: str, make_up: str, number: int, pos_margin: float, neg_margin: float) -> Scene:
    """Return the scores, the split, the gap (E17) and the bounds (E18, E19) of one setting."""
    positives, negatives = split(make_up, number)
    batch_of = (*_repeated(positives), *_repeated(negatives))
    scores = squeezed(_scores(name, make_up, number), pos_margin, neg_margin)
    found = measured(scores, batch_of)
    mean = sum(found.batch_aps) / number  # each batch has a positive
    return Scene(
        scores=scores,
        batch_of=batch_of,
        batch_aps=found.batch_aps,
        mean=mean,
        whole=found.whole,
        gap=mean - found.whole,
        perfect=sum(ap > 1 - 1e-12 for ap in found.batch_aps),
        threshold=found.threshold,
        above=found.above,
        worst=worst_case_bound(positives, negatives),
        calibrated=found.bound,
    )


class Measured(NamedTuple):
    """What scores and batches give: the APs, the best threshold, what lies above it, and E19 there."""

    batch_aps: Scores
    whole: float  # AP on all items
    threshold: float
    above: tuple[int, int]  # positives and negatives above the threshold
    bound: float  # E19 at the threshold, and at most E18


def measured(scores: Scores, batch_of: Counts) -> Measured:
    """Measure the scores of positives and negatives, each item in its batch."""
    one = torch.tensor([scores], dtype=torch.float64)
    relevant = torch.tensor([[1] * POSITIVES + [0] * NEGATIVES])
    batches = [[k for k, batch in enumerate(batch_of) if batch == b] for b in range(max(batch_of) + 1)]
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


def _repeated(counts: Counts) -> Counts:
    return tuple(batch for batch, count in enumerate(counts) for _ in range(count))


def squeezed(scores: Scores, pos_margin: float, neg_margin: float) -> Scores:
    """Return the scores with positives squeezed into `pos_margin`..1 and negatives into 0..`neg_margin`.

    What calibration (E20) is after; the order among positives and that among negatives stay.

    Example:
        >>> squeezed((0.5,) * 13, 0.9, 0.6)[10:]
        (0.95, 0.95, 0.3)
    """
    above = tuple(round(pos_margin + (1 - pos_margin) * s, 4) for s in scores[:POSITIVES])
    return (*above, *(round(neg_margin * s, 4) for s in scores[POSITIVES:]))


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


def _scores(name: str, make_up: str, number: int) -> Scores:
    if name in (REAL, REAL_NEGATIVE):
        return _real("gap" if name == REAL else "negative")
    places = _row(make_up, number) if name == ROW else _misranked(make_up, number)
    total = POSITIVES + NEGATIVES
    found = [0.0] * total
    for place, item in enumerate(places):
        found[item] = 0.97 - 0.94 * place / (total - 1)
    return tuple(found)


@functools.cache
def _real(which: str) -> Scores:
    """Return scores of a trained network; `book/results/gap_scores.py` made them and says how."""
    folder = resources.files("suprank_edu.explore.decomposability")
    text = folder.joinpath("gap_scores.json").read_text(encoding="utf-8")
    query = json.loads(text)[which]
    return (*query["positives"], *query["negatives"])


def _members(make_up: str, number: int) -> tuple[list[list[int]], list[list[int]]]:
    """Return the positives and the negatives of each batch as item numbers."""
    found, start = [], 0
    for counts in split(make_up, number):
        ends = list(itertools.accumulate(counts, initial=start))
        found.append([list(range(a, b)) for a, b in itertools.pairwise(ends)])
        start = ends[-1]
    return found[0], found[1]


def _row(make_up: str, number: int) -> list[int]:
    """Return the items, best first, so that whole batches follow one another in the worst order: E18 is attained."""
    positives, negatives = _members(make_up, number)
    order, _ = worst_order(make_up, number)
    return [item for batch in order for item in (*positives[batch], *negatives[batch])]


def _misranked(make_up: str, number: int) -> list[int]:
    """Return the items, best first, so that most batches start with two mistakes that the whole list hardly feels."""
    positives, negatives = _members(make_up, number)
    start, rest = list(positives[0]), list(negatives[0])
    for own, others in zip(positives[1:], negatives[1:], strict=True):
        start += [*others[:_MISTAKES], *own]
        rest += others[_MISTAKES:]
    return start + rest
