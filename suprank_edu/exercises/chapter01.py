"""Exercises of chapter 01: the scores of a query, and what is retrieved for it."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from suprank_edu.exercises.spec import Case, Exercise, Function, Reading, on_circle


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
    correlation: Tensor = _dot(True, True)(query - query.mean(), gallery - gallery.mean(dim=1, keepdim=True))
    return correlation


_HALF = "Both vectors need norm 1. "

COSINE_SCORES = Exercise(
    name="cosine_scores",
    arguments=("query", "gallery"),
    returns="(G,), one score per gallery item",
    truth=_cosine_scores,
    cases=(
        Case(
            "a query and four items of three numbers",
            (
                torch.tensor([1.0, 2.0, -2.0]),
                torch.tensor([[2.0, 4.0, -3.0], [0.3, 0.0, 0.4], [-1.0, -2.0, 2.5], [6.0, -2.0, 3.0]]),
            ),
        ),
        Case(
            "as many items as numbers in each",
            (torch.tensor([3.0, 4.0]), torch.tensor([[5.0, 12.0], [-0.8, 0.6]])),
        ),
        Case(
            "a long vector that points elsewhere",
            (torch.tensor([1.0, 0.0]), torch.tensor([[0.9, 0.1], [20.0, 40.0]])),
        ),
    ),
    readings=(
        Reading(
            "norm",
            "Those are dot products: a long vector scores high wherever it points. Divide by both norms.",
            _dot(False, False),
            "`gallery / gallery.norm(dim=1, keepdim=True)` gives each item norm 1.",
        ),
        Reading(
            "norm",
            _HALF + "You divide by that of the gallery items only: the order is already right, but the scores are not "
            "cosines, and cannot be compared from query to query.",
            _dot(False, True),
        ),
        Reading(
            "norm",
            _HALF + "You divide by that of the query only, so long gallery items still score too high.",
            _dot(True, False),
        ),
        Reading(
            "norm",
            "You divide by the squares of the norms. The norm is the root of the sum of squares.",
            lambda q, g: (g @ q) / ((g * g).sum(1) * (q * q).sum()),
        ),
        Reading(
            "axis",
            "All items are divided by one number, the norm of the whole gallery. Each item has a norm of its own.",
            lambda q, g: (g @ q) / (g.norm() * q.norm()),
            "`gallery.norm(dim=1)` is `(G,)`, one norm per item.",
        ),
        Reading(
            "sign",
            "That is the cosine distance, 1 − cosine: it is small for what is alike. Scores of this book are high for "
            "what is alike.",
            lambda q, g: 1 - _dot(True, True)(q, g),
        ),
        Reading(
            "other-metric",
            "That is the Euclidean distance: small for what is alike, and long vectors are far from everything.",
            lambda q, g: (g - q).norm(dim=1),
        ),
        Reading(
            "other-metric",
            "You subtract the mean of each vector first: that is the correlation, not the cosine.",
            _centred,
        ),
        Reading(
            "other-metric",
            "That is the angle. Asked is its cosine, which needs no more work.",
            lambda q, g: _dot(True, True)(q, g).clamp(-1, 1).acos(),
        ),
    ),
    praise="One score per item, between −1 and 1, and only the direction counts: sort them and you have retrieved.",
    advice={
        "shape": "`gallery @ query` is `(G,)`: the product of each row with the query.",
        "no-gradient": "A network will learn through this line, so stay with operations of torch on what you got.",
    },
    gradient=True,
)


def _retrieve(embeddings: Tensor, query: int, k: int) -> Tensor:
    points = embeddings.tolist()
    score = {
        j: sum(a * b for a, b in zip(points[query], points[j], strict=True)) for j in range(len(points)) if j != query
    }
    return torch.tensor(sorted(score, key=lambda j: -score[j])[:k], dtype=torch.float64)


def _listed(skip: int = 0, own: float = float("-inf"), descending: bool = True, drop_first: bool = False) -> Function:
    """Return what a sorted list gives when the query's own score is ``own`` (NaN keeps it) and places are skipped."""

    def rule(embeddings: Tensor, query: int, k: int) -> Tensor:
        scores = embeddings.to(torch.float64) @ embeddings[query].to(torch.float64)
        if not math.isnan(own):
            scores[query] = own
        order = scores.argsort(descending=descending, stable=True)
        return order[skip : skip + k].to(torch.float64)

    return rule


def _shifted(embeddings: Tensor, query: int, k: int) -> Tensor:
    order: Tensor = _listed()(embeddings, query, k)
    return order - (order > query).to(order.dtype)


def _scores_of(embeddings: Tensor, query: int, k: int) -> Tensor:
    points = embeddings.to(torch.float64)
    return points[_retrieve(embeddings, query, k).long()] @ points[query]


_KEPT = float("nan")

RETRIEVE = Exercise(
    name="retrieve",
    arguments=("embeddings", "query", "k"),
    returns="(k,), positions in the gallery",
    truth=_retrieve,
    cases=(
        Case("seven images, query 3", (on_circle(0, 12, 35, 50, 78, 141, 290), 3, 4)),
        Case("query 0", (on_circle(5, 40, 170, 21, 300), 0, 2)),
        Case("scores below 0 only", (on_circle(100, 220, 355), 1, 2)),
        Case("a copy of the query in the gallery", (on_circle(90, 30, 60, 150, 30), 4, 2)),
    ),
    readings=(
        Reading(
            "self-positive",
            "The query is in its own list, at the very top: its cosine with itself is 1. Leave it out before you sort.",
            _listed(own=_KEPT),
            "Set its own score to `float('-inf')`, then take the k largest.",
        ),
        Reading(
            "self-positive",
            "Mostly right, but where all others score below 0 the query comes first again: 0 is not low enough for a "
            "cosine.",
            _listed(own=0.0),
            "Set its own score to `float('-inf')`, not to 0.",
        ),
        Reading(
            "self-positive",
            "You drop the first of the list, whoever that is. With a copy of the query in the gallery that may be the "
            "copy, and the query stays in.",
            _listed(skip=1, own=_KEPT),
            "Leave the query out by its position, not by its place in the list.",
        ),
        Reading(
            "off-by-one",
            "The positions after the query are one too small: you deleted its entry, and all that follow moved up. "
            "Positions are those of the whole gallery.",
            _shifted,
            "Set the query's own score to `float('-inf')` instead of deleting it.",
        ),
        Reading(
            "off-by-one",
            "Your list starts at the second best. Once the query is out, the first is the best of the others.",
            _listed(skip=1),
        ),
        Reading("sign", "Your list starts with the least similar. Higher is better.", _listed(own=2, descending=False)),
        Reading(
            "sign",
            "Your list starts with the least similar. Higher is better.",
            _listed(own=_KEPT, descending=False),
        ),
        Reading("order", "The right items, but the best must come first.", lambda e, q, k: _retrieve(e, q, k).flip(0)),
        Reading(
            "order",
            "The right items in the order of storage. Sort them by score, the best first.",
            lambda e, q, k: _retrieve(e, q, k).sort().values,
        ),
        Reading("order", "Those are the scores. Asked are the positions of the items that have them.", _scores_of),
    ),
    praise="That is a search engine: scores, a sort, the first k. All that is left to do is to find a good embedding.",
    advice={
        "shape": "Return k positions, a tensor of shape `(k,)`.",
        "dtype": "Positions are whole numbers: return the indices of the sort.",
    },
    floating=False,
)


EXERCISES = (COSINE_SCORES, RETRIEVE)
