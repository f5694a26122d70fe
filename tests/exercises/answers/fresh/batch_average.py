"""Answers to the exercise `batch_average` by readers of the chapter."""

import numpy as np
import torch

from suprank_edu.metrics import average_precision


def right_nanmean(scores, relevant, batch):
    aps = [average_precision(scores[:, batch == b], relevant[:, batch == b]) for b in batch.unique()]
    return torch.stack(aps).nanmean(dim=0)


def right_running_sums(scores, relevant, batch):
    total = torch.zeros(len(scores), dtype=torch.float64)
    count = torch.zeros(len(scores), dtype=torch.float64)
    for b in set(batch.tolist()):
        members = (batch == b).nonzero()[:, 0]
        ap = average_precision(scores[:, members], relevant[:, members])
        has = relevant[:, members].any(dim=1)
        total[has] += ap[has].double()
        count += has
    return total / count


def right_loops(scores, relevant, batch):
    out = []
    for row, kinds in zip(scores.tolist(), relevant.tolist(), strict=True):
        aps = []
        for b in sorted(set(batch.tolist())):
            items = [i for i in range(len(row)) if batch[i] == b]
            good = [i for i in items if kinds[i]]
            if good:
                ratios = []
                for k in good:
                    plus = sum(row[j] >= row[k] for j in good)
                    ratios.append(plus / sum(row[j] >= row[k] for j in items))
                aps.append(sum(ratios) / len(ratios))
        out.append(sum(aps) / len(aps) if aps else float("nan"))
    return torch.tensor(out)


def right_pairs(scores, relevant, batch):
    together = (batch[:, None] == batch[None, :])[None]  # (1, k, j)
    ahead = (scores[:, None, :] >= scores[:, :, None]) & together  # (Q, k, j)
    ratio = (ahead & relevant[:, None, :]).sum(dim=2) / ahead.sum(dim=2)  # (Q, k)
    mates = (together & relevant[:, None, :]).sum(dim=2)  # positives in the batch of k
    weight = torch.where(relevant, 1 / mates.clamp(min=1), 0.0)
    return (ratio * weight).sum(dim=1) / weight.sum(dim=1)


def right_pushed_below(scores, relevant, batch):
    below = scores.min() - 1
    aps = []
    for b in batch.unique().tolist():
        inside = batch == b
        aps.append(average_precision(torch.where(inside, scores, below), relevant & inside).numpy())
    return torch.from_numpy(np.nanmean(np.stack(aps), axis=0))


# The AP of the whole gallery: `batch` is ignored.
def wrong_batch_ignored(scores, relevant, batch):
    return average_precision(scores, relevant)


# The NaN of a batch without positives spoils the mean.
def wrong_nan(scores, relevant, batch):
    aps = [average_precision(scores[:, batch == b], relevant[:, batch == b]) for b in batch.unique()]
    return torch.stack(aps).mean(dim=0)


# A batch without positives counts as 0.
def wrong_zero_for_nan(scores, relevant, batch):
    aps = [average_precision(scores[:, batch == b], relevant[:, batch == b]) for b in batch.unique()]
    return torch.stack(aps).nan_to_num(0.0).mean(dim=0)


# A batch without positives counts as 1.
def wrong_one_for_nan(scores, relevant, batch):
    aps = [average_precision(scores[:, batch == b], relevant[:, batch == b]) for b in batch.unique()]
    return torch.stack(aps).nan_to_num(1.0).mean(dim=0)


# The batches are weighted by their numbers of positives.
def wrong_weighted(scores, relevant, batch):
    total = 0
    for b in batch.unique():
        inside = batch == b
        ap = average_precision(scores[:, inside], relevant[:, inside]).nan_to_num(0.0)
        total = total + ap * relevant[:, inside].sum(dim=1)
    return total / relevant.sum(dim=1)


# The batches are weighted by their sizes.
def wrong_weighted_by_size(scores, relevant, batch):
    total, weight = 0, 0
    for b in batch.unique():
        inside = batch == b
        has = relevant[:, inside].any(dim=1)
        ap = average_precision(scores[:, inside], relevant[:, inside]).nan_to_num(0.0)
        total = total + ap * inside.sum()
        weight = weight + has * inside.sum()
    return total / weight


# The last batch is forgotten: range stops one before the highest number.
def wrong_last_batch_forgotten(scores, relevant, batch):
    aps = []
    for b in range(int(batch.max())):
        aps.append(average_precision(scores[:, batch == b], relevant[:, batch == b]))
    return torch.stack(aps).nanmean(dim=0)


# The batches are counted, and taken to be numbered from 0 without holes.
def wrong_numbers_without_holes(scores, relevant, batch):
    aps = []
    for b in range(len(batch.unique())):
        aps.append(average_precision(scores[:, batch == b], relevant[:, batch == b]))
    return torch.stack(aps).nanmean(dim=0)


