"""Typical wrong answers to the exercise `purity`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check

answers = Answers()


@answers.wrong("purity", "groups", "average over groups")
def mean_of_purities(groups, truth):
    values = []
    for group in groups.unique():
        inside = truth[groups == group]
        values.append((inside == inside.mode().values).float().mean())
    return torch.stack(values).mean()


@answers.wrong("purity", "groups", "change places")
def the_other_way_round(groups, truth):
    total = 0
    for c in truth.unique():
        total += groups[truth == c].unique(return_counts=True)[1].max()
    return total / len(truth)


@answers.wrong("purity", "groups", "groups in which all agree")
def wholly_pure_groups(groups, truth):
    return sum(len(set(truth[groups == g].tolist())) == 1 for g in groups.unique()) / len(groups.unique())


@answers.wrong("purity", "groups", "items of groups in which all agree")
def items_of_pure_groups(groups, truth):
    pure = [g for g in groups.unique() if len(set(truth[groups == g].tolist())) == 1]
    return sum(int((groups == g).sum()) for g in pure) / len(groups)


@answers.wrong("purity", "groups", "first item")
def named_by_the_first(groups, truth):
    name = {}
    for g, c in zip(groups.tolist(), truth.tolist(), strict=True):
        name.setdefault(g, c)
    return sum(name[g] == c for g, c in zip(groups.tolist(), truth.tolist(), strict=True)) / len(groups)


@answers.wrong("purity", "groups", "numbered as it comes")
def numbers_compared(groups, truth):
    return (groups == truth).float().mean()


@answers.wrong("purity", "groups", "of all items")
def majority_of_all(groups, truth):
    return (truth == truth.mode().values).float().mean()


@answers.wrong("purity", "other-metric", "pairs")
def pairs(groups, truth):
    same = (groups[:, None] == groups).triu(1)
    return (same & (truth[:, None] == truth)).sum() / same.sum().clamp(min=1)


@answers.wrong("purity", "normaliser", "how many items")
def a_count(groups, truth):
    return float(sum(truth[groups == g].bincount().max() for g in groups.unique()))


@answers.wrong("purity", "normaliser", "number of groups")
def by_number_of_groups(groups, truth):
    return sum(truth[groups == g].bincount().max() for g in groups.unique()) / len(groups.unique())


@answers.wrong("purity", "sign", "strangers")
def impurity(groups, truth):
    return 1 - sum(truth[groups == g].bincount().max() for g in groups.unique()) / len(groups)


@answers.wrong("purity", "shape", "divide once")
def purity_of_each(groups, truth):
    return torch.stack([truth[groups == g].bincount().max() / (groups == g).sum() for g in groups.unique()])


@answers.wrong("purity", "dtype", "float")
def rounded_down(groups, truth):
    return sum(truth[groups == g].bincount().max() for g in groups.unique()) // len(groups)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_library_agrees() -> None:
    from suprank_edu.data.labelling import purity

    assert check("purity", lambda groups, truth: purity(groups.tolist(), truth.tolist())).passed
