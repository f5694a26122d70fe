"""Typical wrong answers to the exercise `average_precision`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check

answers = Answers()


@answers.wrong("average_precision", "ties", "breaks the tie by storage")
def sorted_list(scores, relevant):
    order = scores.argsort(dim=1, descending=True, stable=True)
    hits = relevant.gather(1, order).float()
    precision = hits.cumsum(1) / torch.arange(1, hits.shape[1] + 1)
    return (precision * hits).sum(1) / hits.sum(1)


@answers.wrong("average_precision", "ties", "counts as ahead")
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


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_library_passes_its_own_exercise() -> None:
    from suprank_edu.metrics import average_precision

    assert check("average_precision", average_precision).passed
