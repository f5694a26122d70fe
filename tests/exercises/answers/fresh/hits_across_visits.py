"""Answers to the exercise `hits_across_visits` by readers of the chapter."""

import numpy as np
import torch


def right_loops(scores, products, visits):
    hits = []
    for q in range(len(scores)):
        best, found = -2.0, None
        for j in range(len(scores)):
            if visits[j] != visits[q] and scores[q, j] > best:
                best, found = scores[q, j], j
        hits.append(float(products[found] == products[q]))
    return torch.tensor(hits)


def right_minus_two(scores, products, visits):
    same = (visits.unsqueeze(0) == visits.unsqueeze(1)).float()
    return (products[(scores - 3 * same).argmax(1)] == products).double()


def right_where(scores, products, visits):
    allowed = visits[:, None] != visits
    first = torch.where(allowed, scores, -torch.inf).topk(1).indices.squeeze(1)
    return products.eq(products[first]).long()


def right_numpy(scores, products, visits):
    s, p, v = scores.numpy().copy(), products.numpy(), visits.numpy()
    s[v[:, None] == v[None, :]] = -np.inf
    return torch.from_numpy((p[s.argmax(1)] == p).astype(float))


def right_visit_by_visit(scores, products, visits):
    hits = torch.zeros(len(scores))
    for visit in visits.unique():
        asks = visits == visit
        others = products[~asks]
        hits[asks] = (others[scores[asks][:, ~asks].argmax(1)] == products[asks]).float()
    return hits


# Leaves everything in the gallery: each photograph finds itself.
def wrong_nothing_left_out(scores, products, visits):
    return (products[scores.argmax(1)] == products).float()


# Takes out the query only, as the shop does.
def wrong_only_the_query(scores, products, visits):
    left = scores.clone().fill_diagonal_(float("-inf"))
    return (products[left.argmax(1)] == products).float()


# Multiplies by the mask: what is left out scores 0, which is more than a negative score.
def wrong_zero_for_left_out(scores, products, visits):
    return (products[(scores * (visits[:, None] != visits)).argmax(1)] == products).float()


# Leaves out the photographs of the same product at that visit only.
def wrong_only_the_twins(scores, products, visits):
    twins = (visits[:, None] == visits) & (products[:, None] == products)
    return (products[scores.masked_fill(twins, -5.0).argmax(1)] == products).float()


# Fills the wrong half: the other visits are left out.
def wrong_other_half(scores, products, visits):
    left = scores.masked_fill(visits[:, None] != visits, float("-inf")).fill_diagonal_(float("-inf"))
    return (products[left.argsort(dim=1, descending=True, stable=True)[:, 0]] == products).float()


# Searches among all others and asks afterwards whether the first was of another visit.
def wrong_visit_asked_afterwards(scores, products, visits):
    first = scores.clone().fill_diagonal_(-9.0).argmax(1)
    return ((products[first] == products) & (visits[first] != visits)).float()


# Compares the position of the first with the product.
def wrong_position_for_product(scores, products, visits):
    return (scores.masked_fill(visits[:, None] == visits, -9.0).argmax(1) == products).float()


# Drops the first of what is left, as if the query were still in it.
def wrong_second(scores, products, visits):
    left = scores.masked_fill(visits[:, None] == visits, -9.0)
    return (products[left.topk(2, dim=1).indices[:, 1]] == products).float()


# Takes the least similar.
def wrong_least_similar(scores, products, visits):
    return (products[scores.masked_fill(visits[:, None] == visits, 9.0).argmin(1)] == products).float()


# Returns the misses.
def wrong_misses(scores, products, visits):
    return (products[scores.masked_fill(visits[:, None] == visits, -9.0).argmax(1)] != products).float()


# Returns the hit rate, one number for all.
def wrong_hit_rate(scores, products, visits):
    return (products[scores.masked_fill(visits[:, None] == visits, -9.0).argmax(1)] == products).float().mean()


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "hit_rate",
    "self-positive": "nothing_left_out only_the_query",
    "negative-scores": "zero_for_left_out",
    "sign": "least_similar misses",
    "off-by-one": "second",
    "wrong": "only_the_twins other_half visit_asked_afterwards position_for_product",
}
