"""Typical wrong answers to the exercise `heaviside`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

answers = Answers()


@answers.wrong("heaviside", "ties", "H(0) = 1")
def strict(t):
    return (t > 0).to(t.dtype)


@answers.wrong("heaviside", "ties", "½")
def half_at_zero(t):
    return torch.heaviside(t, torch.tensor(0.5, dtype=t.dtype))


@answers.wrong("heaviside", "dtype", "true and false")
def comparison(t):
    return t >= 0


@answers.wrong("heaviside", "dtype")
def integers(t):
    return (t >= 0).long()


@answers.wrong("heaviside", "dtype", "torch.float64")
def always_float32(t):
    return (t >= 0).float()


@answers.wrong("heaviside", "sign")
def turned_round(t):
    return (t <= 0).to(t.dtype)


@answers.wrong("heaviside", "exception", "RuntimeError")
def if_on_a_tensor(t):
    return 1.0 if t >= 0 else 0.0


@answers.wrong("heaviside", "wrong", "sigmoid")
def smooth(t):
    return torch.sigmoid(t)


@answers.wrong("heaviside", "type", "a `list` of 2")
def a_list(t):
    return [1.0, 0.0]


@answers.wrong("heaviside", "in-place")
def written_into_t(t):
    result = (t >= 0).to(t.dtype)
    t[...] = result
    return t


@answers.wrong("heaviside", "wrong", "ramp")
def rectified(t):
    return torch.relu(t)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
