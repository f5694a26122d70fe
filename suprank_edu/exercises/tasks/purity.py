"""Chapter 12: the purity of clusters."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from suprank_edu.exercises.engine.spec import Exercise, Function, Mistake, case
from suprank_edu.exercises.tasks.common import one_number


def _purity(groups: Tensor, truth: Tensor) -> Tensor:
    agreeing = 0
    for group in set(groups.tolist()):
        classes = [c for g, c in zip(groups.tolist(), truth.tolist(), strict=True) if g == group]
        agreeing += max(classes.count(c) for c in classes)
    return one_number(agreeing / len(groups))


def _most(classes: Tensor) -> int:
    """Return how many items the most frequent class has."""
    return int(torch.bincount(classes).max())


def _over_groups(rule: Callable[..., Any]) -> Function:
    """Return a mistake from a rule on the classes in each group, a list of `(n,)` tensors."""

    def mistake(groups: Tensor, truth: Tensor) -> Tensor:
        return one_number(float(rule([truth[groups == group] for group in set(groups.tolist())])))

    return mistake


def _pairs_that_agree(groups: Tensor, truth: Tensor) -> Tensor:
    together = (groups[:, None] == groups[None, :]).triu(diagonal=1)
    agree = together & (truth[:, None] == truth[None, :])
    return one_number(agree.sum().item() / max(int(together.sum()), 1))


def _of_groups_in(numbers: Iterable[int], groups: Tensor, truth: Tensor) -> Tensor:
    inside = [truth[groups == number] for number in numbers]
    return one_number(sum(_most(classes) for classes in inside if len(classes)) / len(groups))


def _total(classes: list[Tensor]) -> int:
    return sum(map(len, classes))


PURITY = Exercise(
    name="purity",
    arguments=("groups", "truth"),
    returns="one number, the share of the items",
    truth=_purity,
    cases=(
        case("eleven items in four groups", [0, 2, 0, 2, 1, 0, 3, 2, 0, 2, 3], [7, 1, 5, 1, 7, 5, 0, 5, 5, 7, 0]),
        case("nine items in three groups", [5, 0, 5, 5, 0, 3, 0, 3, 0], [0, 3, 0, 0, 1, 1, 1, 1, 1]),
        case("twelve items in four groups", [4, 4, 4, 4, 0, 2, 4, 4, 4, 5, 4, 4], [0, 2, 2, 0, 2, 0, 2, 0, 2, 1, 0, 2]),
        case("ten items in four groups", [0, 2, 4, 4, 2, 0, 0, 4, 6, 6], [0, 3, 2, 1, 3, 2, 2, 2, 2, 3]),
        case("eight items in three groups", [3, 5, 4, 4, 3, 3, 5, 5], [2, 1, 1, 1, 0, 0, 1, 1]),
        case("everything in one group", [4, 4, 4, 4, 4], [1, 0, 1, 2, 1]),
        case("a group for each item", [0, 3, 1, 2], [0, 0, 1, 1]),
    ),
    mistakes=(
        Mistake(
            "groups",
            "You average over groups, so that a group of one weighs as much as a large one. Purity is a share of the "
            "*items*: add up the most frequent classes and divide once.",
            _over_groups(lambda classes: sum(_most(c) / len(c) for c in classes) / len(classes)),
        ),
        Mistake(
            "groups",
            "You ask of each class which group has most of it. Ask of each *group* which class it has most of: the two "
            "arguments change places.",
            lambda groups, truth: _purity(truth, groups),
        ),
        Mistake(
            "groups",
            "You count groups in which all agree. A group with one stranger is still mostly pure: count the items "
            "of its most frequent class.",
            _over_groups(lambda classes: sum(_most(c) == len(c) for c in classes) / len(classes)),
        ),
        Mistake(
            "groups",
            "You count the items of groups in which all agree, and nothing of the others. Of each group, count the "
            "items of its most frequent class.",
            _over_groups(lambda classes: sum(len(c) for c in classes if _most(c) == len(c)) / _total(classes)),
        ),
        Mistake(
            "groups",
            "You look at the most frequent class of all items. Each group has a most frequent class of its own.",
            lambda groups, truth: one_number(_most(truth) / len(truth)),
        ),
        Mistake(
            "groups",
            "You name each group after its first item. Name it after its most frequent class.",
            _over_groups(lambda classes: sum(int((c == c[0]).sum()) for c in classes) / _total(classes)),
        ),
        Mistake(
            "groups",
            "You report the purest group. Asked is one share of all items, in whatever group they are.",
            _over_groups(lambda classes: max(_most(c) / len(c) for c in classes)),
        ),
        Mistake(
            "groups",
            "You count to the number of groups, as if they were numbered 0, 1, 2 …: some numbers are missing. Take the "
            "numbers that occur.",
            lambda groups, truth: _of_groups_in(range(len(set(groups.tolist()))), groups, truth),
        ),
        Mistake(
            "groups",
            "The group with the highest number is missing: `range(n)` ends before n.",
            lambda groups, truth: _of_groups_in(range(int(groups.max())), groups, truth),
        ),
        Mistake(
            "groups",
            "You add up the *numbers* of the most frequent classes. Asked is how many items they have.",
            _over_groups(lambda classes: sum(int(c.mode().values) for c in classes) / _total(classes)),
        ),
        Mistake(
            "groups",
            "You compare the number of a group with the number of a class. Groups are numbered as it comes: look at "
            "what is in them.",
            lambda groups, truth: (groups == truth).double().mean(),
        ),
        Mistake(
            "other-metric",
            "You look at pairs of items of one group: that is another measure, and it knows no group of one.",
            _pairs_that_agree,
        ),
        Mistake(
            "normaliser",
            "That is how many items agree with their group. Divide by the number of items.",
            _over_groups(lambda classes: sum(map(_most, classes))),
        ),
        Mistake(
            "normaliser",
            "You divide by the number of groups. Divide by the number of items.",
            _over_groups(lambda classes: sum(map(_most, classes)) / len(classes)),
        ),
        Mistake(
            "sign",
            "That is the share of strangers: one minus what is asked for.",
            lambda groups, truth: 1 - _purity(groups, truth),
        ),
    ),
    praise="It says how well a reviewer could do who gives each group one name, and it is 1 for groups of one item: "
    "always ask how many groups there are.",
    advice={"dtype": "Divide, and the result is a float."},
    further={"shape": "Add up over the groups, and divide once."},
    number=True,
)
