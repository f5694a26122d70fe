"""Typical wrong answers to the exercises of chapter 16, each caught with the hint meant for it."""

import math

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check

answers = Answers()


@answers.wrong("terms", "pairs", "whole gallery")
def positives_against_everyone(queries, positives, gallery):
    return torch.tensor([queries * gallery**2, queries * positives * gallery, queries * gallery])


@answers.wrong("terms", "pairs", "only Q·G")
def no_table(queries, positives, gallery):
    return torch.tensor([queries * gallery, queries * positives * (gallery - positives), queries * gallery])


@answers.wrong("terms", "pairs", "diagonal")
def without_the_diagonal(queries, positives, gallery):
    negatives = gallery - positives
    return torch.tensor([queries * gallery * (gallery - 1), queries * positives * negatives, queries * gallery])


@answers.wrong("terms", "sum", "positives twice")
def positives_again(queries, positives, gallery):
    negatives = gallery - positives
    return torch.tensor([queries * gallery**2, queries * positives * negatives, queries * (positives + gallery)])


@answers.wrong("terms", "product", "one query")
def of_one_query(queries, positives, gallery):
    return torch.tensor([gallery**2, positives * (gallery - positives), gallery])


@answers.wrong("terms", "type", "torch.tensor([dense, direct, items])")
def a_tuple(queries, positives, gallery):
    return queries * gallery**2, queries * positives * (gallery - positives), queries * gallery


@answers.wrong("terms", "shape", "Three numbers")
def added_up(queries, positives, gallery):
    return torch.tensor(queries * gallery**2 + queries * positives * (gallery - positives) + queries * gallery)


def beyond(rows, columns, delta):
    return torch.searchsorted(columns, rows + delta, right=True)


@answers.wrong("prefix_linear_part", "off-by-one", "the lowest score beyond")
def cumsum_without_a_zero(rows, columns, rho, delta):
    prefix = columns.double().cumsum(0)
    at = beyond(rows, columns, delta)
    scores = prefix[-1] - prefix[at.clamp(max=len(columns) - 1)]
    return rho * (scores - (rows.double() + delta) * (len(columns) - at))


@answers.wrong("prefix_linear_part", "exception", "IndexError")
def cumsum_without_a_zero_or_a_clamp(rows, columns, rho, delta):
    prefix = columns.double().cumsum(0)
    at = beyond(rows, columns, delta)
    return rho * (prefix[-1] - prefix[at] - (rows + delta) * (len(columns) - at))


@answers.wrong("prefix_linear_part", "line", "not ρt")
def line_from_zero(rows, columns, rho, delta):
    t = columns[None, :] - rows[:, None]
    return (rho * t * (t > delta)).sum(1)


@answers.wrong("prefix_linear_part", "line", "from t = 0 on")
def from_zero_on(rows, columns, rho, delta):
    t = columns[None, :] - rows[:, None]
    return (rho * (t - delta) * (t > 0)).sum(1)


@answers.wrong("prefix_linear_part", "product", "slope")
def no_slope(rows, columns, rho, delta):
    return (columns[None, :] - rows[:, None] - delta).clamp(min=0).sum(1)


@answers.wrong("prefix_linear_part", "sign", "below the row")
def the_other_way_round(rows, columns, rho, delta):
    return rho * (rows[:, None] - columns[None, :] - delta).clamp(min=0).sum(1)


@answers.wrong("prefix_linear_part", "prefix", "up to")
def up_to_delta(rows, columns, rho, delta):
    prefix = torch.nn.functional.pad(columns.double().cumsum(0), (1, 0))
    at = beyond(rows, columns, delta)
    return rho * (prefix[at] - (rows.double() + delta) * at)


@answers.wrong("prefix_linear_part", "prefix", "once")
def threshold_once(rows, columns, rho, delta):
    prefix = torch.nn.functional.pad(columns.double().cumsum(0), (1, 0))
    return rho * (prefix[-1] - prefix[beyond(rows, columns, delta)] - rows - delta)


