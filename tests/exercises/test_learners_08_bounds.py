"""Typical wrong answers to the exercises of chapter 08 on its bounds, each caught with the hint meant for it."""

import pytest
from exercises.learners import Answers, assert_hint

from suprank_edu import decomposability
from suprank_edu.exercises import check

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


@answers.wrong("worst_case_bound", "off-by-one", "one batch too late")
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


@answers.wrong("worst_case_bound", "rank-plus", "numerator")
def own_positives_alone(batches, pos, neg):
    places = [(j, b) for b in range(batches) for j in range(1, pos + 1)]
    return 1 - sum(j / (j + b * pos + b * neg) for j, b in places) / (batches * pos)


@answers.wrong("worst_case_bound", "rank-plus", "numerator")
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


@answers.wrong("calibrated_bound", "negatives", "That is E18")
def threshold_ignored(batches, pos, neg, pos_above, neg_above):
    return decomposability.worst_case_bound([pos] * batches, [neg] * batches)


def bound_of(above, below):
    def fn(batches, pos, neg, pos_above, neg_above):
        total = 0.0
        for b in range(batches):
            total += sum(above(j, b, pos, neg, pos_above, neg_above) for j in range(1, pos_above + 1))
            total += sum(below(j, b, pos, neg, pos_above, neg_above) for j in range(1, pos - pos_above + 1))
        return 1 - total / (batches * pos)

    return fn


def upper(j, b, pos, neg, pos_above, neg_above):
    return (j + b * pos_above) / (j + b * (pos_above + neg_above))


def lower(j, b, pos, neg, pos_above, neg_above):
    return (j + pos_above + b * pos) / (j + pos_above + b * (pos + neg))


@answers.wrong("calibrated_bound", "positives", "G_b of its own batch")
def own_above_forgotten(*numbers):
    return bound_of(upper, lambda j, b, p, n, g, e: (j + b * p) / (j + b * (p + n)))(*numbers)


@answers.wrong("calibrated_bound", "positives", "lose most")
def above_alone(*numbers):
    return bound_of(upper, lambda *_: 0.0)(*numbers)


@answers.wrong("calibrated_bound", "negatives", "N, not N − E")
def negatives_below_alone(*numbers):
    return bound_of(upper, lambda j, b, p, n, g, e: (j + g + b * p) / (j + g + b * p + b * (n - e)))(*numbers)


@answers.wrong("calibrated_bound", "negatives", "E, not N")
def every_negative_above(*numbers):
    return bound_of(lambda j, b, p, n, g, e: (j + b * g) / (j + b * g + b * n), lower)(*numbers)


@answers.wrong("calibrated_bound", "sign", "1 minus it")
def ap_of_it(*numbers):
    return 1 - bound_of(upper, lower)(*numbers)


@answers.wrong("calibrated_bound", "normaliser", "ΣP")
def divided_by_one_batch(batches, pos, *rest):
    return 1 - (1 - bound_of(upper, lower)(batches, pos, *rest)) * batches


@answers.wrong("calibrated_bound", "signature", "5 arguments")
def three_arguments(batches, pos, neg):
    return decomposability.worst_case_bound([pos] * batches, [neg] * batches)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


@pytest.mark.parametrize(
    ("name", "fn"),
    [
        ("worst_case_bound", lambda b, p, n: decomposability.worst_case_bound([p] * b, [n] * b)),
        (
            "calibrated_bound",
            lambda b, p, n, g, e: decomposability.calibrated_bound([p] * b, [n] * b, [g] * b, [e] * b),
        ),
    ],
)
def test_the_library_passes_its_own_exercises(name, fn) -> None:
    result = check(name, fn)
    assert result.passed, repr(result)
