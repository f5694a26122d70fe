"""Answers to the exercise `gap` by readers of the chapter."""

import numpy as np
import torch


def right_masked(batch_aps, positives, whole):
    has = positives > 0
    total = torch.where(has, batch_aps, 0.0).sum(dim=1)
    return total / has.sum(dim=1) - whole


def right_loops(batch_aps, positives, whole):
    out = []
    for q in range(len(whole)):
        values = [batch_aps[q, b] for b in range(batch_aps.shape[1]) if positives[q, b] > 0]
        out.append(sum(values) / len(values) - whole[q])
    return torch.stack(out)


def right_nanmean(batch_aps, positives, whole):
    return batch_aps.masked_fill(positives == 0, float("nan")).nanmean(dim=1) - whole


def right_numpy(batch_aps, positives, whole):
    weights = (positives.numpy() > 0).astype(float)
    return torch.from_numpy(np.average(batch_aps.numpy(), axis=1, weights=weights) - whole.numpy())


def right_einsum(batch_aps, positives, whole):
    has = positives.clamp(max=1).to(batch_aps.dtype)
    return torch.einsum("qb,qb->q", batch_aps, has) / has.sum(dim=1) - whole


def right_by_the_zero_entries(batch_aps, positives, whole):
    # an AP is above 0, so an entry of 0 is a batch without positives
    return batch_aps.sum(dim=1) / (batch_aps > 0).sum(dim=1) - whole


# The batches without positives count as 0.
def wrong_zeros_counted(batch_aps, positives, whole):
    return batch_aps.mean(dim=1) - whole


# The batches without positives count as 1.
def wrong_ones_counted(batch_aps, positives, whole):
    return batch_aps.masked_fill(positives == 0, 1.0).mean(dim=1) - whole


# The batches are weighted by their numbers of positives.
def wrong_weighted(batch_aps, positives, whole):
    return (batch_aps * positives).sum(dim=1) / positives.sum(dim=1) - whole


# The sign is turned round: the whole less the average.
def wrong_sign(batch_aps, positives, whole):
    has = positives > 0
    return whole - (batch_aps * has).sum(dim=1) / has.sum(dim=1)


# The gap is cut off at 0, as if it could not be negative.
def wrong_cut_at_zero(batch_aps, positives, whole):
    has = positives > 0
    return ((batch_aps * has).sum(dim=1) / has.sum(dim=1) - whole).clamp(min=0)


# The size of the gap, without its sign.
def wrong_absolute(batch_aps, positives, whole):
    has = positives > 0
    return ((batch_aps * has).sum(dim=1) / has.sum(dim=1) - whole).abs()


# The sum over the batches, not the mean.
def wrong_sum(batch_aps, positives, whole):
    return (batch_aps * (positives > 0)).sum(dim=1) - whole


# The average runs over the queries, not over the batches.
def wrong_over_queries(batch_aps, positives, whole):
    has = positives > 0
    return (batch_aps * has).sum(dim=0) / has.sum(dim=0).clamp(min=1) - whole


# One number for all queries.
def wrong_one_number(batch_aps, positives, whole):
    has = positives > 0
    return batch_aps[has].mean() - whole.mean()


# All batches of all queries are averaged together before the whole is taken off.
def wrong_all_queries_together(batch_aps, positives, whole):
    return batch_aps[positives > 0].mean() - whole


# A batch is left out for every query as soon as one query has no positive in it.
def wrong_batch_left_out_for_all(batch_aps, positives, whole):
    keep = (positives > 0).all(dim=0)
    return batch_aps[:, keep].mean(dim=1) - whole


# A batch is left out only if no query has a positive in it.
def wrong_batch_left_out_if_empty_for_all(batch_aps, positives, whole):
    keep = (positives > 0).any(dim=0)
    return batch_aps[:, keep].mean(dim=1) - whole


# The average kept its dimension, so each query meets the whole of every other.
def wrong_broadcast(batch_aps, positives, whole):
    has = positives > 0
    return (batch_aps * has).sum(dim=1, keepdim=True) / has.sum(dim=1, keepdim=True) - whole


# Batches with a single positive are left out as well.
def wrong_more_than_one(batch_aps, positives, whole):
    has = positives > 1
    return (batch_aps * has).sum(dim=1) / has.sum(dim=1).clamp(min=1) - whole


# The whole is taken off inside the sum, of the left-out batches too.
def wrong_whole_taken_off_everywhere(batch_aps, positives, whole):
    return (batch_aps - whole[:, None]).sum(dim=1) / (positives > 0).sum(dim=1)


# The gap relative to the whole.
def wrong_relative(batch_aps, positives, whole):
    has = positives > 0
    return (batch_aps * has).sum(dim=1) / has.sum(dim=1) / whole - 1


# The whole is forgotten.
def wrong_no_whole(batch_aps, positives, whole):
    has = positives > 0
    return (batch_aps * has).sum(dim=1) / has.sum(dim=1)


# The best batch stands for their average.
def wrong_best_batch(batch_aps, positives, whole):
    return batch_aps.max(dim=1).values - whole


# The middle batch stands for their average.
def wrong_median(batch_aps, positives, whole):
    return batch_aps.masked_fill(positives == 0, float("nan")).nanmedian(dim=1).values - whole


# The tensor of the caller is filled with NaN.
def wrong_in_place(batch_aps, positives, whole):
    batch_aps[positives == 0] = float("nan")
    return batch_aps.nanmean(dim=1) - whole


# Divided by the number of positives, not of batches.
def wrong_divided_by_positives(batch_aps, positives, whole):
    return batch_aps.sum(dim=1) / positives.sum(dim=1) - whole


# A list of numbers comes back, not a tensor.
def wrong_list(batch_aps, positives, whole):
    out = []
    for aps, numbers, all_of_it in zip(batch_aps.tolist(), positives.tolist(), whole.tolist(), strict=True):
        values = [ap for ap, number in zip(aps, numbers, strict=True) if number > 0]
        out.append(sum(values) / len(values) - all_of_it)
    return out


# The number of batches that the first query has divides for every query.
def wrong_count_of_the_first(batch_aps, positives, whole):
    has = positives > 0
    return (batch_aps * has).sum(dim=1) / has[0].sum() - whole


# The largest number of batches that any query has divides for every query.
def wrong_largest_count(batch_aps, positives, whole):
    has = positives > 0
    return (batch_aps * has).sum(dim=1) / has.sum(dim=1).max() - whole


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "exception": "over_queries",
    "type": "list",
    "shape": "one_number broadcast",
    "non-finite": "batch_left_out_for_all",
    "sign": "sign cut_at_zero absolute",
    "queries-mixed": "count_of_the_first largest_count",
    "batches": "weighted",
    "normaliser": "sum divided_by_positives",
    "no-positive": "zeros_counted ones_counted",
    "other-metric": "relative no_whole",
    "in-place": "in_place",
    "wrong": (
        "all_queries_together batch_left_out_if_empty_for_all more_than_one whole_taken_off_everywhere "
        "best_batch median"
    ),
}
