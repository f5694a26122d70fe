"""Typical wrong answers to the exercise `relevance`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

answers = Answers()


def sizes(levels):
    return (levels[:, :, None] == levels[:, None, :]).sum(2)


@answers.wrong("relevance", "normaliser", "class size is missing")
def not_shared_out(levels, alpha, num_levels):
    return torch.where(levels > 0, (levels / num_levels) ** alpha, 0.0)


@answers.wrong("relevance", "normaliser", "or finer")
def union_of_finer(levels, alpha, num_levels):
    finer = (levels[:, None, :] >= levels[:, :, None]).sum(2)
    return torch.where(levels > 0, (levels / num_levels) ** alpha / finer, 0.0)


@answers.wrong("relevance", "queries-mixed", "of its own")
def counted_over_queries(levels, alpha, num_levels):
    counts = torch.bincount(levels.flatten(), minlength=num_levels + 1)
    return torch.where(levels > 0, (levels / num_levels) ** alpha / counts[levels], 0.0)


@answers.wrong("relevance", "levels", "0⁰")
def zero_to_the_zero(levels, alpha, num_levels):
    return (levels / num_levels) ** alpha / sizes(levels)


@answers.wrong("relevance", "levels", "highest level that is present")
def highest_present(levels, alpha, num_levels):
    top = levels.amax(1, keepdim=True)
    return torch.where(levels > 0, (levels / top) ** alpha / sizes(levels), 0.0)


@answers.wrong("relevance", "levels", "published")
def published(levels, alpha, num_levels):
    return torch.where(levels > 0, (levels / (num_levels - 1)) ** alpha / sizes(levels), 0.0)


@answers.wrong("relevance", "levels", "α is not used")
def no_alpha(levels, alpha, num_levels):
    return torch.where(levels > 0, levels / num_levels / sizes(levels), 0.0)


@answers.wrong("relevance", "levels", "It is a power")
def times_alpha(levels, alpha, num_levels):
    return torch.where(levels > 0, alpha * levels / num_levels / sizes(levels), 0.0)


@answers.wrong("relevance", "dtype")
def whole_numbers(levels, alpha, num_levels):
    return levels // num_levels


@answers.wrong("relevance", "shape")
def one_per_level(levels, alpha, num_levels):
    level = torch.arange(1, num_levels + 1)
    count = (levels[:, :, None] == level).sum(1)
    return (level / num_levels) ** alpha / count.clamp(min=1)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
