"""Answers to the exercise `rank` by readers of the chapter."""

import numpy as np
import torch


def right_pairs(scores):
    # the item itself is among those that score at least as high: that is the 1
    return (scores[:, None, :] >= scores[:, :, None]).sum(dim=-1)


def right_loops(scores):
    ranks = torch.ones_like(scores, dtype=torch.long)
    queries, items = scores.shape
    for q in range(queries):
        for k in range(items):
            for j in range(items):
                if j != k and scores[q, j] >= scores[q, k]:
                    ranks[q, k] += 1
    return ranks


def right_others_masked(scores):
    at_least = scores.unsqueeze(1) >= scores.unsqueeze(2)
    others = ~torch.eye(scores.shape[1], dtype=torch.bool)
    return 1 + (at_least & others).sum(dim=2)


def right_searchsorted(scores):
    ascending = scores.sort(dim=1).values.contiguous()
    lower = torch.searchsorted(ascending, scores.contiguous())  # how many score lower
    return scores.shape[1] - lower


def right_numpy(scores):
    s = scores.numpy()
    return torch.from_numpy((s[:, None, :] >= s[:, :, None]).sum(axis=2).astype(np.float64))


def right_one_item_at_a_time(scores):
    columns = [(scores >= scores[:, k : k + 1]).sum(dim=1) for k in range(scores.shape[1])]
    return torch.stack(columns, dim=1).float()


def right_total_minus_lower(scores):
    lower = scores[..., None, :] < scores[..., :, None]
    return scores.shape[-1] - torch.einsum("qkj->qk", lower.long())


# Ties count for both: > is taken for ≥.
def wrong_strict(scores):
    return 1 + (scores[:, None, :] > scores[:, :, None]).sum(dim=2)


# argsort gives the item at each place, not the place of each item.
def wrong_argsort_once(scores):
    return scores.argsort(dim=1, descending=True) + 1


# The argsort of the argsort gives tied items different ranks.
def wrong_argsort_twice(scores):
    return scores.argsort(dim=1, descending=True).argsort(dim=1) + 1


# The item with the lowest score has rank 1.
def wrong_ascending(scores):
    return (scores[:, None, :] <= scores[:, :, None]).sum(dim=2)


# The pairs are added up over the wrong axis: counted is who scores at most as high.
def wrong_axis_of_the_sum(scores):
    return (scores[:, None, :] >= scores[:, :, None]).sum(dim=1)


# The item itself is counted, and the 1 is added as well.
def wrong_itself_twice(scores):
    return 1 + (scores[:, None, :] >= scores[:, :, None]).sum(dim=2)


# Ranks start at 0.
def wrong_from_zero(scores):
    return (scores[:, None, :] >= scores[:, :, None]).sum(dim=2) - 1


# All queries share one list.
def wrong_all_queries_together(scores):
    flat = scores.flatten()
    return (flat[None, :] >= flat[:, None]).sum(dim=1).reshape(scores.shape)


# The queries are ranked against one another, item by item.
def wrong_over_queries(scores):
    return (scores[None, :, :] >= scores[:, None, :]).sum(dim=1)


# Items of the same score are left out as if they were the item itself.
def wrong_equals_left_out(scores):
    higher = scores[:, None, :] >= scores[:, :, None]
    other = scores[:, None, :] != scores[:, :, None]
    return 1 + (higher & other).sum(dim=2)


# Tied items get their average rank.
def wrong_average_of_ties(scores):
    higher = (scores[:, None, :] > scores[:, :, None]).sum(dim=2)
    equal = (scores[:, None, :] == scores[:, :, None]).sum(dim=2)
    return 1 + higher + (equal - 1) / 2


# A tied group counts as one: distinct scores are counted, not items.
def wrong_dense(scores):
    rows = []
    for row in scores:
        values = row.unique()
        rows.append((values[None, :] >= row[:, None]).sum(dim=1))
    return torch.stack(rows)


# Scores that differ by little are taken for ties.
def wrong_tolerance(scores):
    return (scores[:, None, :] >= scores[:, :, None] - 1e-2).sum(dim=2)


# The ranks of the first query are given to all.
def wrong_first_query(scores):
    first = scores[0]
    return (first[None, :] >= first[:, None]).sum(dim=1).expand_as(scores)


# The sorted scores come back, not the ranks.
def wrong_sorted_scores(scores):
    return scores.sort(dim=1, descending=True).values


# A counter is not reset: it goes on from item to item.
def wrong_counter_not_reset(scores):
    out = torch.zeros_like(scores)
    for q in range(scores.shape[0]):
        count = 1
        for k in range(scores.shape[1]):
            for j in range(scores.shape[1]):
                if j != k and scores[q, j] >= scores[q, k]:
                    count += 1
            out[q, k] = count
    return out


# Only items further down the row are compared.
def wrong_each_pair_once(scores):
    out = torch.ones_like(scores)
    for k in range(scores.shape[1]):
        for j in range(k + 1, scores.shape[1]):
            out[:, k] += (scores[:, j] >= scores[:, k]).to(scores.dtype)
    return out


# Negative scores lose their sign.
def wrong_absolute(scores):
    size = scores.abs()
    return (size[:, None, :] >= size[:, :, None]).sum(dim=2)


# A list of lists comes back, not a tensor.
def wrong_list(scores):
    return [[1 + sum(b >= a for b in row) - 1 for a in row] for row in scores.tolist()]


# To save memory the scores are compared in half precision, where different scores tie.
def wrong_half_precision(scores):
    small = scores.half()
    return (small[:, None, :] >= small[:, :, None]).sum(dim=2)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "type": "list",
    "off-by-one": "itself_twice from_zero",
    "ties": "strict argsort_twice equals_left_out average_of_ties dense",
    "sign": "ascending axis_of_the_sum",
    "order": "argsort_once",
    "queries-mixed": "all_queries_together over_queries",
    "wrong": "tolerance first_query sorted_scores counter_not_reset each_pair_once absolute half_precision",
}
