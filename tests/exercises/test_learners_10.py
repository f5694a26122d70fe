"""Typical wrong answers to the exercises of chapter 10, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check

answers = Answers()


def agree(labels, ref_labels):
    return labels[:, None, :] == ref_labels[None, :, :]


@answers.wrong("shared_levels", "levels", "differ")
def levels_that_differ(labels, ref_labels):
    return (labels[:, None, :] != ref_labels[None, :, :]).sum(2)


@answers.wrong("shared_levels", "levels", "finest column only")
def same_instance(labels, ref_labels):
    return (labels[:, None, 0] == ref_labels[None, :, 0]).long()


@answers.wrong("shared_levels", "levels", "coarsest column only")
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


def sizes(levels):
    return (levels[:, :, None] == levels[:, None, :]).sum(2)


@answers.wrong("relevance", "normaliser", "class size is missing")
def not_shared_out(levels, alpha, num_levels):
    return torch.where(levels > 0, (levels / num_levels) ** alpha, 0.0)


@answers.wrong("relevance", "normaliser", "or finer")
def union_of_finer(levels, alpha, num_levels):
    finer = (levels[:, None, :] >= levels[:, :, None]).sum(2)
    return torch.where(levels > 0, (levels / num_levels) ** alpha / finer, 0.0)


@answers.wrong("relevance", "queries-mixed", "of its own")
def counted_over_queries(levels, alpha, num_levels):
    counts = torch.bincount(levels.flatten(), minlength=num_levels + 1)
    return torch.where(levels > 0, (levels / num_levels) ** alpha / counts[levels], 0.0)


@answers.wrong("relevance", "levels", "0⁰")
def zero_to_the_zero(levels, alpha, num_levels):
    return (levels / num_levels) ** alpha / sizes(levels)


@answers.wrong("relevance", "levels", "highest level that is present")
def highest_present(levels, alpha, num_levels):
    top = levels.amax(1, keepdim=True)
    return torch.where(levels > 0, (levels / top) ** alpha / sizes(levels), 0.0)


@answers.wrong("relevance", "levels", "published")
def published(levels, alpha, num_levels):
    return torch.where(levels > 0, (levels / (num_levels - 1)) ** alpha / sizes(levels), 0.0)


@answers.wrong("relevance", "levels", "α is not used")
def no_alpha(levels, alpha, num_levels):
    return torch.where(levels > 0, levels / num_levels / sizes(levels), 0.0)


@answers.wrong("relevance", "levels", "It is a power")
def times_alpha(levels, alpha, num_levels):
    return torch.where(levels > 0, alpha * levels / num_levels / sizes(levels), 0.0)


@answers.wrong("relevance", "dtype")
def whole_numbers(levels, alpha, num_levels):
    return levels // num_levels


@answers.wrong("relevance", "shape")
def one_per_level(levels, alpha, num_levels):
    level = torch.arange(1, num_levels + 1)
    count = (levels[:, :, None] == level).sum(1)
    return (level / num_levels) ** alpha / count.clamp(min=1)


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


@answers.wrong("h_ap", "ties", "`>=`")
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


def test_the_library_passes_its_own_exercises() -> None:
    from suprank_edu.metrics import h_ap
    from suprank_edu.relevance import relevance, shared_levels

    assert check("shared_levels", shared_levels).passed
    assert check("relevance", relevance).passed
    assert check("h_ap", lambda scores, relevances: h_ap(scores, (relevances > 0).long(), relevances=relevances)).passed
