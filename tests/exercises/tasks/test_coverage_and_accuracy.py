"""Typical wrong answers to the exercise `coverage_and_accuracy`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

answers = Answers()


@answers.wrong("coverage_and_accuracy", "normaliser", "divided by all landmarks")
def right_of_all(labels, truth):
    return torch.stack([(labels >= 0).float().mean(), (labels == truth).float().mean()])


@answers.wrong("coverage_and_accuracy", "normaliser", "counts")
def two_counts(labels, truth):
    return torch.stack([(labels >= 0).sum(), (labels == truth).sum()]).float()


@answers.wrong("coverage_and_accuracy", "unlabelled", "label 0")
def above_zero(labels, truth):
    has = labels > 0
    return torch.stack([has.float().mean(), (labels == truth)[has].float().mean()])


@answers.wrong("coverage_and_accuracy", "unlabelled", "−1 for a label")
def everything_covered(labels, truth):
    return torch.tensor([1.0, (labels == truth).float().mean()])


@answers.wrong("coverage_and_accuracy", "unlabelled", "landmarks")
def classes_that_occur(labels, truth):
    has = labels >= 0
    share = len(set(labels[has].tolist()) & set(truth.tolist())) / len(truth.unique())
    return torch.tensor([share, (labels == truth)[has].float().mean()])


@answers.wrong("coverage_and_accuracy", "unlabelled", "*right* label")
def covered_if_right(labels, truth):
    right = labels == truth
    return torch.stack([right.float().mean(), right[labels >= 0].float().mean()])


@answers.wrong("coverage_and_accuracy", "other-metric", "over supercategories")
def mean_of_classes(labels, truth):
    has = labels >= 0
    values = [(labels == truth)[has & (truth == c)].float().mean() for c in truth[has].unique()]
    return torch.stack([has.float().mean(), torch.stack(values).mean()])


@answers.wrong("coverage_and_accuracy", "sign", "*without* a label")
def those_without(labels, truth):
    has = labels >= 0
    return torch.stack([(~has).float().mean(), (labels == truth)[has].float().mean()])


@answers.wrong("coverage_and_accuracy", "sign", "wrong labels")
def errors(labels, truth):
    has = labels >= 0
    return torch.stack([has.float().mean(), (labels != truth)[has].float().mean()])


@answers.wrong("coverage_and_accuracy", "wrong", "the wrong way round")
def accuracy_first(labels, truth):
    has = labels >= 0
    return torch.stack([(labels == truth)[has].float().mean(), has.float().mean()])


@answers.wrong("coverage_and_accuracy", "type", "two numbers")
def a_tuple(labels, truth):
    has = labels >= 0
    return has.float().mean(), (labels == truth)[has].float().mean()


@answers.wrong("coverage_and_accuracy", "exception", "RuntimeError")
def mean_of_bools(labels, truth):
    has = labels >= 0
    return torch.stack([has.mean(), (labels == truth)[has].mean()])


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
