"""Chapter 01: the k most similar images, the query itself left out."""

import math

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case, forms
from suprank_edu.exercises.tasks.common import on_circle


def _retrieve(embeddings: Tensor, query: int, k: int) -> Tensor:
    points = embeddings.tolist()
    score = {
        j: sum(a * b for a, b in zip(points[query], points[j], strict=True)) for j in range(len(points)) if j != query
    }
    return torch.tensor(sorted(score, key=lambda j: -score[j])[:k], dtype=torch.float64)


def _listed(skip: int = 0, own: float = float("-inf"), descending: bool = True) -> Function:
    """Return what a sorted list gives when the query's own score is `own` (NaN keeps it) and places are skipped."""

    def rule(embeddings: Tensor, query: int, k: int) -> Tensor:
        scores = embeddings.to(torch.float64) @ embeddings[query].to(torch.float64)
        if not math.isnan(own):
            scores[query] = own
        order = scores.argsort(descending=descending, stable=True)
        return order[skip : skip + k].to(torch.float64)

    return rule


def _shifted(embeddings: Tensor, query: int, k: int) -> Tensor:
    order = _listed()(embeddings, query, k)
    return order - (order > query).to(order.dtype)


def _scores_of(embeddings: Tensor, query: int, k: int) -> Tensor:
    points = embeddings.to(torch.float64)
    return points[_retrieve(embeddings, query, k).long()] @ points[query]


def _without_copies(embeddings: Tensor, query: int, k: int) -> Tensor:
    scores = embeddings.to(torch.float64) @ embeddings[query].to(torch.float64)
    scores[scores > 0.9999] = float("-inf")
    return scores.argsort(descending=True, stable=True)[:k].to(torch.float64)


def _places(embeddings: Tensor, query: int, k: int) -> Tensor:
    scores = embeddings.to(torch.float64) @ embeddings[query].to(torch.float64)
    scores[query] = float("-inf")
    return scores.argsort(descending=True, stable=True).argsort()[:k].to(torch.float64)


_KEPT = float("nan")

RETRIEVE = Exercise(
    name="retrieve",
    arguments=("embeddings", "query", "k"),
    returns="(k,), positions in the gallery",
    truth=_retrieve,
    cases=(
        case("seven images, query 3", on_circle(0, 12, 35, 50, 78, 141, 290), 3, 4),
        case("query 0", on_circle(5, 40, 170, 21, 300), 0, 2),
        case("scores below 0 only", on_circle(100, 220, 355), 1, 2),
        case("four images, scores below 0 only", on_circle(10, 115, 200, 255), 0, 3),
        case("a copy of the query in the gallery", on_circle(90, 30, 60, 150, 30), 4, 2),
        case("a copy of the query at place 0", on_circle(45, 200, 80, 45, 20), 3, 3),
        case("a copy of the query behind it", on_circle(190, 62, 81, 62, 95, 62), 1, 4),
        case("an opposite image", [[1.0, 0.0], [0.6, 0.8], [-0.8, -0.6], [-1.0, 0.0]], 0, 3),
        case("an opposite image in front", [[-0.8, -0.6], [-1.0, 0.0], [0.6, 0.8], [1.0, 0.0]], 3, 3),
        case("a copy of query 2", on_circle(300, 15, 15, 70), 2, 1),
    ),
    mistakes=(
        Mistake(
            "self-positive",
            "The query is in its own list, at the very top: its cosine with itself is 1. Leave it out before you sort.",
            _listed(own=_KEPT),
            "Set its own score to `float('-inf')`, then take the k largest.",
        ),
        Mistake(
            "self-positive",
            "Mostly right, but where all others score below 0 the query comes first again: 0 is not low enough for a "
            "cosine.",
            _listed(own=0.0),
            "Set its own score to `float('-inf')`, not to 0.",
        ),
        Mistake(
            "self-positive",
            "You drop the first of the list, whoever that is. With a copy of the query in the gallery that may be the "
            "copy, and the query stays in.",
            _listed(skip=1, own=_KEPT),
            "Leave the query out by its position, not by its place in the list.",
        ),
        Mistake(
            "off-by-one",
            "The positions after the query are one too small: you deleted its entry, and all that follow moved up. "
            "Positions are those of the whole gallery.",
            _shifted,
            "Set the query's own score to `float('-inf')` instead of deleting it.",
        ),
        Mistake(
            "self-positive",
            "The copy of the query is missing: you left out every image that looks like the query. Only the query "
            "itself goes, by its position.",
            _without_copies,
        ),
        Mistake(
            "off-by-one",
            "Your positions are counted from 1. The first image of the collection has position 0.",
            lambda e, q, k: _retrieve(e, q, k) + 1,
        ),
        Mistake(
            "order",
            "Those are places: at position i the place of image i in the list. Asked is the reverse, at each place the "
            "position of the image that stands there.",
            _places,
        ),
        Mistake(
            "off-by-one",
            "Your list starts at the second best. Once the query is out, the first is the best of the others.",
            _listed(skip=1),
        ),
        *forms(
            "sign",
            "Your list starts with the least similar. Higher is better.",
            _listed(own=2, descending=False),
            _listed(own=_KEPT, descending=False),
        ),
        Mistake("order", "The right items, but the best must come first.", lambda e, q, k: _retrieve(e, q, k).flip(0)),
        Mistake(
            "order",
            "The right items in the order of storage. Sort them by score, the best first.",
            lambda e, q, k: _retrieve(e, q, k).sort().values,
        ),
        Mistake("order", "Those are the scores. Asked are the positions of the items that have them.", _scores_of),
    ),
    praise="That is a search engine: scores, a sort, the first k. All that is left to do is to find a good embedding.",
    advice={"dtype": "Positions are whole numbers: return the indices of the sort."},
    further={"shape": "Return k positions, a tensor of shape `(k,)`."},
    floating=False,
)
