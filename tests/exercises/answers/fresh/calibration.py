"""Answers to the exercise `calibration` by readers of the chapter."""

import numpy as np
import torch


def right_masks(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    up = (alpha - scores)[same & others & (scores < alpha)]
    down = (scores - beta)[~same & others & (scores > beta)]
    loss = scores.sum() * 0
    if len(up):
        loss = loss + up.mean()
    if len(down):
        loss = loss + down.mean()
    return loss


def right_loops(scores, same, alpha, beta):
    up, down = [], []
    for i in range(len(scores)):
        for j in range(len(scores)):
            if i == j:
                continue
            score = float(scores[i, j])
            if same[i, j] and score < alpha:
                up.append(alpha - score)
            if not same[i, j] and score > beta:
                down.append(score - beta)
    return (sum(up) / len(up) if up else 0.0) + (sum(down) / len(down) if down else 0.0)


def right_relu(scores, same, alpha, beta):
    pos = same.clone().fill_diagonal_(False)
    neg = (~same).fill_diagonal_(False)
    up, down = torch.relu(alpha - scores) * pos, torch.relu(scores - beta) * neg
    return up.sum() / (up > 0).sum().clamp(min=1) + down.sum() / (down > 0).sum().clamp(min=1)


def right_numpy(scores, same, alpha, beta):
    s, pos = scores.detach().numpy(), same.numpy()
    off = ~np.eye(len(s), dtype=bool)
    up, down = alpha - s[pos & off], s[~pos & off] - beta
    return sum(float(x[x > 0].mean()) for x in (up, down) if (x > 0).any())


def right_upper_triangle(scores, same, alpha, beta):
    # each pair stands in the matrix twice, once is enough for a mean
    i, j = torch.triu_indices(len(scores), len(scores), offset=1)
    s, is_positive = scores[i, j], same[i, j]
    total = 0
    for terms in (alpha - s[is_positive], s[~is_positive] - beta):
        kept = terms[terms > 0]
        if kept.numel() > 0:
            total = total + kept.mean()
    return total


# The mean runs over all pairs, as E20 is written, not over the terms that are not 0.
def wrong_as_written(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    pos, neg = same & others, ~same
    up, down = (alpha - scores).clamp(min=0), (scores - beta).clamp(min=0)
    return up[pos].sum() / pos.sum().clamp(min=1) + down[neg].sum() / neg.sum().clamp(min=1)


# An image makes a pair with itself: the diagonal is counted.
def wrong_diagonal_counted(scores, same, alpha, beta):
    up = (alpha - scores)[same & (scores < alpha)]
    down = (scores - beta)[~same & (scores > beta)]
    return sum(terms.mean() for terms in (up, down) if len(terms))


# The mean of nothing is NaN.
def wrong_nan(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    up = (alpha - scores)[same & others & (scores < alpha)]
    down = (scores - beta)[~same & (scores > beta)]
    return up.mean() + down.mean()


# The margins are swapped.
def wrong_margins_swapped(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    up = (beta - scores)[same & others & (scores < beta)]
    down = (scores - alpha)[~same & (scores > alpha)]
    return sum((terms.mean() for terms in (up, down) if len(terms)), torch.tensor(0.0))


# Positives and negatives are swapped.
def wrong_kinds_swapped(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    up = (alpha - scores)[~same & (scores < alpha)]
    down = (scores - beta)[same & others & (scores > beta)]
    return sum((terms.mean() for terms in (up, down) if len(terms)), torch.tensor(0.0))


# The sums, not the means.
def wrong_sums(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    up = torch.relu(alpha - scores)[same & others].sum()
    return up + torch.relu(scores - beta)[~same].sum()


# One mean over positives and negatives together.
def wrong_one_mean(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    terms = torch.where(same, alpha - scores, scores - beta)[others]
    kept = terms[terms > 0]
    return kept.mean() if len(kept) else torch.tensor(0.0)


# Nothing is cut off at 0: pairs within their margins take away from the loss.
def wrong_not_cut_off(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    parts = (alpha - scores)[same & others], (scores - beta)[~same]
    return sum((terms.mean() for terms in parts if len(terms)), torch.tensor(0.0))


# The terms are squared.
def wrong_squared(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    up = (alpha - scores)[same & others & (scores < alpha)] ** 2
    down = (scores - beta)[~same & (scores > beta)] ** 2
    return sum((terms.mean() for terms in (up, down) if len(terms)), torch.tensor(0.0))


# The mean is taken per image first, and then over the images.
def wrong_per_image(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    up = torch.relu(alpha - scores) * (same & others)
    down = torch.relu(scores - beta) * ~same
    rows = [part.sum(dim=1) / (part > 0).sum(dim=1).clamp(min=1) for part in (up, down)]
    return rows[0].mean() + rows[1].mean()


# Only the positives are pulled: the second term is forgotten.
def wrong_negatives_forgotten(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    up = (alpha - scores)[same & others & (scores < alpha)]
    return up.mean() if len(up) else torch.tensor(0.0)


# If one kind has no term, the other is dropped as well.
def wrong_all_or_nothing(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    up = (alpha - scores)[same & others & (scores < alpha)]
    down = (scores - beta)[~same & (scores > beta)]
    if len(up) == 0 or len(down) == 0:
        return torch.tensor(0.0)
    return up.mean() + down.mean()


# The margins are those of the text, whatever the caller says.
def wrong_fixed_margins(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    up = (0.9 - scores)[same & others & (scores < 0.9)]
    down = (scores - 0.6)[~same & (scores > 0.6)]
    return sum((terms.mean() for terms in (up, down) if len(terms)), torch.tensor(0.0))


# The signs are turned round: what is within its margin is punished.
def wrong_signs(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    up = torch.relu(scores - alpha)[same & others]
    down = torch.relu(beta - scores)[~same]
    return sum((t[t > 0].mean() for t in (up, down) if (t > 0).any()), torch.tensor(0.0))


# The diagonal of the caller's tensor is overwritten.
def wrong_in_place(scores, same, alpha, beta):
    same.fill_diagonal_(False)
    negative = ~same
    negative.fill_diagonal_(False)
    up = (alpha - scores)[same & (scores < alpha)]
    down = (scores - beta)[negative & (scores > beta)]
    return sum((terms.mean() for terms in (up, down) if len(terms)), torch.tensor(0.0))


# The diagonal is taken out of the positives by "not same", and so becomes a negative pair.
def wrong_diagonal_among_negatives(scores, same, alpha, beta):
    positive = same & ~torch.eye(len(scores), dtype=torch.bool)
    negative = ~positive
    up = (alpha - scores)[positive & (scores < alpha)]
    down = (scores - beta)[negative & (scores > beta)]
    return sum((terms.mean() for terms in (up, down) if len(terms)), torch.tensor(0.0))


# The positives are averaged over the non-zero terms, the negatives over all pairs.
def wrong_one_mean_each_way(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    up = (alpha - scores)[same & others & (scores < alpha)]
    down = torch.relu(scores - beta)[~same]
    return sum((terms.mean() for terms in (up, down) if len(terms)), torch.tensor(0.0))


# The largest violation, not the mean.
def wrong_largest(scores, same, alpha, beta):
    others = ~torch.eye(len(scores), dtype=torch.bool)
    up = (alpha - scores)[same & others & (scores < alpha)]
    down = (scores - beta)[~same & (scores > beta)]
    return sum((terms.max() for terms in (up, down) if len(terms)), torch.tensor(0.0))


# A score of 1 is taken for an image with itself: a negative pair of two equal pictures is left out.
def wrong_itself_by_its_score(scores, same, alpha, beta):
    others = scores < 1
    up = (alpha - scores)[same & others & (scores < alpha)]
    down = (scores - beta)[~same & others & (scores > beta)]
    return sum((terms.mean() for terms in (up, down) if len(terms)), torch.tensor(0.0))


# Without a positive pair the negatives are dropped too.
def wrong_nothing_without_positives(scores, same, alpha, beta):
    positive = same & ~torch.eye(len(scores), dtype=torch.bool)
    if not positive.any():
        return torch.tensor(0.0)
    up, down = torch.relu(alpha - scores) * positive, torch.relu(scores - beta) * ~same
    return up.sum() / (up > 0).sum().clamp(min=1) + down.sum() / (down > 0).sum().clamp(min=1)


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "non-finite": "nan",
    "sign": "not_cut_off signs",
    "positives": "diagonal_counted margins_swapped kinds_swapped fixed_margins itself_by_its_score",
    "negatives": "negatives_forgotten",
    "term": "squared",
    "normaliser": "as_written sums one_mean",
    "in-place": "in_place",
    "wrong": ("per_image all_or_nothing diagonal_among_negatives one_mean_each_way largest nothing_without_positives"),
}
