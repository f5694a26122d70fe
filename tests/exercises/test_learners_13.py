"""Typical wrong answers to the exercises of chapter 13, each caught with the hint meant for it."""

import pytest
import torch
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


@answers.wrong("average_precision", "ties", "breaks the tie by storage")
def sorted_list(scores, relevant):
    order = scores.argsort(dim=1, descending=True, stable=True)
    hits = relevant.gather(1, order).float()
    precision = hits.cumsum(1) / torch.arange(1, hits.shape[1] + 1)
    return (precision * hits).sum(1) / hits.sum(1)


@answers.wrong("average_precision", "ties", "`>=`")
def optimistic(scores, relevant):
    above = (scores[:, None, :] > scores[:, :, None]).float()
    rank, plus = 1 + above.sum(2), 1 + (above * relevant[:, None, :]).sum(2)
    return (plus / rank * relevant).sum(1) / relevant.sum(1)


@answers.wrong("average_precision", "off-by-one", "ranks among all items")
def rank_counts_itself(scores, relevant):
    above = (scores[:, None, :] >= scores[:, :, None]).float()
    rank, plus = 1 + above.sum(2), (above * relevant[:, None, :]).sum(2)
    return (plus / rank * relevant).sum(1) / relevant.sum(1)


@answers.wrong("average_precision", "non-finite", "divides by 0")
def places_from_zero(scores, relevant):
    above = (scores[:, None, :] >= scores[:, :, None]).float()
    rank, plus = above.sum(2) - 1, (above * relevant[:, None, :]).sum(2)
    return (plus / rank * relevant).sum(1) / relevant.sum(1)


@answers.wrong("average_precision", "normaliser", "size of the gallery")
def mean_over_all(scores, relevant):
    above = (scores[:, None, :] >= scores[:, :, None]).float()
    return ((above * relevant[:, None, :]).sum(2) / above.sum(2) * relevant).mean(1)


@answers.wrong("average_precision", "negative-scores")
def scores_below_zero_dropped(scores, relevant):
    values = []
    for s, r in zip(scores, relevant, strict=True):
        r = r & (s > 0)
        above = (s[None, :] >= s[:, None]).float()
        ratio = (above * r).sum(1) / above.sum(1) * r
        values.append(ratio.sum() / max(int(r.sum()), 1))
    return torch.stack(values)


@answers.wrong("average_precision", "other-metric", "first hit")
def reciprocal_rank(scores, relevant):
    rank = (scores[:, None, :] >= scores[:, :, None]).sum(2).float()
    return (relevant / rank).amax(1)


@answers.wrong("average_precision", "rank-plus")
def mean_reciprocal(scores, relevant):
    rank = (scores[:, None, :] >= scores[:, :, None]).sum(2).float()
    return (relevant / rank).sum(1) / relevant.sum(1)


@answers.wrong("average_precision", "sign", "lowest score")
def lowest_first(scores, relevant):
    below = (scores[:, None, :] <= scores[:, :, None]).float()
    return ((below * relevant[:, None, :]).sum(2) / below.sum(2) * relevant).sum(1) / relevant.sum(1)


@answers.wrong("average_precision", "shape", "One AP per query")
def mean_ap(scores, relevant):
    above = (scores[:, None, :] >= scores[:, :, None]).float()
    ratio = (above * relevant[:, None, :]).sum(2) / above.sum(2) * relevant
    return (ratio.sum(1) / relevant.sum(1)).mean()


@answers.wrong("average_precision", "order", "as it is stored")
def never_sorted(scores, relevant):
    precision = relevant.cumsum(1) / torch.arange(1, scores.shape[1] + 1)
    return (precision * relevant).sum(1) / relevant.sum(1)


@answers.wrong("average_precision", "positives", "at every place")
def precision_everywhere(scores, relevant):
    above = (scores[:, None, :] >= scores[:, :, None]).float()
    return ((above * relevant[:, None, :]).sum(2) / above.sum(2)).mean(1)


@answers.wrong("average_precision", "other-metric", "first R places")
def cut_at_r(scores, relevant):
    above = (scores[:, None, :] >= scores[:, :, None]).float()
    rank, count = above.sum(2), relevant.sum(1)
    ratio = (above * relevant[:, None, :]).sum(2) / rank * relevant
    return (ratio * (rank <= count[:, None])).sum(1) / count


@answers.wrong("average_precision", "sum", "ratio of two sums")
def ratio_of_sums(scores, relevant):
    above = (scores[:, None, :] >= scores[:, :, None]).float()
    return ((above * relevant[:, None, :]).sum(2) * relevant).sum(1) / (above.sum(2) * relevant).sum(1)


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


def test_the_library_passes_its_own_exercise() -> None:
    from suprank_edu.metrics import average_precision

    assert check("average_precision", average_precision).passed


def test_a_plain_number_will_do() -> None:
    def ex_hit_rate_at_1(embeddings, labels):
        scores = (embeddings @ embeddings.T).fill_diagonal_(float("-inf"))
        shared = (labels[:, None] == labels).sum(1) > 1
        return (labels[scores.argmax(1)] == labels)[shared].float().mean().item()

    assert check("hit_rate_at_1", ex_hit_rate_at_1).passed
