"""Answers to the exercise `rank_plus` by readers of the chapter."""

import numpy as np
import torch

from suprank_edu.ranking import rank


def right_pairs(scores, relevant):
    at_least = scores[:, None, :] >= scores[:, :, None]  # (Q, k, j)
    return (at_least & relevant[:, None, :]).sum(dim=2)


def right_loops(scores, relevant):
    out = torch.zeros_like(scores)
    for q in range(scores.shape[0]):
        for k in range(scores.shape[1]):
            if relevant[q, k]:
                out[q, k] = 1
                for j in range(scores.shape[1]):
                    if j != k and relevant[q, j] and scores[q, j] >= scores[q, k]:
                        out[q, k] += 1
    return out


def right_minus_infinity(scores, relevant):
    only = scores.masked_fill(~relevant, float("-inf"))
    return (only.unsqueeze(1) >= only.unsqueeze(2)).sum(dim=-1)


def right_pushed_below(scores, relevant):
    below = scores.min() - 1
    return rank(torch.where(relevant, scores, below))


def right_einsum(scores, relevant):
    at_least = (scores[:, None, :] >= scores[:, :, None]).to(scores.dtype)
    others = 1 - torch.eye(scores.shape[1], dtype=scores.dtype)
    return 1 + torch.einsum("qkj,kj,qj->qk", at_least, others, relevant.to(scores.dtype))


def right_numpy_sorting(scores, relevant):
    out = np.zeros(scores.shape)
    for q, (row, kinds) in enumerate(zip(scores.detach().numpy(), relevant.numpy(), strict=True)):
        mine = np.sort(row[kinds])
        out[q] = len(mine) - np.searchsorted(mine, row, side="left")
    return torch.from_numpy(out)


# All items are counted: `relevant` is ignored.
def wrong_all_items(scores, relevant):
    return (scores[:, None, :] >= scores[:, :, None]).sum(dim=2)


# Ties count for both: > is taken for ≥.
def wrong_strict(scores, relevant):
    higher = scores[:, None, :] > scores[:, :, None]
    return 1 + (higher & relevant[:, None, :]).sum(dim=2)


# The negatives are counted, not the relevant.
def wrong_negatives(scores, relevant):
    at_least = scores[:, None, :] >= scores[:, :, None]
    return 1 + (at_least & ~relevant[:, None, :]).sum(dim=2)


# The mask lies on the item that is ranked, not on those that are counted.
def wrong_mask_on_k(scores, relevant):
    at_least = scores[:, None, :] >= scores[:, :, None]
    return (at_least & relevant[:, :, None]).sum(dim=2)


# The item itself is counted, and the 1 is added as well.
def wrong_itself_twice(scores, relevant):
    at_least = scores[:, None, :] >= scores[:, :, None]
    return 1 + (at_least & relevant[:, None, :]).sum(dim=2)


# The item itself is left out, and the 1 too: the best has 0.
def wrong_from_zero(scores, relevant):
    at_least = scores[:, None, :] >= scores[:, :, None]
    return (at_least & relevant[:, None, :]).sum(dim=2) - 1


# The negatives are given the score 0, which beats relevant items of negative score.
def wrong_zero_for_the_others(scores, relevant):
    return rank(scores * relevant)


# The negatives are given the score −1, which ties with a relevant item at −1.
def wrong_minus_one_for_the_others(scores, relevant):
    only = scores.masked_fill(~relevant, -1.0)
    return (only[:, None, :] >= only[:, :, None]).sum(dim=2)


# The argsort of the argsort gives tied items different ranks.
def wrong_argsort_twice(scores, relevant):
    only = scores.masked_fill(~relevant, float("-inf"))
    return only.argsort(dim=1, descending=True).argsort(dim=1) + 1


# argsort gives the item at each place, not the place of each item.
def wrong_argsort_once(scores, relevant):
    only = scores.masked_fill(~relevant, float("-inf"))
    return only.argsort(dim=1, descending=True) + 1


# The relevant items of all queries are put into one list.
def wrong_all_queries_together(scores, relevant):
    chosen = scores[relevant]
    out = torch.zeros_like(scores)
    out[relevant] = (chosen[None, :] >= chosen[:, None]).sum(dim=1).to(scores.dtype)
    return out


# What is relevant to the first query is taken as relevant to all.
def wrong_first_mask(scores, relevant):
    at_least = scores[:, None, :] >= scores[:, :, None]
    return (at_least & relevant[0]).sum(dim=2)


# The sum runs over the wrong axis: counted are the relevant items that score at most as high.
def wrong_axis(scores, relevant):
    at_least = scores[:, None, :] >= scores[:, :, None]
    return (at_least & relevant[:, :, None]).sum(dim=1)


# The lowest relevant item has rank 1.
def wrong_ascending(scores, relevant):
    at_most = scores[:, None, :] <= scores[:, :, None]
    return (at_most & relevant[:, None, :]).sum(dim=2)


# The exact rank times the share of relevant items.
def wrong_share(scores, relevant):
    return rank(scores) * relevant.double().mean(dim=1, keepdim=True)


# The exact rank is kept and only the entries of the others are set to 0.
def wrong_masked_afterwards(scores, relevant):
    return rank(scores) * relevant


# Only the relevant items of the row come back: the shape is lost.
def wrong_shape(scores, relevant):
    rows = []
    for row, kinds in zip(scores, relevant, strict=True):
        chosen = row[kinds]
        rows.append((chosen[None, :] >= chosen[:, None]).sum(dim=1))
    return torch.cat(rows)


# The running count of relevant items is in the order of the list, not of the gallery.
def wrong_order_of_the_list(scores, relevant):
    order = scores.argsort(dim=1, descending=True)
    return relevant.gather(1, order).cumsum(dim=1)


# The running count is put back in its place, yet tied items count one after another.
def wrong_running_count(scores, relevant):
    order = scores.argsort(dim=1, descending=True)
    count = relevant.gather(1, order).cumsum(dim=1)
    return torch.zeros_like(count).scatter(1, order, count)


# The negatives are given the lowest score of all, which a relevant item may have.
def wrong_lowest_score_for_the_others(scores, relevant):
    only = torch.where(relevant, scores, scores.min())
    return (only[:, None, :] >= only[:, :, None]).sum(dim=2)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "shape",
    "off-by-one": "itself_twice from_zero",
    "ties": "strict argsort_twice running_count",
    "sign": "axis ascending",
    "order": "argsort_once",
    "queries-mixed": "all_queries_together",
    "positives": "all_items negatives mask_on_k masked_afterwards",
    "negative-scores": "zero_for_the_others",
    "wrong": "minus_one_for_the_others first_mask share order_of_the_list lowest_score_for_the_others",
}
