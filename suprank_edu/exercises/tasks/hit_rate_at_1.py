"""Chapter 13: the hit rate at 1, which a query that finds itself makes perfect."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Case, Exercise, Function, Mistake
from suprank_edu.exercises.tasks.common import on_circle


def _hit_rate(embeddings: Tensor, labels: Tensor) -> Tensor:
    points, classes = embeddings.tolist(), labels.tolist()
    hits = []
    for q, query in enumerate(points):
        rest = [j for j in range(len(points)) if j != q]
        scores = [sum(a * b for a, b in zip(query, points[j], strict=True)) for j in rest]
        hit = naive.hit_rate_at_k(scores, [int(classes[j] == classes[q]) for j in rest], 1)
        if not math.isnan(hit):
            hits.append(hit)
    return torch.tensor(sum(hits) / len(hits), dtype=torch.float64)


def _scores(embeddings: Tensor, own: float | None) -> Tensor:
    """Return `(N, N)` similarities, each query's own entry replaced by `own` unless that is None."""
    points = embeddings.to(torch.float64)
    scores = points @ points.T
    if own is None:
        return scores
    return torch.where(torch.eye(len(scores), dtype=torch.bool), own, scores)


def _share(
    own: float | None, place: int = 0, descending: bool = True, alone: bool = False, total: bool = False
) -> Function:
    """Return a hit rate read off the sorted list at `place`; `alone` keeps classes of one image as misses."""

    def rule(embeddings: Tensor, labels: Tensor) -> Tensor:
        order = _scores(embeddings, own).argsort(dim=1, descending=descending)
        hit = labels[order[:, place]] == labels
        asked = (labels[:, None] == labels[None, :]).sum(1) > 1
        hit = hit if alone else hit & asked
        divisor = 1 if total else len(labels) if alone else max(int(asked.sum()), 1)
        return hit.sum().to(torch.float64) / divisor

    return rule


def _every_own_hit(embeddings: Tensor, labels: Tensor) -> Tensor:
    return torch.tensor(1.0, dtype=torch.float64)


_NEVER = float("-inf")


def _singles_hit(embeddings: Tensor, labels: Tensor) -> Tensor:
    alone = (labels[:, None] == labels[None, :]).sum(1) == 1
    hits = labels[_scores(embeddings, _NEVER).argmax(1)] == labels
    return (hits | alone).to(torch.float64).mean()


def _number_for_label(embeddings: Tensor, labels: Tensor) -> Tensor:
    return (_scores(embeddings, _NEVER).argmax(1) == labels).to(torch.float64).mean()


HIT_RATE_AT_1 = Exercise(
    name="hit_rate_at_1",
    arguments=("embeddings", "labels"),
    returns="one number, the share of the queries",
    truth=_hit_rate,
    cases=(
        Case(
            "seven images of three classes",
            (on_circle(0, 12, 30, 75, 140, 149, 100), torch.tensor([0, 0, 1, 1, 2, 2, 2])),
        ),
        Case("scores below 0 throughout", (on_circle(0, 100, 220), torch.tensor([0, 1, 0]))),
        Case("a class of one image", (on_circle(0, 10, 25, 90, 107), torch.tensor([0, 0, 1, 2, 2]))),
    ),
    mistakes=(
        Mistake(
            "self-positive",
            "Each query finds itself first, at similarity 1, and has its own label: the answer is 1 whatever the "
            "network has learned. Take a query out of its own gallery.",
            _every_own_hit,
            "Fill the diagonal of the similarities with `float('-inf')` before you look for the largest.",
        ),
        Mistake(
            "self-positive",
            "Mostly right, but where all other images score below 0 a query still finds itself: 0 on the diagonal "
            "is not low enough for a cosine.",
            _share(0.0),
            "Fill the diagonal with `float('-inf')`, not with 0.",
        ),
        Mistake(
            "self-positive",
            "A query still finds itself where all others score below 0, and classes of one image are counted: fill the "
            "diagonal with `float('-inf')`.",
            _share(0.0, alone=True),
        ),
        Mistake(
            "off-by-one",
            "You look at the second neighbour, once the query itself is out. Asked is the first.",
            _share(_NEVER, place=1),
        ),
        Mistake(
            "sign",
            "You look at the image that is least similar. The nearest has the highest score.",
            _share(2.0, descending=False),
        ),
        Mistake(
            "sign",
            "You look at the image that is least similar. The nearest has the highest score.",
            _share(None, descending=False),
        ),
        Mistake("sign", "That is the share of misses: hits are asked for.", lambda e, y: 1 - _share(_NEVER)(e, y)),
        Mistake(
            "no-positive",
            "A class of one image has no positive, so its query cannot hit. Leave such queries out of the mean, as "
            "`evaluate` does; you count them as misses.",
            _share(_NEVER, alone=True),
            "`(labels[:, None] == labels[None, :]).sum(1) > 1` marks the queries that can hit.",
        ),
        Mistake(
            "no-positive",
            "A class of one image has no positive, so its query cannot hit. Leave such queries out of the mean; you "
            "count them as hits.",
            _singles_hit,
            "`(labels[:, None] == labels[None, :]).sum(1) > 1` marks the queries that can hit.",
        ),
        Mistake(
            "normaliser",
            "That is per cent. Asked is the share, from 0 to 1.",
            lambda e, y: 100 * _share(_NEVER)(e, y),
        ),
        Mistake(
            "wrong",
            "You compare the number of the nearest image with a label. Look its label up first: `labels[nearest]`.",
            _number_for_label,
        ),
        Mistake(
            "normaliser", "That is the number of hits. Divide it by the number of queries.", _share(_NEVER, total=True)
        ),
    ),
    praise="A query left out of its own gallery, and nothing counted that cannot hit: this is the R@1 of retrieval "
    "papers.",
    advice={
        "dtype": "Take the mean of the hits as floats.",
        "non-finite": "Something divides 0 by 0. A query that cannot hit is left out of the mean.",
    },
    further={
        "shape": "Take the mean over the queries that have a positive.",
    },
    floating=False,
    number=True,
)
