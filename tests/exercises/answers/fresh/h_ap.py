"""Answers to the exercise `h_ap` by readers of the chapter."""

import numpy as np
import torch


def right_loops(scores, relevances):
    result = []
    for row, rel in zip(scores.tolist(), relevances.tolist(), strict=True):
        total = 0.0
        for k in range(len(row)):
            if rel[k] <= 0:
                continue
            h_rank, rank = rel[k], 1
            for j in range(len(row)):
                if j != k and row[j] >= row[k]:
                    h_rank += min(rel[k], rel[j])
                    rank += 1
            total += h_rank / rank
        result.append(total / sum(rel))
    return torch.tensor(result)


def right_pairs(scores, relevances):
    ahead = (scores[:, None, :] >= scores[:, :, None]).to(relevances.dtype)
    least = torch.minimum(relevances[:, None, :], relevances[:, :, None])
    h_rank = (ahead * least).sum(dim=2)
    rank = ahead.sum(dim=2)
    return (h_rank / rank).sum(dim=1) / relevances.sum(dim=1)


def right_sorted_row_by_row(scores, relevances):
    result = torch.zeros(len(scores), dtype=relevances.dtype)
    for q in range(len(scores)):
        order = scores[q].argsort(descending=True)
        s, r = scores[q][order], relevances[q][order]
        # last place of the own tie
        rank = torch.searchsorted(-s, -s, right=True)
        for k in range(len(s)):
            if r[k] > 0:
                result[q] += r[: rank[k]].clamp(max=r[k].item()).sum() / rank[k]
        result[q] /= r.sum()
    return result


def right_layers_of_ap(scores, relevances):
    # min(a, b) is the sum of the steps that both reach: an AP for each step of relevance
    ahead = scores[:, None, :] >= scores[:, :, None]
    rank = ahead.sum(dim=2)
    result = torch.zeros(len(scores), dtype=torch.float64)
    for q in range(len(scores)):
        below = 0.0
        for value in relevances[q].unique().tolist():
            if value <= 0:
                continue
            positive = relevances[q] >= value
            rank_plus = (ahead[q] & positive).sum(dim=1)
            result[q] += (value - below) * (rank_plus / rank[q])[positive].sum()
            below = value
        result[q] /= relevances[q].sum()
    return result


def right_numpy(scores, relevances):
    s, r = scores.double().numpy(), relevances.double().numpy()
    ahead = s[:, None, :] >= s[:, :, None]
    h_rank = np.einsum("qkj,qkj->qk", ahead, np.minimum(r[:, None], r[:, :, None]))
    terms = np.where(r > 0, h_rank / ahead.sum(2), 0)
    return torch.from_numpy(terms.sum(1) / r.sum(1))


def ahead_of(scores):
    return scores[:, None, :] >= scores[:, :, None]


def least_of(relevances):
    return torch.minimum(relevances[:, None, :], relevances[:, :, None])


# Adds the full relevance of those ahead instead of the smaller of the two.
def wrong_no_minimum(scores, relevances):
    ahead = ahead_of(scores)
    h_rank = (ahead * relevances[:, None, :]).sum(dim=2)
    terms = h_rank / ahead.sum(dim=2) * (relevances > 0)
    return terms.sum(dim=1) / relevances.sum(dim=1)


# Takes the larger of the two relevances instead of the smaller.
def wrong_maximum(scores, relevances):
    ahead = ahead_of(scores)
    most = torch.maximum(relevances[:, None, :], relevances[:, :, None])
    terms = (ahead * most).sum(dim=2) / ahead.sum(dim=2) * (relevances > 0)
    return terms.sum(dim=1) / relevances.sum(dim=1)


# Counts only strictly higher scores as ahead, in H-rank and rank: a tie does not count.
def wrong_strict(scores, relevances):
    ahead = scores[:, None, :] > scores[:, :, None]
    h_rank = relevances + (ahead * least_of(relevances)).sum(dim=2)
    rank = 1 + ahead.sum(dim=2)
    return (h_rank / rank).sum(dim=1) / relevances.sum(dim=1)


# Counts a tie in the rank, but not in H-rank.
def wrong_strict_in_h_rank(scores, relevances):
    ahead = scores[:, None, :] > scores[:, :, None]
    h_rank = relevances + (ahead * least_of(relevances)).sum(dim=2)
    return (h_rank / ahead_of(scores).sum(dim=2)).sum(dim=1) / relevances.sum(dim=1)


# Forgets the item's own relevance in H-rank.
def wrong_without_itself(scores, relevances):
    others = ahead_of(scores) & ~torch.eye(scores.shape[1], dtype=torch.bool)
    h_rank = (others * least_of(relevances)).sum(dim=2)
    return (h_rank / (1 + others.sum(dim=2))).sum(dim=1) / relevances.sum(dim=1)


