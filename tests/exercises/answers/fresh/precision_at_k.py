"""Answers to the exercise `precision_at_k` by readers of the chapter."""

import numpy as np
import torch


def right_gather(scores, relevant, k):
    best = scores.topk(k, dim=1).indices
    return relevant.gather(1, best).float().mean(dim=1)


def right_loops(scores, relevant, k):
    out = []
    for row, kinds in zip(scores.tolist(), relevant.tolist(), strict=True):
        order = sorted(range(len(row)), key=lambda i: row[i], reverse=True)
        out.append(sum(kinds[i] for i in order[:k]) / k)
    return torch.tensor(out)


def right_ranks_by_pairs(scores, relevant, k):
    ranks = (scores[:, None, :] >= scores[:, :, None]).sum(dim=2)
    return ((ranks <= k) & relevant).sum(dim=1) / k


def right_threshold(scores, relevant, k):
    kth = scores.sort(dim=1, descending=True).values[:, k - 1 : k]
    return (relevant & (scores >= kth)).double().sum(dim=1) / k


def right_numpy(scores, relevant, k):
    order = np.argsort(-scores.numpy(), axis=1)[:, :k]
    return torch.from_numpy(np.take_along_axis(relevant.numpy(), order, axis=1).mean(axis=1))


def right_double_argsort(scores, relevant, k):
    place = scores.argsort(dim=1, descending=True).argsort(dim=1)
    return torch.einsum("qg,qg->q", relevant.double(), (place < k).double()) / k


# The first k columns are taken: the scores are not sorted.
def wrong_not_sorted(scores, relevant, k):
    return relevant[:, :k].float().mean(dim=1)


# The k lowest scores are taken.
def wrong_ascending(scores, relevant, k):
    best = scores.argsort(dim=1)[:, :k]
    return relevant.gather(1, best).float().mean(dim=1)


# Divided by the number of relevant items: that is recall.
def wrong_recall(scores, relevant, k):
    hits = relevant.gather(1, scores.topk(k).indices).sum(dim=1)
    return hits / relevant.sum(dim=1).clamp(min=1)


# Divided by the number of relevant items where that is smaller than k.
def wrong_best_possible(scores, relevant, k):
    hits = relevant.gather(1, scores.topk(k).indices).sum(dim=1)
    return hits / relevant.sum(dim=1).clamp(min=1, max=k)


# Divided by the size of the gallery.
def wrong_divided_by_gallery(scores, relevant, k):
    hits = relevant.gather(1, scores.topk(k).indices).sum(dim=1)
    return hits / scores.shape[1]


# The number of hits, not their share.
def wrong_count(scores, relevant, k):
    return relevant.gather(1, scores.topk(k).indices).sum(dim=1).float()


# Integer division: 0 or 1 comes out.
def wrong_integer_division(scores, relevant, k):
    return relevant.gather(1, scores.topk(k).indices).sum(dim=1) // k


# Whether there is any hit: that is recall at k as retrieval reports it.
def wrong_any_hit(scores, relevant, k):
    return relevant.gather(1, scores.topk(k).indices).any(dim=1).float()


# The argsort is taken for the ranks: it gives the item at each place, not the place of each item.
def wrong_argsort_once(scores, relevant, k):
    place = scores.argsort(dim=1, descending=True)
    return ((place < k) & relevant).sum(dim=1) / k


# One item too many: places count from 0, yet the place k is let in.
def wrong_one_too_many(scores, relevant, k):
    place = scores.argsort(dim=1, descending=True).argsort(dim=1)
    return ((place <= k) & relevant).sum(dim=1) / k


# One item too few: only what scores above the k-th is counted.
def wrong_strictly_above_kth(scores, relevant, k):
    kth = scores.topk(k, dim=1).values[:, -1:]
    return (relevant & (scores > kth)).sum(dim=1) / k


# One mean over all queries.
def wrong_mean_over_queries(scores, relevant, k):
    return relevant.gather(1, scores.topk(k).indices).float().mean()


# The queries share one list of k.
def wrong_one_list_for_all(scores, relevant, k):
    kth = scores.flatten().topk(k).values[-1]
    return (relevant & (scores >= kth)).sum(dim=1) / k


# The list of the first query is used for every query.
def wrong_first_query(scores, relevant, k):
    best = scores[0].topk(k).indices
    return relevant[:, best].float().mean(dim=1)


# The sort runs over the queries, not over the gallery.
def wrong_sorted_over_queries(scores, relevant, k):
    order = scores.argsort(dim=0, descending=True)
    return relevant.gather(0, order)[:, :k].float().mean(dim=1)


# The others are set to 0, which beats the negative scores of relevant items.
def wrong_masked_by_product(scores, relevant, k):
    best = (scores * relevant).topk(k, dim=1).indices
    return relevant.gather(1, best).float().mean(dim=1)


# Average precision of the first k, not precision at k.
def wrong_average_precision(scores, relevant, k):
    hits = relevant.gather(1, scores.topk(k).indices).float()
    precision = hits.cumsum(dim=1) / torch.arange(1, k + 1)
    return (precision * hits).sum(dim=1) / hits.sum(dim=1).clamp(min=1)


# k is ignored: 5 stands in the code.
def wrong_fixed_k(scores, relevant, k):
    best = scores.argsort(dim=1, descending=True)[:, :5]
    return relevant.gather(1, best).float().mean(dim=1)


# The loop stops before the last query.
def wrong_last_query_forgotten(scores, relevant, k):
    out = []
    for i in range(len(scores) - 1):
        best = scores[i].topk(k).indices
        out.append(relevant[i, best].float().mean().item())
    return torch.tensor(out)


# The hits are looked up in the first row of `relevant` for every query.
def wrong_first_row_of_relevant(scores, relevant, k):
    best = scores.topk(k, dim=1).indices
    return relevant[0][best].float().mean(dim=1)


# The scores of the caller are sorted in place.
def wrong_in_place(scores, relevant, k):
    best = []
    for _ in range(k):
        top = scores.argmax(dim=1, keepdim=True)
        best.append(relevant.gather(1, top))
        scores.scatter_(1, top, float("-inf"))
    return torch.cat(best, dim=1).float().mean(dim=1)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "mean_over_queries last_query_forgotten",
    "off-by-one": "one_too_many strictly_above_kth",
    "sign": "ascending",
    "order": "not_sorted argsort_once",
    "queries-mixed": "first_query",
    "normaliser": "recall best_possible divided_by_gallery count",
    "other-metric": "any_hit average_precision",
    "in-place": "in_place",
    "wrong": ("integer_division one_list_for_all sorted_over_queries masked_by_product fixed_k first_row_of_relevant"),
}
