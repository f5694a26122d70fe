"""Answers to the exercise `sup_ap` by readers of the chapter."""

import torch

from suprank_edu.metrics import average_precision
from suprank_edu.ranking import rank as exact_rank
from suprank_edu.ranking import sup_rank


def right_masked(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    ratio = torch.where(relevant, rank_plus / rank, 0.0)
    count = relevant.sum(dim=1)
    loss = 1 - ratio.sum(dim=1) / count.clamp(min=1)
    return torch.where(count > 0, loss, 0.0)


def right_loops(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    losses = []
    for q in range(len(scores)):
        chosen = [k for k in range(scores.shape[1]) if relevant[q, k]]
        if not chosen:
            losses.append((scores[q] * 0).sum())
            continue
        total = sum(rank_plus[q, k] / rank[q, k] for k in chosen)
        losses.append(1 - total / len(chosen))
    return torch.stack(losses)


def right_rest_of_each(scores, relevant):
    # the mean of what is missing to 1: without positives nothing is missing
    rank, rank_plus = sup_rank(scores, relevant)
    missing = (1 - rank_plus / rank).masked_fill(~relevant, 0)
    return missing.sum(dim=1) / relevant.sum(dim=1).clamp(min=1)


def right_row_by_row(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    rows = []
    for r, plus, kinds in zip(rank, rank_plus, relevant, strict=True):
        if kinds.any():
            rows.append(1 - (plus[kinds] / r[kinds]).mean())
        else:
            rows.append(torch.zeros((), dtype=scores.dtype))
    return torch.stack(rows)


def right_weights(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    weights = relevant.to(scores.dtype)
    weights = weights / weights.sum(dim=1, keepdim=True).clamp(min=1)
    ratio = rank_plus.masked_fill(~relevant, 0) / rank.masked_fill(~relevant, 1)
    return weights.sum(dim=1) - torch.einsum("qg,qg->q", weights, ratio)


def right_index_add(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    q, k = relevant.nonzero(as_tuple=True)
    count = relevant.sum(dim=1)
    lost = (1 - rank_plus[q, k] / rank[q, k]) / count[q]
    return torch.zeros(len(scores), dtype=scores.dtype).index_add(0, q, lost)


def right_nan_replaced(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    loss = 1 - (rank_plus / rank * relevant).sum(dim=1) / relevant.sum(dim=1)
    return loss.nan_to_num(0.0)


# The mean runs over the whole gallery, not over the relevant items.
def wrong_mean_over_all(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    return 1 - (rank_plus / rank * relevant).mean(dim=1)


# The items that are not relevant take part in the mean.
def wrong_relevant_ignored(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    return 1 - (rank_plus / rank).mean(dim=1)


# The sum, not the mean, is taken off.
def wrong_sum(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    return 1 - (rank_plus / rank * relevant).sum(dim=1)


# A query without relevant items is 0/0: NaN.
def wrong_nan(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    return 1 - (rank_plus / rank * relevant).sum(dim=1) / relevant.sum(dim=1)


# A query without relevant items has loss 1.
def wrong_one_without_positives(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    return 1 - (rank_plus / rank * relevant).sum(dim=1) / relevant.sum(dim=1).clamp(min=1)


# The queries without relevant items are left out: the shape is lost.
def wrong_dropped(scores, relevant):
    some = relevant.any(dim=1)
    rank, rank_plus = sup_rank(scores[some], relevant[some])
    return 1 - (rank_plus / rank * relevant[some]).sum(dim=1) / relevant[some].sum(dim=1)


# The ratio is upside down.
def wrong_upside_down(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    ratio = (rank / rank_plus.clamp(min=1)).masked_fill(~relevant, 0)
    mean = ratio.sum(dim=1) / relevant.sum(dim=1).clamp(min=1)
    return torch.where(relevant.any(dim=1), 1 - mean, 0.0)


# The 1 − is forgotten: this is to be made large, not small.
def wrong_no_one_minus(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    return (rank_plus / rank * relevant).sum(dim=1) / relevant.sum(dim=1).clamp(min=1)


# One over the rank: rank⁺ is forgotten.
def wrong_reciprocal_rank(scores, relevant):
    rank, _ = sup_rank(scores, relevant)
    mean = (relevant / rank).sum(dim=1) / relevant.sum(dim=1).clamp(min=1)
    return torch.where(relevant.any(dim=1), 1 - mean, 0.0)


# The ratio of the sums, not the mean of the ratios.
def wrong_ratio_of_sums(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    above, below = (rank_plus * relevant).sum(dim=1), (rank * relevant).sum(dim=1)
    return torch.where(relevant.any(dim=1), 1 - above / below.clamp(min=1), 0.0)


# One number for all queries.
def wrong_mean_over_queries(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    missing = ((1 - rank_plus / rank) * relevant).sum(dim=1)
    return (missing / relevant.sum(dim=1).clamp(min=1)).mean()


# The relevant items of all queries are averaged together.
def wrong_all_queries_together(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    loss = 1 - (rank_plus[relevant] / rank[relevant]).mean()
    return torch.where(relevant.any(dim=1), loss, 0.0)


# The rank is detached, and with it the gradient is gone.
def wrong_detached(scores, relevant):
    rank, rank_plus = sup_rank(scores.detach(), relevant)
    missing = ((1 - rank_plus / rank) * relevant).sum(dim=1)
    return missing / relevant.sum(dim=1).clamp(min=1)


# The exact AP: right without a surrogate, and without a gradient.
def wrong_exact(scores, relevant):
    return (1 - average_precision(scores, relevant)).nan_to_num(0.0)


# The exact rank stands in the numerator instead of rank⁺.
def wrong_exact_rank_above(scores, relevant):
    rank, _ = sup_rank(scores, relevant)
    missing = ((1 - exact_rank(scores.detach()) / rank) * relevant).sum(dim=1)
    return missing / relevant.sum(dim=1).clamp(min=1)


# The numbers go through `.item()`, so the gradient is lost.
def wrong_items(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    out = []
    for q in range(len(scores)):
        chosen = relevant[q]
        out.append(1 - (rank_plus[q][chosen] / rank[q][chosen]).mean().item() if chosen.any() else 0.0)
    return torch.tensor(out)


# The number of the first query's relevant items divides for every query.
def wrong_count_of_the_first(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    missing = ((1 - rank_plus / rank) * relevant).sum(dim=1)
    return missing / relevant[0].sum().clamp(min=1)


# The loss is computed and not returned.
def wrong_no_return(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    missing = ((1 - rank_plus / rank) * relevant).sum(dim=1)
    loss = missing / relevant.sum(dim=1).clamp(min=1)
    loss.mean()


# One query without relevant items, and the loss of all is 0.
def wrong_all_zero(scores, relevant):
    rank, rank_plus = sup_rank(scores, relevant)
    count = relevant.sum(dim=1)
    if (count == 0).any():
        return scores.sum(dim=1) * 0
    return 1 - (rank_plus / rank * relevant).sum(dim=1) / count


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "no-return": "no_return",
    "exception": "dropped",
    "shape": "mean_over_queries",
    "non-finite": "nan",
    "sign": "no_one_minus",
    "positives": "relevant_ignored",
    "rank-plus": "upside_down reciprocal_rank",
    "sum": "ratio_of_sums",
    "normaliser": "mean_over_all sum",
    "no-positive": "one_without_positives",
    "exact-step": "exact",
    "no-gradient": "detached items",
    "wrong": "all_queries_together exact_rank_above count_of_the_first all_zero",
}
