"""Answers to the exercise `triplet_loss` by readers of the chapter."""

import torch
from torch.nn.functional import relu


def right_broadcast(scores, relevant, margin):
    p, n = scores[relevant], scores[~relevant]
    return relu(n[None, :] - p[:, None] + margin).mean()


def right_loops(scores, relevant, margin):
    costs = []
    for i in range(len(scores)):
        for j in range(len(scores)):
            if relevant[i] and not relevant[j]:
                costs.append(torch.clamp(scores[j] - scores[i] + margin, min=0))
    return sum(costs) / len(costs)


def right_mask(scores, relevant, margin):
    t = scores[None, :] - scores[:, None] + margin
    mask = relevant[:, None] & ~relevant[None, :]
    return (torch.where(t > 0, t, torch.zeros_like(t)) * mask).sum() / mask.sum()


def right_maximum(scores, relevant, margin):
    n = scores[relevant.logical_not()].unsqueeze(1)
    t = n - scores[relevant] + margin
    return torch.maximum(t, torch.zeros(())).mean()


def right_cartesian(scores, relevant, margin):
    pairs = torch.cartesian_prod(scores[relevant], scores[~relevant])
    return relu(pairs[:, 1] - pairs[:, 0] + margin).mean()


# Positive minus negative, so that good triplets cost.
def wrong_sign(scores, relevant, margin):
    return relu(scores[relevant][:, None] - scores[~relevant][None, :] + margin).mean()


# The margin is taken off.
def wrong_minus_margin(scores, relevant, margin):
    return relu(scores[~relevant][None, :] - scores[relevant][:, None] - margin).mean()


# No maximum with 0.
def wrong_no_max(scores, relevant, margin):
    return (scores[~relevant][None, :] - scores[relevant][:, None] + margin).mean()


# The margin is forgotten.
def wrong_no_margin(scores, relevant, margin):
    return relu(scores[~relevant][None, :] - scores[relevant][:, None]).mean()


# The sum and not the mean.
def wrong_sum(scores, relevant, margin):
    return relu(scores[~relevant][None, :] - scores[relevant][:, None] + margin).sum()


# The mean over the whole matrix, pairs that are no triplets among them.
def wrong_whole_matrix(scores, relevant, margin):
    t = scores[None, :] - scores[:, None] + margin
    mask = relevant[:, None] & ~relevant[None, :]
    return (relu(t) * mask).mean()


# The mean over the triplets that cost.
def wrong_nonzero(scores, relevant, margin):
    t = relu(scores[~relevant][None, :] - scores[relevant][:, None] + margin)
    return t.sum() / (t > 0).sum()


# The hardest negative of each positive alone.
def wrong_hardest_of_each(scores, relevant, margin):
    return relu(scores[~relevant].max() - scores[relevant] + margin).mean()


# The hardest triplet alone.
def wrong_hardest(scores, relevant, margin):
    return relu(scores[~relevant].max() - scores[relevant].min() + margin)


# The mean is taken before the maximum.
def wrong_max_of_mean(scores, relevant, margin):
    return relu((scores[~relevant][None, :] - scores[relevant][:, None] + margin).mean())


# Counts violations.
def wrong_counted(scores, relevant, margin):
    t = scores[~relevant][None, :] - scores[relevant][:, None] + margin
    return (t > 0).float().mean() + 0 * scores.sum()


# The squared hinge.
def wrong_squared(scores, relevant, margin):
    return (relu(scores[~relevant][None, :] - scores[relevant][:, None] + margin) ** 2).mean()


# The graph is cut.
def wrong_item(scores, relevant, margin):
    return relu(scores[~relevant][None, :] - scores[relevant][:, None] + margin).mean().item()


# One cost for each positive is returned.
def wrong_each_positive(scores, relevant, margin):
    return relu(scores[~relevant][None, :] - scores[relevant][:, None] + margin).mean(dim=1)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "sign": "sign minus_margin",
    "term": "no_max no_margin hardest_of_each hardest max_of_mean counted squared",
    "normaliser": "sum whole_matrix nonzero",
    "type": "item",
    "shape": "each_positive",
}
