"""Answers to the exercise `seed_interval` by readers of the chapter."""

import math
import statistics

import numpy as np
import torch


def right_loops(values, t):
    n = len(values)
    mean = sum(values.tolist()) / n
    squares = 0.0
    for value in values.tolist():
        squares += (value - mean) ** 2
    return torch.tensor([mean, t * math.sqrt(squares / (n - 1)) / math.sqrt(n)])


def right_std(values, t):
    return torch.stack([values.mean(), t * values.std() / len(values) ** 0.5])


def right_statistics(values, t):
    numbers = values.tolist()
    half = t * statistics.stdev(numbers) / math.sqrt(len(numbers))
    return torch.tensor([statistics.fmean(numbers), half])


def right_pairs(values, t):
    # the variance is the mean of (a − b)² / 2 over all pairs of different seeds
    v, n = values.double(), len(values)
    variance = (v[:, None] - v[None]).square().sum() / (2 * n * (n - 1))
    return torch.stack([v.mean(), t * (variance / n).sqrt()])


def right_numpy(values, t):
    v = values.numpy().astype(np.float64)
    return torch.tensor([v.mean(), t * v.std(ddof=1) / np.sqrt(v.size)])


def right_norm(values, t):
    n = values.numel()
    mean = values.mean()
    return torch.stack([mean, t * (values - mean).norm() / math.sqrt(n * (n - 1))])


# Divides the squares by n instead of n − 1.
def wrong_divided_by_n(values, t):
    n = len(values)
    return torch.stack([values.mean(), t * values.std(correction=0) / n**0.5])


# Forgets √n: that is the spread of one seed, not of the mean.
def wrong_no_root_of_n(values, t):
    return torch.stack([values.mean(), t * values.std()])


# Divides by n instead of √n.
def wrong_divided_by_n_at_the_end(values, t):
    return torch.stack([values.mean(), t * values.std() / len(values)])


# Takes the variance, without the square root.
def wrong_variance(values, t):
    return torch.stack([values.mean(), t * values.var() / len(values) ** 0.5])


# Takes 1.96 from the normal distribution instead of the t that was given.
def wrong_normal_quantile(values, t):
    return torch.stack([values.mean(), 1.96 * values.std() / len(values) ** 0.5])


# Leaves t out: the standard error of the mean.
def wrong_without_t(values, t):
    return torch.stack([values.mean(), values.std() / len(values) ** 0.5])


# Gives the whole width instead of half of it.
def wrong_whole_width(values, t):
    return torch.stack([values.mean(), 2 * t * values.std() / len(values) ** 0.5])


# Halves once more, since half a width was asked.
def wrong_halved_again(values, t):
    return torch.stack([values.mean(), t * values.std() / len(values) ** 0.5 / 2])


# Gives the two ends of the interval.
def wrong_ends(values, t):
    half = t * values.std() / len(values) ** 0.5
    return torch.stack([values.mean() - half, values.mean() + half])


# Takes the root of n − 1 as well as n − 1 in the standard deviation.
def wrong_root_of_n_minus_one(values, t):
    return torch.stack([values.mean(), t * values.std() / (len(values) - 1) ** 0.5])


# Takes half the distance from the least to the largest seed for the standard deviation.
def wrong_range(values, t):
    spread = (values.max() - values.min()) / 2
    return torch.stack([values.mean(), t * spread / len(values) ** 0.5])


# Takes the mean distance from the mean instead of the standard deviation.
def wrong_mean_deviation(values, t):
    spread = (values - values.mean()).abs().mean()
    return torch.stack([values.mean(), t * spread / len(values) ** 0.5])


# Takes the median for the mean.
def wrong_median(values, t):
    return torch.stack([values.median(), t * values.std() / len(values) ** 0.5])


# Takes the spread around 0 instead of around the mean.
def wrong_not_centred(values, t):
    n = len(values)
    s = (values.square().sum() / (n - 1)).sqrt()
    return torch.stack([values.mean(), t * s / n**0.5])


# Subtracts mean² from the mean of squares in float32, where close values lose all their digits.
def wrong_difference_of_squares(values, t):
    n, v = len(values), values.float()
    variance = (v.square().mean() - v.mean() ** 2).clamp(min=0) * n / (n - 1)
    return torch.stack([v.mean(), t * (variance / n).sqrt()])


# Divides by the degrees of freedom twice.
def wrong_n_minus_one_twice(values, t):
    n = len(values)
    return torch.stack([values.mean(), t * values.std() / (n - 1) ** 0.5 / n**0.5])


# Puts t and the standard deviation under the root of n too.
def wrong_all_under_the_root(values, t):
    return torch.stack([values.mean(), (t * values.std() / len(values)).sqrt()])


# Returns the half width first.
def wrong_order(values, t):
    return torch.stack([t * values.std() / len(values) ** 0.5, values.mean()])


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "sum": "ends",
    "product": "no_root_of_n without_t whole_width halved_again",
    "term": "variance normal_quantile not_centred all_under_the_root",
    "normaliser": "divided_by_n divided_by_n_at_the_end root_of_n_minus_one n_minus_one_twice",
    "other-metric": "range mean_deviation median",
    "wrong": "difference_of_squares order",
}
