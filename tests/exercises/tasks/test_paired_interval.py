"""Typical wrong answers to the exercise `paired_interval`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

answers = Answers()


@answers.wrong("paired_interval", "pairs", "strangers")
def two_samples(one, other, t):
    variance = one.var() / len(one) + other.var() / len(other)
    return torch.stack([one.mean() - other.mean(), t * variance.sqrt()])


@answers.wrong("paired_interval", "pairs", "Adding two half widths")
def halves_added(one, other, t):
    halves = t * (one.std() + other.std()) / len(one) ** 0.5
    return torch.stack([one.mean() - other.mean(), halves])


@answers.wrong("paired_interval", "order", "sorted")
def sorted_first(one, other, t):
    difference = one.sort().values - other.sort().values
    return torch.stack([difference.mean(), t * difference.std() / len(one) ** 0.5])


@answers.wrong("paired_interval", "sign", "`one` minus `other`")
def turned_round(one, other, t):
    difference = other - one
    return torch.stack([difference.mean(), t * difference.std() / len(one) ** 0.5])


@answers.wrong("paired_interval", "sign", "distances")
def distances(one, other, t):
    difference = (one - other).abs()
    return torch.stack([difference.mean(), t * difference.std() / len(one) ** 0.5])


@answers.wrong("paired_interval", "product", "√n")
def spread_of_one_seed(one, other, t):
    difference = one - other
    return torch.stack([difference.mean(), t * difference.std()])


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
