"""Answers to the exercise `ndcg_at_k` by readers of the chapter."""

import math

import numpy as np
import torch


def right_loops(scores, levels, k):
    result = []
    for row, own in zip(scores.tolist(), levels.tolist(), strict=True):
        listed = [level for _, level in sorted(zip(row, own, strict=True), reverse=True)]
        best = sorted(own, reverse=True)
        got = sum((2**level - 1) / math.log2(place + 2) for place, level in enumerate(listed[:k]))
        most = sum((2**level - 1) / math.log2(place + 2) for place, level in enumerate(best[:k]))
        result.append(got / most)
    return torch.tensor(result)


def right_topk(scores, levels, k):
    discount = 1 / torch.arange(2, k + 2).double().log2()
    shown = levels.gather(1, scores.topk(k, dim=1).indices).double()
    best = levels.topk(k, dim=1).values.double()
    return (torch.exp2(shown) - 1) @ discount / ((torch.exp2(best) - 1) @ discount)


def right_numpy(scores, levels, k):
    s, own = scores.numpy(), levels.numpy()
    shown = np.take_along_axis(own, np.argsort(-s, axis=1), axis=1)[:, :k]
    best = -np.sort(-own, axis=1)[:, :k]
    discount = np.log2(np.arange(2, k + 2))
    return torch.from_numpy(((2.0**shown - 1) / discount).sum(1) / ((2.0**best - 1) / discount).sum(1))


def right_from_ranks(scores, levels, k):
    rank = (scores[:, None, :] >= scores[:, :, None]).sum(2)
    got = ((2.0**levels - 1) / torch.log2(1.0 + rank) * (rank <= k)).sum(1)
    places = torch.arange(1, levels.shape[1] + 1)
    best = 2.0 ** levels.sort(dim=1, descending=True)[0] - 1
    return got / (best / torch.log2(1.0 + places) * (places <= k)).sum(1)


def dcg(listed, k):
    return ((2.0 ** listed[:, :k] - 1) / torch.log2(torch.arange(k) + 2.0)).sum(1)


def in_order(scores, levels):
    return levels.gather(1, scores.argsort(dim=1, descending=True))


def high_first(levels):
    return levels.sort(dim=1, descending=True).values


# Leaves the shop's lie in: the ideal is the best order of the k items that were shown.
def wrong_ideal_of_the_shown(scores, levels, k):
    shown = in_order(scores, levels)[:, :k]
    return dcg(shown, k) / dcg(high_first(shown), k)


# Takes the ideal of the whole gallery over all its places, not over k.
def wrong_ideal_not_cut(scores, levels, k):
    return dcg(in_order(scores, levels), k) / dcg(high_first(levels), levels.shape[1])


# Takes the first k levels as they are stored for the ideal.
def wrong_ideal_not_sorted(scores, levels, k):
    return dcg(in_order(scores, levels), k) / dcg(levels, k)


# Does not divide by the ideal at all.
def wrong_no_ideal(scores, levels, k):
    return dcg(in_order(scores, levels), k)


# Forgets k: the NDCG of the whole list.
def wrong_whole_list(scores, levels, k):
    return dcg(in_order(scores, levels), levels.shape[1]) / dcg(high_first(levels), levels.shape[1])


# Takes the level for the gain.
def wrong_level_as_gain(scores, levels, k):
    discount = torch.log2(torch.arange(k) + 2.0)
    got = (in_order(scores, levels)[:, :k] / discount).sum(1)
    return got / (high_first(levels)[:, :k] / discount).sum(1)


# Sorts ascending: judges the k worst.
def wrong_ascending(scores, levels, k):
    return dcg(levels.gather(1, scores.argsort(dim=1)), k) / dcg(high_first(levels), k)


# Does not sort by score: judges the first k as stored.
def wrong_not_sorted(scores, levels, k):
    return dcg(levels, k) / dcg(high_first(levels), k)


# Divides by the place instead of its logarithm.
def wrong_divided_by_place(scores, levels, k):
    places = torch.arange(k) + 1
    got = ((2.0 ** in_order(scores, levels)[:, :k] - 1) / places).sum(1)
    return got / ((2.0 ** high_first(levels)[:, :k] - 1) / places).sum(1)


# Averages the queries into one number.
def wrong_mean_of_queries(scores, levels, k):
    return (dcg(in_order(scores, levels), k) / dcg(high_first(levels), k)).mean()


# Starts the discount at log2(1), which is 0, and divides by it.
def wrong_logarithm_of_one(scores, levels, k):
    discount = torch.log2(torch.arange(k) + 1.0)
    got = ((2.0 ** in_order(scores, levels)[:, :k] - 1) / discount).sum(1)
    return got / ((2.0 ** high_first(levels)[:, :k] - 1) / discount).sum(1)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "mean_of_queries",
    "non-finite": "logarithm_of_one",
    "normaliser": "ideal_of_the_shown ideal_not_cut ideal_not_sorted no_ideal",
    "other-metric": "whole_list",
    "levels": "level_as_gain",
    "sign": "ascending",
    "order": "not_sorted",
    "term": "divided_by_place",
}