@answers.wrong("prefix_linear_part", "prefix", "You count")
def counted(rows, columns, rho, delta):
    return (len(columns) - beyond(rows, columns, delta)).float()


@answers.wrong("prefix_linear_part", "wrong", "float64")
def in_single_precision(rows, columns, rho, delta):
    prefix = torch.nn.functional.pad(columns.cumsum(0), (1, 0))
    at = beyond(rows, columns, delta)
    return rho * (prefix[-1] - prefix[at] - (rows + delta) * (len(columns) - at))


@answers.wrong("prefix_linear_part", "shape")
def all_pairs(rows, columns, rho, delta):
    return rho * (columns[None, :] - rows[:, None] - delta).clamp(min=0)


def recurrence(u, count, first=1.0, factor=2.0):
    values = [torch.ones_like(u), first * u]
    while len(values) < count:
        values.append(factor * u * values[-1] - values[-2])
    return torch.stack(values[:count])


@answers.wrong("chebyshev_moments", "product", "a 2 is missing")
def no_factor_two(u, count):
    return recurrence(u, count, factor=1.0).sum(1)


@answers.wrong("chebyshev_moments", "moments", "second kind")
def second_kind(u, count):
    return recurrence(u, count, first=2.0).sum(1)


@answers.wrong("chebyshev_moments", "moments", "powers")
def powers(u, count):
    return torch.stack([(u**n).sum() for n in range(count)])


@answers.wrong("chebyshev_moments", "moments", "arccos")
def cosine_of_nu(u, count):
    return torch.cos(torch.arange(count)[:, None] * u).sum(1)


@answers.wrong("chebyshev_moments", "normaliser", "means")
def means(u, count):
    return recurrence(u, count).mean(1)


@answers.wrong("chebyshev_moments", "off-by-one", "T_0")
def without_the_count(u, count):
    return recurrence(u, count + 1)[1:].sum(1)


@answers.wrong("chebyshev_moments", "shape", "torch.stack")
def not_summed(u, count):
    return recurrence(u, count)


@answers.wrong("chebyshev_moments", "non-finite", "recurrence")
def arccos_of_rounded_up(u, count):
    return torch.cos(torch.arange(count)[:, None] * torch.acos(u * (1 + 1e-6))).sum(1)


@answers.wrong("search_recall", "order", "place by place")
def place_by_place(scores, exact_scores):
    return torch.isclose(scores, exact_scores, rtol=0, atol=1e-6).float().mean(1)


@answers.wrong("search_recall", "rounding", "1e-6")
def to_the_last_digit(scores, exact_scores):
    return (scores >= exact_scores[:, -1:]).float().mean(1)


@answers.wrong("search_recall", "ties", "either")
def strictly_above(scores, exact_scores):
    return (scores > exact_scores[:, -1:] + 1e-6).float().mean(1)


@answers.wrong("search_recall", "other-metric", "all k")
def best_only(scores, exact_scores):
    return (scores[:, 0] >= exact_scores[:, 0] - 1e-6).float()


@answers.wrong("search_recall", "normaliser", "Divide by k")
def how_many(scores, exact_scores):
    return (scores >= exact_scores[:, -1:] - 1e-6).sum(1).float()


@answers.wrong("search_recall", "shape", "One share per query")
def over_all_queries(scores, exact_scores):
    return (scores >= exact_scores[:, -1:] - 1e-6).float().mean()


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_library_passes_its_own_exercises() -> None:
    from suprank_edu.pairwise.sorted.moments import chebyshev
    from suprank_edu.retrieval import search_recall

    assert check("search_recall", search_recall).passed
    assert check("chebyshev_moments", lambda u, count: chebyshev(u.double())[:count].sum(1)).passed
    assert math.isclose(chebyshev(torch.tensor([0.3], dtype=torch.float64))[5].item(), math.cos(5 * math.acos(0.3)))
