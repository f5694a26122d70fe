"""Typical wrong answers to the exercise `chosen_result`, each caught with the hint meant for it."""

import pytest
from exercises.learners import Answers, assert_hint

answers = Answers()


@answers.wrong("chosen_result", "other-metric", "Who may choose")
def best_on_test(validation, test):
    return test.max(dim=1).values


@answers.wrong("chosen_result", "other-metric", "it flatters")
def best_on_validation(validation, test):
    return validation.max(dim=1).values


@answers.wrong("chosen_result", "axis", "best on average")
def one_rate_for_all(validation, test):
    return test[:, validation.mean(dim=0).argmax()]


@answers.wrong("chosen_result", "shape", "along one axis")
def a_column(validation, test):
    return test.gather(1, validation.argmax(dim=1, keepdim=True))


@answers.wrong("chosen_result", "dtype", "not the place")
def places(validation, test):
    return validation.argmax(dim=1)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
