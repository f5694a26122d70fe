"""Answers to the exercise `majority_vote` by readers of the chapter."""

from collections import Counter

import numpy as np
import torch


def right_loops(classes, shares):
    best = None
    for label in classes.unique().tolist():
        count, total = 0, 0.0
        for each, share in zip(classes.tolist(), shares.tolist(), strict=True):
            if each == label:
                count += 1
                total += share
        if best is None or (count, total) > best[:2]:
            best = count, total, label
    return torch.tensor([best[2], best[0] / len(classes)])


def right_counter(classes, shares):
    counts = Counter(classes.tolist())
    total = dict.fromkeys(counts, 0.0)
    for label, share in zip(classes.tolist(), shares.tolist(), strict=True):
        total[label] += share
    winner = max(counts, key=lambda label: (counts[label], total[label]))
    return torch.tensor([float(winner), counts[winner] / len(classes)])


def right_among_the_tied(classes, shares):
    labels, inverse, counts = classes.unique(return_inverse=True, return_counts=True)
    sums = torch.zeros(len(labels), dtype=shares.dtype).index_add_(0, inverse, shares)
    sums[counts < counts.max()] = float("-inf")
    winner = sums.argmax()
    return torch.stack([labels[winner].double(), counts[winner] / len(classes)])


def right_table(classes, shares):
    labels = classes.unique()
    same = (classes == labels[:, None]).double()
    count = same.sum(dim=1)
    tied = (count == count.max()).nonzero()[:, 0]
    winner = tied[(same @ shares.double())[tied].argmax()]
    return torch.tensor([labels[winner].item(), same[winner].mean().item()])


def right_numpy(classes, shares):
    labels, inverse, counts = np.unique(classes.numpy(), return_inverse=True, return_counts=True)
    sums = np.bincount(inverse, weights=shares.numpy())
    winner = np.lexsort((sums, counts))[-1]
    return torch.tensor([float(labels[winner]), counts[winner] / len(classes)])


def counted(classes, shares):
    labels, inverse, counts = classes.unique(return_inverse=True, return_counts=True)
    sums = torch.zeros(len(labels), dtype=shares.dtype).index_add_(0, inverse, shares)
    return labels, counts, sums


# Lets the sum of shares decide from the start, not only where the counts are equal.
def wrong_shares_decide(classes, shares):
    labels, counts, sums = counted(classes, shares)
    winner = sums.argmax()
    return torch.stack([labels[winner].float(), counts[winner] / len(classes)])


# Lets the smallest label win a tie; the shares are not looked at.
def wrong_tie_to_the_smallest(classes, shares):
    label = classes.mode().values
    return torch.stack([label.float(), (classes == label).float().mean()])


# Lets the label that comes first in the list win a tie.
def wrong_tie_to_the_first(classes, shares):
    label, count = Counter(classes.tolist()).most_common(1)[0]
    return torch.tensor([label, count / len(classes)])


# Lets the single surest image decide a tie, not the sum of the shares.
def wrong_tie_to_the_surest_image(classes, shares):
    labels, _, _ = counted(classes, shares)
    best = max(
        labels.tolist(),
        key=lambda c: ((classes == c).sum().item(), shares[classes == c].max().item()),
    )
    return torch.tensor([best, (classes == best).double().mean()])


# Lets the smaller sum of shares decide a tie.
def wrong_tie_to_the_smaller_sum(classes, shares):
    labels, counts, sums = counted(classes, shares)
    sums = torch.where(counts == counts.max(), sums, float("inf"))
    winner = sums.argmin()
    return torch.stack([labels[winner].float(), counts[winner] / len(classes)])


# Takes the share of the sum of shares for the confidence.
def wrong_confidence_by_shares(classes, shares):
    labels, counts, sums = counted(classes, shares)
    top = torch.where(counts == counts.max(), sums, -1.0)
    winner = top.argmax()
    return torch.stack([labels[winner].to(shares.dtype), sums[winner] / shares.sum()])


# Takes the mean share of the winning images for the confidence.
def wrong_confidence_is_mean_share(classes, shares):
    labels, counts, sums = counted(classes, shares)
    winner = torch.where(counts == counts.max(), sums, -1.0).argmax()
    return torch.stack([labels[winner].to(shares.dtype), sums[winner] / counts[winner]])


# Gives the number of votes instead of their share.
def wrong_count_as_confidence(classes, shares):
    labels, counts, sums = counted(classes, shares)
    winner = torch.where(counts == counts.max(), sums, -1.0).argmax()
    return torch.stack([labels[winner], counts[winner]]).float()


# Gives the place of the label in the list of distinct labels, not the label.
def wrong_place_of_the_label(classes, shares):
    _, counts, sums = counted(classes, shares)
    winner = torch.where(counts == counts.max(), sums, -1.0).argmax()
    return torch.stack([winner.float(), counts[winner] / len(classes)])


# Puts the result into a tensor of integers, where the confidence becomes 0.
def wrong_integers(classes, shares):
    labels, counts, sums = counted(classes, shares)
    winner = torch.where(counts == counts.max(), sums, -1.0).argmax()
    result = torch.zeros(2, dtype=classes.dtype)
    result[0] = labels[winner]
    result[1] = counts[winner] / len(classes)
    return result


# Returns the confidence first and the label second.
def wrong_order_of_the_two(classes, shares):
    labels, counts, sums = counted(classes, shares)
    winner = torch.where(counts == counts.max(), sums, -1.0).argmax()
    return torch.stack([counts[winner] / len(classes), labels[winner].float()])


# Takes the label of the surest image.
def wrong_surest_image(classes, shares):
    label = classes[shares.argmax()]
    return torch.stack([label.float(), (classes == label).float().mean()])


# Adds counts and shares up, so that much surety can outweigh a vote.
def wrong_counts_plus_shares(classes, shares):
    labels, counts, sums = counted(classes, shares)
    winner = (counts + sums).argmax()
    return torch.stack([labels[winner].float(), counts[winner] / len(classes)])


# Compares the mean share of each label instead of the number of its images.
def wrong_mean_share_decides(classes, shares):
    labels, counts, sums = counted(classes, shares)
    winner = (sums / counts).argmax()
    return torch.stack([labels[winner].float(), counts[winner] / len(classes)])


# Divides by the number of distinct labels instead of the number of images.
def wrong_divided_by_labels(classes, shares):
    labels, counts, sums = counted(classes, shares)
    winner = torch.where(counts == counts.max(), sums, -1.0).argmax()
    return torch.stack([labels[winner].float(), counts[winner] / len(labels)])


# Counts only images that are more than half sure.
def wrong_unsure_left_out(classes, shares):
    sure = shares > 0.5
    if not sure.any():
        sure[:] = True
    labels, counts, sums = counted(classes[sure], shares[sure])
    winner = torch.where(counts == counts.max(), sums, -1.0).argmax()
    return torch.stack([labels[winner].float(), counts[winner] / len(classes)])


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "dtype": "integers",
    "ties": "tie_to_the_smallest tie_to_the_first tie_to_the_surest_image tie_to_the_smaller_sum",
    "order": "place_of_the_label",
    "vote": "shares_decide surest_image counts_plus_shares mean_share_decides unsure_left_out",
    "normaliser": "confidence_by_shares confidence_is_mean_share count_as_confidence divided_by_labels",
    "wrong": "order_of_the_two",
}
