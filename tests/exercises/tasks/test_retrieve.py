"""Typical wrong answers to the exercise `retrieve`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

answers = Answers()


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


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
