"""Typical wrong answers to the exercise `precision_at_k`, each caught with the hint meant for it."""

import pytest
from exercises.learners import Answers, assert_hint

answers = Answers()


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
