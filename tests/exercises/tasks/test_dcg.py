"""Typical wrong answers to the exercise `dcg`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import EXERCISES
from suprank_edu.metrics import ndcg

answers = Answers()


def ranks(scores):
    return (scores[:, None, :] >= scores[:, :, None]).sum(2)


@answers.wrong("dcg", "levels", "level as the gain")
def level_as_gain(scores, levels):
    return (levels / torch.log2(1.0 + ranks(scores))).sum(1)


@answers.wrong("dcg", "levels", "lacks its − 1")
def gain_of_nothing(scores, levels):
    return (2.0**levels / torch.log2(1.0 + ranks(scores))).sum(1)


@answers.wrong("dcg", "term", "natural logarithm")
def natural_logarithm(scores, levels):
    return ((2.0**levels - 1) / torch.log1p(ranks(scores).float())).sum(1)


@answers.wrong("dcg", "term", "the rank itself")
def divided_by_rank(scores, levels):
    return ((2.0**levels - 1) / ranks(scores)).sum(1)


@answers.wrong("dcg", "off-by-one", "at rank 1")
def one_too_many(scores, levels):
    return ((2.0**levels - 1) / torch.log2(2.0 + ranks(scores))).sum(1)


@answers.wrong("dcg", "non-finite", "logarithm")
def logarithm_of_the_rank(scores, levels):
    return ((2.0**levels - 1) / torch.log2(ranks(scores).float())).sum(1)


@answers.wrong("dcg", "ties", "the best")
def ties_for_free(scores, levels):
    best = 1 + (scores[:, None, :] > scores[:, :, None]).sum(2)
    return ((2.0**levels - 1) / torch.log2(1.0 + best)).sum(1)


@answers.wrong("dcg", "order", "not sorted")
def in_the_given_order(scores, levels):
    return ((2.0**levels - 1) / torch.log2(2.0 + torch.arange(scores.shape[1]))).sum(1)


@answers.wrong("dcg", "normaliser", "NDCG")
def the_quotient(scores, levels):
    return ndcg(scores, levels)


@answers.wrong("dcg", "normaliser", "useless items")
def mean_over_items(scores, levels):
    return ((2.0**levels - 1) / torch.log2(1.0 + ranks(scores))).mean(1)


@answers.wrong("dcg", "sign", "highest score")
def lowest_first(scores, levels):
    return ((2.0**levels - 1) / torch.log2(1.0 + ranks(-scores))).sum(1)


@answers.wrong("dcg", "shape", "sum over the items")
def one_for_all(scores, levels):
    return ((2.0**levels - 1) / torch.log2(1.0 + ranks(scores))).sum()


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_truth_of_dcg_is_that_of_the_metric() -> None:
    generator = torch.Generator().manual_seed(0)
    scores = torch.randint(0, 6, (20, 9), generator=generator).double() / 5  # with ties
    levels = torch.randint(0, 4, (20, 9), generator=generator)
    levels[:, 0] = 3
    dcg = EXERCISES["dcg"].truth
    best = dcg(-torch.arange(9.0).expand(20, 9), levels.sort(1, descending=True).values)
    assert torch.allclose(dcg(scores, levels) / best, ndcg(scores, levels).double())
