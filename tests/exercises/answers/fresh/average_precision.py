"""Answers to the exercise `average_precision` by readers of the chapter."""

import numpy as np
import torch


def right_loops(scores, relevant):
    result = []
    for row, marks in zip(scores.tolist(), relevant.tolist(), strict=True):
        terms = []
        for score, mark in zip(row, marks, strict=True):
            if mark:
                rank = sum(s >= score for s in row)
                rank_plus = sum(s >= score for s, m in zip(row, marks, strict=True) if m)
                terms.append(rank_plus / rank)
        result.append(sum(terms) / len(terms))
    return torch.tensor(result)


def right_pairs(scores, relevant):
    ahead = scores[:, None, :] >= scores[:, :, None]
    rank = ahead.sum(dim=2)
    rank_plus = (ahead & relevant[:, None, :]).sum(dim=2)
    return (rank_plus / rank * relevant).sum(dim=1) / relevant.sum(dim=1)


def right_two_searches(scores, relevant):
    result = torch.zeros(len(scores), dtype=torch.float64)
    for q in range(len(scores)):
        positive = scores[q][relevant[q]].sort().values
        everything = scores[q].sort().values
        rank = len(everything) - torch.searchsorted(everything, positive)
        rank_plus = len(positive) - torch.searchsorted(positive, positive)
        result[q] = (rank_plus.double() / rank).mean()
    return result


def right_einsum(scores, relevant):
    ahead = (scores.unsqueeze(1) >= scores.unsqueeze(2)).double()
    mark = relevant.double()
    rank_plus = torch.einsum("qkj,qj->qk", ahead, mark)
    precision = rank_plus / ahead.sum(dim=-1)
    return torch.einsum("qk,qk->q", precision, mark / mark.sum(dim=1, keepdim=True))


def right_numpy(scores, relevant):
    # sort by score, and within a tie put the wrong ones first; then every item takes the last place of its tie
    result = []
    for s, m in zip(scores.numpy(), relevant.numpy(), strict=True):
        order = np.argsort(-s, kind="stable")
        s, m = s[order], m[order].astype(float)
        last = np.searchsorted(-s, -s, side="right") - 1
        precision = (np.cumsum(m) / np.arange(1, len(s) + 1))[last]
        result.append((precision * m).sum() / m.sum())
    return torch.tensor(np.array(result))


def ahead_of(scores):
    return scores[:, None, :] >= scores[:, :, None]


# Counts only strictly higher scores, so a tie costs nothing.
def wrong_strict(scores, relevant):
    ahead = scores[:, None, :] > scores[:, :, None]
    rank = 1 + ahead.sum(dim=2)
    rank_plus = 1 + (ahead & relevant[:, None, :]).sum(dim=2)
    return (rank_plus / rank * relevant).sum(dim=1) / relevant.sum(dim=1)


# Breaks ties by place in the list, as a sort does.
def wrong_ties_by_place(scores, relevant):
    order = scores.argsort(dim=1, descending=True, stable=True)
    marks = relevant.gather(1, order).float()
    precision = marks.cumsum(dim=1) / torch.arange(1, marks.shape[1] + 1)
    return (precision * marks).sum(dim=1) / marks.sum(dim=1)


# Averages over all items instead of the relevant ones.
def wrong_mean_over_all_items(scores, relevant):
    ahead = ahead_of(scores)
    precision = (ahead & relevant[:, None, :]).sum(dim=2) / ahead.sum(dim=2)
    return precision.mean(dim=1)


# Adds up the relevant items' terms but divides by the size of the gallery.
def wrong_divided_by_gallery(scores, relevant):
    ahead = ahead_of(scores)
    precision = (ahead & relevant[:, None, :]).sum(dim=2) / ahead.sum(dim=2)
    return (precision * relevant).mean(dim=1)


# Forgets to divide by the number of relevant items.
def wrong_sum(scores, relevant):
    ahead = ahead_of(scores)
    precision = (ahead & relevant[:, None, :]).sum(dim=2) / ahead.sum(dim=2)
    return (precision * relevant).sum(dim=1)


