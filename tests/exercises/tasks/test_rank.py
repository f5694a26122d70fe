"""Typical wrong answers to the exercise `rank`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint, pairs

from suprank_edu.exercises import check
from suprank_edu.ranking import rank as library_rank

answers = Answers()


@answers.wrong("rank", "off-by-one", "one too large")
def counts_itself(scores):
    return 1 + (pairs(scores) >= 0).sum(2)


@answers.wrong("rank", "off-by-one", "one too small")
def from_zero(scores):
    return (pairs(scores) >= 0).sum(2) - 1


@answers.wrong("rank", "off-by-one", "start at 0")
def strictly_above(scores):
    return (pairs(scores) > 0).sum(2)


@answers.wrong("rank", "ties", "best place")
def optimistic(scores):
    return 1 + (pairs(scores) > 0).sum(2)


@answers.wrong("rank", "ties", "stored")
def double_argsort(scores):
    return scores.argsort(dim=1, descending=True, stable=True).argsort(dim=1) + 1


@answers.wrong("rank", "ties", "middle")
def average(scores):
    return library_rank(scores, ties="average")


@answers.wrong("rank", "order", "That is the order")
def one_argsort(scores):
    return scores.argsort(dim=1, descending=True, stable=True)


@answers.wrong("rank", "order")
def one_argsort_from_one(scores):
    return scores.argsort(dim=1, descending=True, stable=True) + 1


@answers.wrong("rank", "sign", "last rank")
def ascending(scores):
    return (pairs(scores) <= 0).sum(2)


@answers.wrong("rank", "sign")
def wrong_axis(scores):
    return (pairs(scores) >= 0).sum(1)


@answers.wrong("rank", "shape", "(2, 5, 5)")
def not_summed(scores):
    return (pairs(scores) >= 0).long()


@answers.wrong("rank", "shape")
def squeezed(scores):
    return (pairs(scores) >= 0).sum(2).squeeze()


@answers.wrong("rank", "queries-mixed")
def for_one_query(scores):
    return (scores[None, :] >= scores[:, None]).sum(1)


@answers.wrong("rank", "dtype", "count")
def never_summed(scores):
    return (scores[:, :, None] >= scores[:, None, :]).any(2)


@answers.wrong("rank", "exception", "IndexError")
def past_the_end(scores):
    ranks = torch.ones_like(scores)
    for q in range(len(scores)):
        for k in range(scores.shape[1]):
            for j in range(scores.shape[1] + 1):
                ranks[q, k] += (scores[q, j] >= scores[q, k]) * (j != k)
    return ranks


@answers.wrong("rank", "in-place")
def sorted_in_place(scores):
    ranks = (pairs(scores) >= 0).sum(2)
    scores.copy_(scores.sort(dim=1).values)
    return ranks


@answers.wrong("rank", "wrong", "by hand")
def random_numbers(scores):
    return scores * 3


@answers.wrong("rank", "queries-mixed", "all queries")
def one_gallery_for_all(scores):
    every = scores.flatten()
    return (every[None, :] >= every[:, None]).sum(1).view_as(scores)


@answers.wrong("rank", "ties", "distinct")
def dense_rank(scores):
    return torch.stack([1 + sum((row.unique()[None, :] > row[:, None]).T) for row in scores])


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_a_loop_passes_as_well_as_a_tensor_expression() -> None:
    def ex_rank(scores):
        ranks = torch.ones_like(scores)
        for q, row in enumerate(scores):
            for k, own in enumerate(row):
                for j, other in enumerate(row):
                    if j != k and other >= own:
                        ranks[q, k] += 1
        return ranks

    assert check("rank", ex_rank).passed
