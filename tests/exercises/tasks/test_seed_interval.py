"""Typical wrong answers to the exercise `seed_interval`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

answers = Answers()


@answers.wrong("seed_interval", "normaliser", "n − 1")
def numpys_default(values, t):
    return torch.stack([values.mean(), t * values.std(unbiased=False) / len(values) ** 0.5])


@answers.wrong("seed_interval", "product", "√n times less")
def no_root(values, t):
    return torch.stack([values.mean(), t * values.std()])


@answers.wrong("seed_interval", "product", "standard error")
def standard_error(values, t):
    return torch.stack([values.mean(), values.std() / len(values) ** 0.5])


@answers.wrong("seed_interval", "term", "1.96")
def normal_quantile(values, t):
    return torch.stack([values.mean(), 1.96 * values.std() / len(values) ** 0.5])


@answers.wrong("seed_interval", "sum", "two ends")
def both_ends(values, t):
    half = t * values.std() / len(values) ** 0.5
    return torch.stack([values.mean() - half, values.mean() + half])


@answers.wrong("seed_interval", "other-metric", "best and the worst")
def half_the_range(values, t):
    return torch.stack([values.mean(), (values.max() - values.min()) / 2])


@answers.wrong("seed_interval", "type", "torch.stack")
def a_pair(values, t):
    return values.mean(), t * values.std() / len(values) ** 0.5


@answers.wrong("seed_interval", "shape", "Two numbers")
def half_only(values, t):
    return t * values.std() / len(values) ** 0.5


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
