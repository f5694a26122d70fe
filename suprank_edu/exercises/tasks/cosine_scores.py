"""Chapter 01: the cosine similarity of a query and each gallery item."""

import math

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case


def _cosine_scores(query: Tensor, gallery: Tensor) -> Tensor:
    q = query.tolist()
    scores = []
    for item in gallery.tolist():
        norms = math.sqrt(sum(x * x for x in q)) * math.sqrt(sum(x * x for x in item))
        scores.append(sum(a * b for a, b in zip(q, item, strict=True)) / norms)
    return torch.tensor(scores, dtype=torch.float64)


def _dot(query_norm: bool, gallery_norm: bool) -> Function:
    """Return the dot products with one, both or none of the vectors brought to norm 1."""

    def rule(query: Tensor, gallery: Tensor) -> Tensor:
        q, g = query / query.norm() if query_norm else query, gallery
        return (g / g.norm(dim=1, keepdim=True) if gallery_norm else g) @ q

    return rule


def _centred(query: Tensor, gallery: Tensor) -> Tensor:
    return _dot(True, True)(query - query.mean(), gallery - gallery.mean(dim=1, keepdim=True))


_HALF = "Both vectors need norm 1. "

COSINE_SCORES = Exercise(
    name="cosine_scores",
    arguments=("query", "gallery"),
    returns="(G,), one score per gallery item",
    truth=_cosine_scores,
    cases=(
        case(
            "a query and four items of three numbers",
            [1.0, 2.0, -2.0],
            [[2.0, 4.0, -3.0], [0.3, 0.0, 0.4], [-1.0, -2.0, 2.5], [6.0, -2.0, 3.0]],
        ),
        case("as many items as numbers in each", [3.0, 4.0], [[5.0, 12.0], [-0.8, 0.6]]),
        case("a gallery of one", [2.0, -1.0, 0.5], [[0.4, 0.2, -0.6]]),
        case(
            "five items, three of them turned away",
            [0.5, -1.5],
            [[-2.0, 1.0], [0.3, -0.1], [1.0, 4.0], [-0.2, 0.9], [0.0, -3.0]],
        ),
        case("a long vector that points elsewhere", [1.0, 0.0], [[0.9, 0.1], [20.0, 40.0]]),
    ),
    mistakes=(
        Mistake(
            "norm",
            "Those are dot products: a long vector scores high wherever it points. Divide by both norms.",
            _dot(False, False),
            "`gallery / gallery.norm(dim=1, keepdim=True)` gives each item norm 1.",
        ),
        Mistake(
            "norm",
            _HALF + "You divide by that of the gallery items only: the order is already right, but the scores are not "
            "cosines, and cannot be compared from query to query.",
            _dot(False, True),
        ),
        Mistake(
            "norm",
            _HALF + "You divide by that of the query only, so long gallery items still score too high.",
            _dot(True, False),
        ),
        Mistake(
            "norm",
            "You divide by the squares of the norms. The norm is the root of the sum of squares.",
            lambda q, g: (g @ q) / ((g * g).sum(1) * (q * q).sum()),
        ),
        Mistake(
            "axis",
            "All items are divided by one number, the norm of the whole gallery. Each item has a norm of its own.",
            lambda q, g: (g @ q) / (g.norm() * q.norm()),
            "`gallery.norm(dim=1)` is `(G,)`, one norm per item.",
        ),
        Mistake(
            "axis",
            "You bring the columns of the gallery to norm 1. One row is one item, and it is the row that needs norm 1.",
            lambda q, g: (g / g.norm(dim=0)) @ (q / q.norm()),
        ),
        Mistake(
            "sign",
            "The signs are lost: what points the other way scores as high as what is alike.",
            lambda q, g: _dot(True, True)(q, g).abs(),
        ),
        Mistake(
            "sign",
            "Scores below 0 are cut off. A cosine may be negative, and those items have an order too.",
            lambda q, g: _dot(True, True)(q, g).clamp(min=0),
        ),
        Mistake(
            "sign",
            "That is the cosine distance, 1 − cosine: it is small for what is alike. Scores of this book are high for "
            "what is alike.",
            lambda q, g: 1 - _dot(True, True)(q, g),
        ),
        Mistake(
            "other-metric",
            "That is the Euclidean distance: small for what is alike, and long vectors are far from everything.",
            lambda q, g: (g - q).norm(dim=1),
        ),
        Mistake(
            "other-metric",
            "You subtract the mean of each vector first: that is the correlation, not the cosine.",
            _centred,
        ),
        Mistake(
            "other-metric",
            "That is the angle. Asked is its cosine, which needs no more work.",
            lambda q, g: _dot(True, True)(q, g).clamp(-1, 1).acos(),
        ),
    ),
    praise="One score per item, between −1 and 1, and only the direction counts: sort them and you have retrieved.",
    further={"shape": "`gallery @ query` is `(G,)`: the product of each row with the query."},
)
