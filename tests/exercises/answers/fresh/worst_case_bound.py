"""Answers to the exercise `worst_case_bound` by readers of the chapter."""

from fractions import Fraction

import numpy as np
import torch

from suprank_edu.metrics import average_precision


def right_loops(batches, pos, neg):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos + 1):
            place = j + b * pos
            total += place / (place + b * neg)
    return 1 - total / (batches * pos)


def right_positives_one_by_one(batches, pos, neg):
    count = batches * pos
    ratios = [i / (i + (i - 1) // pos * neg) for i in range(1, count + 1)]
    return 1 - sum(ratios) / count


def right_tensors(batches, pos, neg):
    b = torch.arange(batches, dtype=torch.float64)[:, None]
    j = torch.arange(1, pos + 1, dtype=torch.float64)[None, :]
    seen = j + b * pos
    return (1 - (seen / (seen + b * neg)).mean()).item()


def right_numpy(batches, pos, neg):
    i = np.arange(1, batches * pos + 1)
    n = np.repeat(np.arange(batches) * neg, pos)
    return np.mean(n / (i + n))


def right_fractions(batches, pos, neg):
    total = Fraction(0)
    pos_before = neg_before = 0
    for _ in range(batches):
        for j in range(1, pos + 1):
            total += Fraction(j + pos_before, j + pos_before + neg_before)
        pos_before += pos
        neg_before += neg
    return float(1 - total / (batches * pos))


def right_built_ranking(batches, pos, neg):
    relevant = torch.tensor([([True] * pos + [False] * neg) * batches])
    scores = -torch.arange(relevant.shape[1], dtype=torch.float64)[None]
    return 1 - average_precision(scores, relevant).item()


# The place inside the batch starts at 0.
def wrong_from_zero(batches, pos, neg):
    total = 0.0
    for b in range(batches):
        for j in range(pos):
            place = j + b * pos
            if place + b * neg > 0:
                total += place / (place + b * neg)
    return 1 - total / (batches * pos)


# The last positive of each batch is forgotten.
def wrong_last_positive_forgotten(batches, pos, neg):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos):
            total += (j + b * pos) / (j + b * (pos + neg))
    return 1 - total / (batches * pos)


# The last batch is forgotten.
def wrong_last_batch_forgotten(batches, pos, neg):
    total = 0.0
    for b in range(batches - 1):
        for j in range(1, pos + 1):
            total += (j + b * pos) / (j + b * (pos + neg))
    return 1 - total / (batches * pos)


# "Before batch b" includes batch b itself.
def wrong_own_batch_included(batches, pos, neg):
    total = 0.0
    for b in range(1, batches + 1):
        for j in range(1, pos + 1):
            total += (j + b * pos) / (j + b * pos + b * neg)
    return 1 - total / (batches * pos)


# The negatives of the own batch stand in front of its positives.
def wrong_own_negatives_in_front(batches, pos, neg):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos + 1):
            place = j + b * pos
            total += place / (place + (b + 1) * neg)
    return 1 - total / (batches * pos)


# Only the batch just before counts, not all of those before.
def wrong_only_the_batch_before(batches, pos, neg):
    total = 0.0
    for b in range(batches):
        p, n = (pos, neg) if b > 0 else (0, 0)
        for j in range(1, pos + 1):
            total += (j + p) / (j + p + n)
    return 1 - total / (batches * pos)


# The 1 − is forgotten: this is the least AP.
def wrong_least_ap(batches, pos, neg):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos + 1):
            total += (j + b * pos) / (j + b * (pos + neg))
    return total / (batches * pos)


# Divided by the number of batches alone.
def wrong_divided_by_batches(batches, pos, neg):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos + 1):
            total += (j + b * pos) / (j + b * (pos + neg))
    return 1 - total / batches


# Divided by the positives of one batch alone.
def wrong_divided_by_pos(batches, pos, neg):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos + 1):
            total += (j + b * pos) / (j + b * (pos + neg))
    return 1 - total / pos


# The division by the number of positives is forgotten.
def wrong_not_divided(batches, pos, neg):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos + 1):
            total += (j + b * pos) / (j + b * (pos + neg))
    return 1 - total


# Divided by all items, negatives too.
def wrong_divided_by_items(batches, pos, neg):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos + 1):
            total += (j + b * pos) / (j + b * (pos + neg))
    return 1 - total / (batches * (pos + neg))


# Integer division.
def wrong_integer_division(batches, pos, neg):
    total = 0
    for b in range(batches):
        for j in range(1, pos + 1):
            total += (j + b * pos) // (j + b * (pos + neg))
    return 1 - total / (batches * pos)


# The positives of the batches before are missing above the line.
def wrong_numerator(batches, pos, neg):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos + 1):
            total += j / (j + b * (pos + neg))
    return 1 - total / (batches * pos)


# The positives of the batches before are missing altogether.
def wrong_positives_before_forgotten(batches, pos, neg):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos + 1):
            total += j / (j + b * neg)
    return 1 - total / (batches * pos)


# Positives and negatives are swapped.
def wrong_swapped(batches, pos, neg):
    total = 0.0
    for b in range(batches):
        for j in range(1, neg + 1):
            total += (j + b * neg) / (j + b * (neg + pos))
    return 1 - total / (batches * neg)


# The limit for many batches: the share of negatives.
def wrong_limit(batches, pos, neg):
    return neg / (pos + neg)


# Every positive of the last batch is counted, as if the whole list were like its end.
def wrong_last_batch_alone(batches, pos, neg):
    b = batches - 1
    ratios = [(j + b * pos) / (j + b * (pos + neg)) for j in range(1, pos + 1)]
    return 1 - sum(ratios) / pos


# One term for each batch: the sum over its positives is forgotten.
def wrong_one_term_a_batch(batches, pos, neg):
    ratios = [(1 + b * pos) / (1 + b * (pos + neg)) for b in range(batches)]
    return 1 - sum(ratios) / batches


# All negatives of all batches stand in front of every positive.
def wrong_all_negatives_first(batches, pos, neg):
    count = batches * pos
    return 1 - sum(i / (i + batches * neg) for i in range(1, count + 1)) / count


# The result is printed, not returned.
def wrong_printed(batches, pos, neg):
    total = sum((j + b * pos) / (j + b * (pos + neg)) for b in range(batches) for j in range(1, pos + 1))
    print(1 - total / (batches * pos))


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "no-return": "printed",
    "off-by-one": "last_positive_forgotten own_batch_included own_negatives_in_front",
    "sign": "least_ap",
    "negatives": "swapped all_negatives_first",
    "batches": "last_batch_alone",
    "rank-plus": "numerator positives_before_forgotten",
    "normaliser": "divided_by_batches divided_by_pos not_divided divided_by_items",
    "wrong": "from_zero last_batch_forgotten only_the_batch_before integer_division limit one_term_a_batch",
}
