"""Answers to the exercise `mild_share` by readers of the chapter."""

import numpy as np
import torch


def right_formula(fine, coarse):
    return (coarse - fine) / (1 - fine)


def right_one_minus_severe(fine, coarse):
    # whoever misses the coarse class has missed the fine one too
    return 1 - (1 - coarse) / (1 - fine)


def right_loops(fine, coarse):
    result = []
    for f, c in zip(fine.tolist(), coarse.tolist(), strict=True):
        mistakes = 1 - f
        severe = 1 - c
        result.append((mistakes - severe) / mistakes)
    return torch.tensor(result)


def right_numpy(fine, coarse):
    f, c = fine.numpy(), coarse.numpy()
    return torch.from_numpy(np.divide(c - f, 1.0 - f))


def right_counted(fine, coarse):
    # as numbers of a million queries
    queries = 1e6
    right = fine.double() * queries
    mild = coarse.double() * queries - right
    severe = queries - right - mild
    return mild / (mild + severe)


# Gives the share of all queries, not of the mistakes.
def wrong_share_of_all(fine, coarse):
    return coarse - fine


# Counts the right fine answers among the mild mistakes.
def wrong_coarse_over_mistakes(fine, coarse):
    return coarse / (1 - fine)


# Gives the share of mistakes that are not mild.
def wrong_severe_share(fine, coarse):
    return (1 - coarse) / (1 - fine)


# Divides by the coarse hits instead of by the fine mistakes.
def wrong_divided_by_coarse(fine, coarse):
    return (coarse - fine) / coarse


# Divides by the coarse mistakes instead of the fine ones.
def wrong_divided_by_coarse_mistakes(fine, coarse):
    return (coarse - fine) / (1 - coarse)


# Subtracts the other way round.
def wrong_sign(fine, coarse):
    return (fine - coarse) / (1 - fine)


# Takes fine and coarse for independent: the coarse R@1 is then also that of the mistakes.
def wrong_independent(fine, coarse):
    return coarse * (1 - fine)


# Reports the coarse R@1 as if it were that of the mistakes alone.
def wrong_coarse_itself(fine, coarse):
    return coarse


# Divides by the fine hits.
def wrong_divided_by_fine(fine, coarse):
    return (coarse - fine) / fine


# Takes the share of the coarse hits that are fine hits.
def wrong_fine_over_coarse(fine, coarse):
    return fine / coarse


# Averages over the losses.
def wrong_mean_over_losses(fine, coarse):
    return ((coarse - fine) / (1 - fine)).mean()


# Adds up all mistakes of all losses and gives one share.
def wrong_pooled(fine, coarse):
    share = (coarse - fine).sum() / (1 - fine).sum()
    return share.expand(len(fine))


# Gives percent.
def wrong_percent(fine, coarse):
    return 100 * (coarse - fine) / (1 - fine)


# Forgets the brackets: 1 − fine is not divided by as a whole.
def wrong_brackets(fine, coarse):
    return coarse - fine / (1 - fine)


# Takes the odds: mild mistakes for each severe one, upside down.
def wrong_odds(fine, coarse):
    return (1 - coarse) / (coarse - fine)


# Rounds to two decimals, as the table prints it.
def wrong_rounded(fine, coarse):
    return ((coarse - fine) / (1 - fine)).round(decimals=2)


# Subtracts in place and so changes the column of the table.
def wrong_in_place(fine, coarse):
    coarse -= fine
    return coarse / (1 - fine)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "mean_over_losses",
    "non-finite": "odds",
    "sign": "sign",
    "levels": "coarse_over_mistakes severe_share",
    "rounding": "rounded",
    "normaliser": "share_of_all divided_by_coarse divided_by_coarse_mistakes divided_by_fine pooled percent brackets",
    "other-metric": "coarse_itself fine_over_coarse",
    "in-place": "in_place",
    "wrong": "independent",
}
