"""Chapter 04: the triplet loss of one list, from scores."""

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import one_number


def _triplet_loss(scores: Tensor, relevant: Tensor, margin: float) -> Tensor:
    total, count = 0.0, 0
    for positive, is_right in zip(scores.tolist(), relevant.tolist(), strict=True):
        for negative, is_also in zip(scores.tolist(), relevant.tolist(), strict=True):
            if is_right and not is_also:
                total += max(0.0, negative - positive + margin)
                count += 1
    return one_number(total / count)


def _leads(scores: Tensor, relevant: Tensor) -> Tensor:
    """Return `(P, N)`: how much each negative scores above each positive."""
    scores = scores.to(torch.float64)
    return scores[~relevant][None, :] - scores[relevant][:, None]


def _of(rule: Function) -> Function:
    """Return the mistake that makes one number of the leads and the margin."""
    return lambda scores, relevant, margin: rule(_leads(scores, relevant), margin)


def _hinge(leads: Tensor, margin: float) -> Tensor:
    return (leads + margin).clamp(min=0)


def _over_violated(leads: Tensor, margin: float) -> Tensor:
    found = _hinge(leads, margin)
    return found.sum() / (found > 0).sum().clamp(min=1)


def _over_items(scores: Tensor, relevant: Tensor, margin: float) -> Tensor:
    return _hinge(_leads(scores, relevant), margin).sum() / len(scores)


TRIPLET_LOSS = Exercise(
    name="triplet_loss",
    arguments=("scores", "relevant", "margin"),
    returns="the mean, a tensor without axes",
    truth=_triplet_loss,
    cases=(
        case(
            "two positives, three negatives",
            [0.9, 0.35, 0.6, 0.5, 0.1],
            [True, True, False, False, False],
            0.1,
        ),
        case("scores below 0", [-0.2, 0.15, -0.4, 0.3, -0.45, 0.05], [True, False, True, False, False, True], 0.2),
        case("a margin of 0", [0.2, 0.75, 0.5, 0.65], [True, False, True, False], 0.0),
        case(
            "every positive ahead, two by less than the margin", [0.7, 0.64, 0.5, 0.2], [True, True, False, False], 0.3
        ),
        case("one positive last", [0.8, 0.72, 0.4], [False, False, True], 0.15),
    ),
    mistakes=(
        Mistake(
            "sign",
            "The sign is turned round: a negative that is ahead should cost, and yours costs when it is behind.",
            _of(lambda leads, margin: _hinge(-leads, margin).mean()),
        ),
        Mistake(
            "sign",
            "The margin asks for a lead of the positive: it makes the loss larger. You take it off.",
            _of(lambda leads, margin: _hinge(leads, -margin).mean()),
        ),
        Mistake(
            "term",
            "A triplet that is right by more than the margin costs 0. Yours costs less than nothing and pays for "
            "others.",
            _of(lambda leads, margin: (leads + margin).mean()),
        ),
        Mistake("term", "The margin is missing.", _of(lambda leads, margin: _hinge(leads, 0.0).mean())),
        Mistake(
            "normaliser",
            "You add the triplets up; asked is their mean, over all P · N of them.",
            _of(lambda leads, margin: _hinge(leads, margin).sum()),
        ),
        Mistake(
            "normaliser",
            "You average over the triplets that cost something. Asked is the mean over all P · N of them.",
            _of(_over_violated),
        ),
        Mistake(
            "normaliser",
            "You divide by the number of items. A list of P positives and N negatives has P · N triplets.",
            _over_items,
        ),
        Mistake(
            "normaliser",
            "You divide by the number of positives. Each of them has N negatives, so there are P · N triplets.",
            _of(lambda leads, margin: _hinge(leads, margin).sum() / len(leads)),
        ),
        Mistake(
            "term",
            "You look at the hardest triplet alone. Asked is the mean over all of them.",
            _of(lambda leads, margin: _hinge(leads, margin).max()),
        ),
        Mistake(
            "term",
            "You take only the hardest negative of each positive. Every negative counts, in P · N triplets.",
            _of(lambda leads, margin: _hinge(leads, margin).amax(dim=1).mean()),
        ),
        Mistake(
            "term",
            "You average first, then cut at 0, so that easy triplets pay for hard ones. Cut each triplet at 0.",
            _of(lambda leads, margin: _hinge(leads.mean(), margin)),
        ),
        Mistake(
            "normaliser",
            "You divide by all G² pairs of items. Only a positive with a negative is a triplet.",
            lambda scores, relevant, margin: _over_items(scores, relevant, margin) / len(scores),
        ),
        Mistake(
            "term",
            "You count the triplets that cost something; add up how much each costs.",
            _of(lambda leads, margin: (_hinge(leads, margin) > 0).double().mean()),
        ),
        Mistake(
            "term",
            "You square each cost. The triplet loss takes it as it is.",
            _of(lambda leads, margin: _hinge(leads, margin).square().mean()),
        ),
    ),
    praise="Each triplet counts alike, wherever in the list it stands. AP looks at the top first.",
    advice={
        "shape": "One number for the whole list: the mean over all pairs of a positive and a negative.",
    },
    gradient=True,
)
