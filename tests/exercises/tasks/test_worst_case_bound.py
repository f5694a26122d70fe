"""Typical wrong answers to the exercise `worst_case_bound`, each caught with the hint meant for it."""

import pytest
from exercises.learners import Answers, assert_hint

from suprank_edu import decomposability

answers = Answers()


@answers.wrong("worst_case_bound", "sign", "1 minus it")
def ap_of_the_worst(batches, pos, neg):
    return 1 - decomposability.worst_case_bound([pos] * batches, [neg] * batches)


@answers.wrong("worst_case_bound", "off-by-one", "own negatives")
def own_negatives(batches, pos, neg):
    total = pos_before = neg_before = 0
    for _ in range(batches):
        neg_before += neg
        total += sum((j + pos_before) / (j + pos_before + neg_before) for j in range(1, pos + 1))
        pos_before += pos
    return 1 - total / (batches * pos)


@answers.wrong("worst_case_bound", "off-by-one", "one batch too many")
def batches_from_one(batches, pos, neg):
    places = [(j, b) for b in range(1, batches + 1) for j in range(1, pos + 1)]
    return 1 - sum((j + b * pos) / (j + b * pos + b * neg) for j, b in places) / (batches * pos)


@answers.wrong("worst_case_bound", "off-by-one", "the last one included")
def stops_short(batches, pos, neg):
    places = [(j, b) for b in range(batches) for j in range(1, pos)]
    return 1 - sum((j + b * pos) / (j + b * pos + b * neg) for j, b in places) / (batches * pos)


@answers.wrong("worst_case_bound", "exception", "ZeroDivisionError")
def places_from_zero(batches, pos, neg):
    places = [(j, b) for b in range(batches) for j in range(pos)]
    return 1 - sum((j + b * pos) / (j + b * pos + b * neg) for j, b in places) / (batches * pos)


@answers.wrong("worst_case_bound", "rank-plus", "positives in front as well")
def own_positives_alone(batches, pos, neg):
    places = [(j, b) for b in range(batches) for j in range(1, pos + 1)]
    return 1 - sum(j / (j + b * pos + b * neg) for j, b in places) / (batches * pos)


@answers.wrong("worst_case_bound", "rank-plus", "positives in front as well")
def negatives_before_alone(batches, pos, neg):
    places = [(j, b) for b in range(batches) for j in range(1, pos + 1)]
    return 1 - sum(j / (j + b * neg) for j, b in places) / (batches * pos)


@answers.wrong("worst_case_bound", "normaliser", "B · P")
def divided_by_batches(batches, pos, neg):
    places = [(j, b) for b in range(batches) for j in range(1, pos + 1)]
    return 1 - sum((j + b * pos) / (j + b * pos + b * neg) for j, b in places) / batches


@answers.wrong("worst_case_bound", "type")
def per_batch(batches, pos, neg):
    return [decomposability.worst_case_bound([pos] * b, [neg] * b) for b in range(1, batches + 1)]


@answers.wrong("worst_case_bound", "batches", "the last batch")
def last_batch(batches, pos, neg):
    b = batches - 1
    return 1 - sum((j + b * pos) / (j + b * pos + b * neg) for j in range(1, pos + 1)) / pos


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
