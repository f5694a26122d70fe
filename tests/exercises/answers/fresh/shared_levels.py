"""Answers to the exercise `shared_levels` by readers of the chapter."""

import torch


def right_loops(labels, ref_labels):
    result = torch.zeros(len(labels), len(ref_labels), dtype=torch.long)
    for q in range(len(labels)):
        for g in range(len(ref_labels)):
            level = 0
            for mine, theirs in zip(reversed(labels[q].tolist()), reversed(ref_labels[g].tolist()), strict=True):
                if mine != theirs:
                    break
                level += 1
            result[q, g] = level
    return result


def right_broadcast(labels, ref_labels):
    return (labels[:, None, :] == ref_labels[None, :, :]).sum(dim=-1)


def right_cumprod_from_the_coarsest(labels, ref_labels):
    same = (labels.unsqueeze(1) == ref_labels.unsqueeze(0)).long()
    return same.flip(-1).cumprod(dim=-1).sum(-1)


def right_first_match(labels, ref_labels):
    num_levels = labels.shape[1]
    levels = torch.zeros(len(labels), len(ref_labels), dtype=torch.long)
    # from the coarsest column to the finest: finer matches overwrite coarser ones
    for column in reversed(range(num_levels)):
        match = labels[:, column, None] == ref_labels[None, :, column]
        levels[match] = num_levels - column
    return levels


def right_count_of_differences(labels, ref_labels):
    different = torch.cdist(labels.double(), ref_labels.double(), p=0)
    return labels.shape[1] - different.round().long()


# Compares the finest label only, so that every pair gets 0 or 1.
def wrong_finest_only(labels, ref_labels):
    return (labels[:, None, 0] == ref_labels[None, :, 0]).long()


# Asks whether the pair shares anything at all, and does not count the levels.
def wrong_any(labels, ref_labels):
    return (labels[:, None] == ref_labels[None]).any(dim=2).int()


# Gives the number of the first column that matches, instead of how many match.
def wrong_column_of_first_match(labels, ref_labels):
    same = (labels[:, None] == ref_labels[None]).int()
    return same.argmax(dim=2)


# Counts from the finest column on and stops at the first difference, so a pair of another instance gets 0.
def wrong_counted_from_the_finest(labels, ref_labels):
    same = (labels[:, None] == ref_labels[None]).long()
    return same.cumprod(dim=2).sum(dim=2)


# The gallery in the rows and the queries in the columns.
def wrong_transposed(labels, ref_labels):
    return (ref_labels[:, None] == labels[None]).sum(dim=2)


# Compares row i of the queries with row i of the gallery only, not all pairs.
def wrong_no_pairs(labels, ref_labels):
    n = min(len(labels), len(ref_labels))
    return (labels[:n] == ref_labels[:n]).sum(dim=1)


# Ignores the gallery and compares the queries among themselves.
def wrong_gallery_ignored(labels, ref_labels):
    return (labels[:, None] == labels[None]).sum(dim=-1)


# Sums over the gallery axis instead of the axis of the levels.
def wrong_axis(labels, ref_labels):
    return (labels[:, None, :] == ref_labels[None, :, :]).sum(dim=1)


# Counts the levels that differ, not those that are shared.
def wrong_differences(labels, ref_labels):
    return (labels[:, None] != ref_labels[None]).sum(dim=-1)


# Takes the share of the levels instead of their number.
def wrong_mean(labels, ref_labels):
    return (labels[:, None] == ref_labels[None]).float().mean(dim=-1)


# Throws the labels of all columns together, so number 3 of one column matches number 3 of another.
def wrong_as_sets(labels, ref_labels):
    result = torch.zeros(len(labels), len(ref_labels))
    for q, mine in enumerate(labels.tolist()):
        for g, theirs in enumerate(ref_labels.tolist()):
            result[q, g] = len(set(mine) & set(theirs))
    return result


# Takes column 0 for the coarsest: the last column that matches decides.
def wrong_coarsest_first(labels, ref_labels):
    same = labels[:, None] == ref_labels[None]
    place = torch.arange(1, labels.shape[1] + 1)
    return (same * place).amax(dim=-1)


# Leaves out the finest column, as if the level of one instance were L − 1.
def wrong_finest_left_out(labels, ref_labels):
    return (labels[:, None, 1:] == ref_labels[None, :, 1:]).sum(dim=-1)


# Computes the table and forgets to return it.
def wrong_no_return(labels, ref_labels):
    levels = (labels[:, None] == ref_labels[None]).sum(dim=-1)
    print(levels)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "no-return": "no_return",
    "shape": "transposed no_pairs gallery_ignored axis",
    "order": "column_of_first_match",
    "levels": "finest_only any counted_from_the_finest differences coarsest_first finest_left_out",
    "normaliser": "mean",
    "wrong": "as_sets",
}
