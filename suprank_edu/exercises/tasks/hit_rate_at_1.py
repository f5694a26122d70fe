"""Chapter 13: the hit rate at 1, which a query that finds itself makes perfect."""

import math

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case, forms
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


def _can_hit(labels: Tensor) -> Tensor:
    """Mark the images whose label another one shares."""
    return (labels[:, None] == labels[None, :]).sum(1) > 1


def _share(
    own: float | None, place: int = 0, descending: bool = True, alone: bool = False, total: bool = False
) -> Function:
    """Return a hit rate read off the sorted list at `place`; `alone` keeps classes of one image as misses."""

    def rule(embeddings: Tensor, labels: Tensor) -> Tensor:
        order = _scores(embeddings, own).argsort(dim=1, descending=descending, stable=True)
        hit = labels[order[:, place]] == labels
        asked = _can_hit(labels)
        hit = hit if alone else hit & asked
        divisor = 1 if total else len(labels) if alone else max(int(asked.sum()), 1)
        return hit.sum().to(torch.float64) / divisor

    return rule


def _every_own_hit(embeddings: Tensor, labels: Tensor) -> Tensor:
    return torch.tensor(1.0, dtype=torch.float64)


_NEVER = float("-inf")


def _singles_hit(embeddings: Tensor, labels: Tensor) -> Tensor:
    hits = labels[_scores(embeddings, _NEVER).argmax(1)] == labels
    return (hits | ~_can_hit(labels)).to(torch.float64).mean()


def _without_singles(embeddings: Tensor, labels: Tensor) -> Tensor:
    kept = _can_hit(labels)
    return _share(_NEVER)(embeddings[kept], labels[kept])


def _mean_over_classes(embeddings: Tensor, labels: Tensor) -> Tensor:
    hit = (labels[_scores(embeddings, _NEVER).argmax(1)] == labels).to(torch.float64)
    of_class = [hit[labels == c].mean() for c in set(labels.tolist()) if int((labels == c).sum()) > 1]
    return torch.stack(of_class).mean()


def _at_place_of_all(place: int) -> Function:
    """Read a place of the whole list, which the query should lead, and a copy may lead instead."""

    def rule(embeddings: Tensor, labels: Tensor) -> Tensor:
        found = (embeddings @ embeddings.T).topk(place, dim=1).indices[:, -1]
        return (labels[found] == labels)[_can_hit(labels)].to(torch.float64).mean()

    return rule


def _zero_left_out(embeddings: Tensor, labels: Tensor) -> Tensor:
    hit = labels[_scores(embeddings, _NEVER).argmax(1)] == labels
    return hit[labels > 0].to(torch.float64).mean()


def _number_for_label(alone: bool) -> Function:
    def rule(embeddings: Tensor, labels: Tensor) -> Tensor:
        asked = (labels[:, None] == labels[None, :]).sum(1) > (0 if alone else 1)
        return (_scores(embeddings, _NEVER).argmax(1) == labels)[asked].to(torch.float64).mean()

    return rule


_FINDS_ITSELF = (
    "Each query finds itself first, at similarity 1, and has its own label: the answer is as good as 1 whatever the "
    "network has learned. Take a query out of its own gallery."
)

_BELOW_ALL = "Fill the diagonal of the similarities with `float('-inf')` before you look for the largest."

HIT_RATE_AT_1 = Exercise(
    name="hit_rate_at_1",
    arguments=("embeddings", "labels"),
    returns="one number, the share of the queries",
    truth=_hit_rate,
    cases=(
        case("seven images of three classes", on_circle(0, 12, 30, 75, 140, 149, 100), [0, 0, 1, 1, 2, 2, 2]),
        case("scores below 0 throughout", on_circle(0, 100, 220), [0, 1, 0]),
        case("a class of one image", on_circle(0, 10, 25, 90, 107), [0, 0, 1, 2, 2]),
        case("two images with the same embedding", on_circle(6, 88, 80, 26, 64, 25, 6), [1, 2, 1, 1, 1, 0, 0]),
        case("an image far from all others", on_circle(3, 58, 31, 20, 32, 220), [0, 1, 1, 2, 1, 2]),
        case(
            "two equal embeddings and a class of one image",
            on_circle(24, 61, 57, 18, 45, 19, 24),
            [0, 1, 2, 2, 1, 2, 2],
        ),
        case("two classes of one image and an image far away", on_circle(27, 29, 16, 58, 16, 211), [3, 2, 0, 2, 3, 3]),
        case(
            "eight images, two with the same embedding",
            on_circle(95, 28, 61, 51, 57, 67, 76, 95),
            [3, 3, 0, 1, 1, 3, 3, 1],
        ),
    ),
    mistakes=(
        *forms("self-positive", _FINDS_ITSELF, _every_own_hit, _share(None), _share(None, alone=True), more=_BELOW_ALL),
        Mistake(
            "self-positive",
            "Mostly right, but where all other images score below 0 a query still finds itself: 0 on the diagonal "
            "is not low enough for a cosine.",
            _share(0.0),
            "Fill the diagonal with `float('-inf')`, not with 0.",
        ),
        Mistake(
            "self-positive",
            "A query still finds itself where all others score below 0, for 0 on the diagonal is not low enough; and "
            "images that cannot hit are counted.",
            _share(0.0, alone=True),
        ),
        *forms(
            "off-by-one",
            "You look at the second neighbour, once the query itself is out. Asked is the first.",
            _share(_NEVER, place=1),
            _at_place_of_all(3),
        ),
        *forms(
            "sign",
            "You look at the image that is least similar. The nearest has the highest score.",
            _share(2.0, descending=False),
            _share(None, descending=False),
        ),
        Mistake(
            "self-positive",
            "You drop the first of each sorted list and take it for the query. Where another image has the same "
            "embedding, the first may be that one, and the query itself is left in the list.",
            _at_place_of_all(2),
        ),
        Mistake(
            "no-positive",
            "You took the images that cannot hit out of the gallery too. They ask no question, but they may be a wrong "
            "answer to one.",
            _without_singles,
        ),
        Mistake(
            "normaliser",
            "You average over the classes, so that a small one weighs as much as a large one. Asked is the share of "
            "the images that can hit.",
            _mean_over_classes,
        ),
        Mistake(
            "no-positive",
            "You leave out the images of label 0. Leave out those whose label nobody shares, whatever its number.",
            _zero_left_out,
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
            "normaliser", "That is per cent. Asked is the share, from 0 to 1.", lambda e, y: 100 * _share(_NEVER)(e, y)
        ),
        *forms(
            "wrong",
            "You compare the number of the nearest image with a label. Its label is what counts.",
            _number_for_label(alone=True),
            _number_for_label(alone=False),
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
    further={"shape": "Take the mean over the queries that have a positive."},
    floating=False,
    number=True,
)
