"""Typical wrong answers to the exercise `chebyshev_moments`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

answers = Answers()


def recurrence(u, count, first=1.0, factor=2.0):
    values = [torch.ones_like(u), first * u]
    while len(values) < count:
        values.append(factor * u * values[-1] - values[-2])
    return torch.stack(values[:count])


@answers.wrong("chebyshev_moments", "product", "a 2 is missing")
def no_factor_two(u, count):
    return recurrence(u, count, factor=1.0).sum(1)


@answers.wrong("chebyshev_moments", "moments", "second kind")
def second_kind(u, count):
    return recurrence(u, count, first=2.0).sum(1)


@answers.wrong("chebyshev_moments", "moments", "powers")
def powers(u, count):
    return torch.stack([(u**n).sum() for n in range(count)])


@answers.wrong("chebyshev_moments", "moments", "arccos")
def cosine_of_nu(u, count):
    return torch.cos(torch.arange(count)[:, None] * u).sum(1)


@answers.wrong("chebyshev_moments", "normaliser", "means")
def means(u, count):
    return recurrence(u, count).mean(1)


@answers.wrong("chebyshev_moments", "off-by-one", "T_0")
def without_the_count(u, count):
    return recurrence(u, count + 1)[1:].sum(1)


@answers.wrong("chebyshev_moments", "shape", "torch.stack")
def not_summed(u, count):
    return recurrence(u, count)


@answers.wrong("chebyshev_moments", "non-finite", "recurrence")
def arccos_of_rounded_up(u, count):
    return torch.cos(torch.arange(count)[:, None] * torch.acos(u * (1 + 1e-6))).sum(1)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
