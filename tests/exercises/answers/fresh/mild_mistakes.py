"""Answers to the exercise `mild_mistakes` by readers of the chapter."""

import numpy as np
import torch


def right_loops(scores, levels, top):
    mistakes = mild = 0
    for row, own in zip(scores.tolist(), levels.tolist(), strict=True):
        first = own[row.index(max(row))]
        if first < top:
            mistakes += 1
            mild += first > 0
    return mild / mistakes


def right_gather(scores, levels, top):
    first = levels.gather(1, scores.argmax(dim=1, keepdim=True))[:, 0]
    return (first[first < top] > 0).double().mean()


def right_counts(scores, levels, top):
    first = levels[torch.arange(len(levels)), scores.max(dim=1).indices]
    mistake = first != top
    mild = mistake & (first >= 1)
    return mild.sum() / mistake.sum()


def right_numpy(scores, levels, top):
    order = np.argsort(-scores.numpy(), axis=1)
    first = np.take_along_axis(levels.numpy(), order, axis=1)[:, 0]
    return float(np.count_nonzero((first > 0) & (first < top)) / np.sum(first < top))


def right_share_of_the_rest(scores, levels, top):
    best = scores == scores.amax(dim=1, keepdim=True)
    first = (best * levels).sum(dim=1)
    counts = torch.bincount(first, minlength=top + 1).double()
    return 1 - counts[0] / counts[:top].sum()


def first_of(scores, levels):
    return levels.gather(1, scores.argmax(dim=1, keepdim=True)).squeeze(1)


# Divides by all queries instead of by those with a mistake.
def wrong_share_of_all_queries(scores, levels, top):
    first = first_of(scores, levels)
    return ((first > 0) & (first < top)).float().mean()


# Counts the right first items too: they also share something.
def wrong_right_ones_counted(scores, levels, top):
    return (first_of(scores, levels) > 0).float().mean()


# Looks at the item with the lowest score.
def wrong_lowest_score(scores, levels, top):
    first = levels.gather(1, scores.argmin(dim=1, keepdim=True))[:, 0]
    return (first[first < top] > 0).float().mean()


# Calls mild only what misses the finest level by one.
def wrong_one_level_below_only(scores, levels, top):
    first = first_of(scores, levels)
    return (first[first < top] == top - 1).float().mean()


# Gives the share of the mistakes that share nothing.
def wrong_complement(scores, levels, top):
    first = first_of(scores, levels)
    return (first[first < top] == 0).float().mean()


# Takes the first column for the first item, without sorting by score.
def wrong_first_column(scores, levels, top):
    first = levels[:, 0]
    return (first[first < top] > 0).float().mean()


# Counts all items of the lists that are not of the finest level, not only the first.
def wrong_all_items(scores, levels, top):
    return (levels[levels < top] > 0).float().mean()


# Takes the highest level that a list holds for the finest one, instead of `top`.
def wrong_top_of_the_list(scores, levels, top):
    first = first_of(scores, levels)
    mistake = first < levels.max(dim=1).values
    return (first[mistake] > 0).float().mean()


# Ignores `top` and takes the highest level of the first items for the finest.
def wrong_top_ignored(scores, levels, top):
    first = first_of(scores, levels)
    mistakes = first[first < first.max()]
    return (mistakes > 0).float().mean()


# Counts level 0 as sharing something.
def wrong_level_zero_shares(scores, levels, top):
    first = first_of(scores, levels)
    return (first[first < top] >= 0).float().mean()


# Takes the mean level of the mistakes instead of the share of mild ones.
def wrong_mean_level(scores, levels, top):
    first = first_of(scores, levels)
    return first[first < top].float().mean()


# Gives the number of mild mistakes, not their share.
def wrong_number(scores, levels, top):
    first = first_of(scores, levels)
    return ((first > 0) & (first < top)).sum()


# Gives the share of the queries with a mistake, mild or not.
def wrong_share_of_mistakes(scores, levels, top):
    return (first_of(scores, levels) < top).float().mean()


# Finds the best score of all queries together, and with that a single item.
def wrong_best_of_all(scores, levels, top):
    first = levels.flatten()[scores.argmax()].reshape(1)
    return (first[first < top] > 0).float().mean()


# Takes the best item of each column: the maximum runs over the queries.
def wrong_axis(scores, levels, top):
    first = levels.gather(0, scores.argmax(dim=0, keepdim=True))[0]
    return (first[first < top] > 0).float().mean()


# Returns one truth value for each mistake instead of their share.
def wrong_not_averaged(scores, levels, top):
    first = first_of(scores, levels)
    return first[first < top] > 0


# Takes the item after the first, as if the first were the query itself.
def wrong_second_item(scores, levels, top):
    order = scores.argsort(dim=1, descending=True)
    first = levels.gather(1, order)[:, 1]
    return (first[first < top] > 0).float().mean()


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "not_averaged",
    "non-finite": "best_of_all",
    "off-by-one": "second_item",
    "sign": "lowest_score",
    "order": "first_column all_items",
    "axis": "axis",
    "levels": "right_ones_counted one_level_below_only complement top_of_the_list top_ignored level_zero_shares",
    "normaliser": "share_of_all_queries number",
    "other-metric": "mean_level share_of_mistakes",
}
