"""Typical wrong answers to the exercise `hit_rate_at_1`, each caught with the hint meant for it."""

import pytest
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check

answers = Answers()


@answers.wrong("hit_rate_at_1", "self-positive", "finds itself first")
def itself_found(embeddings, labels):
    nearest = (embeddings @ embeddings.T).argmax(1)
    return (labels[nearest] == labels).float().mean()


@answers.wrong("hit_rate_at_1", "self-positive", "0 on the diagonal")
def zero_diagonal(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(0)
    shared = (labels[:, None] == labels).sum(1) > 1
    return (labels[scores.argmax(1)] == labels)[shared].float().mean()


@answers.wrong("hit_rate_at_1", "no-positive", "cannot hit")
def singles_are_misses(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    return (labels[scores.argmax(1)] == labels).float().mean()


@answers.wrong("hit_rate_at_1", "off-by-one", "second neighbour")
def second_neighbour(embeddings, labels):
    second = (embeddings @ embeddings.T).topk(3, dim=1).indices[:, 2]
    shared = (labels[:, None] == labels).sum(1) > 1
    return (labels[second] == labels)[shared].float().mean()


@answers.wrong("hit_rate_at_1", "sign", "least similar")
def farthest(embeddings, labels):
    scores = embeddings @ embeddings.T
    shared = (labels[:, None] == labels).sum(1) > 1
    return (labels[scores.argmin(1)] == labels)[shared].float().mean()


@answers.wrong("hit_rate_at_1", "normaliser", "number of hits")
def how_many(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    return (labels[scores.argmax(1)] == labels).sum()


@answers.wrong("hit_rate_at_1", "shape")
def hits_of_each(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    return labels[scores.argmax(1)] == labels


@answers.wrong("hit_rate_at_1", "exception", "RuntimeError")
def mean_of_bools(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    return (labels[scores.argmax(1)] == labels).mean()


@answers.wrong("hit_rate_at_1", "in-place", "`labels`")
def labels_shuffled(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    shared = (labels[:, None] == labels).sum(1) > 1
    rate = (labels[scores.argmax(1)] == labels)[shared].float().mean()
    labels += 1
    return rate


@answers.wrong("hit_rate_at_1", "type", "one number")
def in_percent(embeddings, labels):
    return "83 %"


@answers.wrong("hit_rate_at_1", "no-positive", "as hits")
def singles_are_hits(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    alone = (labels[:, None] == labels).sum(1) == 1
    return ((labels[scores.argmax(1)] == labels) | alone).float().mean()


@answers.wrong("hit_rate_at_1", "normaliser", "per cent")
def a_hundredfold(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    shared = (labels[:, None] == labels).sum(1) > 1
    return 100 * (labels[scores.argmax(1)] == labels)[shared].float().mean()


@answers.wrong("hit_rate_at_1", "wrong", "number of the nearest image")
def number_for_label(embeddings, labels):
    scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
    return (scores.argmax(1) == labels).float().mean()


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_a_plain_number_will_do() -> None:
    def ex_hit_rate_at_1(embeddings, labels):
        scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
        shared = (labels[:, None] == labels).sum(1) > 1
        return (labels[scores.argmax(1)] == labels)[shared].float().mean().item()

    assert check("hit_rate_at_1", ex_hit_rate_at_1).passed
