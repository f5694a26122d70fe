"""Typical wrong answers to the exercise `ndcg_at_k`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import EXERCISES
from suprank_edu.metrics import ndcg

answers = Answers()


def total(listed, k):
    return ((2.0 ** listed[:, :k] - 1) / torch.log2(torch.arange(k) + 2.0)).sum(1)


def listed(scores, levels):
    return levels.gather(1, scores.argsort(dim=1, descending=True))


@answers.wrong("ndcg_at_k", "normaliser", "items that were shown")
def the_lie_itself(scores, levels, k):
    shown = listed(scores, levels)[:, :k]
    return total(shown, k) / total(shown.sort(dim=1, descending=True).values, k)


@answers.wrong("ndcg_at_k", "normaliser", "less than 1")
def ideal_of_every_place(scores, levels, k):
    return total(listed(scores, levels), k) / total(levels.sort(dim=1, descending=True).values, levels.shape[1])


@answers.wrong("ndcg_at_k", "normaliser", "above the fraction")
def the_sum_alone(scores, levels, k):
    return total(listed(scores, levels), k)


@answers.wrong("ndcg_at_k", "other-metric", "whole list")
def without_k(scores, levels, k):
    return ndcg(scores, levels)


@answers.wrong("ndcg_at_k", "sign", "highest score")
def the_last_k(scores, levels, k):
    return ndcg(-scores, levels, at=k)


@answers.wrong("ndcg_at_k", "shape", "One number per query")
def one_for_all(scores, levels, k):
    return ndcg(scores, levels, at=k).mean()


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_truth_is_that_of_the_metric() -> None:
    generator = torch.Generator().manual_seed(0)
    scores = torch.rand(20, 9, generator=generator, dtype=torch.float64)
    levels = torch.randint(0, 4, (20, 9), generator=generator)
    levels[:, 0] = 3
    for k in (1, 4, 9):
        assert torch.allclose(EXERCISES["ndcg_at_k"].truth(scores, levels, k), ndcg(scores, levels, at=k))