# The items of a batch are taken to stand side by side.
def wrong_side_by_side(scores, relevant, batch):
    sizes = batch.unique(return_counts=True)[1].tolist()
    aps = [average_precision(s, r) for s, r in zip(scores.split(sizes, 1), relevant.split(sizes, 1), strict=True)]
    return torch.stack(aps).nanmean(dim=0)


# The numbers of the batches are taken for positions in the gallery.
def wrong_batch_as_index(scores, relevant, batch):
    aps = [average_precision(scores[:, b : b + 1], relevant[:, b : b + 1]) for b in batch.unique()]
    return torch.stack(aps).nanmean(dim=0)


# Only what is relevant is cut to the batch; the negatives of all batches still stand in the list.
def wrong_negatives_of_all_batches(scores, relevant, batch):
    aps = [average_precision(scores, relevant & (batch == b)) for b in batch.unique()]
    return torch.stack(aps).nanmean(dim=0)


# The other items get the score 0 instead of leaving: they beat negative scores.
def wrong_others_at_zero(scores, relevant, batch):
    aps = []
    for b in batch.unique():
        inside = batch == b
        aps.append(average_precision(scores * inside, relevant & inside))
    return torch.stack(aps).nanmean(dim=0)


# Only the batches in which every query has a positive are averaged.
def wrong_batches_dropped_for_all(scores, relevant, batch):
    aps = []
    for b in batch.unique():
        ap = average_precision(scores[:, batch == b], relevant[:, batch == b])
        if not ap.isnan().any():
            aps.append(ap)
    return torch.stack(aps).mean(dim=0) if aps else torch.zeros(len(scores))


# One number for all queries.
def wrong_one_number(scores, relevant, batch):
    aps = [average_precision(scores[:, batch == b], relevant[:, batch == b]) for b in batch.unique()]
    return torch.stack(aps).nanmean()


# The average runs over the queries: one value for each batch.
def wrong_per_batch(scores, relevant, batch):
    aps = [average_precision(scores[:, batch == b], relevant[:, batch == b]) for b in batch.unique()]
    return torch.stack(aps).nanmean(dim=1)


# The sum over the batches, not the mean.
def wrong_sum(scores, relevant, batch):
    aps = [average_precision(scores[:, batch == b], relevant[:, batch == b]) for b in batch.unique()]
    return torch.stack(aps).nansum(dim=0)


# The gap is returned, not the average.
def wrong_gap(scores, relevant, batch):
    aps = [average_precision(scores[:, batch == b], relevant[:, batch == b]) for b in batch.unique()]
    return torch.stack(aps).nanmean(dim=0) - average_precision(scores, relevant)


# The batches are cut from the queries, not from the gallery.
def wrong_batches_of_queries(scores, relevant, batch):
    aps = [average_precision(scores[batch == b], relevant[batch == b]).nanmean() for b in batch.unique()]
    return torch.stack(aps)


# Only the first batch is looked at: the return stands inside the loop.
def wrong_return_in_the_loop(scores, relevant, batch):
    for b in batch.unique():
        return average_precision(scores[:, batch == b], relevant[:, batch == b])


# The mean is taken pairwise, step by step, so the last batches weigh more.
def wrong_mean_step_by_step(scores, relevant, batch):
    average = None
    for b in batch.unique():
        ap = average_precision(scores[:, batch == b], relevant[:, batch == b])
        if average is None:
            average = ap
        else:
            both = (average + ap) / 2
            average = torch.where(ap.isnan(), average, torch.where(average.isnan(), ap, both))
    return average


# A batch is left out for all queries where the first one has no positive.
def wrong_first_query_decides(scores, relevant, batch):
    aps = []
    for b in batch.unique():
        inside = batch == b
        if relevant[0, inside].any():
            aps.append(average_precision(scores[:, inside], relevant[:, inside]))
    return torch.stack(aps).nanmean(dim=0)


# All batches are divided by, those without a positive too: nansum over their number.
def wrong_divided_by_all_batches(scores, relevant, batch):
    total = torch.zeros(len(scores), dtype=scores.dtype)
    numbers = batch.unique()
    for b in numbers:
        ap = average_precision(scores[:, batch == b], relevant[:, batch == b])
        total += torch.where(ap.isnan(), 0.0, ap)
    return total / len(numbers)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "exception": "last_batch_forgotten numbers_without_holes batch_as_index batches_of_queries",
    "shape": "one_number per_batch",
    "non-finite": "nan first_query_decides",
    "batches": "weighted weighted_by_size negatives_of_all_batches return_in_the_loop",
    "normaliser": "sum",
    "no-positive": "zero_for_nan one_for_nan divided_by_all_batches",
    "negative-scores": "others_at_zero",
    "other-metric": "batch_ignored gap",
    "wrong": "side_by_side batches_dropped_for_all mean_step_by_step",
}
