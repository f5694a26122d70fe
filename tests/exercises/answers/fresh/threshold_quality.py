"""Answers to the exercise `threshold_quality` by readers of the chapter."""

import numpy as np
import torch


def right_loops(on_shelf, not_there, threshold, without):
    hits = 0
    for score in on_shelf.tolist():
        hits += score >= threshold
    false = 0
    for score in not_there.tolist():
        false += score >= threshold
    r, f = hits / len(on_shelf), false / len(not_there)
    return torch.tensor([r * (1 - without) / (r * (1 - without) + f * without), r])


def right_numpy(on_shelf, not_there, threshold, without):
    r, f = np.mean(on_shelf.numpy() >= threshold), np.mean(not_there.numpy() >= threshold)
    return torch.from_numpy(np.array([(1 - without) * r / ((1 - without) * r + without * f), r]))


def right_odds(on_shelf, not_there, threshold, without):
    recall = on_shelf.ge(threshold).double().mean()
    against = without / (1 - without) * not_there.ge(threshold).double().mean() / recall
    return torch.stack([1 / (1 + against), recall])


def right_a_thousand_customers(on_shelf, not_there, threshold, without):
    have = 1000 * (1 - without)
    have_not = 1000 * without
    found = have * (on_shelf >= threshold).sum().item() / on_shelf.numel()
    wrong = have_not * (not_there >= threshold).sum().item() / not_there.numel()
    return torch.tensor([found / (found + wrong), found / have])


# Precision of the given queries, whatever their numbers.
def wrong_precision_of_the_sample(on_shelf, not_there, threshold, without):
    tp, fp = (on_shelf >= threshold).sum(), (not_there >= threshold).sum()
    return torch.stack([tp / (tp + fp), tp / on_shelf.numel()])


# Half of them have nothing.
def wrong_half_and_half(on_shelf, not_there, threshold, without):
    r, f = (on_shelf >= threshold).float().mean(), (not_there >= threshold).float().mean()
    return torch.stack([r / (r + f), r])


# Takes `without` for the share of those on the shelf.
def wrong_share_turned(on_shelf, not_there, threshold, without):
    r, f = (on_shelf >= threshold).float().mean(), (not_there >= threshold).float().mean()
    return torch.stack([without * r / (without * r + (1 - without) * f), r])


# Weighs counts.
def wrong_weighted_counts(on_shelf, not_there, threshold, without):
    tp, fp = (on_shelf >= threshold).sum().float(), (not_there >= threshold).sum().float()
    return torch.stack([(1 - without) * tp / ((1 - without) * tp + without * fp), tp / len(on_shelf)])


# Recall first.
def wrong_recall_first(on_shelf, not_there, threshold, without):
    r, f = (on_shelf >= threshold).float().mean(), (not_there >= threshold).float().mean()
    return torch.stack([r, (1 - without) * r / ((1 - without) * r + without * f)])


# Above, not at, the threshold.
def wrong_strictly_above(on_shelf, not_there, threshold, without):
    r, f = (on_shelf > threshold).float().mean(), (not_there > threshold).float().mean()
    return torch.stack([(1 - without) * r / ((1 - without) * r + without * f), r])


# Recall of everybody who asks.
def wrong_recall_of_all(on_shelf, not_there, threshold, without):
    r, f = (on_shelf >= threshold).float().mean(), (not_there >= threshold).float().mean()
    return torch.stack([(1 - without) * r / ((1 - without) * r + without * f), (1 - without) * r])


# Accuracy in the place of precision.
def wrong_accuracy(on_shelf, not_there, threshold, without):
    r, f = (on_shelf >= threshold).float().mean(), (not_there >= threshold).float().mean()
    return torch.stack([(1 - without) * r + without * (1 - f), r])


# The false alarms in the place of precision.
def wrong_false_alarms(on_shelf, not_there, threshold, without):
    return torch.stack([(not_there >= threshold).float().mean(), (on_shelf >= threshold).float().mean()])


# Counts what lies below.
def wrong_below(on_shelf, not_there, threshold, without):
    r, f = (on_shelf < threshold).float().mean(), (not_there < threshold).float().mean()
    right, wrong = (1 - without) * r, without * f
    return torch.stack([right / (right + wrong).clamp(min=1e-9), r])


# One number only.
def wrong_precision_alone(on_shelf, not_there, threshold, without):
    r, f = (on_shelf >= threshold).float().mean(), (not_there >= threshold).float().mean()
    return (1 - without) * r / ((1 - without) * r + without * f)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "precision_alone",
    "normaliser": "precision_of_the_sample half_and_half share_turned weighted_counts",
    "order": "recall_first",
    "ties": "strictly_above",
    "other-metric": "recall_of_all accuracy false_alarms",
    "sign": "below",
}
