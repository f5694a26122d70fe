"""Typical wrong answers to the exercises of chapter 08, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers

from suprank_edu import decomposability
from suprank_edu.exercises import check
from suprank_edu.metrics import average_precision

answers = Answers()


@answers.wrong("gap", "no-positive", "Leave it out")
def plain_mean(batch_aps, positives, whole):
    return batch_aps.mean(1) - whole


@answers.wrong("gap", "sign", "average minus whole")
def turned_round(batch_aps, positives, whole):
    return whole - torch.where(positives > 0, batch_aps, float("nan")).nanmean(1)


@answers.wrong("gap", "sign", "it can be negative")
def never_negative(batch_aps, positives, whole):
    return (torch.where(positives > 0, batch_aps, float("nan")).nanmean(1) - whole).clamp(min=0)


@answers.wrong("gap", "sign", "No `abs`")
def absolute(batch_aps, positives, whole):
    return (torch.where(positives > 0, batch_aps, float("nan")).nanmean(1) - whole).abs()


@answers.wrong("gap", "batches", "weighs them alike")
def by_positives(batch_aps, positives, whole):
    return (batch_aps * positives).sum(1) / positives.sum(1) - whole


@answers.wrong("gap", "other-metric", "taken off")
def first_term(batch_aps, positives, whole):
    return torch.where(positives > 0, batch_aps, float("nan")).nanmean(1)


@answers.wrong("gap", "other-metric", "plain difference")
def in_percent(batch_aps, positives, whole):
    return torch.where(positives > 0, batch_aps, float("nan")).nanmean(1) / whole - 1


@answers.wrong("gap", "shape", "keep the queries apart")
def mean_gap(batch_aps, positives, whole):
    return (torch.where(positives > 0, batch_aps, float("nan")).nanmean(1) - whole).mean()


@answers.wrong("gap", "exception", "RuntimeError")
def over_the_queries(batch_aps, positives, whole):
    return batch_aps.mean(0) - whole


@answers.wrong("gap", "in-place", "`batch_aps`")
def nan_in_place(batch_aps, positives, whole):
    batch_aps[positives == 0] = float("nan")
    return batch_aps.nanmean(1) - whole


def in_batches(scores, relevant, batch):
    return torch.stack([average_precision(scores[:, batch == b], relevant[:, batch == b]) for b in batch.unique()])


@answers.wrong("batch_average", "non-finite", "nanmean")
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


@answers.wrong("worst_case_bound", "sign", "1 minus it")
def ap_of_the_worst(batches, pos, neg):
    return 1 - decomposability.worst_case_bound([pos] * batches, [neg] * batches)


@answers.wrong("worst_case_bound", "off-by-one", "own negatives")
def own_negatives(batches, pos, neg):
    total = pos_before = neg_before = 0
    for _ in range(batches):
        neg_before += neg
        total += sum((j + pos_before) / (j + pos_before + neg_before) for j in range(1, pos + 1))
        pos_before += pos
    return 1 - total / (batches * pos)


@answers.wrong("worst_case_bound", "off-by-one", "one batch too late")
def batches_from_one(batches, pos, neg):
    places = [(j, b) for b in range(1, batches + 1) for j in range(1, pos + 1)]
    return 1 - sum((j + b * pos) / (j + b * pos + b * neg) for j, b in places) / (batches * pos)


@answers.wrong("worst_case_bound", "off-by-one", "the last one included")
def stops_short(batches, pos, neg):
    places = [(j, b) for b in range(batches) for j in range(1, pos)]
    return 1 - sum((j + b * pos) / (j + b * pos + b * neg) for j, b in places) / (batches * pos)


@answers.wrong("worst_case_bound", "exception", "ZeroDivisionError")
def places_from_zero(batches, pos, neg):
    places = [(j, b) for b in range(batches) for j in range(pos)]
    return 1 - sum((j + b * pos) / (j + b * pos + b * neg) for j, b in places) / (batches * pos)


@answers.wrong("worst_case_bound", "rank-plus", "numerator")
def own_positives_alone(batches, pos, neg):
    places = [(j, b) for b in range(batches) for j in range(1, pos + 1)]
    return 1 - sum(j / (j + b * pos + b * neg) for j, b in places) / (batches * pos)


@answers.wrong("worst_case_bound", "rank-plus", "numerator")
def negatives_before_alone(batches, pos, neg):
    places = [(j, b) for b in range(batches) for j in range(1, pos + 1)]
    return 1 - sum(j / (j + b * neg) for j, b in places) / (batches * pos)


@answers.wrong("worst_case_bound", "normaliser", "B · P")
def divided_by_batches(batches, pos, neg):
    places = [(j, b) for b in range(batches) for j in range(1, pos + 1)]
    return 1 - sum((j + b * pos) / (j + b * pos + b * neg) for j, b in places) / batches


@answers.wrong("worst_case_bound", "type")
def per_batch(batches, pos, neg):
    return [decomposability.worst_case_bound([pos] * b, [neg] * b) for b in range(1, batches + 1)]


@answers.wrong("worst_case_bound", "batches", "the last batch")
def last_batch(batches, pos, neg):
    b = batches - 1
    return 1 - sum((j + b * pos) / (j + b * pos + b * neg) for j in range(1, pos + 1)) / pos


@answers.wrong("calibrated_bound", "negatives", "That is E18")
def threshold_ignored(batches, pos, neg, pos_above, neg_above):
    return decomposability.worst_case_bound([pos] * batches, [neg] * batches)


def bound_of(above, below):
    def fn(batches, pos, neg, pos_above, neg_above):
        total = 0.0
        for b in range(batches):
            total += sum(above(j, b, pos, neg, pos_above, neg_above) for j in range(1, pos_above + 1))
            total += sum(below(j, b, pos, neg, pos_above, neg_above) for j in range(1, pos - pos_above + 1))
        return 1 - total / (batches * pos)

    return fn


def upper(j, b, pos, neg, pos_above, neg_above):
    return (j + b * pos_above) / (j + b * (pos_above + neg_above))


def lower(j, b, pos, neg, pos_above, neg_above):
    return (j + pos_above + b * pos) / (j + pos_above + b * (pos + neg))


@answers.wrong("calibrated_bound", "positives", "G_b of its own batch")
def own_above_forgotten(*numbers):
    return bound_of(upper, lambda j, b, p, n, g, e: (j + b * p) / (j + b * (p + n)))(*numbers)


@answers.wrong("calibrated_bound", "positives", "lose most")
def above_alone(*numbers):
    return bound_of(upper, lambda *_: 0.0)(*numbers)


@answers.wrong("calibrated_bound", "negatives", "N, not N − E")
def negatives_below_alone(*numbers):
    return bound_of(upper, lambda j, b, p, n, g, e: (j + g + b * p) / (j + g + b * p + b * (n - e)))(*numbers)


@answers.wrong("calibrated_bound", "negatives", "E, not N")
def every_negative_above(*numbers):
    return bound_of(lambda j, b, p, n, g, e: (j + b * g) / (j + b * g + b * n), lower)(*numbers)


@answers.wrong("calibrated_bound", "sign", "1 minus it")
def ap_of_it(*numbers):
    return 1 - bound_of(upper, lower)(*numbers)


@answers.wrong("calibrated_bound", "normaliser", "ΣP")
def divided_by_one_batch(batches, pos, *rest):
    return 1 - (1 - bound_of(upper, lower)(batches, pos, *rest)) * batches


@answers.wrong("calibrated_bound", "signature", "5 arguments")
def three_arguments(batches, pos, neg):
    return decomposability.worst_case_bound([pos] * batches, [neg] * batches)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    result = check(name, fn)
    assert result.hint == hint, repr(result)
    assert says in f"{result.title} {result.message} {result.traceback} {result.more}", repr(result)


def library_average(scores, relevant, batch):
    batches = [(batch == b).nonzero()[:, 0] for b in batch.unique()]
    return decomposability.batch_average(scores, relevant.long(), batches, average_precision)


@pytest.mark.parametrize(
    ("name", "fn"),
    [
        ("batch_average", library_average),
        ("worst_case_bound", lambda b, p, n: decomposability.worst_case_bound([p] * b, [n] * b)),
        (
            "calibrated_bound",
            lambda b, p, n, g, e: decomposability.calibrated_bound([p] * b, [n] * b, [g] * b, [e] * b),
        ),
    ],
)
def test_the_library_passes_its_own_exercises(name, fn) -> None:
    result = check(name, fn)
    assert result.passed, repr(result)


def test_any_of_the_equal_ways_to_average_passes() -> None:
    def ex_gap(batch_aps, positives, whole):
        return torch.where(positives > 0, batch_aps, float("nan")).nanmean(1) - whole

    assert check("gap", ex_gap).passed
