"""Exercises of chapter 12: how good labels are, by the purity of clusters, by coverage and by accuracy."""

from __future__ import annotations

import torch
from torch import Tensor

from suprank_edu.exercises.spec import Case, Exercise, Function, Reading, one_number, two_numbers


def _purity(groups: Tensor, truth: Tensor) -> Tensor:
    agreeing = 0
    for group in set(groups.tolist()):
        classes = [c for g, c in zip(groups.tolist(), truth.tolist(), strict=True) if g == group]
        agreeing += max(classes.count(c) for c in classes)
    return one_number(agreeing / len(groups))


def _most(classes: Tensor) -> int:
    """Return how many items the most frequent class has."""
    return int(torch.bincount(classes).max())


def _over_groups(rule: Function) -> Function:
    """Return a reading from a rule on the classes in each group, a list of ``(n,)`` tensors."""

    def reading(groups: Tensor, truth: Tensor) -> Tensor:
        return one_number(float(rule([truth[groups == group] for group in set(groups.tolist())])))

    return reading


def _pairs_that_agree(groups: Tensor, truth: Tensor) -> Tensor:
    together = (groups[:, None] == groups[None, :]).triu(diagonal=1)
    agree = together & (truth[:, None] == truth[None, :])
    return one_number(agree.sum().item() / max(int(together.sum()), 1))


def _total(classes: list[Tensor]) -> int:
    return sum(map(len, classes))


PURITY = Exercise(
    name="purity",
    arguments=("groups", "truth"),
    returns="one number, the share of the items",
    truth=_purity,
    cases=(
        Case(
            "eleven items in four groups",
            (
                torch.tensor([0, 2, 0, 2, 1, 0, 3, 2, 0, 2, 3]),
                torch.tensor([7, 1, 5, 1, 7, 5, 0, 5, 5, 7, 0]),
            ),
        ),
        Case("everything in one group", (torch.tensor([4, 4, 4, 4, 4]), torch.tensor([1, 0, 1, 2, 1]))),
        Case("a group for each item", (torch.tensor([0, 3, 1, 2]), torch.tensor([0, 0, 1, 1]))),
    ),
    readings=(
        Reading(
            "groups",
            "You average over groups, so that a group of one weighs as much as a large one. Purity is a share of the "
            "*items*: add up the most frequent classes and divide once.",
            _over_groups(lambda classes: sum(_most(c) / len(c) for c in classes) / len(classes)),
        ),
        Reading(
            "groups",
            "You ask of each class which group has most of it. Ask of each *group* which class it has most of: the two "
            "arguments change places.",
            lambda groups, truth: _purity(truth, groups),
        ),
        Reading(
            "groups",
            "You count groups in which all agree. A group with one stranger is still mostly pure: count the items "
            "of its most frequent class.",
            _over_groups(lambda classes: sum(_most(c) == len(c) for c in classes) / len(classes)),
        ),
        Reading(
            "groups",
            "You count the items of groups in which all agree, and nothing of the others. Of each group, count the "
            "items of its most frequent class.",
            _over_groups(lambda classes: sum(len(c) for c in classes if _most(c) == len(c)) / _total(classes)),
        ),
        Reading(
            "groups",
            "You look at the most frequent class of all items. Each group has a most frequent class of its own.",
            lambda groups, truth: one_number(_most(truth) / len(truth)),
        ),
        Reading(
            "groups",
            "You name each group after its first item. Name it after its most frequent class.",
            _over_groups(lambda classes: sum(int((c == c[0]).sum()) for c in classes) / _total(classes)),
        ),
        Reading(
            "groups",
            "You compare the number of a group with the number of a class. Groups are numbered as it comes: look at "
            "what is in them.",
            lambda groups, truth: (groups == truth).double().mean(),
        ),
        Reading(
            "other-metric",
            "You look at pairs of items of one group: that is another measure, and it knows no group of one.",
            _pairs_that_agree,
        ),
        Reading(
            "normaliser",
            "That is how many items agree with their group. Divide by the number of items.",
            _over_groups(lambda classes: sum(map(_most, classes))),
        ),
        Reading(
            "normaliser",
            "You divide by the number of groups. Divide by the number of items.",
            _over_groups(lambda classes: sum(map(_most, classes)) / len(classes)),
        ),
        Reading(
            "sign",
            "That is the share of strangers: one minus what is asked for.",
            lambda groups, truth: 1 - _purity(groups, truth),
        ),
    ),
    praise="It says how well a reviewer could do who gives each group one name, and it is 1 for groups of one item: "
    "always ask how many groups there are.",
    advice={
        "type": "Return one number: a Python float, or a tensor with no axes.",
        "shape": "Add up over the groups, and divide once.",
        "dtype": "Divide, and the result is a float.",
    },
    number=True,
)


