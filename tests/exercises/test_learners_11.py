"""Typical wrong answers to the exercises of chapter 11, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import EXERCISES, check
from suprank_edu.metrics import ndcg
from suprank_edu.relevance import relevance, relevance_from_weights

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


@answers.wrong("dcg", "non-finite", "log₂")
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


def first_levels(scores, levels):
    return levels.gather(1, scores.argmax(1, keepdim=True))[:, 0]


@answers.wrong("mild_mistakes", "normaliser", "all queries")
def among_all_queries(scores, levels, top):
    first = first_levels(scores, levels)
    return ((first > 0) & (first < top)).float().mean()


@answers.wrong("mild_mistakes", "levels", "no mistakes at all")
def right_ones_counted(scores, levels, top):
    return (first_levels(scores, levels) > 0).float().mean()


@answers.wrong("mild_mistakes", "levels", "are *not* mild")
def bad_ones(scores, levels, top):
    first = first_levels(scores, levels)
    return (first[first < top] == 0).float().mean()


@answers.wrong("mild_mistakes", "levels", "just below the top")
def next_level_alone(scores, levels, top):
    first = first_levels(scores, levels)
    return (first[first < top] == top - 1).float().mean()


@answers.wrong("mild_mistakes", "normaliser", "number of queries")
def a_count(scores, levels, top):
    first = first_levels(scores, levels)
    return ((first > 0) & (first < top)).sum()


@answers.wrong("mild_mistakes", "other-metric", "1 − R@1")
def share_of_mistakes(scores, levels, top):
    return (first_levels(scores, levels) < top).float().mean()


@answers.wrong("mild_mistakes", "order", "the first of each list")
def every_item(scores, levels, top):
    return (levels[levels < top] > 0).float().mean()


@answers.wrong("mild_mistakes", "sign", "the last item")
def the_last_item(scores, levels, top):
    return EXERCISES["mild_mistakes"].truth(-scores, levels, top)


@answers.wrong("mild_mistakes", "type", "one number")
def a_list(scores, levels, top):
    return first_levels(scores, levels).tolist()


@answers.wrong("weighted_relevance", "weights", "wrong end")
def coarsest_first(levels, weights):
    return relevance_from_weights(levels, weights.flip(0).tolist())


@answers.wrong("weighted_relevance", "other-metric", "E12")
def shares_of_a_level(levels, weights):
    return relevance(levels, num_levels=len(weights))


@answers.wrong("weighted_relevance", "levels", "own level only")
def own_level_alone(levels, weights):
    total = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        total = total + weight * (levels == p) / (levels >= p).sum(1, keepdim=True)
    return total


@answers.wrong("weighted_relevance", "normaliser", "exactly p")
def sizes_of_a_level(levels, weights):
    total = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        total = total + weight * (levels >= p) / (levels == p).sum(1, keepdim=True)
    return total


@answers.wrong("weighted_relevance", "normaliser", "not divided")
def not_shared_out(levels, weights):
    return sum(weight * (levels >= p) for p, weight in enumerate(weights.flip(0), start=1))


@answers.wrong("weighted_relevance", "shape", "keeps the axis")
def axis_lost(levels, weights):
    total = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        total = total + weight * (levels >= p).sum(dim=0) / (levels >= p).sum()
    return total.sum(1)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_library_passes_the_exercise_on_relevances() -> None:
    assert check("weighted_relevance", lambda levels, weights: relevance_from_weights(levels, weights.tolist())).passed


def test_the_truth_of_dcg_is_that_of_the_metric() -> None:
    generator = torch.Generator().manual_seed(0)
    scores = torch.randint(0, 6, (20, 9), generator=generator).double() / 5  # with ties
    levels = torch.randint(0, 4, (20, 9), generator=generator)
    levels[:, 0] = 3
    dcg = EXERCISES["dcg"].truth
    best = dcg(-torch.arange(9.0).expand(20, 9), levels.sort(1, descending=True).values)
    assert torch.allclose(dcg(scores, levels) / best, ndcg(scores, levels).double())
