"""Typical wrong answers to the exercise `unit_norm`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check

answers = Answers()


@answers.wrong("unit_norm", "axis", "columns")
def norm_over_axis_0(x):
    return x / x.norm(dim=0, keepdim=True)


@answers.wrong("unit_norm", "axis", "one number")
def norm_of_the_table(x):
    return x / torch.linalg.norm(x)


@answers.wrong("unit_norm", "exception", "keepdim=True")
def no_keepdim(x):
    return x / x.norm(dim=1)


@answers.wrong("unit_norm", "non-finite", "0/0")
def zero_division(x):
    return x / x.norm(dim=1, keepdim=True)


@answers.wrong("unit_norm", "norm", "square root")
def no_square_root(x):
    return x / (x**2).sum(dim=1, keepdim=True).clamp(min=1e-9)


@answers.wrong("unit_norm", "norm", "absolute values")
def sum_to_one(x):
    return torch.nn.functional.normalize(x, p=1, dim=1)


@answers.wrong("unit_norm", "shape")
def the_norms_only(x):
    return x.norm(dim=1)


@answers.wrong("unit_norm", "in-place", "`embeddings`")
def divided_in_place(x):
    x /= x.norm(dim=1, keepdim=True).clamp(min=1e-12)
    return x


@answers.wrong("unit_norm", "type", "numpy.ndarray")
def numpy_out(x):
    return torch.nn.functional.normalize(x.detach(), dim=1).numpy()


@answers.wrong("unit_norm", "norm", "mean of the squares")
def root_mean_square(x):
    return x / (x * x).mean(dim=1, keepdim=True).sqrt().clamp(min=1e-12)


@answers.wrong("unit_norm", "non-finite", "square before you add")
def squares_forgotten(x):
    return x / x.sum(dim=1, keepdim=True).sqrt()


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_a_norm_with_a_tiny_number_added_passes() -> None:
    assert check("unit_norm", lambda x: x / (x.norm(dim=1, keepdim=True) + 1e-9)).passed
    assert check("unit_norm", lambda x: torch.nn.functional.normalize(x, dim=1)).passed
