"""Typical wrong answers to the exercise `gap`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check

answers = Answers()


@answers.wrong("gap", "no-positive", "Leave it out")
def plain_mean(batch_aps, positives, whole):
    return batch_aps.mean(1) - whole


@answers.wrong("gap", "sign", "average minus whole")
def turned_round(batch_aps, positives, whole):
    return whole - torch.where(positives > 0, batch_aps, float("nan")).nanmean(1)


@answers.wrong("gap", "sign", "it can be negative")
def never_negative(batch_aps, positives, whole):
    return (torch.where(positives > 0, batch_aps, float("nan")).nanmean(1) - whole).clamp(min=0)


@answers.wrong("gap", "sign", "No `abs`")
def absolute(batch_aps, positives, whole):
    return (torch.where(positives > 0, batch_aps, float("nan")).nanmean(1) - whole).abs()


@answers.wrong("gap", "batches", "weighs them alike")
def by_positives(batch_aps, positives, whole):
    return (batch_aps * positives).sum(1) / positives.sum(1) - whole


@answers.wrong("gap", "other-metric", "taken off")
def first_term(batch_aps, positives, whole):
    return torch.where(positives > 0, batch_aps, float("nan")).nanmean(1)


@answers.wrong("gap", "other-metric", "plain difference")
def in_percent(batch_aps, positives, whole):
    return torch.where(positives > 0, batch_aps, float("nan")).nanmean(1) / whole - 1


@answers.wrong("gap", "shape", "keep the queries apart")
def mean_gap(batch_aps, positives, whole):
    return (torch.where(positives > 0, batch_aps, float("nan")).nanmean(1) - whole).mean()


@answers.wrong("gap", "exception", "RuntimeError")
def over_the_queries(batch_aps, positives, whole):
    return batch_aps.mean(0) - whole


@answers.wrong("gap", "in-place", "`batch_aps`")
def nan_in_place(batch_aps, positives, whole):
    batch_aps[positives == 0] = float("nan")
    return batch_aps.nanmean(1) - whole


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_any_of_the_equal_ways_to_average_passes() -> None:
    def ex_gap(batch_aps, positives, whole):
        return torch.where(positives > 0, batch_aps, float("nan")).nanmean(1) - whole

    assert check("gap", ex_gap).passed
