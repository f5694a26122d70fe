"""Typical wrong answers to the exercises of chapter 05 on slopes, each caught with the hint meant for it."""

import math

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check

answers = Answers()


@answers.wrong("sigmoid_slope", "temperature", "missing")
def no_inner_derivative(t, tau):
    s = torch.sigmoid(t / tau)
    return s * (1 - s)


@answers.wrong("sigmoid_slope", "temperature", "do not multiply")
def times_tau(t, tau):
    s = torch.sigmoid(t / tau)
    return s * (1 - s) * tau


@answers.wrong("sigmoid_slope", "sign")
def falling(t, tau):
    s = torch.sigmoid(t / tau)
    return s * (s - 1) / tau


@answers.wrong("sigmoid_slope", "product", "(1 − σ)")
def one_factor(t, tau):
    return torch.sigmoid(t / tau) / tau


@answers.wrong("sigmoid_slope", "non-finite", "overflows")
def with_exponentials(t, tau):
    e = torch.exp(-t / tau)
    return e / (1 + e) ** 2 / tau


@answers.wrong("sigmoid_slope", "signature", "def ex_sigmoid_slope(t, tau):")
def tau_forgotten(t):
    return t


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


@answers.wrong("sigmoid_slope", "product", "factor σ")
def other_factor(t, tau):
    return (1 - torch.sigmoid(t / tau)) / tau


@answers.wrong("sigmoid_slope", "product", "1 − σ, not 1 + σ")
def plus_for_minus(t, tau):
    s = torch.sigmoid(t / tau)
    return s * (1 + s) / tau


@answers.wrong("sigmoid_slope", "temperature", "twice")
def divided_twice(t, tau):
    s = torch.sigmoid(t / tau)
    return s * (1 - s) / tau**2


@answers.wrong("sigmoid_slope", "temperature", "t·τ")
def multiplied_inside(t, tau):
    s = torch.sigmoid(t * tau)
    return s * (1 - s) / tau


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