# Puts rank over rank⁺.
def wrong_upside_down(scores, relevant):
    ahead = ahead_of(scores)
    rank_plus = (ahead & relevant[:, None, :]).sum(dim=2).clamp(min=1)
    terms = ahead.sum(dim=2) / rank_plus
    return (terms * relevant).sum(dim=1) / relevant.sum(dim=1)


# Takes 1 / rank for each relevant item, without rank⁺.
def wrong_reciprocal_rank(scores, relevant):
    rank = ahead_of(scores).sum(dim=2)
    return (relevant / rank).sum(dim=1) / relevant.sum(dim=1)


# Ranks ascending: the lowest score comes first.
def wrong_ascending(scores, relevant):
    behind = scores[:, None, :] <= scores[:, :, None]
    precision = (behind & relevant[:, None, :]).sum(dim=2) / behind.sum(dim=2)
    return (precision * relevant).sum(dim=1) / relevant.sum(dim=1)


# Takes one argsort for the ranks.
def wrong_argsort_once(scores, relevant):
    rank = scores.argsort(dim=1, descending=True) + 1
    rank_plus = (ahead_of(scores) & relevant[:, None, :]).sum(dim=2)
    return (rank_plus / rank * relevant).sum(dim=1) / relevant.sum(dim=1)


# Counts a tie in the rank, but not in rank⁺.
def wrong_strict_in_rank_plus(scores, relevant):
    higher = scores[:, None, :] > scores[:, :, None]
    rank_plus = 1 + (higher & relevant[:, None, :]).sum(dim=2)
    terms = rank_plus / ahead_of(scores).sum(dim=2) * relevant
    return terms.sum(dim=1) / relevant.sum(dim=1)


# Averages over the queries too.
def wrong_mean_over_queries(scores, relevant):
    ahead = ahead_of(scores)
    precision = (ahead & relevant[:, None, :]).sum(dim=2) / ahead.sum(dim=2)
    return ((precision * relevant).sum(dim=1) / relevant.sum(dim=1)).mean()


# Averages over all relevant items of all queries at once.
def wrong_pooled(scores, relevant):
    ahead = ahead_of(scores)
    precision = (ahead & relevant[:, None, :]).sum(dim=2) / ahead.sum(dim=2)
    return (precision * relevant).sum(dim=1) / relevant.sum()


# Divides the sum of rank⁺ by the sum of ranks instead of taking the mean of the fractions.
def wrong_fraction_of_sums(scores, relevant):
    ahead = ahead_of(scores)
    rank_plus = (ahead & relevant[:, None, :]).sum(dim=2) * relevant
    return rank_plus.sum(dim=1) / (ahead.sum(dim=2) * relevant).sum(dim=1)


# Lets the ranks begin at 0 for the first item and puts a 1 only into rank⁺.
def wrong_rank_without_itself(scores, relevant):
    ahead = ahead_of(scores)
    rank = ahead.sum(dim=2) - 1
    rank_plus = (ahead & relevant[:, None, :]).sum(dim=2)
    return (rank_plus / rank.clamp(min=1) * relevant).sum(dim=1) / relevant.sum(dim=1)


# Takes the precision at P, the number of relevant items, instead of the mean of precisions.
def wrong_r_precision(scores, relevant):
    order = scores.argsort(dim=1, descending=True)
    marks = relevant.gather(1, order)
    p = relevant.sum(dim=1, keepdim=True)
    within = torch.arange(scores.shape[1]) < p
    return (marks & within).sum(dim=1) / p[:, 0]


# Sums the table over k instead of j: counts those behind an item, not those ahead.
def wrong_axis(scores, relevant):
    ahead = ahead_of(scores)
    rank_plus = (ahead & relevant[:, None, :]).sum(dim=1)
    terms = rank_plus / ahead.sum(dim=1) * relevant
    return terms.sum(dim=1) / relevant.sum(dim=1)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "mean_over_queries",
    "off-by-one": "rank_without_itself",
    "ties": "strict ties_by_place strict_in_rank_plus",
    "sign": "ascending",
    "order": "argsort_once",
    "queries-mixed": "pooled",
    "positives": "mean_over_all_items",
    "rank-plus": "reciprocal_rank",
    "sum": "upside_down fraction_of_sums",
    "normaliser": "divided_by_gallery sum",
    "other-metric": "r_precision",
    "wrong": "axis",
}
