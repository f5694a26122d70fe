"""Typical wrong answers to the exercise `combined`, each caught with the hint meant for it."""

import pytest
from exercises.learners import Answers, assert_hint

answers = Answers()


@answers.wrong("combined", "weights", "exchanged")
def weights_exchanged(rank_losses, positives, calibration, weight):
    return weight * rank_losses[positives > 0].mean() + (1 - weight) * calibration


@answers.wrong("combined", "weights", "has no weight. In E22 the weights")
def weights_beyond_one(rank_losses, positives, calibration, weight):
    return rank_losses[positives > 0].mean() + weight * calibration


@answers.wrong("combined", "weights", "it gets λ")
def calibration_in_full(rank_losses, positives, calibration, weight):
    return (1 - weight) * rank_losses[positives > 0].mean() + calibration


@answers.wrong("combined", "no-positive", "as 0")
def zeros_counted(rank_losses, positives, calibration, weight):
    return (1 - weight) * rank_losses.mean() + weight * calibration


@answers.wrong("combined", "normaliser", "not their sum")
def queries_summed(rank_losses, positives, calibration, weight):
    return (1 - weight) * rank_losses.sum() + weight * calibration


@answers.wrong("combined", "shape", "before you add")
def one_for_each_query(rank_losses, positives, calibration, weight):
    return (1 - weight) * rank_losses + weight * calibration


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
