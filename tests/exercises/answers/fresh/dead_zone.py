"""Answers to the exercise `dead_zone` by readers of the chapter."""

import math

import numpy as np
import torch


def slope(t, tau):
    """The slope of the sigmoid."""
    e = math.exp(-abs(t) / tau)
    return e / (1 + e) ** 2 / tau


def right_formula(tau):
    # σ(1 − σ) = 1e-6 / 4
    s = (1 + math.sqrt(1 - 1e-6)) / 2
    return tau * math.log(s / (1 - s))


def right_approximation(tau):
    # far out the slope is exp(−t/τ)/τ, the peak 1/(4τ)
    return tau * math.log(4e6)


def right_bisection(tau):
    low, high = 0.0, 100 * tau
    target = 1e-6 * slope(0, tau)
    for _ in range(100):
        middle = (low + high) / 2
        if slope(middle, tau) > target:
            low = middle
        else:
            high = middle
    return high


def right_grid(tau):
    t = torch.linspace(0, 30, 30001, dtype=torch.float64) * tau
    slopes = torch.sigmoid(t / tau) * torch.sigmoid(-t / tau) / tau
    return t[slopes <= 1e-6 / (4 * tau)][0]


def right_cosh(tau):
    # the slope is the peak divided by cosh², so cosh must be 1000
    return 2 * tau * np.arccosh(1000)


def right_walk(tau):
    t = 0.0
    while slope(t, tau) > 1e-6 * slope(0, tau):
        t += tau / 1000
    return t


# In units of τ: the factor τ is forgotten.
def wrong_without_tau(tau):
    return math.log(4e6)


# The slope itself is a millionth, not a millionth of its peak.
def wrong_absolute_millionth(tau):
    t = 0.0
    while slope(t, tau) > 1e-6:
        t += tau / 1000
    return t


# The ¼ of the peak is forgotten: 13.8 τ.
def wrong_quarter_forgotten(tau):
    return tau * math.log(1e6)


# The quarter is on the wrong side: 12.4 τ.
def wrong_quarter_on_the_wrong_side(tau):
    return tau * math.log(1e6 / 4)


# The logarithm to base 10 is taken for the natural one.
def wrong_log10(tau):
    return tau * math.log10(4e6)


# The sigmoid, not its slope, is a millionth from its end.
def wrong_value_for_slope(tau):
    t = torch.linspace(0, 1, 100001, dtype=torch.float64) * 20 * tau
    return t[1 - torch.sigmoid(t / tau) <= 1e-6][0].item()


# The point on the left is returned: negative.
def wrong_negative(tau):
    return -tau * math.log(4e6)


# Divided by τ.
def wrong_divided_by_tau(tau):
    return math.log(4e6) / tau


# The 0.15 of the text, true for τ = 0.01 alone.
def wrong_from_the_text(tau):
    return 0.15


# A thousandth of the peak, not a millionth.
def wrong_thousandth(tau):
    return 2 * tau * math.acosh(math.sqrt(1000))


# The step of the search is as wide as τ: not within 1 %.
def wrong_steps_of_tau(tau):
    t = 0.0
    while slope(t, tau) > 1e-6 * slope(0, tau):
        t += tau
    return t


# The search goes in steps of 0.01: too coarse for a small τ.
def wrong_coarse_steps(tau):
    t = 0.0
    while slope(t, tau) > 1e-6 * slope(0, tau):
        t += 0.01
    return t


# In single precision 1 − σ has few digits left.
def wrong_single_precision(tau):
    t = torch.linspace(0, 30, 30001) * tau
    s = torch.sigmoid(t / tau)
    slopes = s * (1 - s) / tau
    return t[slopes <= 1e-6 * slopes[0]][0].item()


# The grid ends at 1: for a large τ there is nothing to find, and the end of the grid comes back.
def wrong_grid_ends_at_one(tau):
    t = torch.linspace(0, 1, 100001, dtype=torch.float64)
    x = t / tau
    slopes = torch.sigmoid(x) * torch.sigmoid(-x)
    return t[(slopes <= 0.25e-6).int().argmax()].item()


# The slope at that point is returned, not the point.
def wrong_slope_returned(tau):
    return 1e-6 / (4 * tau)


# The whole width from the left to the right end is returned.
def wrong_width(tau):
    return 2 * tau * math.log(4e6)


# hangs: t starts at 0 and is multiplied, so it never moves.
def wrong_never_moves(tau):
    t = 0.0
    while slope(t, tau) > 1e-6 * slope(0, tau):
        t *= 1.01
    return t


# A Gaussian is taken for the slope.
def wrong_gaussian(tau):
    return tau * math.sqrt(2 * math.log(1e6))


# The quadratic σ² − σ + 10⁻⁶/4 is solved, and σ returned instead of the t that belongs to it.
def wrong_sigma_returned(tau):
    return (1 + math.sqrt(1 - 1e-6)) / 2


# Both ends are returned.
def wrong_both_ends(tau):
    edge = tau * math.log(4e6)
    return -edge, edge


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "time": "never_moves",
    "type": "both_ends",
    "sign": "negative",
    "temperature": "without_tau divided_by_tau",
    "term": "log10",
    "peak": "absolute_millionth quarter_forgotten quarter_on_the_wrong_side value_for_slope",
    "wrong": (
        "from_the_text thousandth steps_of_tau coarse_steps single_precision grid_ends_at_one slope_returned "
        "width gaussian sigma_returned"
    ),
}
