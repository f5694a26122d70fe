"""Answers to the exercise `paired_interval` by readers of the chapter."""

import math
import statistics

import numpy as np
import torch


def right_loops(one, other, t):
    n = len(one)
    differences = [one[i].item() - other[i].item() for i in range(n)]
    mean = sum(differences) / n
    squares = sum((d - mean) ** 2 for d in differences)
    return torch.tensor([mean, t * math.sqrt(squares / (n - 1) / n)])


def right_std(one, other, t):
    d = one - other
    return torch.stack([d.mean(), t * d.std() / math.sqrt(len(d))])


def right_covariance(one, other, t):
    both = torch.stack([one, other]).double()
    cov = torch.cov(both)
    variance = cov[0, 0] + cov[1, 1] - 2 * cov[0, 1]
    mean = both[0].mean() - both[1].mean()
    return torch.stack([mean, t * (variance.clamp(min=0) / len(one)).sqrt()])


def right_numpy(one, other, t):
    d = np.subtract(one.numpy(), other.numpy()).astype(float)
    return torch.tensor([d.mean(), t * d.std(ddof=1) / np.sqrt(len(d))])


def right_statistics(one, other, t):
    d = [a - b for a, b in zip(one.tolist(), other.tolist(), strict=True)]
    return torch.tensor([statistics.mean(d), t * statistics.stdev(d) / len(d) ** 0.5])


def right_contrast(one, other, t):
    n = len(one)
    d = torch.einsum("cn,c->n", torch.stack([one, other]), torch.tensor([1, -1], dtype=one.dtype))
    centred = d - d.mean()
    return torch.stack([d.mean(), t * (centred @ centred / (n * (n - 1))).sqrt()])


# Treats the seeds as unpaired: adds the variances of both.
def wrong_unpaired(one, other, t):
    variance = one.var() + other.var()
    return torch.stack([one.mean() - other.mean(), t * (variance / len(one)).sqrt()])


# Pools both groups, as a t-test of independent samples does.
def wrong_pooled(one, other, t):
    n = len(one)
    pooled = ((one.var() + other.var()) / 2).sqrt()
    return torch.stack([one.mean() - other.mean(), t * pooled * (2 / n) ** 0.5])


# Subtracts the other way round.
def wrong_sign(one, other, t):
    d = other - one
    return torch.stack([d.mean(), t * d.std() / len(d) ** 0.5])


# Takes the sizes of the differences, without their signs.
def wrong_absolute(one, other, t):
    d = (one - other).abs()
    return torch.stack([d.mean(), t * d.std() / len(d) ** 0.5])


# Sorts both first, so that the seeds no longer belong together.
def wrong_sorted(one, other, t):
    d = one.sort().values - other.sort().values
    return torch.stack([d.mean(), t * d.std() / len(d) ** 0.5])


# Compares every seed of one with every seed of the other.
def wrong_all_pairs(one, other, t):
    d = (one[:, None] - other[None]).flatten()
    return torch.stack([d.mean(), t * d.std() / len(d) ** 0.5])


# Adds the half widths of the two.
def wrong_half_widths_added(one, other, t):
    half = t * (one.std() + other.std()) / len(one) ** 0.5
    return torch.stack([one.mean() - other.mean(), half])


# Subtracts the half widths of the two.
def wrong_half_widths_subtracted(one, other, t):
    half = t * (one.std() - other.std()) / len(one) ** 0.5
    return torch.stack([one.mean() - other.mean(), half])


# Divides the squares by n instead of n − 1.
def wrong_divided_by_n(one, other, t):
    d = one - other
    return torch.stack([d.mean(), t * d.std(correction=0) / len(d) ** 0.5])


# Forgets √n.
def wrong_no_root_of_n(one, other, t):
    d = one - other
    return torch.stack([d.mean(), t * d.std()])


# Leaves t out.
def wrong_without_t(one, other, t):
    d = one - other
    return torch.stack([d.mean(), d.std() / len(d) ** 0.5])


# Takes 1.96 instead of the t that was given.
def wrong_normal_quantile(one, other, t):
    d = one - other
    return torch.stack([d.mean(), 1.96 * d.std() / len(d) ** 0.5])


# Takes the variance, without its root.
def wrong_variance(one, other, t):
    d = one - other
    return torch.stack([d.mean(), t * d.var() / len(d) ** 0.5])


# Counts both losses' runs: n is twice the number of seeds.
def wrong_twice_n(one, other, t):
    d = one - other
    return torch.stack([d.mean(), t * d.std() / (2 * len(d)) ** 0.5])


# Takes the spread of the first loss for that of the difference.
def wrong_spread_of_one(one, other, t):
    return torch.stack([one.mean() - other.mean(), t * one.std() / len(one) ** 0.5])


# Reports the relative difference, as a share of the other.
def wrong_relative(one, other, t):
    d = (one - other) / other
    return torch.stack([d.mean(), t * d.std() / len(d) ** 0.5])


# Gives the two ends of the interval.
def wrong_ends(one, other, t):
    d = one - other
    half = t * d.std() / len(d) ** 0.5
    return torch.stack([d.mean() - half, d.mean() + half])


# Subtracts in place and so changes the first loss's values.
def wrong_in_place(one, other, t):
    one -= other
    return torch.stack([one.mean(), t * one.std() / len(one) ** 0.5])


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "sign": "sign absolute",
    "order": "sorted",
    "pairs": "unpaired pooled all_pairs half_widths_added half_widths_subtracted spread_of_one",
    "sum": "ends",
    "product": "no_root_of_n without_t",
    "term": "normal_quantile variance",
    "normaliser": "divided_by_n twice_n relative",
    "in-place": "in_place",
}
