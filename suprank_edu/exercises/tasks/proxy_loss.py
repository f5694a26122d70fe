"""Chapter 09: the loss of proxies."""

import math

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import one_number


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
        axis = 0 if change == "columns" else 1
        if change not in ("raw", "raw embeddings"):
            points = torch.nn.functional.normalize(points, dim=axis)
        if change not in ("raw", "raw proxies"):
            centres = torch.nn.functional.normalize(centres, dim=axis)
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
        if change == "softmax twice":
            denominator, logits = logits.softmax(1).logsumexp(1), logits.softmax(1)
            losses = denominator - logits[mine]
        if change == "log of mean":
            return -(-losses).exp().mean().log()
        if change == "no logarithm":
            losses = -(-losses).exp()
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
        case(
            "four images, three classes",
            [[1.0, 0.2], [0.3, 0.9], [-0.8, 1.4], [0.5, 0.4]],
            [[0.7, 0.1], [0.4, 1.9], [-1.0, 0.3]],
            [0, 1, 2, 0],
            0.5,
        ),
        case(
            "two images, another temperature",
            [[0.4, 0.5, 0.1], [0.3, -0.6, 2.0]],
            [[1.0, 0.4, 0.2], [0.1, 1.2, 0.8]],
            [1, 1],
            0.2,
        ),
        case(
            "three images, four classes, a sharp temperature",
            [[0.2, -0.1, 0.4], [1.5, 0.3, -0.7], [-0.2, 0.9, 0.5]],
            [[0.5, 0.1, 0.6], [2.0, 0.2, -0.4], [-0.3, 0.8, 0.1], [0.2, -0.7, 0.3]],
            [0, 1, 3],
            0.3,
        ),
        case("two images, η = 0.01", [[0.6, 0.8], [1.0, -0.2]], [[0.7, 0.75], [1.0, 0.1]], [0, 1], 0.01),
    ),
    mistakes=(
        Mistake(
            "norm",
            _NOT_UNIT.format("embeddings and proxies"),
            _by_logits("raw"),
            "`torch.nn.functional.normalize(x, dim=1)`",
        ),
        Mistake("norm", _NOT_UNIT.format("the proxies, too,"), _by_logits("raw proxies")),
        Mistake("norm", _NOT_UNIT.format("the embeddings, too,"), _by_logits("raw embeddings")),
        Mistake(
            "temperature", "The temperature is missing: divide the similarities by η.", _by_logits("no temperature")
        ),
        Mistake("temperature", "You multiply by η. Divide: a small η sharpens.", _by_logits("times")),
        Mistake(
            "sign",
            "The loss is minus the logarithm: a high probability of the own class costs little.",
            _by_logits("sign"),
        ),
        Mistake("sign", "The similarities go in with a minus: the own proxy is pushed away.", _by_logits("turned")),
        Mistake(
            "axis", "The sum below runs over the classes c, not over the images of the batch.", _by_logits("batch")
        ),
        Mistake(
            "negatives",
            "The sum below runs over all classes, the own one included; you left it out.",
            _by_logits("others"),
        ),
        Mistake("term", "That is 1 minus the probability. E21 takes its logarithm.", _by_logits("probability")),
        Mistake(
            "product",
            "The softmax is taken twice: `cross_entropy` does it by itself, and is given the similarities over η.",
            _by_logits("softmax twice"),
        ),
        Mistake("term", "That is minus the probability. E21 takes its logarithm.", _by_logits("no logarithm")),
        Mistake(
            "sum",
            "That is the logarithm of a mean. Take the logarithm for each image, and then the mean.",
            _by_logits("log of mean"),
        ),
        Mistake(
            "axis",
            "You bring the columns to norm 1. A row is an embedding, or a proxy, and it is the row that needs norm 1.",
            _by_logits("columns"),
        ),
        Mistake("normaliser", "Take the mean over the images of the batch, not the sum.", _by_logits("sum")),
    ),
    praise="One vector for each class of the training set: every image meets them all, in every batch.",
    advice={
        "dtype": "Labels are whole numbers, the loss is not: compute it from the similarities.",
        "non-finite": "exp of s/η overflows for a small η, and ∞/∞ is NaN. Does a shift of all s/η change the loss?",
    },
    further={"shape": "Take the mean over the images of the batch."},
    number=True,
)
