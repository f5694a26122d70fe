"""Typical wrong answers to the exercise `calibrated_bound`, each caught with the hint meant for it."""

import pytest
from exercises.learners import Answers, assert_hint

from suprank_edu import decomposability

answers = Answers()


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
