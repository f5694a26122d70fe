"""Answers to the exercise `calibrated_bound` by readers of the chapter."""

from fractions import Fraction

import numpy as np
import torch


def right_loops(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos_above + 1):
            top = j + b * pos_above
            total += top / (top + b * neg_above)
        for j in range(1, pos - pos_above + 1):
            top = j + pos_above + b * pos
            total += top / (top + b * neg)
    return 1 - total / (batches * pos)


def right_running_sums(batches, pos, neg, pos_above, neg_above):
    total = Fraction(0)
    good = errors = seen = behind = 0
    for _ in range(batches):
        for i in range(good + 1, good + pos_above + 1):
            total += Fraction(i, i + errors)
        for i in range(seen + pos_above + 1, seen + pos + 1):
            total += Fraction(i, i + behind)
        good, errors, seen, behind = good + pos_above, errors + neg_above, seen + pos, behind + neg
    return float(1 - total / (batches * pos))


def right_tensors(batches, pos, neg, pos_above, neg_above):
    b = torch.arange(batches, dtype=torch.float64)[:, None]
    above = torch.arange(1, pos_above + 1, dtype=torch.float64) + b * pos_above
    below = torch.arange(pos_above + 1, pos + 1, dtype=torch.float64) + b * pos
    total = (above / (above + b * neg_above)).sum() + (below / (below + b * neg)).sum()
    return (1 - total / (batches * pos)).item()


def right_numpy(batches, pos, neg, pos_above, neg_above):
    b, j = np.meshgrid(np.arange(batches), np.arange(1, pos + 1), indexing="ij")
    top = j + b * np.where(j <= pos_above, pos_above, pos)
    front = b * np.where(j <= pos_above, neg_above, neg)
    return 1 - (top / (top + front)).mean()


def right_what_is_lost(batches, pos, neg, pos_above, neg_above):
    lost = 0.0
    for b in range(batches):
        for j in range(1, pos + 1):
            errors = b * neg_above if j <= pos_above else b * neg
            good = j + b * pos_above if j <= pos_above else j + b * pos
            lost += errors / (good + errors)
    return lost / batches / pos


# Only the part above the threshold is added up.
def wrong_below_forgotten(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos_above + 1):
            total += (j + b * pos_above) / (j + b * (pos_above + neg_above))
    return 1 - total / (batches * pos)


# Only the part below the threshold is added up.
def wrong_above_forgotten(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos - pos_above + 1):
            top = j + pos_above + b * pos
            total += top / (top + b * neg)
    return 1 - total / (batches * pos)


# Below the threshold the positives of the own batch above it are forgotten.
def wrong_own_good_forgotten(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos_above + 1):
            total += (j + b * pos_above) / (j + b * (pos_above + neg_above))
        for j in range(1, pos - pos_above + 1):
            total += (j + b * pos) / (j + b * (pos + neg))
    return 1 - total / (batches * pos)


# Below the threshold only the negatives below it are in front.
def wrong_negatives_below_only(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos_above + 1):
            total += (j + b * pos_above) / (j + b * (pos_above + neg_above))
        for j in range(1, pos - pos_above + 1):
            top = j + pos_above + b * pos
            total += top / (top + b * (neg - neg_above))
    return 1 - total / (batches * pos)


# Below the threshold only the positives below it are counted: the two parts are taken as two lists.
def wrong_two_lists(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos_above + 1):
            total += (j + b * pos_above) / (j + b * (pos_above + neg_above))
        for j in range(1, pos - pos_above + 1):
            top = j + b * (pos - pos_above)
            total += top / (top + b * (neg - neg_above))
    return 1 - total / (batches * pos)


# The second sum runs over all positives, not over those below.
def wrong_second_sum_too_long(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos_above + 1):
            total += (j + b * pos_above) / (j + b * (pos_above + neg_above))
        for j in range(1, pos + 1):
            top = j + pos_above + b * pos
            total += top / (top + b * neg)
    return 1 - total / (batches * pos)


# Above the threshold all positives of the batches before are counted.
def wrong_all_positives_above(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos_above + 1):
            top = j + b * pos
            total += top / (top + b * neg_above)
        for j in range(1, pos - pos_above + 1):
            top = j + pos_above + b * pos
            total += top / (top + b * neg)
    return 1 - total / (batches * pos)


# Above the threshold all negatives of the batches before are in front.
def wrong_all_negatives_above(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos_above + 1):
            top = j + b * pos_above
            total += top / (top + b * neg)
        for j in range(1, pos - pos_above + 1):
            top = j + pos_above + b * pos
            total += top / (top + b * neg)
    return 1 - total / (batches * pos)


# Divided by the positives above the threshold.
def wrong_divided_by_good(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos_above + 1):
            total += (j + b * pos_above) / (j + b * (pos_above + neg_above))
        for j in range(1, pos - pos_above + 1):
            top = j + pos_above + b * pos
            total += top / (top + b * neg)
    return 1 - total / max(1, batches * pos_above)


