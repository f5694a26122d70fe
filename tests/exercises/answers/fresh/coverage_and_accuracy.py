"""Answers to the exercise `coverage_and_accuracy` by readers of the chapter."""

import numpy as np
import torch


def right_loops(labels, truth):
    labelled = right = 0
    for label, true in zip(labels.tolist(), truth.tolist(), strict=True):
        if label != -1:
            labelled += 1
            right += label == true
    return torch.tensor([labelled / len(labels), right / labelled])


def right_masks(labels, truth):
    has = labels != -1
    return torch.stack([has.float().mean(), (labels == truth)[has].float().mean()])


def right_sums(labels, truth):
    has = (labels >= 0).double()
    hits = has * (labels == truth)
    return torch.stack([has.sum() / len(has), hits.sum() / has.sum()])


def right_dot_product(labels, truth):
    has = labels.ne(-1).double()
    same = labels.eq(truth).double()
    return torch.tensor([has.mean(), torch.dot(has, same) / has.sum()])


def right_numpy(labels, truth):
    covered = np.flatnonzero(labels.numpy() != -1)
    accuracy = np.mean(labels.numpy()[covered] == truth.numpy()[covered])
    return torch.tensor([covered.size / labels.numel(), float(accuracy)])


# Takes the accuracy over all landmarks, those without a label included.
def wrong_accuracy_over_all(labels, truth):
    has = labels != -1
    return torch.stack([has.float().mean(), (labels == truth).float().mean()])


# Asks for labels above 0, so that class 0 counts as no label.
def wrong_class_zero_left_out(labels, truth):
    has = labels > 0
    return torch.stack([has.float().mean(), (labels == truth)[has].float().mean()])


# Takes 0 for the mark of a missing label.
def wrong_zero_is_none(labels, truth):
    has = labels != 0
    return torch.stack([has.float().mean(), (labels == truth)[has].float().mean()])


# Returns the accuracy first.
def wrong_order(labels, truth):
    has = labels != -1
    return torch.stack([(labels == truth)[has].float().mean(), has.float().mean()])


# Gives the share of the landmarks without a label as the coverage.
def wrong_share_without(labels, truth):
    without = labels == -1
    accuracy = (labels == truth)[~without].float().mean()
    return torch.stack([without.float().mean(), accuracy])


# Counts a label of −1 as right, since nothing wrong was said.
def wrong_none_is_right(labels, truth):
    has = labels != -1
    return torch.stack([has.float().mean(), ((labels == truth) | ~has).float().mean()])


# Gives numbers of landmarks instead of shares.
def wrong_numbers(labels, truth):
    has = labels != -1
    return torch.stack([has.sum(), (labels == truth)[has].sum()]).float()


# Gives percent instead of shares.
def wrong_percent(labels, truth):
    has = labels != -1
    return 100 * torch.stack([has.float().mean(), (labels == truth)[has].float().mean()])


# Takes the coverage for how many of the true classes have some label.
def wrong_classes_covered(labels, truth):
    has = labels != -1
    coverage = len(labels[has].unique()) / len(truth.unique())
    return torch.tensor([coverage, (labels == truth)[has].float().mean()])


# Divides whole numbers by `//`.
def wrong_integer_division(labels, truth):
    has = labels != -1
    right = (labels == truth) & has
    return torch.stack([has.sum() // len(labels), right.sum() // has.sum()]).float()


# Gives the share of wrong labels as the accuracy.
def wrong_error_rate(labels, truth):
    has = labels != -1
    return torch.stack([has.float().mean(), (labels != truth)[has].float().mean()])


# Divides by the number of labels instead of landmarks in the coverage too, which makes it 1.
def wrong_only_labelled_ones(labels, truth):
    kept = labels[labels != -1]
    return torch.tensor([len(kept) / len(kept), (kept == truth[labels != -1]).float().mean()])


# Compares the labels that are left with the first of the truth: the places no longer match.
def wrong_truth_not_masked(labels, truth):
    kept = labels[labels != -1]
    right = (kept == truth[: len(kept)]).float().mean()
    return torch.tensor([len(kept) / len(labels), right])


# Multiplies the two: the accuracy is that of all landmarks, and so is the first number.
def wrong_product(labels, truth):
    has = labels != -1
    both = ((labels == truth) & has).float().mean()
    return torch.stack([both, both])


# Takes the mean accuracy of the classes instead of that of the landmarks.
def wrong_mean_over_classes(labels, truth):
    has = labels != -1
    of_class = [(labels == truth)[has & (truth == c)].float().mean() for c in truth[has].unique()]
    return torch.stack([has.float().mean(), torch.stack(of_class).mean()])


# Returns only the accuracy.
def wrong_one_number(labels, truth):
    has = labels != -1
    return (labels == truth)[has].float().mean()


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "one_number",
    "sign": "share_without error_rate",
    "pairs": "truth_not_masked",
    "unlabelled": "class_zero_left_out zero_is_none none_is_right classes_covered",
    "normaliser": "accuracy_over_all numbers percent only_labelled_ones product",
    "other-metric": "mean_over_classes",
    "wrong": "order integer_division",
}
