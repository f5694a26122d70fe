"""Typical wrong answers to the exercise `sigmoid_slope`, each caught with the hint meant for it."""

import pytest
import torch
from exercises.learners import Answers, assert_hint

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


@answers.wrong("sigmoid_slope", "product", "One factor is missing")
def other_factor(t, tau):
    return (1 - torch.sigmoid(t / tau)) / tau


@answers.wrong("sigmoid_slope", "product", "multiply σ by 1 + σ")
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


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
