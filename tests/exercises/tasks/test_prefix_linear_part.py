"""Typical wrong answers to the exercise `prefix_linear_part`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

answers = Answers()


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


@answers.wrong("prefix_linear_part", "rounding", "float32")
def in_single_precision(rows, columns, rho, delta):
    prefix = torch.nn.functional.pad(columns.cumsum(0), (1, 0))
    at = beyond(rows, columns, delta)
    return rho * (prefix[-1] - prefix[at] - (rows + delta) * (len(columns) - at))


@answers.wrong("prefix_linear_part", "shape")
def all_pairs(rows, columns, rho, delta):
    return rho * (columns[None, :] - rows[:, None] - delta).clamp(min=0)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
