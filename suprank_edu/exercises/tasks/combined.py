"""Chapter 09: the weighted sum of a ranking loss and the calibration."""

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import one_number


def _combined(rank_losses: Tensor, positives: Tensor, calibration: float, weight: float) -> Tensor:
    kept = [loss for loss, count in zip(rank_losses.tolist(), positives.tolist(), strict=True) if count]
    return one_number((1 - weight) * sum(kept) / max(len(kept), 1) + weight * calibration)


def _sum_of(change: str) -> Function:
    def rule(rank_losses: Tensor, positives: Tensor, calibration: float, weight: float) -> Tensor:
        losses = rank_losses.to(torch.float64)
        has = (positives > 0).to(torch.float64)
        counted = float(len(has)) if change == "zeros" else has.sum().clamp(min=1)
        if change == "positives":
            counted = positives.sum().clamp(min=1)
        if change == "perfect":
            counted = (losses != 0).sum().clamp(min=1)
        rank = (losses * has).sum() / (1.0 if change == "sum" else counted)
        if change == "turned":
            return weight * rank + (1 - weight) * calibration
        if change == "plus":
            return rank + weight * calibration
        if change == "rank":
            return rank
        if change == "shares":
            return (1 - weight) * rank + calibration
        if change == "alone":
            return (1 - weight) * rank + (weight if has.any() else 1.0) * calibration
        if change == "nothing":
            return ((1 - weight) * rank + weight * calibration) * has.any()
        if change == "fixed":
            return 0.9 * rank + 0.1 * calibration
        if change == "minus":
            return (1 - weight) * rank - weight * calibration
        return (1 - weight) * rank + weight * calibration

    return rule


COMBINED = Exercise(
    name="combined",
    arguments=("rank_losses", "positives", "calibration", "weight"),
    returns="one number, the loss of the batch",
    truth=_combined,
    cases=(
        case("three queries", [0.5, 0.2, 0.35], [3, 3, 1], 0.3, 0.1),
        case("a query without a positive", [0.6, 0.0, 0.9], [2, 0, 1], 0.16, 0.3),
        case("two of five without", [0.0, 0.4, 0.8, 0.0, 0.3], [0, 2, 5, 0, 1], 0.7, 0.25),
        case("no query has a positive", [0.0, 0.0, 0.0], [0, 0, 0], 0.45, 0.2),
        case("no query at all has one", [0.0, 0.0], [0, 0], 0.8, 0.35),
        case("another weight", [0.3, 0.8], [1, 3], 0.55, 0.7),
        case("three queries without a positive", [0.0, 0.0, 0.0], [0, 0, 0], 0.6, 0.5),
        case("a perfect query", [0.0, 0.7, 0.2], [2, 1, 1], 0.1, 0.4),
        case("two perfect queries, one without", torch.tensor([0.0] * 3 + [0.9]), [4, 0, 1, 2], 0.3, 0.5),
        case("three perfect queries of four", [0.0, 0.0, 0.0, 0.5], [1, 1, 2, 6], 0.25, 0.3),
        case("three of four without", [0.0, 0.0, 0.55, 0.0], [0, 0, 3, 0], 0.2, 0.6),
    ),
    mistakes=(
        Mistake(
            "weights",
            "λ is the weight of the calibration term, and 1 − λ that of the ranking loss; yours are exchanged.",
            _sum_of("turned"),
        ),
        Mistake(
            "weights", "The ranking loss has no weight. In E22 the weights sum to 1: it gets 1 − λ.", _sum_of("plus")
        ),
        Mistake("weights", "The calibration term has no weight. In E22 it gets λ.", _sum_of("shares")),
        Mistake("other-metric", "That is the ranking loss alone.", _sum_of("rank")),
        Mistake(
            "no-positive",
            "A query without a positive has no ranking loss. Leave it out of the mean; you count it as 0.",
            _sum_of("zeros"),
            "Divide by `(positives > 0).sum()`.",
        ),
        Mistake(
            "no-positive",
            "Where no query has a positive the calibration still counts: with its weight λ, no less.",
            _sum_of("nothing"),
        ),
        Mistake(
            "no-positive",
            "Where no query has a positive the calibration counts with its weight λ, and no more.",
            _sum_of("alone"),
        ),
        Mistake(
            "no-positive",
            "A loss of 0 does not mean a query without a positive: a perfect list has it too. Look at `positives`.",
            _sum_of("perfect"),
        ),
        Mistake(
            "normaliser",
            "You divide by the number of positives. The mean is over queries, those that have a positive.",
            _sum_of("positives"),
        ),
        Mistake("weights", "You take λ = 0.1 whatever comes: the weight is an argument.", _sum_of("fixed")),
        Mistake("sign", "The calibration is taken off. Both terms are losses: add them.", _sum_of("minus")),
        Mistake("normaliser", "Take the mean of the ranking losses over the queries, not their sum.", _sum_of("sum")),
    ),
    praise="A loss that sees one batch, and one whose margins hold in all: this is ROADMAP.",
    advice={"non-finite": "Where no query has a positive, a mean of none is 0/0. What is asked of such a batch?"},
    further={"shape": "Take the mean over the queries before you add."},
    number=True,
)
