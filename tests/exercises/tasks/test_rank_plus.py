"""Typical wrong answers to the exercise `rank_plus`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint, pairs

from suprank_edu.exercises import check
from suprank_edu.ranking import sup_rank as library_sup_rank

answers = Answers()


@answers.wrong("rank_plus", "positives", "among all items")
def all_items(scores, relevant):
    return (pairs(scores) >= 0).sum(2)


@answers.wrong("rank_plus", "positives", "among all items")
def masked_along_k(scores, relevant):
    return ((pairs(scores) >= 0) & relevant[:, :, None]).sum(2)


@answers.wrong("rank_plus", "positives", "rank⁻")
def negatives(scores, relevant):
    return ((pairs(scores) >= 0) & ~relevant[:, None, :]).sum(2)


@answers.wrong("rank_plus", "off-by-one", "one too large")
def itself_and_one(scores, relevant):
    return 1 + ((pairs(scores) >= 0) & relevant[:, None, :]).sum(2)


@answers.wrong("rank_plus", "ties")
def plus_optimistic(scores, relevant):
    return 1 + ((pairs(scores) > 0) & relevant[:, None, :]).sum(2)


@answers.wrong("rank_plus", "sign")
def plus_ascending(scores, relevant):
    return ((pairs(scores) <= 0) & relevant[:, None, :]).sum(2)


@answers.wrong("rank_plus", "shape")
def relevant_ones_only(scores, relevant):
    return library_sup_rank(scores, relevant)[1][relevant]


@answers.wrong("rank_plus", "negative-scores", "not low enough")
def others_set_to_0(scores, relevant):
    scores = scores * relevant
    return (pairs(scores) >= 0).sum(2)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_entries_of_other_items_are_not_looked_at() -> None:
    def ex_rank_plus(scores, relevant):
        plus = ((pairs(scores) >= 0) & relevant[:, None, :]).sum(2)
        return torch.where(relevant, plus.float(), float("nan"))

    assert check("rank_plus", ex_rank_plus).passed
