"""Answers to the exercise `hit_rate_at_1` by readers of the chapter."""

import numpy as np
import torch


def right_loops(embeddings, labels):
    hits = asked = 0
    for q in range(len(labels)):
        best, found = float("-inf"), None
        partner = False
        for g in range(len(labels)):
            if g == q:
                continue
            partner = partner or bool(labels[g] == labels[q])
            score = torch.dot(embeddings[q], embeddings[g]).item()
            if score > best:
                best, found = score, g
        if partner:
            asked += 1
            hits += bool(labels[found] == labels[q])
    return hits / asked


def right_fill_diagonal(embeddings, labels):
    scores = embeddings @ embeddings.T
    scores.fill_diagonal_(float("-inf"))
    hit = labels[scores.argmax(dim=1)] == labels
    has_partner = (labels[:, None] == labels).sum(dim=1) > 1
    return hit[has_partner].double().mean()


def right_distances(embeddings, labels):
    distance = (embeddings[:, None] - embeddings[None]).square().sum(dim=-1)
    itself = torch.eye(len(labels), dtype=torch.bool)
    nearest = distance.masked_fill(itself, float("inf")).argmin(dim=1)
    _, inverse, counts = labels.unique(return_inverse=True, return_counts=True)
    asked = counts[inverse] >= 2
    return (labels[nearest] == labels)[asked].sum() / asked.sum()


def right_columns_left_out(embeddings, labels):
    n = len(labels)
    everybody = torch.arange(n)
    hits = []
    for q in range(n):
        others = everybody[everybody != q]
        if (labels[others] == labels[q]).any():
            first = others[(embeddings[others] @ embeddings[q]).argmax()]
            hits.append(float(labels[first] == labels[q]))
    return torch.tensor(hits).mean()


def right_numpy(embeddings, labels):
    e, c = embeddings.double().numpy(), labels.numpy()
    scores = e @ e.T
    np.fill_diagonal(scores, -np.inf)
    values, counts = np.unique(c, return_counts=True)
    asked = np.isin(c, values[counts > 1])
    return float(np.mean(c[scores.argmax(axis=1)][asked] == c[asked]))


def has_partner(labels):
    return (labels[:, None] == labels).sum(dim=1) > 1


# Leaves the query in its own gallery, where it finds itself.
def wrong_itself_found(embeddings, labels):
    nearest = (embeddings @ embeddings.T).argmax(dim=1)
    return (labels[nearest] == labels)[has_partner(labels)].float().mean()


# Counts images that cannot hit as misses.
def wrong_singles_counted(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    return (labels[scores.argmax(dim=1)] == labels).float().mean()


# Takes the single images out of the gallery too, where they would have been wrong answers.
def wrong_singles_out_of_the_gallery(embeddings, labels):
    kept = has_partner(labels)
    e, c = embeddings[kept], labels[kept]
    scores = (e @ e.T).fill_diagonal_(float("-inf"))
    return (c[scores.argmax(dim=1)] == c).float().mean()


# Sets the similarity to itself to 0, which is still the highest where all others are negative.
def wrong_zero_on_the_diagonal(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(0)
    hit = labels[scores.argmax(dim=1)] == labels
    return hit[has_partner(labels)].float().mean()


# Drops the first of the sorted list for itself, though a copy of the image may stand there.
def wrong_second_of_the_list(embeddings, labels):
    second = (embeddings @ embeddings.T).topk(2, dim=1).indices[:, 1]
    return (labels[second] == labels)[has_partner(labels)].float().mean()


# Takes the least similar image.
def wrong_farthest(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("inf"))
    hit = labels[scores.argmin(dim=1)] == labels
    return hit[has_partner(labels)].float().mean()


# Takes the largest distance for the nearest.
def wrong_largest_distance(embeddings, labels):
    distance = torch.cdist(embeddings, embeddings).fill_diagonal_(float("-inf"))
    hit = labels[distance.argmax(dim=1)] == labels
    return hit[has_partner(labels)].float().mean()


# Divides the hits by all images, those that cannot hit included.
def wrong_divided_by_all(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    hit = (labels[scores.argmax(dim=1)] == labels) & has_partner(labels)
    return hit.sum() / len(labels)


# Takes the mean of the hit rates of the classes.
def wrong_mean_over_classes(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    hit = (labels[scores.argmax(dim=1)] == labels).float()
    asked = has_partner(labels)
    return torch.stack([hit[labels == c].mean() for c in labels[asked].unique()]).mean()


# Gives one truth value per image instead of the share.
def wrong_not_averaged(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    return (labels[scores.argmax(dim=1)] == labels)[has_partner(labels)]


# Looks only at images that come later in the list.
def wrong_only_later_images(embeddings, labels):
    scores = embeddings @ embeddings.T
    later = torch.ones_like(scores).triu(1).bool()
    scores = scores.masked_fill(~later, float("-inf"))
    hit = labels[scores.argmax(dim=1)] == labels
    return hit[has_partner(labels)].float().mean()


# Compares the number of the nearest image with the label, not the label of that image.
def wrong_place_instead_of_label(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    hit = scores.argmax(dim=1) == labels
    return hit[has_partner(labels)].float().mean()


# Leaves out the images of label 0 instead of those whose label nobody shares.
def wrong_label_zero_left_out(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    hit = labels[scores.argmax(dim=1)] == labels
    return hit[labels > 0].float().mean()


# Counts each image as its own partner, so nobody is left out.
def wrong_own_partner(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    asked = (labels[:, None] == labels).any(dim=1)
    return (labels[scores.argmax(dim=1)] == labels)[asked].float().mean()


# Gives the share of the misses.
def wrong_miss_rate(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    miss = labels[scores.argmax(dim=1)] != labels
    return miss[has_partner(labels)].float().mean()


# Multiplies the embeddings the wrong way round: the table is D × D, between dimensions.
def wrong_table_of_dimensions(embeddings, labels):
    scores = embeddings.T @ embeddings
    scores.fill_diagonal_(float("-inf"))
    return (labels[scores.argmax(dim=1)] == labels[: len(scores)]).float().mean()


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "shape": "not_averaged",
    "self-positive": "itself_found zero_on_the_diagonal second_of_the_list",
    "sign": "farthest largest_distance miss_rate",
    "normaliser": "mean_over_classes",
    "no-positive": "singles_counted singles_out_of_the_gallery divided_by_all label_zero_left_out own_partner",
    "wrong": "only_later_images place_instead_of_label table_of_dimensions",
}
