"""Answers to the exercise `search_recall` by readers of the chapter."""

import numpy as np
import torch


def right_loops(scores, exact_scores):
    result = []
    for found, exact in zip(scores.tolist(), exact_scores.tolist(), strict=True):
        hits = sum(score >= exact[-1] - 1e-6 for score in found)
        result.append(hits / len(exact))
    return torch.tensor(result)


def right_vectorised(scores, exact_scores):
    return (scores.double() >= exact_scores[:, -1:].double() - 1e-6).double().mean(dim=1)


def right_minimum(scores, exact_scores):
    worst = exact_scores.double().amin(dim=1, keepdim=True)
    return (scores - worst + 1e-6 >= 0).sum(dim=1) / exact_scores.shape[1]


def right_search(scores, exact_scores):
    # how many of the found, best first, lie above the border
    border = exact_scores[:, -1:].double() - 1e-6
    places = torch.searchsorted(-scores.double(), -border, right=True)
    return places.squeeze(1) / scores.shape[1]


def right_numpy(scores, exact_scores):
    border = exact_scores.double().numpy()[:, -1] - 1e-6
    hits = np.count_nonzero(scores.double().numpy() >= border[:, None], axis=1)
    return torch.from_numpy(hits / scores.shape[1])


# Compares place by place: one miss on top moves all that follow, and they count as missed.
def wrong_place_by_place(scores, exact_scores):
    return ((scores - exact_scores).abs() <= 1e-6).float().mean(dim=1)


# Compares with the best of the true scores instead of the last of them.
def wrong_best_instead_of_last(scores, exact_scores):
    return (scores >= exact_scores[:, :1] - 1e-6).float().mean(dim=1)


# Asks for scores strictly above the last: a tie with it does not count.
def wrong_strict(scores, exact_scores):
    return (scores > exact_scores[:, -1:]).float().mean(dim=1)


# Leaves no room for rounding.
def wrong_no_tolerance(scores, exact_scores):
    return (scores >= exact_scores[:, -1:]).float().mean(dim=1)


# Adds the tolerance instead of subtracting it.
def wrong_sign_of_the_tolerance(scores, exact_scores):
    return (scores >= exact_scores[:, -1:] + 1e-6).float().mean(dim=1)


# Leaves far too much room.
def wrong_tolerance_too_large(scores, exact_scores):
    return (scores >= exact_scores[:, -1:] - 1e-2).float().mean(dim=1)


# Takes the tolerance relative to the score: with a negative score the border moves up.
def wrong_relative_tolerance(scores, exact_scores):
    return (scores >= exact_scores[:, -1:] * (1 - 1e-6)).float().mean(dim=1)


# Looks the scores up in the list of the true ones: equal to the last bit or missed.
def wrong_exactly_in_the_list(scores, exact_scores):
    return torch.stack(
        [torch.isin(found, exact).float().mean() for found, exact in zip(scores, exact_scores, strict=True)]
    )


# Divides by the number of items that the search returned: that is precision.
def wrong_divided_by_returned(scores, exact_scores):
    hits = (scores >= exact_scores[:, -1:] - 1e-6).sum(dim=1)
    return hits / scores.isfinite().sum(dim=1).clamp(min=1)


# Averages over the queries.
def wrong_mean_over_queries(scores, exact_scores):
    return (scores >= exact_scores[:, -1:] - 1e-6).float().mean()


# Averages over the queries instead of over the items: one number for each place.
def wrong_axis(scores, exact_scores):
    return (scores >= exact_scores[:, -1:] - 1e-6).float().mean(dim=0)


# Asks whether any of the true best was found.
def wrong_any(scores, exact_scores):
    return (scores >= exact_scores[:, -1:] - 1e-6).any(dim=1).float()


# Asks whether all were found.
def wrong_all(scores, exact_scores):
    return (scores >= exact_scores[:, -1:] - 1e-6).all(dim=1).float()


# Gives the number found instead of the share.
def wrong_number(scores, exact_scores):
    return (scores >= exact_scores[:, -1:] - 1e-6).sum(dim=1)


# Counts how many of the true best are at least as good as the worst item found.
def wrong_exchanged(scores, exact_scores):
    return (exact_scores >= scores[:, -1:] - 1e-6).float().mean(dim=1)


# Compares with the lowest of the last scores of all queries.
def wrong_one_border_for_all(scores, exact_scores):
    return (scores >= exact_scores.min() - 1e-6).float().mean(dim=1)


# Divides the sum of the scores found by the sum of the true ones.
def wrong_ratio_of_scores(scores, exact_scores):
    found = scores.masked_fill(scores == float("-inf"), 0)
    return found.sum(dim=1) / exact_scores.sum(dim=1)


# Takes the distance from the last score without its sign: what is much better counts as missed.
def wrong_absolute_distance(scores, exact_scores):
    return ((scores - exact_scores[:, -1:]).abs() <= 1e-6).float().mean(dim=1)


# Overwrites −inf with 0, which lies above the border where the scores are negative.
def wrong_zero_for_none(scores, exact_scores):
    found = torch.where(scores.isinf(), torch.zeros_like(scores), scores)
    return (found >= exact_scores[:, -1:] - 1e-6).float().mean(dim=1)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "mean_over_queries axis",
    "dtype": "number",
    "ties": "strict",
    "sign": "sign_of_the_tolerance absolute_distance",
    "order": "place_by_place best_instead_of_last exchanged",
    "queries-mixed": "one_border_for_all",
    "rounding": "no_tolerance tolerance_too_large exactly_in_the_list",
    "normaliser": "divided_by_returned",
    "negative-scores": "relative_tolerance zero_for_none",
    "other-metric": "any all",
    "wrong": "ratio_of_scores",
}
