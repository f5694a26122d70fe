"""Typical wrong answers to the exercise `threshold_quality`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import EXERCISES
from suprank_edu.search import threshold_of

answers = Answers()


@answers.wrong("threshold_quality", "normaliser", "That of these queries".lower())
def counted(on_shelf, not_there, threshold, without):
    hits, false = (on_shelf >= threshold).sum(), (not_there >= threshold).sum()
    return torch.tensor([hits / (hits + false), hits / len(on_shelf)])


@answers.wrong("threshold_quality", "order", "exchanged")
def turned_round(on_shelf, not_there, threshold, without):
    recall, false = ((scores >= threshold).float().mean() for scores in (on_shelf, not_there))
    right = (1 - without) * recall
    return torch.stack([recall, right / (right + without * false)])


@answers.wrong("threshold_quality", "ties", "just the threshold")
def above(on_shelf, not_there, threshold, without):
    recall, false = ((scores > threshold).float().mean() for scores in (on_shelf, not_there))
    right = (1 - without) * recall
    return torch.stack([right / (right + without * false), recall])


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_truth_is_what_the_library_measures() -> None:
    exercise = EXERCISES["threshold_quality"]
    for case in exercise.cases:
        on_shelf, not_there, _, without = case.args
        found = threshold_of(on_shelf, not_there, share_without=without)
        precision, recall = exercise.truth(on_shelf, not_there, found.value, without).tolist()
        assert (found.precision, found.recall) == pytest.approx((precision, recall))
