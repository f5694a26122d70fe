"""Chapter 12: how many landmarks have a label, and how many of these are right."""

from collections.abc import Callable

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import two_numbers


def _coverage_and_accuracy(labels: Tensor, truth: Tensor) -> Tensor:
    labelled = right = 0
    for label, of_landmark in zip(labels.tolist(), truth.tolist(), strict=True):
        if label >= 0:
            labelled += 1
            right += label == of_landmark
    return two_numbers(labelled / len(labels), right / labelled)


def _both(rule: Callable[..., tuple[float, float]]) -> Function:
    """Return a mistake from a rule on the two right shares, who has a label, and who has the right one."""

    def mistake(labels: Tensor, truth: Tensor) -> Tensor:
        coverage, accuracy = _coverage_and_accuracy(labels, truth).tolist()
        has, right = (labels >= 0).double(), (labels == truth).double()  # (N,), (N,)
        return two_numbers(*(float(value) for value in rule(coverage, accuracy, has, right)))

    return mistake


def _classes_covered(labels: Tensor, truth: Tensor) -> Tensor:
    found, asked = set(labels.tolist()) - {-1}, set(truth.tolist())
    return two_numbers(len(found & asked) / len(asked), _coverage_and_accuracy(labels, truth)[1].item())


def _mean_over_classes(labels: Tensor, truth: Tensor) -> Tensor:
    has, right = (labels >= 0).double(), (labels == truth).double()  # (N,), (N,)
    of_class = [right[(truth == c) & (labels >= 0)].mean() for c in set(truth[labels >= 0].tolist())]
    return two_numbers(has.mean().item(), torch.stack(of_class).mean().item())


def _zero_for_none(labels: Tensor, truth: Tensor) -> Tensor:
    has = labels != 0
    return two_numbers(has.double().mean().item(), (labels == truth)[has].double().mean().item())


def _moved_up(labels: Tensor, truth: Tensor) -> Tensor:
    kept = labels[labels >= 0]
    return two_numbers(len(kept) / len(labels), (kept == truth[: len(kept)]).double().mean().item())


def _zero_is_none(labels: Tensor, truth: Tensor) -> Tensor:
    has = labels > 0
    return two_numbers(has.double().mean().item(), (labels == truth)[has].double().mean().item())


COVERAGE_AND_ACCURACY = Exercise(
    name="coverage_and_accuracy",
    arguments=("labels", "truth"),
    returns="(2,), the coverage and the accuracy",
    truth=_coverage_and_accuracy,
    cases=(
        case("ten landmarks, three without a label", [2, -1, 0, 1, -1, 3, 2, 1, 1, -1], [2, 0, 0, 3, 1, 3, 1, 1, 1, 2]),
        case("eight landmarks, two without a label", [0, 1, -1, 2, 0, -1, 1, 3], [0, 2, 3, 2, 0, 1, 1, 3]),
        case("seven landmarks, two without a label", [5, -1, -1, 5, 1, 5, 5], [5, 5, 1, 1, 1, 5, 5]),
        case("every landmark has a label", [1, 0, 2, 2], [1, 0, 2, 0]),
        case("one label, and it is wrong", [-1, 4, -1], [4, 1, 1]),
    ),
    mistakes=(
        Mistake(
            "normaliser",
            "Coverage is right; accuracy is divided by all landmarks. Of those without a label it says nothing: divide "
            "by those that have one.",
            _both(lambda c, a, has, right: (c, c * a)),
            "`(labels == truth)[labels >= 0]` looks at the labelled ones only.",
        ),
        Mistake(
            "normaliser",
            "Those are counts. Divide each by what it is a share of.",
            _both(lambda c, a, has, right: (has.sum(), right.sum())),
        ),
        Mistake(
            "unlabelled",
            "You take label 0 for “no label”. 0 is a supercategory like the others; −1 stands for none.",
            _zero_is_none,
            "A label is there where `labels >= 0`.",
        ),
        Mistake(
            "unlabelled",
            "You take every label but 0 for a label, −1 too. −1 stands for none; 0 is a supercategory like the others.",
            _zero_for_none,
        ),
        Mistake(
            "unlabelled",
            "A landmark without a label counts as right with you. Accuracy looks at those that have one.",
            _both(lambda c, a, has, right: (c, 1 - c + c * a)),
        ),
        Mistake(
            "pairs",
            "You drop the missing labels and not their truth, so that labels meet the truth of other landmarks.",
            _moved_up,
        ),
        Mistake(
            "normaliser",
            "Your coverage divides by the landmarks that have a label, so it is always 1. Divide by all landmarks.",
            _both(lambda c, a, has, right: (1.0, a)),
        ),
        Mistake(
            "normaliser",
            "Both numbers are the share of all landmarks with the right label. Coverage asks whether there is a label, "
            "accuracy looks at those that have one.",
            _both(lambda c, a, has, right: (c * a, c * a)),
        ),
        Mistake(
            "normaliser",
            "That is per cent. Asked are shares, from 0 to 1.",
            _both(lambda c, a, has, right: (100 * c, 100 * a)),
        ),
        Mistake(
            "unlabelled",
            "You take −1 for a label like the others, so everything is covered and those without a label are wrong.",
            _both(lambda c, a, has, right: (1.0, c * a)),
        ),
        Mistake(
            "unlabelled",
            "Your coverage counts supercategories that occur. Asked is the share of *landmarks* that have a label.",
            _classes_covered,
        ),
        Mistake(
            "unlabelled",
            "Your coverage counts only landmarks with the *right* label. Coverage asks whether there is one at all; "
            "whether it is right is what accuracy asks.",
            _both(lambda c, a, has, right: (c * a, a)),
        ),
        Mistake(
            "other-metric",
            "You average the accuracy over supercategories, so that a rare one weighs as much as a frequent one. Asked "
            "is the share of the labelled landmarks.",
            _mean_over_classes,
        ),
        Mistake("sign", "The first number is the share *without* a label.", _both(lambda c, a, has, right: (1 - c, a))),
        Mistake("sign", "The second number is the share of wrong labels.", _both(lambda c, a, h, r: (c, 1 - a))),
        Mistake(
            "wrong",
            "The two numbers stand the wrong way round: coverage first, then accuracy.",
            lambda labels, truth: _coverage_and_accuracy(labels, truth).flip(0),
        ),
    ),
    praise="Two numbers, always read together: either alone can be bought with the other.",
    advice={
        "type": "Return one tensor of two numbers, the coverage and the accuracy.",
        "dtype": "A mean of true and false needs floats.",
    },
    further={"shape": "Take the mean over landmarks, twice: two numbers for all of them."},
)
