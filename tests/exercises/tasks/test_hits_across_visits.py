"""Typical wrong answers to the exercise `hits_across_visits`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import EXERCISES
from suprank_edu.metrics import hit_rate_at_k

answers = Answers()


def own_visit(visits):
    return visits[:, None] == visits[None, :]


@answers.wrong("hits_across_visits", "self-positive", "Only the query itself")
def the_lie_itself(scores, products, visits):
    first = (scores - 9 * torch.eye(len(scores))).argmax(1)
    return (products[first] == products).float()


@answers.wrong("hits_across_visits", "self-positive", "finds itself")
def nothing_left_out(scores, products, visits):
    return (products[scores.argmax(1)] == products).float()


@answers.wrong("hits_across_visits", "negative-scores", "not low enough")
def zeros(scores, products, visits):
    return (products[scores.masked_fill(own_visit(visits), 0).argmax(1)] == products).float()


@answers.wrong("hits_across_visits", "wrong", "same product only")
def twins_only(scores, products, visits):
    twins = own_visit(visits) & own_visit(products)
    return (products[scores.masked_fill(twins, -9).argmax(1)] == products).float()


@answers.wrong("hits_across_visits", "sign", "misses")
def misses(scores, products, visits):
    return (products[scores.masked_fill(own_visit(visits), -9).argmax(1)] != products).float()


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_truth_is_the_hit_rate_with_the_visit_left_out() -> None:
    exercise = EXERCISES["hits_across_visits"]
    for case in exercise.cases:
        scores, products, visits = case.args
        relevant = products[:, None] == products[None, :]
        assert torch.equal(exercise.truth(*case.args), hit_rate_at_k(scores, relevant, 1, valid=~own_visit(visits)))
