"""Answers to the exercise `purity` by readers of the chapter."""

from collections import Counter

import numpy as np
import torch


def right_loops(groups, truth):
    agreeing = 0
    for group in set(groups.tolist()):
        classes = [c for g, c in zip(groups.tolist(), truth.tolist(), strict=True) if g == group]
        agreeing += max(classes.count(c) for c in classes)
    return agreeing / len(groups)


def right_table(groups, truth):
    _, g = groups.unique(return_inverse=True)
    _, c = truth.unique(return_inverse=True)
    table = torch.zeros(int(g.max()) + 1, int(c.max()) + 1)
    table.index_put_((g, c), torch.ones(len(g)), accumulate=True)
    return table.amax(dim=1).sum() / len(groups)


def right_one_hot(groups, truth):
    in_group = (groups[:, None] == groups.unique()).double()
    of_class = (truth[:, None] == truth.unique()).double()
    return torch.einsum("ng,nc->gc", in_group, of_class).max(dim=1).values.sum() / len(truth)


def right_counter(groups, truth):
    best = {}
    pairs = Counter(zip(groups.tolist(), truth.tolist(), strict=True))
    for (group, _), count in pairs.items():
        best[group] = max(count, best.get(group, 0))
    return torch.tensor(sum(best.values()) / len(groups))


def right_mode(groups, truth):
    hits = 0
    for group in groups.unique():
        members = truth[groups == group]
        hits += (members == members.mode().values).sum()
    return hits / groups.numel()


def right_numpy(groups, truth):
    pairs, counts = np.unique(np.stack([groups.numpy(), truth.numpy()]), axis=1, return_counts=True)
    starts = np.flatnonzero(np.diff(pairs[0], prepend=pairs[0, 0] - 1))
    return float(np.maximum.reduceat(counts, starts).sum() / len(groups))


def table_of(groups, truth):
    _, g = groups.unique(return_inverse=True)
    _, c = truth.unique(return_inverse=True)
    table = torch.zeros(int(g.max()) + 1, int(c.max()) + 1)
    return table.index_put_((g, c), torch.ones(len(g)), accumulate=True)


# Takes the mean of the groups' purities, so that a small group counts as much as a large one.
def wrong_mean_over_groups(groups, truth):
    table = table_of(groups, truth)
    return (table.max(dim=1).values / table.sum(dim=1)).mean()


# Exchanges the roles: looks for the most frequent group of each class.
def wrong_groups_of_classes(groups, truth):
    return table_of(groups, truth).max(dim=0).values.sum() / len(groups)


# Forgets to divide by the number of items.
def wrong_count(groups, truth):
    return table_of(groups, truth).max(dim=1).values.sum()


# Divides by the number of groups instead of the number of items.
def wrong_divided_by_groups(groups, truth):
    return table_of(groups, truth).max(dim=1).values.sum() / len(groups.unique())


# Expects the number of the group to be that of the class.
def wrong_same_number(groups, truth):
    return (groups == truth).float().mean()


# Takes the class that is most frequent overall, not in each group.
def wrong_most_frequent_overall(groups, truth):
    most = truth.mode().values
    return (truth == most).float().mean()


# Counts how many groups have a single class only.
def wrong_groups_without_mixture(groups, truth):
    return ((table_of(groups, truth) > 0).sum(dim=1) == 1).float().mean()


# Counts to the number of distinct groups, as if they were numbered 0, 1, 2 … without gaps.
def wrong_numbered_without_gaps(groups, truth):
    agreeing = 0
    for group in range(len(groups.unique())):
        classes = truth[groups == group]
        if len(classes):
            agreeing += classes.bincount().max()
    return agreeing / len(groups)


# Stops one group too early: `range(groups.max())` leaves out the last group.
def wrong_last_group_left_out(groups, truth):
    agreeing = 0
    for group in range(int(groups.max())):
        classes = truth[groups == group]
        if len(classes):
            agreeing += int((classes == classes.mode().values).sum())
    return agreeing / len(groups)


# Adds up the most frequent class itself instead of how often it occurs.
def wrong_class_instead_of_count(groups, truth):
    total = 0
    for group in groups.unique():
        total += truth[groups == group].mode().values
    return total / len(groups)


# Reports the purity of the purest group.
def wrong_best_group(groups, truth):
    table = table_of(groups, truth)
    return (table.max(dim=1).values / table.sum(dim=1)).max()


# Divides whole numbers by `//`.
def wrong_integer_division(groups, truth):
    agreeing = 0
    for group in set(groups.tolist()):
        agreeing += int(truth[groups == group].bincount().max())
    return agreeing // len(groups)


# Counts pairs of items that share group and class, among the pairs of one group.
def wrong_pairs(groups, truth):
    together = (groups[:, None] == groups).triu(1)
    alike = (truth[:, None] == truth).triu(1)
    return (together & alike).sum() / together.sum()


# Divides by the number of classes that occur in each group instead of its items.
def wrong_number_of_classes(groups, truth):
    table = table_of(groups, truth)
    return len(groups.unique()) / (table > 0).sum()


# Gives the share of the items that do not belong: one minus the purity.
def wrong_impurity(groups, truth):
    return 1 - table_of(groups, truth).max(dim=1).values.sum() / len(groups)


# Prints the number instead of returning it.
def wrong_printed(groups, truth):
    print(table_of(groups, truth).max(dim=1).values.sum() / len(groups))


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "no-return": "printed",
    "sign": "impurity",
    "groups": (
        "mean_over_groups groups_of_classes same_number most_frequent_overall groups_without_mixture "
        "numbered_without_gaps last_group_left_out class_instead_of_count best_group"
    ),
    "normaliser": "count divided_by_groups",
    "other-metric": "pairs",
    "wrong": "integer_division number_of_classes",
}
