"""Chapter 09: the calibration of pairs, as published in code."""

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import one_number


def _calibration(scores: Tensor, same: Tensor, alpha: float, beta: float) -> Tensor:
    pulled_up, pushed_down = [], []
    for i, (row, flags) in enumerate(zip(scores.tolist(), same.tolist(), strict=True)):
        for j, (score, positive) in enumerate(zip(row, flags, strict=True)):
            if i == j:
                continue
            if positive and alpha - score > 0:
                pulled_up.append(alpha - score)
            if not positive and score - beta > 0:
                pushed_down.append(score - beta)
    return one_number(sum(sum(terms) / len(terms) for terms in (pulled_up, pushed_down) if terms))


def _terms(scores: Tensor, same: Tensor, alpha: float, beta: float, own: bool = False) -> tuple[Tensor, Tensor]:
    """Return α − s of the positive pairs and s − β of the negative ones, signs kept; `own` counts self pairs."""
    pairs = torch.ones_like(same) if own else ~torch.eye(len(same), dtype=torch.bool)
    values = scores.to(torch.float64)
    return alpha - values[same & pairs], values[~same & pairs] - beta


def _mean(terms: Tensor, how: str) -> Tensor:
    """Return a mean or sum of the terms; 0 of none."""
    if how == "signed":
        return terms.sum() / max(len(terms), 1)
    kept = terms.clamp(min=0)
    if how == "squared":
        kept = kept**2
    if how == "sum":
        return kept.sum()
    return kept.sum() / max(len(terms) if how == "all" else int((terms > 0).sum()), 1)


def _calibrated(how: str = "non-zero", parts: str = "both", own: bool = False) -> Function:
    def rule(scores: Tensor, same: Tensor, alpha: float, beta: float) -> Tensor:
        up, down = _terms(scores, same, alpha, beta, own)
        if parts == "turned":
            up, down = -up, -down
        if parts == "together":
            return _mean(torch.cat([up, down]), how)
        return _mean(up, how) * (parts != "negatives") + _mean(down, how) * (parts != "positives")

    return rule


def _margins_exchanged(scores: Tensor, same: Tensor, alpha: float, beta: float) -> Tensor:
    return _calibrated()(scores, same, beta, alpha)


def _per_query(scores: Tensor, same: Tensor, alpha: float, beta: float) -> Tensor:
    """Return E20 as the paper writes it: means over each query's pairs, then over the queries."""
    losses = []
    for query in range(len(scores)):
        others = [j for j in range(len(scores)) if j != query]
        row, flags = scores[query, others].to(torch.float64), same[query, others]
        up, down = (alpha - row[flags]).clamp(min=0), (row[~flags] - beta).clamp(min=0)
        losses.append(sum(part.mean() for part in (up, down) if len(part)))
    return torch.stack([torch.as_tensor(loss, dtype=torch.float64) for loss in losses]).mean()


def _pairs(*classes: int) -> Tensor:
    labels = torch.tensor(classes)
    return labels[:, None] == labels[None, :]


