"""Typical wrong answers to the exercise `h_ap`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

answers = Answers()


def parts(scores, relevances):
    above = (scores[:, None, :] >= scores[:, :, None]).float()
    return above, relevances[:, :, None], relevances[:, None, :]


@answers.wrong("h_ap", "h-rank", "larger of the two")
def larger(scores, relevances):
    above, mine, other = parts(scores, relevances)
    h_rank = (above * torch.maximum(mine, other)).sum(2)
    return (h_rank / above.sum(2) * (relevances > 0)).sum(1) / relevances.sum(1)


@answers.wrong("h_ap", "h-rank", "whole relevance")
def others_relevance(scores, relevances):
    above, _, other = parts(scores, relevances)
    return ((above * other).sum(2) / above.sum(2) * (relevances > 0)).sum(1) / relevances.sum(1)


@answers.wrong("h_ap", "h-rank", "as good as k")
def own_relevance(scores, relevances):
    above, mine, other = parts(scores, relevances)
    return ((above * mine * (other > 0)).sum(2) / above.sum(2)).sum(1) / relevances.sum(1)


@answers.wrong("h_ap", "ties", "H(0) = 1")
def strictly_above(scores, relevances):
    above = (scores[:, None, :] > scores[:, :, None]).float()
    shared = torch.minimum(relevances[:, :, None], relevances[:, None, :])
    h_rank, rank = relevances + (above * shared).sum(2), 1 + above.sum(2)
    return (h_rank / rank).sum(1) / relevances.sum(1)


@answers.wrong("h_ap", "normaliser", "sum of their relevances")
def mean_over_relevant(scores, relevances):
    above, mine, other = parts(scores, relevances)
    h_rank = (above * torch.minimum(mine, other)).sum(2)
    return (h_rank / above.sum(2)).sum(1) / (relevances > 0).sum(1)


@answers.wrong("h_ap", "other-metric", "That is AP")
def plain_ap(scores, relevances):
    above, _, other = parts(scores, relevances)
    precision = (above * (other > 0)).sum(2) / above.sum(2)
    return (precision * (relevances > 0)).sum(1) / (relevances > 0).sum(1)


@answers.wrong("h_ap", "rank-plus", "counts everyone")
def rank_among_relevant(scores, relevances):
    above, mine, other = parts(scores, relevances)
    rank = (above * (other > 0)).sum(2).clamp(min=1)
    return ((above * torch.minimum(mine, other)).sum(2) / rank).sum(1) / relevances.sum(1)


@answers.wrong("h_ap", "off-by-one", "item itself")
def itself_left_out(scores, relevances):
    above, mine, other = parts(scores, relevances)
    h_rank = (above * torch.minimum(mine, other)).sum(2) - relevances
    return (h_rank / above.sum(2)).sum(1) / relevances.sum(1)


@answers.wrong("h_ap", "shape", "One H-AP per query")
def mean_over_queries(scores, relevances):
    above, mine, other = parts(scores, relevances)
    h_rank = (above * torch.minimum(mine, other)).sum(2)
    return ((h_rank / above.sum(2)).sum(1) / relevances.sum(1)).mean()


@answers.wrong("h_ap", "sign", "lowest score")
def lowest_first(scores, relevances):
    below, mine, other = parts(-scores, relevances)
    h_rank = (below * torch.minimum(mine, other)).sum(2)
    return (h_rank / below.sum(2)).sum(1) / relevances.sum(1)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
