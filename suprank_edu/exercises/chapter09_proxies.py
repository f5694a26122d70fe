"""Exercises of chapter 09: the loss of proxies, and the sum with a ranking loss."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from suprank_edu.exercises.spec import Case, Exercise, Function, Reading, one_number


def _proxy_loss(embeddings: Tensor, proxies: Tensor, labels: Tensor, eta: float) -> Tensor:
    def unit(vector: list[float]) -> list[float]:
        norm = math.sqrt(sum(x * x for x in vector))
        return [x / norm for x in vector]

    directions = [unit(proxy) for proxy in proxies.tolist()]
    losses = []
    for vector, label in zip(embeddings.tolist(), labels.tolist(), strict=True):
        own = unit(vector)
        scores = [sum(a * b for a, b in zip(own, proxy, strict=True)) for proxy in directions]
        total = sum(math.exp(score / eta) for score in scores)
        losses.append(-math.log(math.exp(scores[label] / eta) / total))
    return one_number(sum(losses) / len(losses))


def _by_logits(change: str) -> Function:
    """Return E21 with one thing done otherwise."""

    def rule(embeddings: Tensor, proxies: Tensor, labels: Tensor, eta: float) -> Tensor:
        points, centres = embeddings.to(torch.float64), proxies.to(torch.float64)
        if change not in ("raw", "raw embeddings"):
            points = torch.nn.functional.normalize(points, dim=1)
        if change not in ("raw", "raw proxies"):
            centres = torch.nn.functional.normalize(centres, dim=1)
        scale = {"no temperature": 1.0, "times": eta}.get(change, 1 / eta)
        logits = points @ centres.T * scale  # (B, C)
        if change == "turned":
            logits = -logits
        mine = torch.nn.functional.one_hot(labels, len(proxies)).bool()
        denominator = logits.logsumexp(1)
        if change == "batch":
            denominator = logits.logsumexp(0)[labels]
        if change == "others":
            denominator = logits.masked_fill(mine, float("-inf")).logsumexp(1)
        losses = denominator - logits[mine]
        if change == "probability":
            losses = 1 - (-losses).exp()
        if change == "sign":
            losses = -losses
        return losses.sum() if change == "sum" else losses.mean()

    return rule


_NOT_UNIT = "E21 compares directions: bring {} to norm 1 first, or a long vector wins by its length."

PROXY_LOSS = Exercise(
    name="proxy_loss",
    arguments=("embeddings", "proxies", "labels", "eta"),
    returns="one number, the mean over the images",
    truth=_proxy_loss,
    cases=(
        Case(
            "four images, three classes",
            (
                torch.tensor([[1.0, 0.2], [0.3, 0.9], [-0.8, 1.4], [0.5, 0.4]]),
                torch.tensor([[0.7, 0.1], [0.4, 1.9], [-1.0, 0.3]]),
                torch.tensor([0, 1, 2, 0]),
                0.5,
            ),
        ),
        Case(
            "two images, another temperature",
            (
                torch.tensor([[0.4, 0.5, 0.1], [0.3, -0.6, 2.0]]),
                torch.tensor([[1.0, 0.4, 0.2], [0.1, 1.2, 0.8]]),
                torch.tensor([1, 1]),
                0.2,
            ),
        ),
    ),
    readings=(
        Reading(
            "norm",
            _NOT_UNIT.format("embeddings and proxies"),
            _by_logits("raw"),
            "`torch.nn.functional.normalize(x, dim=1)`",
        ),
        Reading("norm", _NOT_UNIT.format("the proxies, too,"), _by_logits("raw proxies")),
        Reading("norm", _NOT_UNIT.format("the embeddings, too,"), _by_logits("raw embeddings")),
        Reading(
            "temperature",
            "The temperature is missing: divide the similarities by η.",
            _by_logits("no temperature"),
        ),
        Reading("temperature", "You multiply by η. Divide: a small η sharpens.", _by_logits("times")),
        Reading(
            "sign",
            "The loss is minus the logarithm: a high probability of the own class costs little.",
            _by_logits("sign"),
        ),
        Reading("sign", "The similarities go in with a minus: the own proxy is pushed away.", _by_logits("turned")),
        Reading(
            "axis", "The sum below runs over the classes c, not over the images of the batch.", _by_logits("batch")
        ),
        Reading(
            "negatives",
            "The sum below runs over all classes, the own one included; you left it out.",
            _by_logits("others"),
        ),
        Reading("term", "That is 1 minus the probability. E21 takes its logarithm.", _by_logits("probability")),
        Reading("normaliser", "Take the mean over the images of the batch, not the sum.", _by_logits("sum")),
    ),
    praise="One vector for each class of the training set: every image meets them all, in every batch.",
    advice={
        "type": "Return one number: a Python float, or a tensor with no axes.",
        "shape": "Take the mean over the images of the batch.",
        "dtype": "Labels are whole numbers, the loss is not: compute it from the similarities.",
        "non-finite": "exp of s/η overflows for a small η: `torch.nn.functional.cross_entropy` takes care of that.",
    },
    number=True,
    gradient=True,
)


def _combined(rank_losses: Tensor, positives: Tensor, calibration: float, weight: float) -> Tensor:
    kept = [loss for loss, count in zip(rank_losses.tolist(), positives.tolist(), strict=True) if count]
    return one_number((1 - weight) * sum(kept) / len(kept) + weight * calibration)


def _sum_of(change: str) -> Function:
    def rule(rank_losses: Tensor, positives: Tensor, calibration: float, weight: float) -> Tensor:
        losses = rank_losses.to(torch.float64)
        has = (positives > 0).to(torch.float64)
        counted = float(len(has)) if change == "zeros" else has.sum()
        rank = (losses * has).sum() / (1.0 if change == "sum" else counted)
        if change == "turned":
            return weight * rank + (1 - weight) * calibration
        if change == "plus":
            return rank + weight * calibration
        if change == "rank":
            return rank
        if change == "shares":
            return (1 - weight) * rank + calibration
        return (1 - weight) * rank + weight * calibration

    return rule


COMBINED = Exercise(
    name="combined",
    arguments=("rank_losses", "positives", "calibration", "weight"),
    returns="one number, the loss of the batch",
    truth=_combined,
    cases=(
        Case("three queries", (torch.tensor([0.5, 0.2, 0.35]), torch.tensor([3, 3, 1]), 0.3, 0.1)),
        Case("a query without a positive", (torch.tensor([0.6, 0.0, 0.9]), torch.tensor([2, 0, 1]), 0.16, 0.3)),
    ),
    readings=(
        Reading(
            "weights",
            "λ is the weight of the calibration term, and 1 − λ that of the ranking loss; yours are exchanged.",
            _sum_of("turned"),
        ),
        Reading(
            "weights",
            "The ranking loss has no weight. In E22 the weights sum to 1: it gets 1 − λ.",
            _sum_of("plus"),
        ),
        Reading("weights", "The calibration term has no weight. In E22 it gets λ.", _sum_of("shares")),
        Reading("other-metric", "That is the ranking loss alone.", _sum_of("rank")),
        Reading(
            "no-positive",
            "A query without a positive has no ranking loss. Leave it out of the mean; you count it as 0.",
            _sum_of("zeros"),
            "Divide by `(positives > 0).sum()`.",
        ),
        Reading("normaliser", "Take the mean of the ranking losses over the queries, not their sum.", _sum_of("sum")),
    ),
    praise="A loss that sees one batch, and one whose margins hold in all: this is ROADMAP.",
    advice={
        "type": "Return one number: a Python float, or a tensor with no axes.",
        "shape": "Take the mean over the queries before you add.",
        "non-finite": "Divide by the number of queries that have a positive; each batch has some here.",
    },
    number=True,
)


EXERCISES = (PROXY_LOSS, COMBINED)
