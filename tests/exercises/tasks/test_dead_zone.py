"""Typical wrong answers to the exercise `dead_zone`, each caught with the hint meant for it."""

import math

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check

answers = Answers()


@answers.wrong("dead_zone", "temperature", "t/τ")
def in_units_of_tau(tau):
    return math.log(4e6)


@answers.wrong("dead_zone", "peak", "¼")
def not_of_the_peak(tau):
    return tau * math.log(1e6)


@answers.wrong("dead_zone", "peak", "1/(4τ)")
def absolute(tau):
    return tau * math.log(1e6 / tau)


@answers.wrong("dead_zone", "sign")
def left_edge(tau):
    return -tau * math.log(4e6)


@answers.wrong("dead_zone", "wrong", "half of it")
def both_sides(tau):
    return 2 * tau * math.log(4e6)


@answers.wrong("dead_zone", "type", "one number")
def a_sentence(tau):
    return "15 tau"


@answers.wrong("dead_zone", "shape")
def a_vector(tau):
    return torch.tensor([tau * math.log(4e6)])


@answers.wrong("dead_zone", "non-finite")
def infinite(tau):
    return math.inf


@answers.wrong("dead_zone", "wrong", "float64")
def values_tried_in_float32(tau):
    t = torch.arange(0, 100, 0.001) * tau
    slope = torch.sigmoid(t / tau) * (1 - torch.sigmoid(t / tau)) / tau
    return t[slope <= 1e-6 * slope.max()][0].item()


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_a_dead_zone_found_by_trying_passes() -> None:
    def ex_dead_zone(tau):
        t = torch.linspace(0, 20 * tau, 2001)
        s = torch.sigmoid(t.double() / tau)
        slope = s * (1 - s) / tau
        return t[slope <= 1e-6 * slope.max()].min()

    assert check("dead_zone", ex_dead_zone).passed