# Each of the two sums is averaged by itself, as if the parts weighed alike.
def wrong_each_part_averaged(batches, pos, neg, pos_above, neg_above):
    above = [
        (j + b * pos_above) / (j + b * (pos_above + neg_above)) for b in range(batches) for j in range(1, pos_above + 1)
    ]
    below = [(j + b * pos) / (j + b * (pos + neg)) for b in range(batches) for j in range(pos_above + 1, pos + 1)]
    parts = [sum(part) / len(part) for part in (above, below) if part]
    return 1 - sum(parts) / len(parts)


# The 1 − is forgotten.
def wrong_no_one_minus(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos_above + 1):
            total += (j + b * pos_above) / (j + b * (pos_above + neg_above))
        for j in range(pos_above + 1, pos + 1):
            total += (j + b * pos) / (j + b * (pos + neg))
    return total / (batches * pos)


# The bound without a threshold: the last two arguments are ignored.
def wrong_threshold_ignored(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos + 1):
            total += (j + b * pos) / (j + b * (pos + neg))
    return 1 - total / (batches * pos)


# The smaller of E18 and E19 is returned; asked is E19.
def wrong_capped(batches, pos, neg, pos_above, neg_above):
    total, plain = 0.0, 0.0
    for b in range(batches):
        for j in range(1, pos + 1):
            plain += (j + b * pos) / (j + b * (pos + neg))
            if j <= pos_above:
                total += (j + b * pos_above) / (j + b * (pos_above + neg_above))
            else:
                total += (j + b * pos) / (j + b * (pos + neg))
    return 1 - max(total, plain) / (batches * pos)


# Good and errors are swapped.
def wrong_good_and_errors_swapped(batches, pos, neg, pos_above, neg_above):
    pos_above, neg_above = neg_above, pos_above
    total = 0.0
    for b in range(batches):
        for j in range(1, pos_above + 1):
            total += (j + b * pos_above) / (j + b * (pos_above + neg_above))
        for j in range(1, pos - pos_above + 1):
            top = j + pos_above + b * pos
            total += top / (top + b * neg)
    return 1 - total / (batches * pos)


# "Before batch b" includes batch b itself.
def wrong_own_batch_included(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(1, batches + 1):
        for j in range(1, pos_above + 1):
            total += (j + b * pos_above) / (j + b * (pos_above + neg_above))
        for j in range(1, pos - pos_above + 1):
            top = j + pos_above + b * pos
            total += top / (top + b * neg)
    return 1 - total / (batches * pos)


# The places in both sums start at 0.
def wrong_from_zero(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(pos_above):
            total += (j + b * pos_above) / max(1, j + b * (pos_above + neg_above))
        for j in range(pos - pos_above):
            top = j + pos_above + b * pos
            total += top / max(1, top + b * neg)
    return 1 - total / (batches * pos)


# The own errors stand in front of the own positives above the threshold.
def wrong_own_errors_in_front(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos_above + 1):
            top = j + b * pos_above
            total += top / (top + (b + 1) * neg_above)
        for j in range(1, pos - pos_above + 1):
            top = j + pos_above + b * pos
            total += top / (top + b * neg)
    return 1 - total / (batches * pos)


# Precedence: the brackets below the line are forgotten.
def wrong_brackets(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos_above + 1):
            top = j + b * pos_above
            total += top / top + b * neg_above
        for j in range(1, pos - pos_above + 1):
            top = j + pos_above + b * pos
            total += top / top + b * neg
    return 1 - total / (batches * pos)


# No negative above the threshold is taken for a bound of 0, though positives may be below it.
def wrong_zero_without_errors(batches, pos, neg, pos_above, neg_above):
    if neg_above == 0:
        return 0.0
    total = 0.0
    for b in range(batches):
        for j in range(1, pos + 1):
            if j <= pos_above:
                total += (j + b * pos_above) / (j + b * (pos_above + neg_above))
            else:
                total += (j + b * pos) / (j + b * (pos + neg))
    return 1 - total / (batches * pos)


# The good positives of earlier batches are added to all their positives, which hold them already.
def wrong_good_counted_in_every_batch(batches, pos, neg, pos_above, neg_above):
    total = 0.0
    for b in range(batches):
        for j in range(1, pos_above + 1):
            total += (j + b * pos_above) / (j + b * (pos_above + neg_above))
        for j in range(1, pos - pos_above + 1):
            top = j + (b + 1) * pos_above + b * pos
            total += top / (top + b * neg)
    return 1 - total / (batches * pos)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "sign": "no_one_minus",
    "positives": "below_forgotten above_forgotten own_good_forgotten all_positives_above",
    "negatives": "negatives_below_only all_negatives_above threshold_ignored",
    "normaliser": "divided_by_good",
    "other-metric": "capped",
    "wrong": (
        "two_lists second_sum_too_long each_part_averaged good_and_errors_swapped own_batch_included "
        "from_zero own_errors_in_front brackets zero_without_errors good_counted_in_every_batch"
    ),
}
