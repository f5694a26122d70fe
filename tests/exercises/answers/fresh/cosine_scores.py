"""Answers to the exercise `cosine_scores` by readers of the chapter."""

import math

import numpy as np
import torch
import torch.nn.functional as F


def right_normalised(query, gallery):
    return F.normalize(gallery, dim=1) @ F.normalize(query, dim=0)


def right_loops(query, gallery):
    scores = []
    for item in gallery.tolist():
        dot = sum(a * b for a, b in zip(query.tolist(), item, strict=True))
        of_query = math.sqrt(sum(a * a for a in query.tolist()))
        of_item = math.sqrt(sum(b * b for b in item))
        scores.append(dot / (of_query * of_item))
    return torch.tensor(scores, dtype=query.dtype)


def right_library(query, gallery):
    return F.cosine_similarity(query[None], gallery, dim=1)


def right_einsum(query, gallery):
    dots = torch.einsum("d,gd->g", query, gallery)
    squares = torch.einsum("gd,gd->g", gallery, gallery)
    return dots / (squares * query.dot(query)).sqrt()


def right_numpy(query, gallery):
    q, g = query.numpy(), gallery.numpy()
    return torch.from_numpy(g @ q / (np.linalg.norm(g, axis=1) * np.linalg.norm(q)))


def right_from_distances(query, gallery):
    unit = query / query.norm()
    others = gallery / gallery.norm(dim=1, keepdim=True)
    return 1 - (others - unit).pow(2).sum(dim=1) / 2


# Plain products: neither the query nor the items were given norm 1.
def wrong_plain_product(query, gallery):
    return gallery @ query


# Only the gallery is given norm 1.
def wrong_query_left_long(query, gallery):
    return F.normalize(gallery, dim=1) @ query


# Only the query is given norm 1.
def wrong_gallery_left_long(query, gallery):
    return gallery @ (query / query.norm())


# The columns of the gallery are given norm 1, not its rows.
def wrong_columns_normalised(query, gallery):
    return F.normalize(gallery, dim=0) @ F.normalize(query, dim=0)


# The gallery is divided by one norm of the whole matrix.
def wrong_norm_of_the_matrix(query, gallery):
    return (gallery / gallery.norm()) @ (query / query.norm())


# The product of squared norms divides: the root is forgotten.
def wrong_no_root(query, gallery):
    return gallery @ query / (query.pow(2).sum() * gallery.pow(2).sum(dim=1))


# The norms are added, not multiplied.
def wrong_sum_of_norms(query, gallery):
    return gallery @ query / (query.norm() + gallery.norm(dim=1))


# The sign is lost: opposite vectors come out as alike.
def wrong_absolute(query, gallery):
    return F.cosine_similarity(query[None], gallery).abs()


# Negative similarities are cut off at 0.
def wrong_cut_at_zero(query, gallery):
    return F.cosine_similarity(query[None], gallery).clamp(min=0)


# The cosine distance is returned: small is alike.
def wrong_distance(query, gallery):
    return 1 - F.cosine_similarity(query[None], gallery)


# The angle is returned, not its cosine.
def wrong_angle(query, gallery):
    return torch.arccos(F.cosine_similarity(query[None], gallery).clamp(-1, 1))


# The entries are centred first: that is the correlation.
def wrong_correlation(query, gallery):
    q = query - query.mean()
    g = gallery - gallery.mean(dim=1, keepdim=True)
    return F.cosine_similarity(q[None], g)


# The mean of the gallery is taken off first, as in the chapter, but not asked here.
def wrong_mean_taken_off(query, gallery):
    mean = gallery.mean(dim=0)
    return F.cosine_similarity((query - mean)[None], gallery - mean)


# The cosine runs down the columns: one number for each dimension, not each item.
def wrong_dim_zero(query, gallery):
    return F.cosine_similarity(query, gallery, dim=0)


# The result has one dimension too many.
def wrong_row_matrix(query, gallery):
    return F.normalize(query[None], dim=1) @ F.normalize(gallery, dim=1).T


# The scores come sorted, so nobody knows whose they are.
def wrong_sorted(query, gallery):
    return F.cosine_similarity(query[None], gallery).sort(descending=True).values


# The norms of the caller's tensors are changed in place.
def wrong_in_place(query, gallery):
    query /= query.norm()
    gallery /= gallery.norm(dim=1, keepdim=True)
    return gallery @ query


# The scores are turned into shares by a softmax.
def wrong_softmax(query, gallery):
    return F.cosine_similarity(query[None], gallery).softmax(dim=0)


# A list of numbers comes back, not a tensor.
def wrong_list(query, gallery):
    return [float(item @ query / (item.norm() * query.norm())) for item in gallery]


# squeeze takes away the only item as well: a gallery of one gives a number without dimension.
def wrong_squeezed(query, gallery):
    return (F.normalize(query[None], dim=1) @ F.normalize(gallery, dim=1).T).squeeze()


# The scores are moved from −1…1 to 0…1.
def wrong_moved_to_zero_one(query, gallery):
    return (1 + F.cosine_similarity(query[None], gallery)) / 2


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "type": "list",
    "shape": "dim_zero row_matrix squeezed",
    "sign": "absolute cut_at_zero distance",
    "axis": "columns_normalised norm_of_the_matrix",
    "norm": "plain_product query_left_long gallery_left_long no_root",
    "other-metric": "angle correlation",
    "in-place": "in_place",
    "wrong": "sum_of_norms mean_taken_off sorted softmax moved_to_zero_one",
}
