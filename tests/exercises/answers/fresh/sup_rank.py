"""Answers to the exercise `sup_rank` by readers of the chapter."""

import torch

from suprank_edu.ranking import rank
from suprank_edu.steps import Heaviside, Sigmoid, SupStep


def differences(scores):
    """The lead of item j over item k, (Q, k, j)."""
    return scores[:, None, :] - scores[:, :, None]


def right_pairs(scores, relevant):
    step = SupStep()
    lead = differences(scores)
    rank_plus = ((lead >= 0) & relevant[:, None, :]).sum(dim=2)
    return rank_plus + (step(lead) * ~relevant[:, None, :]).sum(dim=2)


def right_loops(scores, relevant):
    step = SupStep()
    rows = []
    for q in range(scores.shape[0]):
        row = []
        for k in range(scores.shape[1]):
            value = torch.ones((), dtype=scores.dtype)
            for j in range(scores.shape[1]):
                if j == k:
                    continue
                if relevant[q, j]:
                    value = value + float(scores[q, j] >= scores[q, k])
                else:
                    value = value + step(scores[q, j] - scores[q, k])
            row.append(value)
        rows.append(torch.stack(row))
    return torch.stack(rows)


def right_query_by_query(scores, relevant):
    step = SupStep()
    rows = []
    for row, kinds in zip(scores, relevant, strict=True):
        positives, negatives = row[kinds], row[~kinds]
        with torch.no_grad():
            plus = (positives[None, :] >= row[:, None]).sum(dim=1)
        rows.append(plus + step(negatives[None, :] - row[:, None]).sum(dim=1))
    return torch.stack(rows)


def right_einsum(scores, relevant):
    step = SupStep()
    negative = (~relevant).to(scores.dtype)
    minus = torch.einsum("qkj,qj->qk", step(differences(scores)), negative)
    plus = torch.einsum("qkj,qj->qk", (differences(scores.detach()) >= 0).to(scores.dtype), 1 - negative)
    return plus + minus


def right_rank_of_the_library(scores, relevant):
    step = SupStep()
    fixed = scores.detach()
    plus = rank(fixed.masked_fill(~relevant, float(fixed.min()) - 1))
    pairs = step(differences(scores)).masked_fill(relevant.unsqueeze(1), 0)
    return plus + pairs.sum(dim=-1)


# The surrogate is in rank⁺ too, so positives push one another.
def wrong_step_for_all(scores, relevant):
    step = SupStep()
    others = ~torch.eye(scores.shape[1], dtype=torch.bool)
    return 1 + (step(differences(scores)) * others).sum(dim=2)


# The value is that of the exact rank⁺, but a sigmoid sends a gradient through it.
def wrong_gradient_through_rank_plus(scores, relevant):
    step = SupStep()
    lead = differences(scores)
    soft = torch.sigmoid(lead / 0.01)
    hard = (lead >= 0).to(scores.dtype) + soft - soft.detach()
    positive = relevant[:, None, :]
    return torch.where(positive, hard, step(lead)).sum(dim=2)


# Everything is detached: no gradient at all.
def wrong_detached(scores, relevant):
    step = SupStep()
    lead = differences(scores.detach())
    plus = ((lead >= 0) & relevant[:, None, :]).sum(dim=2)
    return plus + (step(lead) * ~relevant[:, None, :]).sum(dim=2)


# The score of the ranked item is detached, so only the negatives are moved.
def wrong_positive_detached(scores, relevant):
    step = SupStep()
    lead = scores[:, None, :] - scores.detach()[:, :, None]
    plus = ((lead >= 0) & relevant[:, None, :]).sum(dim=2)
    return plus + (step(lead) * ~relevant[:, None, :]).sum(dim=2)


# The scores of the negatives are detached, so only the positives are moved.
def wrong_negatives_detached(scores, relevant):
    step = SupStep()
    lead = scores.detach()[:, None, :] - scores[:, :, None]
    plus = ((lead >= 0) & relevant[:, None, :]).sum(dim=2)
    return plus + (step(lead) * ~relevant[:, None, :]).sum(dim=2)


# The exact step counts the negatives: the rank itself, without gradient.
def wrong_exact(scores, relevant):
    return rank(scores)


# The sigmoid stands for H⁻: no bound.
def wrong_sigmoid(scores, relevant):
    step = Sigmoid()
    lead = differences(scores)
    plus = ((lead >= 0) & relevant[:, None, :]).sum(dim=2)
    return plus + (step(lead) * ~relevant[:, None, :]).sum(dim=2)


# The difference is turned round: s_k − s_j.
def wrong_sign(scores, relevant):
    step = SupStep()
    lead = scores[:, :, None] - scores[:, None, :]
    plus = ((-lead >= 0) & relevant[:, None, :]).sum(dim=2)
    return plus + (step(lead) * ~relevant[:, None, :]).sum(dim=2)


# H⁻ is summed over the positives and the count runs over the negatives.
def wrong_swapped(scores, relevant):
    step = SupStep()
    lead = differences(scores)
    count = ((lead >= 0) & ~relevant[:, None, :]).sum(dim=2)
    return 1 + count + (step(lead) * relevant[:, None, :]).sum(dim=2)


