"""Typical wrong answers to the exercise `mild_share`, each caught with the hint meant for it."""

import pytest
from exercises.learners import Answers, assert_hint

answers = Answers()


@answers.wrong("mild_share", "normaliser", "divide by these")
def of_all_queries(fine, coarse):
    return coarse - fine


@answers.wrong("mild_share", "levels", "*not* mild")
def severe(fine, coarse):
    return (1 - coarse) / (1 - fine)


@answers.wrong("mild_share", "normaliser", "Divided by the right ones")
def over_the_right_ones(fine, coarse):
    return (coarse - fine) / fine


@answers.wrong("mild_share", "levels", "Take them away first")
def right_ones_left_in(fine, coarse):
    return coarse / (1 - fine)


@answers.wrong("mild_share", "other-metric", "coarse R@1 itself")
def coarse_only(fine, coarse):
    return coarse


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
