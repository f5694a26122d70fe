"""Typical wrong answers to the exercises of chapter 01, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check

answers = Answers()


def unit(x):
    return x / x.norm(dim=-1, keepdim=True)


@answers.wrong("cosine_scores", "norm", "dot products")
def plain_dot(query, gallery):
    return gallery @ query


@answers.wrong("cosine_scores", "norm", "gallery items only")
def gallery_normed(query, gallery):
    return unit(gallery) @ query


@answers.wrong("cosine_scores", "norm", "query only")
def query_normed(query, gallery):
    return gallery @ unit(query)


@answers.wrong("cosine_scores", "axis", "norm of the whole gallery")
def one_norm_for_all(query, gallery):
    return (gallery / gallery.norm()) @ unit(query)


@answers.wrong("cosine_scores", "sign", "distance")
def cosine_distance(query, gallery):
    return 1 - torch.cosine_similarity(gallery, query[None, :])


@answers.wrong("cosine_scores", "other-metric", "Euclidean")
def euclidean(query, gallery):
    return torch.cdist(query[None, :], gallery)[0]


@answers.wrong("cosine_scores", "shape", "product of each row")
def all_products(query, gallery):
    return unit(gallery) * unit(query)


@answers.wrong("cosine_scores", "shape")
def a_row_of_scores(query, gallery):
    return (unit(gallery) @ unit(query))[None, :]


@answers.wrong("cosine_scores", "type")
def a_list(query, gallery):
    return (unit(gallery) @ unit(query)).tolist()


@answers.wrong("cosine_scores", "no-gradient")
def detached(query, gallery):
    return unit(gallery).detach() @ unit(query).detach()


@answers.wrong("cosine_scores", "in-place", "`gallery`")
def norms_written_back(query, gallery):
    with torch.no_grad():
        gallery /= gallery.norm(dim=1, keepdim=True)
    return torch.cosine_similarity(gallery, query[None, :])


@answers.wrong("retrieve", "self-positive", "at the very top")
def itself_first(embeddings, query, k):
    return (embeddings @ embeddings[query]).topk(k).indices


@answers.wrong("retrieve", "self-positive", "0 is not low enough")
def zero_for_itself(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = 0
    return scores.topk(k).indices


@answers.wrong("retrieve", "self-positive", "drop the first")
def first_dropped(embeddings, query, k):
    return (embeddings @ embeddings[query]).sort(descending=True, stable=True).indices[1 : k + 1]


@answers.wrong("retrieve", "off-by-one", "moved up")
def entry_deleted(embeddings, query, k):
    rest = torch.cat([embeddings[:query], embeddings[query + 1 :]])
    return (rest @ embeddings[query]).topk(k).indices


@answers.wrong("retrieve", "off-by-one", "second best")
def skipped_twice(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = float("-inf")
    return scores.topk(k + 1).indices[1:] if k + 1 < len(scores) else scores.argsort(descending=True)[1 : k + 1]


@answers.wrong("retrieve", "sign", "least similar")
def ascending(embeddings, query, k):
    return (embeddings @ embeddings[query]).argsort()[:k]


@answers.wrong("retrieve", "order", "scores")
def scores_returned(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = float("-inf")
    return scores.topk(k).values


@answers.wrong("retrieve", "order", "best must come first")
def best_last(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = float("-inf")
    return scores.argsort()[-k:]


@answers.wrong("retrieve", "shape", "(k,)")
def whole_list(embeddings, query, k):
    scores = embeddings @ embeddings[query]
    scores[query] = float("-inf")
    return scores.argsort(descending=True)


@answers.wrong("retrieve", "in-place", "`embeddings`")
def query_wiped(embeddings, query, k):
    asked = embeddings[query].clone()
    embeddings[query] = float("-inf")
    scores = (embeddings.clamp(min=-9) @ asked).masked_fill(torch.arange(len(embeddings)) == query, -100)
    return scores.topk(k).indices


@answers.wrong("precision_at_k", "normaliser", "how many")
def count(scores, relevant, k):
    return relevant.gather(1, scores.topk(k, dim=1).indices).sum(1)


@answers.wrong("precision_at_k", "normaliser", "recall")
def recall(scores, relevant, k):
    return relevant.gather(1, scores.topk(k, dim=1).indices).sum(1) / relevant.sum(1)


@answers.wrong("precision_at_k", "normaliser", "min(k")
def by_room(scores, relevant, k):
    return relevant.gather(1, scores.topk(k, dim=1).indices).sum(1) / relevant.sum(1).clamp(max=k)


@answers.wrong("precision_at_k", "normaliser", "size of the gallery")
def by_gallery(scores, relevant, k):
    return relevant.gather(1, scores.topk(k, dim=1).indices).sum(1) / scores.shape[1]


@answers.wrong("precision_at_k", "other-metric", "hit rate")
def hit(scores, relevant, k):
    return relevant.gather(1, scores.topk(k, dim=1).indices).any(1).float()


@answers.wrong("precision_at_k", "order", "stored")
def as_stored(scores, relevant, k):
    return relevant[:, :k].float().mean(1)


@answers.wrong("precision_at_k", "sign", "least similar")
def worst(scores, relevant, k):
    return relevant.gather(1, scores.argsort(1)[:, :k]).float().mean(1)


@answers.wrong("precision_at_k", "off-by-one", "second")
def skips_one(scores, relevant, k):
    return relevant.gather(1, scores.argsort(1, descending=True))[:, 1 : k + 1].sum(1) / k


@answers.wrong("precision_at_k", "shape", "no mean over the queries")
def mean_over_queries(scores, relevant, k):
    return relevant.gather(1, scores.topk(k, dim=1).indices).float().mean()


@answers.wrong("precision_at_k", "exception", "RuntimeError")
def mean_of_bools(scores, relevant, k):
    return relevant.gather(1, scores.topk(k, dim=1).indices).mean(1)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_library_passes_its_own_exercises() -> None:
    from suprank_edu.metrics import precision_at_k
    from suprank_edu.retrieval import search

    def ex_retrieve(embeddings, query, k):
        own = torch.arange(len(embeddings)) == query
        asked = embeddings[query : query + 1]
        return torch.arange(len(embeddings))[~own][search(asked, embeddings[~own], k)[1][0]]

    assert check("precision_at_k", precision_at_k).passed
    assert check("retrieve", ex_retrieve).passed


def test_a_cosine_of_the_framework_is_right() -> None:
    assert check("cosine_scores", lambda query, gallery: torch.cosine_similarity(gallery, query[None, :])).passed
