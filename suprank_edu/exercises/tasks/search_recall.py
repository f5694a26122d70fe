"""Chapter 16: the recall of an approximate search."""

from collections.abc import Callable

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case


def _recall(scores: Tensor, exact_scores: Tensor, tolerance: float = 1e-6) -> Tensor:
    shares = []
    for found, truth in zip(scores.tolist(), exact_scores.tolist(), strict=True):
        kth = min(truth)
        shares.append(sum(score >= kth - tolerance for score in found) / len(truth))
    return torch.tensor(shares, dtype=torch.float64)


def _share(hit: Callable[[Tensor, Tensor], Tensor]) -> Function:
    return lambda scores, exact: hit(scores.double(), exact.double()).double().mean(1)


def _kth(exact: Tensor) -> Tensor:
    return exact.amin(1, keepdim=True)


_NONE = float("-inf")

_FOUND = torch.tensor([[0.91, 0.84, 0.79, 0.55], [0.88, 0.62, 0.60, 0.41], [0.7, 0.65, 0.61, 0.6]])

_EXACT = torch.tensor([[0.91, 0.86, 0.84, 0.79], [0.88, 0.85, 0.71, 0.66], [0.7, 0.65, 0.61, 0.6]])

SEARCH_RECALL = Exercise(
    name="search_recall",
    arguments=("scores", "exact_scores"),
    returns="(Q,), one share per query",
    truth=_recall,
    cases=(
        case("three queries, four best", _FOUND, _EXACT),
        case("two that tie for the last place", [[0.8, 0.5, 0.5], [0.9, 0.6, 0.6]], [[0.8, 0.7, 0.5], [0.9, 0.8, 0.6]]),
        case(
            "scores that differ by rounding",
            [[0.9, 0.6999998], [0.85, 0.4499998], [0.8, 0.5000003]],
            [[0.9, 0.7], [0.85, 0.45], [0.8, 0.5]],
        ),
        case("the best one missed", [[0.3, 0.2, 0.1], [0.7, 0.6, 0.2]], [[0.9, 0.8, 0.7], [0.9, 0.7, 0.6]]),
        case("fewer found than wanted", [[0.9, _NONE]], [[0.9, 0.7]]),
        case(
            "scores below 0",
            [[-0.2, -0.3000002, _NONE], [-0.1, -0.4, -0.5000003], [-0.3, -0.309, -0.7]],
            [[-0.2, -0.25, -0.3], [-0.1, -0.4, -0.5], [-0.3, -0.302, -0.305]],
        ),
        case(
            "scores below 0, fewer found than wanted",
            [[-0.1, -0.4, _NONE], [-0.2, -0.6, _NONE]],
            [[-0.1, -0.3, -0.4], [-0.2, -0.5, -0.6]],
        ),
        case(
            "scores that miss by little", [[0.8, 0.695, 0.694], [0.6, 0.5, 0.395]], [[0.8, 0.75, 0.7], [0.6, 0.5, 0.4]]
        ),
    ),
    mistakes=(
        Mistake(
            "order",
            "You compare place by place. One missed item moves all that follow it, and they were found all the same.",
            _share(lambda scores, exact: (scores - exact).abs() <= 1e-6),
            "An item is among the true k best when its score reaches the k-th exact one.",
        ),
        Mistake(
            "order",
            "You compare place by place, and for equality to the last digit.",
            _share(lambda scores, exact: scores == exact),
        ),
        Mistake(
            "ties",
            "Of two items that tie for the last place a search may return either. What counts is to reach the k-th "
            "exact score, not to beat it.",
            _share(lambda scores, exact: scores > _kth(exact)),
        ),
        Mistake(
            "sign",
            "The room for rounding is on the wrong side: what lies 1e-6 *below* the k-th score still counts.",
            _share(lambda scores, exact: scores >= _kth(exact) + 1e-6),
        ),
        Mistake(
            "rounding",
            "There is too much room: what lies 0.005 below the k-th score counts with you. Rounding needs 1e-6.",
            _share(lambda scores, exact: scores >= _kth(exact) - 1e-2),
        ),
        Mistake(
            "negative-scores",
            "The room for rounding is a share of the score, so that with a score below 0 the border moves up. Take a "
            "distance.",
            _share(lambda scores, exact: scores >= _kth(exact) * (1 - 1e-6)),
        ),
        Mistake(
            "negative-scores",
            "A place that was left empty, −inf, counts as found where the scores are below 0: you put 0 there.",
            _share(lambda scores, exact: torch.where(scores.isinf(), 0.0, scores) >= _kth(exact) - 1e-6),
        ),
        Mistake(
            "rounding",
            "You look for the very same numbers. Two products of the same vectors differ in the last digits: an item "
            "counts when it reaches the k-th score, up to rounding.",
            lambda scores, exact: (scores[:, :, None] == exact[:, None, :]).any(2).double().mean(1),
        ),
        Mistake(
            "normaliser",
            "You divide by how many items came back, and a search that returns little looks good. Divide by k.",
            lambda scores, exact: _recall(scores, exact) * exact.shape[1] / scores.isfinite().sum(1),
        ),
        Mistake(
            "other-metric",
            "You ask whether all k were found. Asked is which share of them.",
            lambda scores, exact: (_recall(scores, exact) == 1).double(),
        ),
        Mistake(
            "other-metric",
            "You ask whether any of the k was found. Asked is which share of them.",
            lambda scores, exact: (_recall(scores, exact) > 0).double(),
        ),
        Mistake(
            "queries-mixed",
            "You compare with the lowest exact score of all queries. Each query has a k-th score of its own.",
            _share(lambda scores, exact: scores >= exact.min() - 1e-6),
        ),
        Mistake(
            "order",
            "You ask which of the true k best reach the last item that was found. Asked is which of those found reach "
            "the k-th of the true.",
            _share(lambda scores, exact: exact >= scores[:, -1:] - 1e-6),
        ),
        Mistake(
            "sign",
            "You take the distance to the k-th score without its sign, so that what is much better is missed.",
            _share(lambda scores, exact: (scores - _kth(exact)).abs() <= 1e-6),
        ),
        Mistake(
            "rounding",
            "Right, until rounding: two products of the same vectors differ in the last digits. Let an item lie 1e-6 "
            "below the k-th score.",
            _share(lambda scores, exact: scores >= _kth(exact)),
        ),
        Mistake(
            "other-metric",
            "That asks whether the best item was found. Recall looks at all k.",
            _share(lambda scores, exact: scores[:, :1] >= exact[:, :1] - 1e-6),
        ),
        Mistake(
            "order",
            "You compare with the best exact score. An item counts when it reaches the k-th, the lowest of them.",
            _share(lambda scores, exact: scores >= exact[:, :1] - 1e-6),
        ),
        Mistake("sign", "That is the share of what was missed.", lambda scores, exact: 1 - _recall(scores, exact)),
        Mistake(
            "normaliser",
            "That is how many were found. Divide by k.",
            lambda scores, exact: _recall(scores, exact) * exact.shape[1],
        ),
    ),
    praise="A recall that ties cannot hurt and rounding cannot change: `suprank_edu.retrieval.search_recall` is the "
    "same line.",
    advice={"dtype": "A comparison gives true and false; a mean needs floats."},
    further={"shape": "One share per query: the mean runs along the k items, the last axis."},
)
