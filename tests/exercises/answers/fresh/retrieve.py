"""Answers to the exercise `retrieve` by readers of the chapter."""

import numpy as np
import torch


def right_minus_infinity(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = float("-inf")
    return scores.topk(k).indices


def right_loops(embeddings, query, k):
    found = []
    for i in range(len(embeddings)):
        if i != query:
            score = sum(float(a) * float(b) for a, b in zip(embeddings[i], embeddings[query], strict=True))
            found.append((-score, i))
    found.sort()
    return torch.tensor([i for _, i in found[:k]])


def right_others_first(embeddings, query, k):
    others = torch.tensor([i for i in range(len(embeddings)) if i != query])
    scores = embeddings[others] @ embeddings[query]
    return others[scores.argsort(descending=True)[:k]]


def right_numpy(embeddings, query, k):
    e = embeddings.numpy()
    order = np.argsort(-(e @ e[query]), kind="stable")
    return torch.from_numpy(order[order != query][:k].copy())


def right_distances(embeddings, query, k):
    distances = (embeddings - embeddings[query]).norm(dim=1)
    distances[query] = float("inf")
    return distances.topk(k, largest=False).indices


def right_one_by_one(embeddings, query, k):
    scores = torch.einsum("nd,d->n", embeddings, embeddings[query])
    scores[query] = -2.0
    best = []
    for _ in range(k):
        best.append(scores.argmax())
        scores[best[-1]] = -2.0
    return torch.stack(best)


# The query is left in its own gallery.
def wrong_finds_itself(embeddings, query, k):
    return (embeddings @ embeddings[query]).topk(k).indices


# The first place is dropped as if it were always the query; a copy may stand there.
def wrong_drops_first_place(embeddings, query, k):
    return (embeddings @ embeddings[query]).topk(k + 1).indices[1:]


# The first place of an ascending sort read backwards is dropped; with a copy it may be the copy.
def wrong_flipped_and_dropped(embeddings, query, k):
    order = (embeddings @ embeddings[query]).argsort().flip(0)
    return order[1 : k + 1]


# Everything with cosine 1 is thrown out, the copy of the query too.
def wrong_copies_thrown_out(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[scores > 0.9999] = float("-inf")
    return scores.topk(k).indices


# Rows that equal the query are thrown out, the copy of the query too.
def wrong_equal_rows_thrown_out(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[(embeddings == embeddings[query]).all(dim=1)] = float("-inf")
    return scores.argsort(descending=True)[:k]


# The positions are those in the list without the query, one too low behind it.
def wrong_positions_not_shifted_back(embeddings, query, k):
    others = torch.cat([embeddings[:query], embeddings[query + 1 :]])
    return (others @ embeddings[query]).topk(k).indices


# Its own score is set to 0, which beats negative scores.
def wrong_own_score_zero(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = 0
    return scores.topk(k).indices


# Its own score is set to −1, which an opposite picture has as well.
def wrong_own_score_minus_one(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = -1
    return scores.topk(k).indices


# The least similar come first.
def wrong_ascending(embeddings, query, k):
    order = (embeddings @ embeddings[query]).argsort()
    return order[order != query][:k]


# The best k are returned with the worst of them first.
def wrong_best_last(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = float("-inf")
    return scores.argsort()[-k:]


# The scores are returned, not the positions.
def wrong_returns_scores(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = float("-inf")
    return scores.topk(k).values


# The place of each item is returned, not the item at each place.
def wrong_ranks(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = float("-inf")
    return scores.argsort(descending=True).argsort()[:k]


# The row of the query is set to zeros in the caller's tensor.
def wrong_in_place(embeddings, query, k):
    asked = embeddings[query].clone()
    embeddings[query] = -asked
    return (embeddings @ asked).topk(k).indices


# The query is taken out only after the first k were chosen, so one is missing.
def wrong_one_too_few(embeddings, query, k):
    best = (embeddings @ embeddings[query]).topk(k).indices
    return best[best != query]


# k + 1 are returned.
def wrong_one_too_many(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = float("-inf")
    return scores.topk(k + 1).indices


# The distances are sorted as if the largest were the best.
def wrong_largest_distance(embeddings, query, k):
    distances = torch.cdist(embeddings, embeddings)[query]
    distances[query] = -1
    return distances.topk(k).indices


# The sign of the score is ignored: an opposite picture counts as alike.
def wrong_absolute(embeddings, query, k):
    scores = (embeddings @ embeddings[query]).abs()
    scores[query] = -1
    return scores.topk(k).indices


# The first image asks, whatever `query` says.
def wrong_first_image_asks(embeddings, query, k):
    scores = embeddings @ embeddings[0]
    scores[0] = float("-inf")
    return scores.topk(k).indices


# Positions are counted from 1.
def wrong_from_one(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = float("-inf")
    return scores.topk(k).indices + 1


# The result is printed, not returned.
def wrong_printed(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = float("-inf")
    print(scores.topk(k).indices)


# The search is over the columns: dimensions are found, not images.
def wrong_columns(embeddings, query, k):
    scores = embeddings[query] * embeddings[query]
    return scores.topk(k).indices


# Its own score is set to the lowest of the list, where it ties with the last.
def wrong_own_score_lowest(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = scores.min()
    return scores.argsort(descending=True, stable=True)[:k]


# A list of numbers comes back, not a tensor.
def wrong_list(embeddings, query, k):
    scores = (embeddings @ embeddings[query]).tolist()
    others = [i for i in range(len(scores)) if i != query]
    return sorted(others, key=lambda i: -scores[i])[:k]


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "no-return": "printed",
    "exception": "columns",
    "type": "list",
    "shape": "one_too_few one_too_many",
    "off-by-one": "positions_not_shifted_back from_one",
    "self-positive": "equal_rows_thrown_out own_score_zero",
    "self-positive?": "finds_itself copies_thrown_out",
    "sign": "ascending largest_distance",
    "order": "returns_scores ranks",
    "order?": "best_last",
    "in-place": "in_place",
    "wrong": "drops_first_place flipped_and_dropped own_score_minus_one absolute first_image_asks own_score_lowest",
}
