"""Answers to the exercise `relevance` by readers of the chapter."""

import numpy as np
import torch


def right_loops(levels, alpha, num_levels):
    result = torch.zeros(levels.shape)
    for q, row in enumerate(levels.tolist()):
        for g, level in enumerate(row):
            if level > 0:
                result[q, g] = (level / num_levels) ** alpha / row.count(level)
    return result


def right_per_level(levels, alpha, num_levels):
    result = torch.zeros(levels.shape, dtype=torch.float64)
    for level in range(1, num_levels + 1):
        mask = levels == level
        count = mask.sum(dim=1, keepdim=True).clamp(min=1)
        result += mask * (level / num_levels) ** alpha / count
    return result


def right_table_of_equals(levels, alpha, num_levels):
    count = (levels[:, :, None] == levels[:, None, :]).sum(dim=-1)
    worth = (levels / num_levels) ** alpha / count
    return worth.masked_fill(levels == 0, 0.0)


def right_scatter_and_gather(levels, alpha, num_levels):
    counts = torch.zeros(len(levels), num_levels + 1)
    counts.scatter_add_(1, levels.long(), torch.ones(levels.shape))
    sums = (torch.arange(num_levels + 1) / num_levels) ** alpha
    sums[0] = 0
    return (sums / counts.clamp(min=1)).gather(1, levels.long())


def right_numpy(levels, alpha, num_levels):
    rows = []
    for row in levels.numpy():
        _, inverse, counts = np.unique(row, return_inverse=True, return_counts=True)
        worth = np.power(row / num_levels, float(alpha)) / counts[inverse]
        rows.append(np.where(row > 0, worth, 0.0))
    return torch.from_numpy(np.stack(rows))


def count_of_level(levels):
    return (levels[:, :, None] == levels[:, None, :]).sum(dim=-1)


# Leaves α out.
def wrong_no_alpha(levels, alpha, num_levels):
    return levels / num_levels / count_of_level(levels)


# Forgets to share the sum out among the items of the level.
def wrong_not_shared_out(levels, alpha, num_levels):
    return torch.where(levels > 0, (levels / num_levels) ** alpha, 0.0)


# Counts the items of this level or more instead of exactly this level.
def wrong_at_least(levels, alpha, num_levels):
    count = (levels[:, None, :] >= levels[:, :, None]).sum(dim=-1)
    return torch.where(levels > 0, (levels / num_levels) ** alpha / count, 0.0)


# With α = 0 items of level 0 get a share too, since 0 to the power of 0 is 1.
def wrong_zero_to_the_zero(levels, alpha, num_levels):
    return (levels / num_levels) ** alpha / count_of_level(levels)


# Takes the highest level that occurs for L.
def wrong_own_number_of_levels(levels, alpha, num_levels):
    worth = (levels / levels.max()) ** alpha / count_of_level(levels)
    return torch.where(levels > 0, worth, 0.0)


# Counts the items of a level over all queries instead of per query.
def wrong_count_over_queries(levels, alpha, num_levels):
    result = torch.zeros(levels.shape)
    for level in range(1, num_levels + 1):
        mask = levels == level
        if mask.any():
            result[mask] = (level / num_levels) ** alpha / mask.sum()
    return result


# Divides whole numbers by `//`, so every level below L is worth nothing.
def wrong_integer_division(levels, alpha, num_levels):
    worth = (levels // num_levels) ** alpha / count_of_level(levels)
    return torch.where(levels > 0, worth, 0.0)


# Multiplies by α instead of raising to the power α.
def wrong_times_alpha(levels, alpha, num_levels):
    return alpha * levels / num_levels / count_of_level(levels)


# Raises the share to the power α, count included, instead of l / L alone.
def wrong_alpha_over_all(levels, alpha, num_levels):
    share = (levels / num_levels / count_of_level(levels)) ** alpha
    return share.masked_fill(levels == 0, 0)


# Raises only l to the power α, not L.
def wrong_alpha_on_level_only(levels, alpha, num_levels):
    worth = levels.float() ** alpha / num_levels / count_of_level(levels)
    return worth * (levels > 0)


# Divides by the size of the gallery instead of the number of items of the level.
def wrong_gallery_size(levels, alpha, num_levels):
    worth = (levels / num_levels) ** alpha / levels.shape[1]
    return worth * (levels > 0)


# Writes fractions into a tensor of integers, where they become 0.
def wrong_integers(levels, alpha, num_levels):
    result = torch.zeros_like(levels)
    for level in range(1, num_levels + 1):
        for q in range(len(levels)):
            mask = levels[q] == level
            if mask.any():
                result[q, mask] = ((level / num_levels) ** alpha / mask.sum()).to(result.dtype)
    return result


# Divides by the row sum at the end, so that each row sums to 1.
def wrong_rows_sum_to_one(levels, alpha, num_levels):
    worth = (levels / num_levels) ** alpha / count_of_level(levels)
    worth = worth * (levels > 0)
    return worth / worth.sum(dim=1, keepdim=True).clamp(min=1e-12)


# Lets an item collect the shares of the lower levels too, as the weighted relevance (E14) does.
def wrong_collects(levels, alpha, num_levels):
    result = torch.zeros(levels.shape)
    for level in range(1, num_levels + 1):
        reached = levels >= level
        count = reached.sum(dim=1, keepdim=True).clamp(min=1)
        result += reached * (level / num_levels) ** alpha / count
    return result


# Counts down the columns, over the queries of one item, instead of along the row.
def wrong_count_axis(levels, alpha, num_levels):
    result = torch.zeros(levels.shape)
    for level in range(1, num_levels + 1):
        mask = levels == level
        count = mask.sum(dim=0, keepdim=True).clamp(min=1)
        result += mask * (level / num_levels) ** alpha / count
    return result


# Forgets level L: the loop ends one level too early.
def wrong_range_too_short(levels, alpha, num_levels):
    result = torch.zeros(levels.shape)
    for level in range(1, num_levels):
        mask = levels == level
        count = mask.sum(dim=1, keepdim=True).clamp(min=1)
        result += mask * (level / num_levels) ** alpha / count
    return result


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "dtype": "integers",
    "queries-mixed": "count_over_queries",
    "axis": "count_axis",
    "levels": (
        "no_alpha zero_to_the_zero own_number_of_levels integer_division times_alpha alpha_over_all "
        "alpha_on_level_only collects range_too_short"
    ),
    "normaliser": "not_shared_out at_least gallery_size rows_sum_to_one",
}