CALIBRATION = Exercise(
    name="calibration",
    arguments=("scores", "same", "alpha", "beta"),
    returns="one number, the calibration term of the batch",
    truth=_calibration,
    cases=(
        case(
            "five images of two classes",
            [
                [1.0, 0.7, 0.3, 0.8, 0.65],
                [0.7, 1.0, 0.95, 0.2, 0.5],
                [0.3, 0.95, 1.0, 0.75, 0.1],
                [0.8, 0.2, 0.75, 1.0, 0.4],
                [0.65, 0.5, 0.1, 0.4, 1.0],
            ],
            _pairs(0, 0, 0, 1, 1),
            0.9,
            0.6,
        ),
        case(
            "three images, other margins",
            [[1.0, 0.2, 0.9], [0.2, 1.0, -0.3], [0.9, -0.3, 1.0]],
            _pairs(0, 0, 1),
            0.8,
            0.1,
        ),
        case(
            "embeddings a little shorter than 1, so that s of an image with itself is below α",
            [[0.85, 0.6, 0.7], [0.6, 0.85, 0.3], [0.7, 0.3, 0.85]],
            _pairs(0, 0, 1),
            0.9,
            0.6,
        ),
        case(
            "four short embeddings",
            [[0.5, 0.3, 0.2, 0.75], [0.3, 0.6, 0.7, 0.1], [0.2, 0.7, 0.55, 0.4], [0.75, 0.1, 0.4, 0.65]],
            _pairs(0, 0, 1, 1),
            0.8,
            0.35,
        ),
        case(
            "three short embeddings", [[0.7, 0.5, 0.65], [0.5, 0.8, 0.6], [0.65, 0.6, 0.75]], _pairs(2, 2, 2), 0.95, 0.4
        ),
        case(
            "three images of three classes",
            [[1.0, 0.7, 0.1], [0.7, 1.0, 0.45], [0.1, 0.45, 1.0]],
            _pairs(0, 1, 2),
            0.9,
            0.3,
        ),
        case(
            "a batch in which no pair is pulled",
            [[1.0, 0.95, 0.2], [0.95, 1.0, 0.4], [0.2, 0.4, 1.0]],
            _pairs(0, 0, 1),
            0.9,
            0.6,
            smooth=False,
        ),
    ),
    mistakes=(
        Mistake(
            "normaliser",
            "You average over all pairs, those at rest included. As published in code, only terms above 0 count.",
            _calibrated("all"),
            "Divide each sum by the number of its terms above 0.",
        ),
        Mistake(
            "normaliser",
            "That is E20 as the paper writes it: a mean for each query, over all its pairs. Asked is what the code "
            "computes: one mean over the non-zero terms of the batch.",
            _per_query,
        ),
        Mistake(
            "normaliser",
            "The terms are summed, not averaged. Divide each sum by the number of its terms above 0.",
            _calibrated("sum"),
        ),
        Mistake(
            "normaliser",
            "One mean over both kinds of pairs drowns the few positives in the many negatives. Take two means, and "
            "add them.",
            _calibrated(parts="together"),
        ),
        Mistake(
            "sign",
            "Both terms are turned round: a positive costs α − s where it is below α, a negative s − β above β.",
            _calibrated(parts="turned"),
        ),
        Mistake(
            "sign",
            "The brackets [·]₊ are missing: a pair beyond its margin must cost 0, not less than 0.",
            _calibrated("signed"),
            "`(alpha - scores).clamp(min=0)`",
        ),
        Mistake(
            "positives", "The pairs of an image with itself are counted. Leave the diagonal out.", _calibrated(own=True)
        ),
        Mistake(
            "positives",
            "Only the negative pairs are counted. Add the term of the positives.",
            _calibrated(parts="negatives"),
        ),
        Mistake(
            "negatives",
            "Only the positive pairs are counted. Add the term of the negatives.",
            _calibrated(parts="positives"),
        ),
        Mistake("term", "The terms are squared. E20 takes them as they are.", _calibrated("squared")),
        Mistake(
            "positives",
            "Positive and negative pairs have changed places: those of one class are pulled up to α.",
            lambda scores, same, alpha, beta: _calibrated()(scores, ~same, alpha, beta),
        ),
        Mistake(
            "positives",
            "You take α = 0.9 and β = 0.6 whatever comes: the margins are arguments.",
            lambda scores, same, alpha, beta: _calibrated()(scores, same, 0.9, 0.6),
        ),
        Mistake(
            "positives", "The margins are exchanged: α is for the positives, β for the negatives.", _margins_exchanged
        ),
    ),
    praise="Two margins that are the same in every batch: this is what makes scores of different batches comparable.",
    advice={"non-finite": "Where no pair is pulled, the mean of no terms is 0/0. What should such a batch cost?"},
    further={"shape": "One number for the batch: a mean over the positive pairs plus a mean over the negative ones."},
    number=True,
)
