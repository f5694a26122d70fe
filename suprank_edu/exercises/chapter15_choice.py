"""Exercises of chapter 15: the share of mild mistakes from two numbers of a table, and what may be chosen by what."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from suprank_edu.exercises.spec import Case, Exercise, Function, Reading


def _mild(fine: Tensor, coarse: Tensor) -> Tensor:
    shares = []
    for right, related in zip(fine.tolist(), coarse.tolist(), strict=True):
        wrong = 1 - right
        shares.append((related - right) / wrong)
    return torch.tensor(shares, dtype=torch.float64)


def _of(rule: Callable[[Tensor, Tensor], Tensor]) -> Function:
    return lambda fine, coarse: rule(fine.double(), coarse.double())


MILD_SHARE = Exercise(
    name="mild_share",
    arguments=("fine", "coarse"),
    returns="(M,), one share for each loss",
    truth=_mild,
    cases=(
        Case("three losses", (torch.tensor([0.8, 0.75, 0.6]), torch.tensor([0.98, 0.9, 0.95]))),
        Case("two losses", (torch.tensor([0.5, 0.25]), torch.tensor([0.5, 0.9]))),
    ),
    readings=(
        Reading(
            "normaliser",
            "That is the share of all queries whose first image is a mild mistake. Asked is their share among the "
            "mistakes: divide by 1 − R@1.",
            _of(lambda fine, coarse: coarse - fine),
        ),
        Reading(
            "levels",
            "That is the share of mistakes that are *not* mild: the first image is of another coarse class.",
            _of(lambda fine, coarse: (1 - coarse) / (1 - fine)),
        ),
        Reading(
            "normaliser",
            "Divide by the mistakes at the fine level, 1 − `fine`: mild ones are mistakes there.",
            _of(lambda fine, coarse: (coarse - fine) / (1 - coarse).clamp(min=1e-9)),
        ),
        Reading(
            "normaliser",
            "Divided by the right ones. A share of the mistakes divides by 1 − `fine`.",
            _of(lambda fine, coarse: (coarse - fine) / fine),
        ),
        Reading(
            "normaliser",
            "Divided by all whose coarse class is right. A share of the mistakes divides by 1 − `fine`.",
            _of(lambda fine, coarse: (coarse - fine) / coarse),
        ),
        Reading(
            "levels",
            "The coarse R@1 counts right images too: they share both levels. Take them away first.",
            _of(lambda fine, coarse: coarse / (1 - fine)),
        ),
        Reading("other-metric", "That is the coarse R@1 itself.", _of(lambda fine, coarse: coarse)),
        Reading("other-metric", "That is the share of mistakes, 1 − R@1.", _of(lambda fine, coarse: 1 - fine)),
        Reading("sign", "The right size, with the sign turned round.", _of(lambda f, c: (f - c) / (1 - f))),
    ),
    praise="Two columns of any published table give it, if R@1 is printed for both levels.",
    advice={
        "shape": "One share for each loss.",
        "non-finite": "Divide by 1 − `fine`; no loss here is without mistakes.",
    },
)


def _chosen(validation: Tensor, test: Tensor) -> Tensor:
    values = []
    for judged, reported in zip(validation.tolist(), test.tolist(), strict=True):
        values.append(reported[max(range(len(judged)), key=judged.__getitem__)])
    return torch.tensor(values, dtype=torch.float64)


def _one_for_all(validation: Tensor, test: Tensor) -> Tensor:
    return test.double()[:, int(validation.double().mean(0).argmax())]


def _by_best_loss(validation: Tensor, test: Tensor) -> Tensor:
    return test.double()[:, int(validation.double().max(0).values.argmax())]


CHOSEN_RESULT = Exercise(
    name="chosen_result",
    arguments=("validation", "test"),
    returns="(M,), one number for each loss",
    truth=_chosen,
    cases=(
        Case(
            "three losses, three learning rates",
            (
                torch.tensor([[0.70, 0.75, 0.72], [0.81, 0.78, 0.60], [0.66, 0.71, 0.74]]),
                torch.tensor([[0.41, 0.43, 0.45], [0.42, 0.47, 0.44], [0.39, 0.46, 0.43]]),
            ),
        ),
        Case(
            "two losses, four learning rates",
            (
                torch.tensor([[0.5, 0.6, 0.55, 0.4], [0.3, 0.35, 0.45, 0.44]]),
                torch.tensor([[0.31, 0.25, 0.3, 0.2], [0.2, 0.3, 0.24, 0.28]]),
            ),
        ),
    ),
    readings=(
        Reading(
            "other-metric",
            "You report each loss at its best on the *test* classes. They must not choose: take the learning rate that "
            "is best on validation, and report what it gives on test.",
            lambda validation, test: test.double().max(1).values,
            "`validation.argmax(dim=1, keepdim=True)`, then `test.gather(1, …)`",
        ),
        Reading(
            "other-metric",
            "You report the validation score. It chose the learning rate, so it flatters; report the test score of the "
            "learning rate that it chose.",
            lambda validation, test: validation.double().max(1).values,
        ),
        Reading(
            "axis",
            "You choose one learning rate for all losses, the best on average. A rate that suits one loss may ruin "
            "another: choose for each row.",
            _one_for_all,
        ),
        Reading(
            "axis",
            "You choose the learning rate of the best loss for all of them. Choose for each row.",
            _by_best_loss,
        ),
        Reading(
            "other-metric",
            "You average over the learning rates. Each loss is reported at one: the best on validation.",
            lambda validation, test: test.double().mean(1),
        ),
        Reading(
            "sign",
            "You take the learning rate that is worst on validation.",
            lambda validation, test: test.double().gather(1, validation.argmin(1, keepdim=True))[:, 0],
        ),
    ),
    praise="The test classes were looked at once for each loss. So were those of the chapter's table.",
    advice={
        "shape": "One number for each loss: `gather` keeps a second axis, take `[:, 0]`.",
        "dtype": "Asked is the test score, not the place of the learning rate.",
    },
)

EXERCISES = (MILD_SHARE, CHOSEN_RESULT)