def _coverage_and_accuracy(labels: Tensor, truth: Tensor) -> Tensor:
    labelled = right = 0
    for label, of_landmark in zip(labels.tolist(), truth.tolist(), strict=True):
        if label >= 0:
            labelled += 1
            right += label == of_landmark
    return two_numbers(labelled / len(labels), right / labelled)


def _both(rule: Function) -> Function:
    """Return a reading from a rule on the two right shares, who has a label, and who has the right one."""

    def reading(labels: Tensor, truth: Tensor) -> Tensor:
        coverage, accuracy = _coverage_and_accuracy(labels, truth).tolist()
        has, right = (labels >= 0).double(), (labels == truth).double()  # (N,), (N,)
        return two_numbers(*(float(value) for value in rule(coverage, accuracy, has, right)))

    return reading


def _classes_covered(labels: Tensor, truth: Tensor) -> Tensor:
    found, asked = set(labels.tolist()) - {-1}, set(truth.tolist())
    return two_numbers(len(found & asked) / len(asked), _coverage_and_accuracy(labels, truth)[1].item())


def _mean_over_classes(labels: Tensor, truth: Tensor) -> Tensor:
    has, right = (labels >= 0).double(), (labels == truth).double()  # (N,), (N,)
    of_class = [right[(truth == c) & (labels >= 0)].mean() for c in set(truth[labels >= 0].tolist())]
    return two_numbers(has.mean().item(), torch.stack(of_class).mean().item())


def _zero_is_none(labels: Tensor, truth: Tensor) -> Tensor:
    has = labels > 0
    return two_numbers(has.double().mean().item(), (labels == truth)[has].double().mean().item())


COVERAGE_AND_ACCURACY = Exercise(
    name="coverage_and_accuracy",
    arguments=("labels", "truth"),
    returns="(2,), the coverage and the accuracy",
    truth=_coverage_and_accuracy,
    cases=(
        Case(
            "ten landmarks, three without a label",
            (torch.tensor([2, -1, 0, 1, -1, 3, 2, 1, 1, -1]), torch.tensor([2, 0, 0, 3, 1, 3, 1, 1, 1, 2])),
        ),
        Case("every landmark has a label", (torch.tensor([1, 0, 2, 2]), torch.tensor([1, 0, 2, 0]))),
        Case("one label, and it is wrong", (torch.tensor([-1, 4, -1]), torch.tensor([4, 1, 1]))),
    ),
    readings=(
        Reading(
            "normaliser",
            "Coverage is right; accuracy is divided by all landmarks. Of those without a label it says nothing: divide "
            "by those that have one.",
            _both(lambda c, a, has, right: (c, c * a)),
            "`(labels == truth)[labels >= 0]` looks at the labelled ones only.",
        ),
        Reading(
            "normaliser",
            "Those are counts. Divide each by what it is a share of.",
            _both(lambda c, a, has, right: (has.sum(), right.sum())),
        ),
        Reading(
            "unlabelled",
            "You take label 0 for “no label”. 0 is a supercategory like the others; −1 stands for none.",
            _zero_is_none,
            "A label is there where `labels >= 0`.",
        ),
        Reading(
            "unlabelled",
            "You take −1 for a label like the others, so everything is covered and those without a label are wrong.",
            _both(lambda c, a, has, right: (1.0, c * a)),
        ),
        Reading(
            "unlabelled",
            "Your coverage counts supercategories that occur. Asked is the share of *landmarks* that have a label.",
            _classes_covered,
        ),
        Reading(
            "unlabelled",
            "Your coverage counts only landmarks with the *right* label. Coverage asks whether there is one at all; "
            "whether it is right is what accuracy asks.",
            _both(lambda c, a, has, right: (c * a, a)),
        ),
        Reading(
            "other-metric",
            "You average the accuracy over supercategories, so that a rare one weighs as much as a frequent one. Asked "
            "is the share of the labelled landmarks.",
            _mean_over_classes,
        ),
        Reading(
            "sign",
            "The first number is the share *without* a label.",
            _both(lambda c, a, has, right: (1 - c, a)),
        ),
        Reading("sign", "The second number is the share of wrong labels.", _both(lambda c, a, h, r: (c, 1 - a))),
        Reading(
            "wrong",
            "The two numbers stand the wrong way round: coverage first, then accuracy.",
            lambda labels, truth: _coverage_and_accuracy(labels, truth).flip(0),
        ),
    ),
    praise="Two numbers, always read together: either alone can be bought with the other.",
    advice={
        "type": "Return one tensor of two numbers: `torch.stack([coverage, accuracy])`.",
        "shape": "Take the mean over landmarks, twice: two numbers for all of them.",
        "dtype": "A mean of true and false needs floats: `.float().mean()`.",
    },
)

EXERCISES = (PURITY, COVERAGE_AND_ACCURACY)