# Adds the item's own relevance although the sum over all j holds it already.
def wrong_itself_twice(scores, relevances):
    ahead = ahead_of(scores)
    h_rank = relevances + (ahead * least_of(relevances)).sum(dim=2)
    return (h_rank / ahead.sum(dim=2)).sum(dim=1) / relevances.sum(dim=1)


# Starts the rank at 1 and counts the item itself once more.
def wrong_rank_one_too_large(scores, relevances):
    ahead = ahead_of(scores)
    h_rank = (ahead * least_of(relevances)).sum(dim=2)
    return (h_rank / (1 + ahead.sum(dim=2))).sum(dim=1) / relevances.sum(dim=1)


# Counts only relevant items in the rank, so mistakes on top cost nothing.
def wrong_rank_among_relevant(scores, relevances):
    ahead = ahead_of(scores) & (relevances > 0)[:, None, :]
    h_rank = (ahead * least_of(relevances)).sum(dim=2)
    terms = h_rank / ahead.sum(dim=2).clamp(min=1)
    return terms.sum(dim=1) / relevances.sum(dim=1)


# Divides by the number of relevant items instead of the sum of the relevances.
def wrong_divided_by_number(scores, relevances):
    ahead = ahead_of(scores)
    h_rank = (ahead * least_of(relevances)).sum(dim=2)
    return (h_rank / ahead.sum(dim=2)).sum(dim=1) / (relevances > 0).sum(dim=1)


# Forgets to divide by the sum of the relevances.
def wrong_not_normalised(scores, relevances):
    ahead = ahead_of(scores)
    return ((ahead * least_of(relevances)).sum(dim=2) / ahead.sum(dim=2)).sum(dim=1)


# Computes plain AP: any relevance above 0 counts as 1.
def wrong_plain_ap(scores, relevances):
    positive = relevances > 0
    ahead = ahead_of(scores)
    rank_plus = (ahead & positive[:, None, :]).sum(dim=2)
    terms = rank_plus / ahead.sum(dim=2) * positive
    return terms.sum(dim=1) / positive.sum(dim=1)


# Counts those with a lower score instead of those with a higher one.
def wrong_other_way_round(scores, relevances):
    ahead = scores[:, None, :] <= scores[:, :, None]
    h_rank = (ahead * least_of(relevances)).sum(dim=2)
    return (h_rank / ahead.sum(dim=2)).sum(dim=1) / relevances.sum(dim=1)


# Takes argsort for the ranks; it gives the items in order, not the rank of each.
def wrong_argsort_once(scores, relevances):
    rank = scores.argsort(dim=1, descending=True) + 1
    h_rank = (ahead_of(scores) * least_of(relevances)).sum(dim=2)
    return (h_rank / rank).sum(dim=1) / relevances.sum(dim=1)


# Takes ranks by sorting twice, which gives tied items different ranks.
def wrong_ties_in_order_of_place(scores, relevances):
    order = scores.argsort(dim=1, descending=True)
    r = relevances.gather(1, order)
    result = torch.zeros(len(scores), dtype=relevances.dtype)
    for k in range(scores.shape[1]):
        h_rank = torch.minimum(r[:, : k + 1], r[:, k : k + 1]).sum(dim=1)
        result += h_rank / (k + 1)
    return result / relevances.sum(dim=1)


# Weighs the precision by the relevance a second time.
def wrong_weighted_twice(scores, relevances):
    ahead = ahead_of(scores)
    h_rank = (ahead * least_of(relevances)).sum(dim=2)
    return (relevances * h_rank / ahead.sum(dim=2)).sum(dim=1) / relevances.sum(dim=1)


# Averages over the queries, although one number per query was asked.
def wrong_mean_over_queries(scores, relevances):
    ahead = ahead_of(scores)
    h_rank = (ahead * least_of(relevances)).sum(dim=2)
    return ((h_rank / ahead.sum(dim=2)).sum(dim=1) / relevances.sum(dim=1)).mean()


# Divides every query by the relevances of all queries together.
def wrong_sum_over_all_queries(scores, relevances):
    ahead = ahead_of(scores)
    h_rank = (ahead * least_of(relevances)).sum(dim=2)
    return (h_rank / ahead.sum(dim=2)).sum(dim=1) / relevances.sum()


# Sums over j and k exchanged: the sum runs over the items behind k, not ahead.
def wrong_axis(scores, relevances):
    ahead = ahead_of(scores)
    h_rank = (ahead * least_of(relevances)).sum(dim=1)
    return (h_rank / ahead.sum(dim=2)).sum(dim=1) / relevances.sum(dim=1)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "mean_over_queries",
    "off-by-one": "without_itself itself_twice rank_one_too_large",
    "ties": "strict strict_in_h_rank ties_in_order_of_place",
    "sign": "other_way_round",
    "order": "argsort_once",
    "queries-mixed": "sum_over_all_queries",
    "axis": "axis",
    "h-rank": "no_minimum maximum weighted_twice",
    "rank-plus": "rank_among_relevant",
    "normaliser": "divided_by_number not_normalised",
    "other-metric": "plain_ap",
}
