"""Typical wrong answers to the exercise `batch_average`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu import decomposability
from suprank_edu.exercises import check
from suprank_edu.metrics import average_precision

answers = Answers()


def in_batches(scores, relevant, batch):
    return torch.stack([average_precision(scores[:, batch == b], relevant[:, batch == b]) for b in batch.unique()])


@answers.wrong("batch_average", "non-finite", "Leave such batches out")
def mean_with_nan(scores, relevant, batch):
    return in_batches(scores, relevant, batch).mean(0)


@answers.wrong("batch_average", "no-positive", "as 0")
def nan_is_zero(scores, relevant, batch):
    return in_batches(scores, relevant, batch).nan_to_num(0).mean(0)


@answers.wrong("batch_average", "no-positive", "as perfect")
def nan_is_one(scores, relevant, batch):
    return in_batches(scores, relevant, batch).nan_to_num(1).mean(0)


@answers.wrong("batch_average", "batches", "overwrites")
def overwritten(scores, relevant, batch):
    for b in batch.unique():
        value = average_precision(scores[:, batch == b], relevant[:, batch == b])
    return value.nan_to_num(0)


@answers.wrong("batch_average", "batches", "first batch alone")
def returned_too_early(scores, relevant, batch):
    for b in batch.unique():
        return average_precision(scores[:, batch == b], relevant[:, batch == b])


@answers.wrong("batch_average", "batches", "by their size")
def by_size(scores, relevant, batch):
    values = in_batches(scores, relevant, batch)
    sizes = torch.stack([(batch == b).sum() for b in batch.unique()])[:, None] * ~values.isnan()
    return (values.nan_to_num(0) * sizes).sum(0) / sizes.sum(0)


@answers.wrong("batch_average", "batches", "by their positives")
def by_hits(scores, relevant, batch):
    values = in_batches(scores, relevant, batch)
    hits = torch.stack([relevant[:, batch == b].sum(1) for b in batch.unique()])
    return (values.nan_to_num(0) * hits).sum(0) / hits.sum(0)


@answers.wrong("batch_average", "batches", "ranks among all items")
def hidden_relevance(scores, relevant, batch):
    at_least = scores[:, None, :] >= scores[:, :, None]
    precision = (at_least & relevant[:, None, :]).sum(2) / at_least.sum(2)
    hits = torch.stack([relevant & (batch == b) for b in batch.unique()])
    return ((precision * hits).sum(2) / hits.sum(2)).nanmean(0)


@answers.wrong("batch_average", "normaliser", "not divided")
def summed(scores, relevant, batch):
    return in_batches(scores, relevant, batch).nansum(0)


@answers.wrong("batch_average", "ties", "stands behind it")
def optimistic(scores, relevant, batch):
    values = []
    for b in batch.unique():
        s, r = scores[:, batch == b], relevant[:, batch == b]
        above = s[:, None, :] > s[:, :, None]
        precision = (1 + (above & r[:, None, :]).sum(2)) / (1 + above.sum(2))
        values.append((precision * r).sum(1) / r.sum(1))
    return torch.stack(values).nanmean(0)


@answers.wrong("batch_average", "other-metric", "whole set")
def the_whole(scores, relevant, batch):
    return average_precision(scores, relevant)


@answers.wrong("batch_average", "shape", "keep the queries apart")
def over_queries_too(scores, relevant, batch):
    return in_batches(scores, relevant, batch).nanmean()


@answers.wrong("batch_average", "negative-scores", "not low enough")
def others_set_to_0(scores, relevant, batch):
    values = []
    for number in batch.unique():
        inside = batch == number
        hits = relevant & inside
        ap = average_precision(scores * inside, hits)
        values.append(torch.where(hits.any(1), ap, float("nan")))
    return torch.stack(values, dim=1).nanmean(1)


def library_average(scores, relevant, batch):
    batches = [(batch == b).nonzero()[:, 0] for b in batch.unique()]
    return decomposability.batch_average(scores, relevant.long(), batches, average_precision)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_library_passes_its_own_exercise() -> None:
    result = check("batch_average", library_average)
    assert result.passed, repr(result)
