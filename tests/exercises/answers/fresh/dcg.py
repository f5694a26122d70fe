"""Answers to the exercise `dcg` by readers of the chapter."""

import math

import numpy as np
import torch


def right_loops(scores, levels):
    result = []
    for row, own in zip(scores.tolist(), levels.tolist(), strict=True):
        total = 0.0
        for score, level in zip(row, own, strict=True):
            rank = sum(other >= score for other in row)
            total += (2**level - 1) / math.log2(1 + rank)
        result.append(total)
    return torch.tensor(result)


def right_pairs(scores, levels):
    rank = (scores[:, None, :] >= scores[:, :, None]).sum(dim=-1)
    return ((2.0**levels - 1) / torch.log2(1.0 + rank)).sum(dim=1)


def right_sorted(scores, levels):
    ascending = scores.sort(dim=1).values
    below = torch.searchsorted(ascending, scores.contiguous())
    rank = scores.shape[1] - below
    discount = 1 / (1 + rank).double().log2()
    return torch.einsum("qg,qg->q", torch.exp2(levels.double()) - 1, discount)


def right_numpy(scores, levels):
    result = []
    for s, level in zip(scores.numpy(), levels.numpy(), strict=True):
        rank = len(s) - np.searchsorted(np.sort(s), s, side="left")
        result.append(np.sum((np.exp2(level) - 1) / np.log2(1 + rank)))
    return torch.tensor(np.array(result))


def right_level_by_level(scores, levels):
    # the gain of level l is 1 + 2 + … + 2^(l−1)
    rank = (scores.unsqueeze(1) >= scores.unsqueeze(2)).sum(dim=2)
    discount = math.log(2) / torch.log1p(rank.double())
    total = torch.zeros(len(scores), dtype=torch.float64)
    for level in range(1, int(levels.max()) + 1):
        total += 2 ** (level - 1) * (discount * (levels >= level)).sum(dim=1)
    return total


def rank_of(scores):
    return (scores[:, None, :] >= scores[:, :, None]).sum(dim=-1)


# Takes the level itself for the gain instead of 2^l − 1.
def wrong_level_as_gain(scores, levels):
    return (levels / torch.log2(1.0 + rank_of(scores))).sum(dim=1)


# Takes 2^l for the gain, so an item that shares nothing earns something too.
def wrong_without_minus_one(scores, levels):
    return (2.0**levels / torch.log2(1.0 + rank_of(scores))).sum(dim=1)


# Takes the gain 2^(l − 1), with the 1 in the exponent.
def wrong_one_in_the_exponent(scores, levels):
    return (2.0 ** (levels - 1) / torch.log2(1.0 + rank_of(scores))).sum(dim=1)


# Writes `^` for the power, which is the exclusive or of the bits.
def wrong_exclusive_or(scores, levels):
    gain = (2 ^ levels) - 1
    return (gain / torch.log2(1.0 + rank_of(scores))).sum(dim=1)


# Takes the natural logarithm instead of the one to base 2.
def wrong_natural_logarithm(scores, levels):
    return ((2.0**levels - 1) / torch.log(1.0 + rank_of(scores))).sum(dim=1)


# Forgets the 1 in the logarithm, which makes the first item's discount 0.
def wrong_log_of_rank(scores, levels):
    return ((2.0**levels - 1) / torch.log2(rank_of(scores).float())).sum(dim=1)


# Takes log2(2 + rank), as for ranks that begin at 0, with ranks that begin at 1.
def wrong_two_plus_rank(scores, levels):
    return ((2.0**levels - 1) / torch.log2(2.0 + rank_of(scores))).sum(dim=1)


# Divides by the rank instead of by its logarithm.
def wrong_no_logarithm(scores, levels):
    return ((2.0**levels - 1) / rank_of(scores)).sum(dim=1)


# Gives tied items the best of their ranks instead of the worst.
def wrong_best_rank_of_a_tie(scores, levels):
    rank = 1 + (scores[:, None, :] > scores[:, :, None]).sum(dim=-1)
    return ((2.0**levels - 1) / torch.log2(1.0 + rank)).sum(dim=1)


# Gives tied items the mean of their ranks instead of the worst.
def wrong_mean_rank_of_a_tie(scores, levels):
    best = 1 + (scores[:, None, :] > scores[:, :, None]).sum(dim=-1)
    rank = (best + rank_of(scores)) / 2
    return ((2.0**levels - 1) / torch.log2(1 + rank)).sum(dim=1)


# Gives tied items different ranks, in the order in which the sort leaves them.
def wrong_ties_by_place(scores, levels):
    order = scores.argsort(dim=1, descending=True, stable=True)
    gains = 2.0 ** levels.gather(1, order) - 1
    places = torch.arange(1, scores.shape[1] + 1)
    return (gains / torch.log2(1.0 + places)).sum(dim=1)


# Takes a single argsort for the ranks.
def wrong_argsort_once(scores, levels):
    rank = scores.argsort(dim=1, descending=True) + 1
    return ((2.0**levels - 1) / torch.log2(1.0 + rank)).sum(dim=1)


# Sorts ascending: the lowest score gets rank 1.
def wrong_ascending(scores, levels):
    rank = (scores[:, None, :] <= scores[:, :, None]).sum(dim=-1)
    return ((2.0**levels - 1) / torch.log2(1.0 + rank)).sum(dim=1)


# Divides by the ideal DCG: that is NDCG, not DCG.
def wrong_normalised(scores, levels):
    dcg = ((2.0**levels - 1) / torch.log2(1.0 + rank_of(scores))).sum(dim=1)
    best = 2.0 ** levels.sort(dim=1, descending=True).values - 1
    ideal = (best / torch.log2(2.0 + torch.arange(levels.shape[1]))).sum(dim=1)
    return dcg / ideal


# Takes the mean over the items instead of the sum.
def wrong_mean(scores, levels):
    return ((2.0**levels - 1) / torch.log2(1.0 + rank_of(scores))).mean(dim=1)


# Adds up all queries into one number.
def wrong_sum_over_queries(scores, levels):
    return ((2.0**levels - 1) / torch.log2(1.0 + rank_of(scores))).sum()


# Ranks each item among the queries instead of among the items of its query.
def wrong_ranked_down_the_columns(scores, levels):
    rank = (scores[None, :, :] >= scores[:, None, :]).sum(dim=1)
    return ((2.0**levels - 1) / torch.log2(1.0 + rank)).sum(dim=1)


# Does not count the item itself, so the ranks begin at 0.
def wrong_rank_from_zero(scores, levels):
    rank = (scores[:, None, :] > scores[:, :, None]).sum(dim=-1)
    return ((2.0**levels - 1) / torch.log2(1.0 + rank)).sum(dim=1)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "sum_over_queries",
    "non-finite": "log_of_rank rank_from_zero",
    "off-by-one": "two_plus_rank",
    "ties": "best_rank_of_a_tie mean_rank_of_a_tie ties_by_place",
    "sign": "ascending",
    "order": "argsort_once",
    "axis": "ranked_down_the_columns",
    "levels": "level_as_gain without_minus_one one_in_the_exponent exclusive_or",
    "term": "natural_logarithm no_logarithm",
    "normaliser": "normalised mean",
}
