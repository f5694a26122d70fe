"""Answers to the exercise `weighted_relevance` by readers of the chapter."""

import numpy as np
import torch


def right_loops(levels, weights):
    num_levels = len(weights)
    result = torch.zeros(levels.shape, dtype=weights.dtype)
    for q, row in enumerate(levels.tolist()):
        for g, level in enumerate(row):
            for p in range(1, level + 1):
                count = sum(other >= p for other in row)
                result[q, g] += weights[num_levels - p] / count
    return result


def right_level_by_level(levels, weights):
    result = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        reached = levels >= p
        result = result + reached * weight / reached.sum(dim=1, keepdim=True)
    return result


def right_broadcast(levels, weights):
    p = torch.arange(len(weights), 0, -1)  # L … 1, beside the weights
    reached = (levels[:, :, None] >= p).to(weights.dtype)  # (Q, G, L)
    return (reached * (weights / reached.sum(dim=1, keepdim=True))).sum(dim=-1)


def right_table_of_shares(levels, weights):
    num_levels = len(weights)
    counts = torch.zeros(len(levels), num_levels + 1, dtype=weights.dtype)
    counts.scatter_add_(1, levels.long(), torch.ones_like(levels, dtype=weights.dtype))
    at_least = counts.flip(1).cumsum(dim=1).flip(1)  # items of level p or more
    share = weights.flip(0) / at_least[:, 1:]
    table = torch.nn.functional.pad(share.cumsum(dim=1), (1, 0))
    return table.gather(1, levels.long())


def right_numpy(levels, weights):
    lv, w = levels.numpy(), weights.double().numpy()[::-1]
    p = np.arange(1, len(w) + 1)
    reached = (lv[..., None] >= p).astype(float)
    return torch.from_numpy(np.einsum("qgp,qp->qg", reached, w / reached.sum(axis=1)))


def right_rows_sum_to_one(levels, weights):
    # the weights sum to 1, and so does each row
    result = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        reached = levels >= p
        result += reached * weight / reached.sum(dim=1, keepdim=True)
    return result / result.sum(dim=1, keepdim=True)


# Takes the weights as if that of the coarsest level came first.
def wrong_order_of_the_weights(levels, weights):
    result = torch.zeros(levels.shape)
    for p in range(1, len(weights) + 1):
        reached = levels >= p
        result += reached * weights[p - 1] / reached.sum(dim=1, keepdim=True)
    return result


# Gives an item the share of its own level only; it collects nothing from the coarser ones.
def wrong_own_level_only(levels, weights):
    result = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        count = (levels >= p).sum(dim=1, keepdim=True)
        result += (levels == p) * weight / count
    return result


# Divides by the number of items of exactly level p instead of level p or more.
def wrong_exact_count(levels, weights):
    result = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        count = (levels == p).sum(dim=1, keepdim=True).clamp(min=1)
        result += (levels >= p) * weight / count
    return result


# Gives each level's weight to the items of exactly that level, as E12 does.
def wrong_as_in_e12(levels, weights):
    result = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        own = levels == p
        result += own * weight / own.sum(dim=1, keepdim=True).clamp(min=1)
    return result


# Counts the items of all queries together.
def wrong_count_over_queries(levels, weights):
    result = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        reached = levels >= p
        result += reached * weight / reached.sum()
    return result


# Forgets to divide: every item gets the whole weight of a level.
def wrong_not_shared_out(levels, weights):
    p = torch.arange(len(weights), 0, -1)
    return ((levels[:, :, None] >= p) * weights).sum(dim=-1)


# Divides by the size of the gallery.
def wrong_gallery_size(levels, weights):
    p = torch.arange(len(weights), 0, -1)
    return ((levels[:, :, None] >= p) * weights).sum(dim=-1) / levels.shape[1]


# Collects only from the levels below its own.
def wrong_strictly_below(levels, weights):
    result = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        count = (levels >= p).sum(dim=1, keepdim=True)
        result += (levels > p) * weight / count
    return result


# Collects from the levels above instead of those that the item reaches.
def wrong_from_above(levels, weights):
    result = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        count = (levels >= p).sum(dim=1, keepdim=True)
        result += ((levels <= p) & (levels > 0)) * weight / count
    return result


# Adds the weights first and divides once, by the number of items of the own level or more.
def wrong_divided_once(levels, weights):
    total = torch.nn.functional.pad(weights.flip(0).cumsum(dim=0), (1, 0))
    count = (levels[:, None, :] >= levels[:, :, None]).sum(dim=-1)
    return total[levels] / count


# Looks a level up at `level − 1`: an item of level 0 gets the last entry, that of the finest level.
def wrong_level_zero_wraps(levels, weights):
    p = torch.arange(1, len(weights) + 1)
    count = (levels[:, :, None] >= p).sum(dim=1)
    table = (weights.flip(0) / count).cumsum(dim=1)
    return table.gather(1, (levels - 1) % len(weights))


# Counts level 0 as a level that is reached, so the weights are one place off.
def wrong_levels_from_zero(levels, weights):
    result = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0)):
        reached = levels >= p
        result += reached * weight / reached.sum(dim=1, keepdim=True)
    return result


# Counts down the columns, the queries that reach the level at one item.
def wrong_count_axis(levels, weights):
    result = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        reached = levels >= p
        result += reached * weight / reached.sum(dim=0, keepdim=True).clamp(min=1)
    return result


# Overwrites the share of the coarser level with that of the finer one instead of adding.
def wrong_overwritten(levels, weights):
    result = torch.zeros(levels.shape)
    for p, weight in enumerate(weights.flip(0), start=1):
        reached = levels >= p
        share = weight / reached.sum(dim=1, keepdim=True)
        result = torch.where(reached, share, result)
    return result


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "queries-mixed": "count_over_queries",
    "axis": "count_axis",
    "levels": "own_level_only as_in_e12 strictly_below from_above level_zero_wraps levels_from_zero overwritten",
    "weights": "order_of_the_weights",
    "normaliser": "exact_count not_shared_out gallery_size divided_once",
}
