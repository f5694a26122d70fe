"""Typical wrong answers to the exercise `gather_backward`, each caught with the hint meant for it."""

import pytest
from exercises.learners import Answers, assert_hint

answers = Answers()


@answers.wrong("gather_backward", "product", "averaged")
def rows_alone(gradient, rank, world_size):
    return gradient.chunk(world_size)[rank]


@answers.wrong("gather_backward", "normaliser", "divide by W")
def divided(gradient, rank, world_size):
    return gradient.chunk(world_size)[rank] / world_size


@answers.wrong("gather_backward", "normaliser", "two of them")
def factor_twice(gradient, rank, world_size):
    return (world_size * gradient).chunk(world_size)[rank] * world_size


@answers.wrong("gather_backward", "pieces", "every W-th row")
def strided(gradient, rank, world_size):
    return world_size * gradient[rank::world_size]


@answers.wrong("gather_backward", "pieces", "without the factor W")
def always_the_first(gradient, rank, world_size):
    return gradient[: len(gradient) // world_size]


@answers.wrong("gather_backward", "pieces", "from 0")
def counted_from_one(gradient, rank, world_size):
    return world_size * gradient.chunk(world_size)[rank - 1]


@answers.wrong("gather_backward", "shape", "these alone")
def all_rows(gradient, rank, world_size):
    return world_size * gradient


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