# Only the sum over the negatives: rank⁺ is forgotten.
def wrong_negatives_alone(scores, relevant):
    step = SupStep()
    return (step(differences(scores)) * ~relevant[:, None, :]).sum(dim=2)


# 1 stands for rank⁺: the other positives are not counted.
def wrong_one_for_rank_plus(scores, relevant):
    step = SupStep()
    return 1 + (step(differences(scores)) * ~relevant[:, None, :]).sum(dim=2)


# The item itself is counted, and the 1 is added as well.
def wrong_itself_twice(scores, relevant):
    step = SupStep()
    lead = differences(scores)
    plus = 1 + ((lead >= 0) & relevant[:, None, :]).sum(dim=2)
    return plus + (step(lead) * ~relevant[:, None, :]).sum(dim=2)


# The whole rank is counted and the bound added to it: negatives count twice.
def wrong_added_to_the_rank(scores, relevant):
    step = SupStep()
    return rank(scores.detach()) + (step(differences(scores)) * ~relevant[:, None, :]).sum(dim=2)


# The differences are masked, not the steps: each positive adds H⁻(0) = 1.
def wrong_differences_masked(scores, relevant):
    step = SupStep()
    lead = differences(scores)
    plus = ((lead >= 0) & relevant[:, None, :]).sum(dim=2)
    return plus + step(lead * ~relevant[:, None, :]).sum(dim=2)


# Ties among the positives count for both.
def wrong_strict_in_rank_plus(scores, relevant):
    step = SupStep()
    lead = differences(scores)
    plus = 1 + ((lead > 0) & relevant[:, None, :]).sum(dim=2)
    return plus + (step(lead) * ~relevant[:, None, :]).sum(dim=2)


# The mean over the negatives, not their sum.
def wrong_mean(scores, relevant):
    step = SupStep()
    lead = differences(scores)
    negative = ~relevant[:, None, :]
    plus = ((lead >= 0) & ~negative).sum(dim=2)
    return plus + (step(lead) * negative).sum(dim=2) / negative.sum(dim=2).clamp(min=1)


# The mask lies on the ranked item, not on the negatives that are counted.
def wrong_mask_on_k(scores, relevant):
    step = SupStep()
    lead = differences(scores)
    plus = ((lead >= 0) & relevant[:, None, :]).sum(dim=2)
    return plus + (step(lead) * ~relevant[:, :, None]).sum(dim=2)


# H⁻ of the summed differences, not the sum of H⁻.
def wrong_step_of_the_sum(scores, relevant):
    step = SupStep()
    lead = differences(scores)
    plus = ((lead >= 0) & relevant[:, None, :]).sum(dim=2)
    return plus + step((lead * ~relevant[:, None, :]).sum(dim=2))


# A rank ought to be a whole number, so the result is rounded: no gradient comes through.
def wrong_rounded(scores, relevant):
    step = SupStep()
    lead = differences(scores)
    plus = ((lead >= 0) & relevant[:, None, :]).sum(dim=2)
    return (plus + (step(lead) * ~relevant[:, None, :]).sum(dim=2)).round()


# Only negatives that are ahead are counted, so those close behind feel nothing.
def wrong_only_mistakes(scores, relevant):
    step = SupStep()
    lead = differences(scores)
    plus = ((lead >= 0) & relevant[:, None, :]).sum(dim=2)
    ahead = (lead >= 0) & ~relevant[:, None, :]
    return plus + (step(lead) * ahead).sum(dim=2)


# The exact step counts the negatives too: a gradient does not come by itself.
def wrong_heaviside_for_negatives(scores, relevant):
    step = Heaviside()
    lead = differences(scores)
    plus = ((lead >= 0) & relevant[:, None, :]).sum(dim=2)
    return plus + (step(lead) * ~relevant[:, None, :]).sum(dim=2)


# The negatives of all queries are counted in every list.
def wrong_negatives_of_all_queries(scores, relevant):
    step = SupStep()
    lead = differences(scores)
    plus = ((lead >= 0) & relevant[:, None, :]).sum(dim=2)
    negatives = scores[~relevant]
    return plus + step(negatives - scores[:, :, None]).sum(dim=2)


# The bound is kept at most the size of the gallery, as a rank is.
def wrong_capped(scores, relevant):
    step = SupStep()
    lead = differences(scores)
    plus = ((lead >= 0) & relevant[:, None, :]).sum(dim=2)
    bound = plus + (step(lead) * ~relevant[:, None, :]).sum(dim=2)
    return bound.clamp(max=scores.shape[1])


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "off-by-one": "itself_twice",
    "ties": "strict_in_rank_plus",
    "sign": "sign",
    "positives": "added_to_the_rank mask_on_k",
    "negatives": "only_mistakes",
    "rank-plus": "step_for_all gradient_through_rank_plus negatives_alone one_for_rank_plus",
    "sigmoid": "sigmoid",
    "normaliser": "mean",
    "exact-step": "exact heaviside_for_negatives",
    "no-gradient": "detached",
    "wrong-gradient": "positive_detached negatives_detached",
    "wrong": "swapped differences_masked step_of_the_sum rounded negatives_of_all_queries capped",
}
