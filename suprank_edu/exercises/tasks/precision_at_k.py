"""Chapter 02: how much of what was retrieved is right."""

import torch
from torch import Tensor

from suprank_edu import naive
from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case


def _precision_at_k(scores: Tensor, relevant: Tensor, k: int) -> Tensor:
    lists = zip(scores.tolist(), relevant.tolist(), strict=True)
    return torch.tensor([naive.precision_at_k(s, r, k) for s, r in lists], dtype=torch.float64)


def _first(k_from: int = 0, descending: bool = True) -> Function:
    """Return the number of relevant items among the first k of the sorted list."""

    def rule(scores: Tensor, relevant: Tensor, k: int) -> Tensor:
        order = scores.argsort(dim=1, descending=descending)
        return relevant.gather(1, order)[:, k_from : k + k_from].sum(1).to(torch.float64)

    return rule


def _any_hit(scores: Tensor, relevant: Tensor, k: int) -> Tensor:
    hits = _first()(scores, relevant, k)
    return (hits > 0).to(torch.float64)


def _by_room(scores: Tensor, relevant: Tensor, k: int) -> Tensor:
    room = relevant.sum(1).clamp(max=k)
    return _first()(scores, relevant, k) / room


def _average_precision_at(scores: Tensor, relevant: Tensor, k: int) -> Tensor:
    hits = relevant.gather(1, scores.argsort(dim=1, descending=True))[:, :k].to(torch.float64)
    precision = hits.cumsum(1) / torch.arange(1, k + 1)
    return (precision * hits).sum(1) / hits.sum(1).clamp(min=1)


PRECISION_AT_K = Exercise(
    name="precision_at_k",
    arguments=("scores", "relevant", "k"),
    returns="(Q,), one share per query",
    truth=_precision_at_k,
    cases=(
        case(
            "two queries, six items, k = 3",
            [[0.9, 0.2, 0.55, 0.35, 0.7, 0.1], [-0.3, 0.4, 0.05, -0.6, 0.25, -0.1]],
            [[True, False, True, False, False, True], [True, True, True, False, False, True]],
            3,
        ),
        case("one relevant item, k = 3", [[0.3, 0.9, 0.6, 0.5]], [[False, False, True, False]], 3),
        case("a query with nothing right at the top, k = 1", [[0.2, 0.8, 0.1, 0.6]], [[True, False, False, True]], 1),
        case(
            "three queries, seven items, most scores below 0, k = 4",
            [
                [-0.2, -0.5, 0.1, -0.05, -0.7, -0.3, -0.9],
                [0.3, -0.6, -0.1, -0.8, 0.6, -0.4, -0.2],
                [-0.95, -0.3, -0.15, -0.6, -0.45, -0.1, -0.7],
            ],
            [
                [True, False, False, True, False, True, False],
                [False, True, True, False, False, False, True],
                [True, False, True, True, False, True, True],
            ],
            4,
        ),
        case(
            "two queries, four items, k = 2",
            [[0.1, 0.7, 0.4, 0.2], [-0.4, -0.1, -0.3, -0.2]],
            [[True, True, True, False], [False, False, False, True]],
            2,
        ),
    ),
    mistakes=(
        Mistake(
            "normaliser", "That is how many of the first k are relevant. Divide by k to make it a share.", _first()
        ),
        Mistake(
            "normaliser",
            "You divide by the number of relevant items: that is the recall, what part of them was found. Precision "
            "asks what part of the list is right: divide by k.",
            lambda s, r, k: _first()(s, r, k) / r.sum(1),
        ),
        Mistake(
            "normaliser",
            "You divide by min(k, number of relevant items): that is R@k of E4. The precision divides by k.",
            _by_room,
        ),
        Mistake(
            "normaliser",
            "You divide by the size of the gallery. Only the first k were looked at: divide by k.",
            lambda s, r, k: _first()(s, r, k) / s.shape[1],
        ),
        Mistake(
            "negative-scores",
            "Relevant items with a score of 0 or less are not counted. A cosine may be negative, and such an item may "
            "still be among the first k.",
            lambda s, r, k: _first()(s, r & (s > 0), k) / k,
        ),
        Mistake(
            "other-metric",
            "That is the hit rate: 1 as soon as one of the first k is relevant. Precision counts all of them.",
            _any_hit,
        ),
        Mistake(
            "off-by-one",
            "You look at k + 1 items: places start at 0 in Python, so the first k have places below k.",
            lambda s, r, k: _first()(s, r, k + 1) / k,
        ),
        Mistake(
            "off-by-one",
            "You look at k − 1 items: the k-th belongs to the first k.",
            lambda s, r, k: _first()(s, r, k - 1) / k,
        ),
        Mistake(
            "order",
            "`argsort` gives the item at each place; you use it as the place of each item, which is its inverse.",
            lambda s, r, k: ((s.argsort(dim=1, descending=True) < k) & r).sum(1) / k,
        ),
        Mistake(
            "queries-mixed",
            "Every query gets the list of the first one. Sort the scores of each.",
            lambda s, r, k: r[:, s[0].argsort(descending=True)[:k]].sum(1) / k,
        ),
        Mistake(
            "other-metric",
            "That is an average precision, which weighs hits by their places. Precision at k is one share of the list.",
            _average_precision_at,
        ),
        Mistake(
            "off-by-one",
            "You start at the second of the list. Here no query is in its own gallery, so the first counts.",
            lambda s, r, k: _first(1)(s, r, k) / k,
        ),
        Mistake(
            "sign",
            "You look at the k least similar items. Sort so that the highest score comes first.",
            lambda s, r, k: _first(descending=False)(s, r, k) / k,
        ),
        Mistake(
            "order",
            "You look at the first k as they are stored. Sort by score first.",
            lambda s, r, k: r[:, :k].sum(1) / k,
            "`scores.topk(k, dim=1).indices` says which items to look at; `relevant.gather(1, …)` looks.",
        ),
    ),
    praise="What a visitor sees of a result page: how much of it is right. It says nothing of what was missed.",
    floating=False,
    further={"shape": "One share per query: take the sum over the k items, and no mean over the queries."},
)
