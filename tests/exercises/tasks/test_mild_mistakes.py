"""Typical wrong answers to the exercise `mild_mistakes`, each caught with the hint meant for it."""

import pytest
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import EXERCISES

answers = Answers()


def first_levels(scores, levels):
    return levels.gather(1, scores.argmax(1, keepdim=True))[:, 0]


@answers.wrong("mild_mistakes", "normaliser", "all queries")
def among_all_queries(scores, levels, top):
    first = first_levels(scores, levels)
    return ((first > 0) & (first < top)).float().mean()


@answers.wrong("mild_mistakes", "levels", "no mistakes at all")
def right_ones_counted(scores, levels, top):
    return (first_levels(scores, levels) > 0).float().mean()


@answers.wrong("mild_mistakes", "levels", "are *not* mild")
def bad_ones(scores, levels, top):
    first = first_levels(scores, levels)
    return (first[first < top] == 0).float().mean()


@answers.wrong("mild_mistakes", "levels", "just below the top")
def next_level_alone(scores, levels, top):
    first = first_levels(scores, levels)
    return (first[first < top] == top - 1).float().mean()


@answers.wrong("mild_mistakes", "normaliser", "number of queries")
def a_count(scores, levels, top):
    first = first_levels(scores, levels)
    return ((first > 0) & (first < top)).sum()


@answers.wrong("mild_mistakes", "other-metric", "1 − R@1")
def share_of_mistakes(scores, levels, top):
    return (first_levels(scores, levels) < top).float().mean()


@answers.wrong("mild_mistakes", "order", "the first of each list")
def every_item(scores, levels, top):
    return (levels[levels < top] > 0).float().mean()


@answers.wrong("mild_mistakes", "sign", "the last item")
def the_last_item(scores, levels, top):
    return EXERCISES["mild_mistakes"].truth(-scores, levels, top)


@answers.wrong("mild_mistakes", "type", "one number")
def a_list(scores, levels, top):
    return first_levels(scores, levels).tolist()


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
