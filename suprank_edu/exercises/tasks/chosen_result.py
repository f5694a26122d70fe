"""Chapter 15: what may be reported when a learning rate was chosen."""

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Mistake, case


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
        case(
            "three losses, three learning rates",
            [[0.70, 0.75, 0.72], [0.81, 0.78, 0.60], [0.66, 0.71, 0.74]],
            [[0.41, 0.43, 0.45], [0.42, 0.47, 0.44], [0.39, 0.46, 0.43]],
        ),
        case(
            "two losses, four learning rates",
            [[0.5, 0.6, 0.55, 0.4], [0.3, 0.35, 0.45, 0.44]],
            [[0.31, 0.25, 0.3, 0.2], [0.2, 0.3, 0.24, 0.28]],
        ),
        case(
            "three other losses, three learning rates",
            [[0.60, 0.70, 0.65], [0.80, 0.75, 0.50], [0.50, 0.52, 0.61]],
            [[0.40, 0.30, 0.45], [0.20, 0.35, 0.30], [0.45, 0.50, 0.33]],
        ),
    ),
    mistakes=(
        Mistake(
            "other-metric",
            "You report each loss at its best on the *test* classes. Then they have chosen, and nothing is left that "
            "has not been looked at. Who may choose?",
            lambda validation, test: test.double().max(1).values,
            "`validation.argmax(dim=1, keepdim=True)`, then `test.gather(1, …)`",
        ),
        Mistake(
            "other-metric",
            "You report the validation score. It chose the learning rate, so it flatters: a fair number comes from "
            "classes that chose nothing.",
            lambda validation, test: validation.double().max(1).values,
        ),
        Mistake(
            "axis",
            "You choose one learning rate for all losses, the best on average. A rate that suits one loss may ruin "
            "another: choose for each row.",
            _one_for_all,
        ),
        Mistake(
            "axis", "You choose the learning rate of the best loss for all of them. Choose for each row.", _by_best_loss
        ),
        Mistake(
            "other-metric",
            "You average over the learning rates. Each loss is reported at one: the best on validation.",
            lambda validation, test: test.double().mean(1),
        ),
        Mistake(
            "other-metric",
            "The two have changed roles: the test classes choose, and you report validation. Validation chooses, test "
            "is reported.",
            lambda validation, test: validation.double().gather(1, test.argmax(1, keepdim=True))[:, 0],
        ),
        Mistake(
            "other-metric",
            "You average validation and test there. Validation has done its work by choosing; report test.",
            lambda validation, test: (_chosen(validation, test) + validation.double().max(1).values) / 2,
        ),
        Mistake(
            "other-metric",
            "Test has a say in the choice when you choose by the sum of both. It must not.",
            lambda validation, test: test.double().gather(1, (validation + test).argmax(1, keepdim=True))[:, 0],
        ),
        Mistake(
            "order",
            "You take the last learning rate, whatever validation says. Which one is best on validation?",
            lambda validation, test: test.double()[:, -1],
        ),
        Mistake(
            "order",
            "You sorted the test results first, so that the chosen column is no longer that of the learning rate.",
            lambda validation, test: test.double().sort(1).values.gather(1, validation.argmax(1, keepdim=True))[:, 0],
        ),
        Mistake(
            "other-metric",
            "You take the rate at which validation and test differ least. What counts is the best on validation.",
            lambda validation, test: test.double().gather(1, (validation - test).abs().argmin(1, keepdim=True))[:, 0],
        ),
        Mistake(
            "sign",
            "You take the learning rate that is worst on validation.",
            lambda validation, test: test.double().gather(1, validation.argmin(1, keepdim=True))[:, 0],
        ),
    ),
    praise="The test classes were looked at once for each loss. So were those of the chapter's table.",
    advice={"dtype": "Asked is the test score, not the place of the learning rate."},
    further={"shape": "One number for each loss: M of them, along one axis."},
)
