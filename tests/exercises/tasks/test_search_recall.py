"""Typical wrong answers to the exercise `search_recall`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

answers = Answers()


@answers.wrong("search_recall", "order", "place by place")
def place_by_place(scores, exact_scores):
    return torch.isclose(scores, exact_scores, rtol=0, atol=1e-6).float().mean(1)


@answers.wrong("search_recall", "rounding", "1e-6")
def to_the_last_digit(scores, exact_scores):
    return (scores >= exact_scores[:, -1:]).float().mean(1)


@answers.wrong("search_recall", "ties", "either")
def strictly_above(scores, exact_scores):
    return (scores > exact_scores[:, -1:]).float().mean(1)


@answers.wrong("search_recall", "other-metric", "all k")
def best_only(scores, exact_scores):
    return (scores[:, 0] >= exact_scores[:, 0] - 1e-6).float()


@answers.wrong("search_recall", "normaliser", "Divide by k")
def how_many(scores, exact_scores):
    return (scores >= exact_scores[:, -1:] - 1e-6).sum(1).float()


@answers.wrong("search_recall", "shape", "One share per query")
def over_all_queries(scores, exact_scores):
    return (scores >= exact_scores[:, -1:] - 1e-6).float().mean()


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
