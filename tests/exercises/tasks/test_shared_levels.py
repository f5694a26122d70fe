"""Typical wrong answers to the exercise `shared_levels`, each caught with the hint meant for it."""

import pytest
from exercises.learners import Answers, assert_hint

answers = Answers()


def agree(labels, ref_labels):
    return labels[:, None, :] == ref_labels[None, :, :]


@answers.wrong("shared_levels", "levels", "differ")
def levels_that_differ(labels, ref_labels):
    return (labels[:, None, :] != ref_labels[None, :, :]).sum(2)


@answers.wrong("shared_levels", "levels", "finest column only")
def same_instance(labels, ref_labels):
    return (labels[:, None, 0] == ref_labels[None, :, 0]).long()


@answers.wrong("shared_levels", "levels", "shared at all")
def same_coarse(labels, ref_labels):
    return (labels[:, None, -1] == ref_labels[None, :, -1]).float()


@answers.wrong("shared_levels", "levels", "start at the last column")
def from_the_finest(labels, ref_labels):
    return agree(labels, ref_labels).long().cumprod(2).sum(2)


@answers.wrong("shared_levels", "levels", "one too large")
def the_root_counted(labels, ref_labels):
    return 1 + agree(labels, ref_labels).sum(2)


@answers.wrong("shared_levels", "normaliser", "l/L")
def share(labels, ref_labels):
    return agree(labels, ref_labels).float().mean(2)


@answers.wrong("shared_levels", "shape", "sum over the last axis")
def not_summed(labels, ref_labels):
    return agree(labels, ref_labels).long()


@answers.wrong("shared_levels", "shape")
def transposed(labels, ref_labels):
    return agree(ref_labels, labels).sum(2)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
