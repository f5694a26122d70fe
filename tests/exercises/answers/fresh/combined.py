"""Answers to the exercise `combined` by readers of the chapter."""

import numpy as np
import torch


def right_mask(rank_losses, positives, calibration, weight):
    has = positives > 0
    mean = rank_losses[has].mean() if has.any() else 0.0
    return (1 - weight) * mean + weight * calibration


def right_loops(rank_losses, positives, calibration, weight):
    total, count = 0.0, 0
    for loss, number in zip(rank_losses, positives, strict=True):
        if number > 0:
            total = total + loss
            count += 1
    mean = total / count if count > 0 else 0.0
    return (1 - weight) * mean + weight * calibration


def right_sums(rank_losses, positives, calibration, weight):
    has = (positives != 0).to(rank_losses.dtype)
    mean = rank_losses.dot(has) / has.sum().clamp(min=1)
    return mean + weight * (calibration - mean)


def right_where(rank_losses, positives, calibration, weight):
    kept = torch.where(positives >= 1, rank_losses, torch.zeros_like(rank_losses))
    mean = kept.sum() / max(1, int(torch.count_nonzero(positives)))
    return mean * (1 - weight) + calibration * weight


def right_numpy(rank_losses, positives, calibration, weight):
    losses, has = rank_losses.detach().numpy(), positives.numpy() > 0
    mean = float(np.mean(losses[has])) if has.any() else 0.0
    return (1 - weight) * mean + weight * float(calibration)


# The queries without a positive are in the mean.
def wrong_mean_over_all(rank_losses, positives, calibration, weight):
    return (1 - weight) * rank_losses.mean() + weight * calibration


# The weights are swapped.
def wrong_weights_swapped(rank_losses, positives, calibration, weight):
    has = positives > 0
    mean = rank_losses[has].mean() if has.any() else 0.0
    return weight * mean + (1 - weight) * calibration


# The ranking loss keeps its full weight.
def wrong_full_weight(rank_losses, positives, calibration, weight):
    has = positives > 0
    mean = rank_losses[has].mean() if has.any() else 0.0
    return mean + weight * calibration


# The calibration keeps its full weight.
def wrong_calibration_unweighted(rank_losses, positives, calibration, weight):
    has = positives > 0
    mean = rank_losses[has].mean() if has.any() else 0.0
    return (1 - weight) * mean + calibration


# The queries are weighted by their numbers of positives.
def wrong_weighted_by_positives(rank_losses, positives, calibration, weight):
    mean = (rank_losses * positives).sum() / positives.sum().clamp(min=1)
    return (1 - weight) * mean + weight * calibration


# Divided by the number of positives, not of queries.
def wrong_divided_by_positives(rank_losses, positives, calibration, weight):
    mean = rank_losses.sum() / positives.sum().clamp(min=1)
    return (1 - weight) * mean + weight * calibration


# A batch in which no query has a positive gives NaN.
def wrong_nan(rank_losses, positives, calibration, weight):
    return (1 - weight) * rank_losses[positives > 0].mean() + weight * calibration


# Without any positive the calibration is lost too.
def wrong_nothing_without_positives(rank_losses, positives, calibration, weight):
    has = positives > 0
    if not has.any():
        return torch.tensor(0.0)
    return (1 - weight) * rank_losses[has].mean() + weight * calibration


# Without any positive the calibration gets the full weight.
def wrong_all_calibration_without_positives(rank_losses, positives, calibration, weight):
    has = positives > 0
    if not has.any():
        return calibration
    return (1 - weight) * rank_losses[has].mean() + weight * calibration


# A loss of 0 is taken for a query without positives; a perfect query has 0 as well.
def wrong_zero_losses_left_out(rank_losses, positives, calibration, weight):
    kept = rank_losses[rank_losses != 0]
    mean = kept.mean() if len(kept) else 0.0
    return (1 - weight) * mean + weight * calibration


# Queries with a single positive are left out as well.
def wrong_more_than_one(rank_losses, positives, calibration, weight):
    has = positives > 1
    mean = rank_losses[has].mean() if has.any() else 0.0
    return (1 - weight) * mean + weight * calibration


# The sum over the queries, not the mean.
def wrong_sum(rank_losses, positives, calibration, weight):
    return (1 - weight) * rank_losses[positives > 0].sum() + weight * calibration


# One number for each query: the mean is forgotten.
def wrong_not_averaged(rank_losses, positives, calibration, weight):
    return (1 - weight) * rank_losses[positives > 0] + weight * calibration


# The weight is 0.1 whatever the caller says.
def wrong_fixed_weight(rank_losses, positives, calibration, weight):
    has = positives > 0
    mean = rank_losses[has].mean() if has.any() else 0.0
    return 0.9 * mean + 0.1 * calibration


# The calibration is added to each query and averaged with it over all queries.
def wrong_calibration_in_the_mean(rank_losses, positives, calibration, weight):
    has = positives > 0
    each = ((1 - weight) * rank_losses + weight * calibration) * has
    return each.mean()


# Brackets: 1 − λ is multiplied with the whole sum.
def wrong_brackets(rank_losses, positives, calibration, weight):
    has = positives > 0
    mean = rank_losses[has].mean() if has.any() else 0.0
    return (1 - weight) * (mean + weight * calibration)


# The calibration is taken off.
def wrong_sign(rank_losses, positives, calibration, weight):
    has = positives > 0
    mean = rank_losses[has].mean() if has.any() else 0.0
    return (1 - weight) * mean - weight * calibration


# The queries *without* a positive are averaged.
def wrong_the_others(rank_losses, positives, calibration, weight):
    has = positives == 0
    mean = rank_losses[has].mean() if has.any() else 0.0
    return (1 - weight) * mean + weight * calibration


# The middle loss stands for the mean.
def wrong_median(rank_losses, positives, calibration, weight):
    has = positives > 0
    mean = rank_losses[has].median() if has.any() else 0.0
    return (1 - weight) * mean + weight * calibration


# The largest loss stands for the mean.
def wrong_largest(rank_losses, positives, calibration, weight):
    has = positives > 0
    mean = rank_losses[has].max() if has.any() else 0.0
    return (1 - weight) * mean + weight * calibration


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "not_averaged",
    "non-finite": "nan",
    "sign": "sign",
    "weights": "weights_swapped full_weight calibration_unweighted fixed_weight",
    "normaliser": "divided_by_positives sum",
    "no-positive": "mean_over_all nothing_without_positives all_calibration_without_positives zero_losses_left_out",
    "wrong": "weighted_by_positives more_than_one calibration_in_the_mean brackets the_others median largest",
}
