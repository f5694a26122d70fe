"""Answers to the exercise `chebyshev_moments` by readers of the chapter."""

import numpy as np
import torch


def right_recurrence(u, count):
    values = [torch.ones_like(u), u]
    for _ in range(count - 2):
        values.append(2 * u * values[-1] - values[-2])
    return torch.stack(values).sum(dim=1)


def right_cosines(u, count):
    n = torch.arange(count)
    return torch.cos(n[:, None] * torch.acos(u.double())).sum(dim=1)


def right_two_at_a_time(u, count):
    moments = torch.zeros(count, dtype=u.dtype)
    before, now = torch.ones_like(u), u
    for n in range(count):
        moments[n] = before.sum()
        before, now = now, 2 * u * now - before
    return moments


def right_loops(u, count):
    moments = [0.0] * count
    for x in u.tolist():
        t = [1.0, x]
        while len(t) < count:
            t.append(2 * x * t[-1] - t[-2])
        for n in range(count):
            moments[n] += t[n]
    return torch.tensor(moments)


def right_numpy(u, count):
    table = np.polynomial.chebyshev.chebvander(u.double().numpy(), count - 1)
    return torch.from_numpy(table.sum(axis=0))


def right_powers(u, count):
    # the coefficients of T_n, and sums of powers
    coefficients = torch.zeros(count, count, dtype=torch.float64)
    coefficients[0, 0] = coefficients[1, 1] = 1
    for n in range(2, count):
        coefficients[n, 1:] = 2 * coefficients[n - 1, :-1]
        coefficients[n] -= coefficients[n - 2]
    powers = u.double()[:, None] ** torch.arange(count)
    return coefficients @ powers.sum(dim=0)


# Takes the mean over the items instead of the sum.
def wrong_mean(u, count):
    values = [torch.ones_like(u), u]
    for _ in range(count - 2):
        values.append(2 * u * values[-1] - values[-2])
    return torch.stack(values).mean(dim=1)


# Takes the powers of u: the moments of statistics, not those of the Chebyshev polynomials.
def wrong_powers(u, count):
    return torch.stack([(u**n).sum() for n in range(count)])


# Forgets the factor 2 in the recurrence.
def wrong_factor_forgotten(u, count):
    values = [torch.ones_like(u), u]
    for _ in range(count - 2):
        values.append(u * values[-1] - values[-2])
    return torch.stack(values).sum(dim=1)


# Adds T_{n−2} instead of subtracting it.
def wrong_plus(u, count):
    values = [torch.ones_like(u), u]
    for _ in range(count - 2):
        values.append(2 * u * values[-1] + values[-2])
    return torch.stack(values).sum(dim=1)


# Begins with T_1 = 2u, the polynomials of the second kind.
def wrong_second_kind(u, count):
    values = [torch.ones_like(u), 2 * u]
    for _ in range(count - 2):
        values.append(2 * u * values[-1] - values[-2])
    return torch.stack(values).sum(dim=1)


# Applies the recurrence to the sums, as if the sum of a product were the product of the sums.
def wrong_recurrence_of_the_sums(u, count):
    moments = [torch.tensor(float(len(u)), dtype=u.dtype), u.sum()]
    while len(moments) < count:
        moments.append(2 * u.sum() * moments[-1] - moments[-2])
    return torch.stack(moments)


# Takes 1 for the sum of T_0, which is the number of items.
def wrong_first_moment_is_one(u, count):
    values = [torch.ones_like(u), u]
    for _ in range(count - 2):
        values.append(2 * u * values[-1] - values[-2])
    moments = torch.stack(values).sum(dim=1)
    moments[0] = 1
    return moments


# Returns one moment too many: the loop runs to `count` inclusive.
def wrong_one_too_many(u, count):
    values = [torch.ones_like(u), u]
    for _ in range(2, count + 1):
        values.append(2 * u * values[-1] - values[-2])
    return torch.stack(values).sum(dim=1)


# Begins with T_1 and leaves the constant out.
def wrong_constant_left_out(u, count):
    values = [torch.ones_like(u), u]
    for _ in range(count - 1):
        values.append(2 * u * values[-1] - values[-2])
    return torch.stack(values[1:]).sum(dim=1)


# Sums over the polynomials and gives one number for each item.
def wrong_axis(u, count):
    values = [torch.ones_like(u), u]
    for _ in range(count - 2):
        values.append(2 * u * values[-1] - values[-2])
    return torch.stack(values).sum(dim=0)


# Subtracts the last but two, by a wrong index.
def wrong_index(u, count):
    values = [torch.ones_like(u), u]
    for n in range(2, count):
        values.append(2 * u * values[n - 1] - values[max(n - 3, 0)])
    return torch.stack(values).sum(dim=1)


# Takes cos(n · u) and forgets the arc cosine.
def wrong_no_arc_cosine(u, count):
    return torch.stack([torch.cos(n * u).sum() for n in range(count)])


# Multiplies T_{n−1} by 2 and forgets the u.
def wrong_u_forgotten(u, count):
    values = [torch.ones_like(u), u]
    for _ in range(count - 2):
        values.append(2 * values[-1] - values[-2])
    return torch.stack(values).sum(dim=1)


# Appends T_2 in any case, so that `count = 2` gives three moments.
def wrong_at_least_three(u, count):
    values = [torch.ones_like(u), u, 2 * u * u - 1]
    while len(values) < count:
        values.append(2 * u * values[-1] - values[-2])
    return torch.stack(values).sum(dim=1)


# Overwrites the items: `now` is u itself, and is changed in place.
def wrong_in_place(u, count):
    before, now = torch.ones_like(u), u
    moments = [before.sum(), now.sum()]
    x = u.clone()
    for _ in range(count - 2):
        after = 2 * x * now - before
        before = now.clone()
        now.copy_(after)
        moments.append(now.sum())
    return torch.stack(moments)


# Returns the polynomials of each item without the sum.
def wrong_not_summed(u, count):
    values = [torch.ones_like(u), u]
    for _ in range(count - 2):
        values.append(2 * u * values[-1] - values[-2])
    return torch.stack(values)


# Adds up the absolute values.
def wrong_absolute(u, count):
    values = [torch.ones_like(u), u]
    for _ in range(count - 2):
        values.append(2 * u * values[-1] - values[-2])
    return torch.stack(values).abs().sum(dim=1)


# hangs: the list is as long as before after each round, since the new value replaces the last.
def wrong_endless(u, count):
    values = [torch.ones_like(u), u]
    while len(values) <= count:
        values[-1] = 2 * u * values[-1] - values[-2]
    return torch.stack(values[:count]).sum(dim=1)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "time": "endless",
    "shape": "one_too_many axis at_least_three not_summed",
    "off-by-one": "constant_left_out index",
    "sign": "plus absolute",
    "moments": "powers second_kind recurrence_of_the_sums no_arc_cosine",
    "product": "factor_forgotten u_forgotten",
    "normaliser": "mean first_moment_is_one",
    "in-place": "in_place",
}
