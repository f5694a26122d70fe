"""Typical wrong answers to the exercise `sup_step`, each caught with the hint meant for it."""

import math

import pytest
import torch
from exercises.learners import Answers, assert_hint

answers = Answers()


TAU, RHO, DELTA = 0.01, 100.0, 0.05


EDGE = 1 / (1 + math.exp(-5)) + 0.5


@answers.wrong("sup_step", "sigmoid", "everywhere")
def plain_sigmoid(t):
    return torch.sigmoid(t / TAU)


@answers.wrong("sup_step", "ties", "σ(0) = ½")
def lifted_after_zero(t):
    near = torch.sigmoid(t / TAU) + 0.5 * (t > 0)
    return torch.where(t > DELTA, RHO * (t - DELTA) + EDGE, near)


@answers.wrong("sup_step", "line", "1.44")
def published_offset(t):
    near = torch.sigmoid(t / TAU) + 0.5 * (t >= 0)
    return torch.where(t > DELTA, RHO * (t - DELTA) + 1.44, near)


@answers.wrong("sup_step", "line", "flat")
def no_line(t):
    return torch.sigmoid(t / TAU) + 0.5 * (t >= 0)


@answers.wrong("sup_step", "temperature", "takes t itself")
def no_temperature(t):
    near = torch.sigmoid(t) + 0.5 * (t >= 0)
    return torch.where(t > DELTA, RHO * (t - DELTA) + 1 / (1 + math.exp(-DELTA)) + 0.5, near)


@answers.wrong("sup_step", "sign", "mirrored")
def mirrored(t):
    near = torch.sigmoid(-t / TAU) + 0.5 * (t <= 0)
    return torch.where(-t > DELTA, RHO * (-t - DELTA) + EDGE, near)


@answers.wrong("sup_step", "sigmoid", "negative t too")
def lifted_everywhere(t):
    return torch.where(t > DELTA, RHO * (t - DELTA) + EDGE, torch.sigmoid(t / TAU) + 0.5)


@answers.wrong("sup_step", "non-finite", "overflows")
def sigmoid_by_hand(t):
    near = 1 / (1 + torch.exp(-t / TAU)) + 0.5 * (t >= 0)
    return torch.where(t > DELTA, RHO * (t - DELTA) + EDGE, near)


@answers.wrong("sup_step", "no-gradient", "no gradient leads back")
def element_by_element(t):
    values = []
    for x in t.flatten().tolist():
        near = 1 / (1 + math.exp(min(-x / TAU, 700))) + (0.5 if x >= 0 else 0)
        values.append(RHO * (x - DELTA) + EDGE if x > DELTA else near)
    return torch.tensor(values).reshape(t.shape)


@answers.wrong("sup_step", "wrong-gradient")
def line_detached(t):
    near = torch.sigmoid(t / TAU) + 0.5 * (t >= 0)
    return torch.where(t > DELTA, RHO * (t - DELTA).detach() + EDGE, near)


@answers.wrong("sup_step", "in-place")
def filled_in(t):
    far = t > DELTA
    line = RHO * (t - DELTA) + EDGE
    near = torch.sigmoid(t / TAU) + 0.5 * (t >= 0)
    t[far] = 0
    return torch.where(far, line, near)


def put_together(below, near, beyond):
    return lambda t: torch.where(t < 0, below(t), torch.where(t <= DELTA, near(t), beyond(t)))


def sigmoid(t):
    return torch.sigmoid(t / TAU)


def lifted(t):
    return sigmoid(t) + 0.5


@answers.wrong("sup_step", "line", "without the ½")
def line_too_low(t):
    return put_together(sigmoid, lifted, lambda t: RHO * (t - DELTA) + EDGE - 0.5)(t)


@answers.wrong("sup_step", "line", "ρ is missing")
def line_too_flat(t):
    return put_together(sigmoid, lifted, lambda t: t - DELTA + EDGE)(t)


@answers.wrong("sup_step", "line", "parentheses")
def delta_not_multiplied(t):
    return put_together(sigmoid, lifted, lambda t: RHO * t - DELTA + EDGE)(t)


@answers.wrong("sup_step", "line", "both pieces")
def pieces_that_overlap(t):
    line = RHO * (t - DELTA) + EDGE
    return sigmoid(t) * (t < 0) + lifted(t) * (t >= 0) + line * (t > DELTA)


@answers.wrong("sup_step", "temperature", "takes δ itself")
def edge_without_temperature(t):
    edge = torch.sigmoid(torch.tensor(DELTA)) + 0.5
    return put_together(sigmoid, lifted, lambda t: RHO * (t - DELTA) + edge)(t)


@answers.wrong("sup_step", "sigmoid", "You give 0")
def nothing_below_zero(t):
    return put_together(torch.zeros_like, lifted, lambda t: RHO * (t - DELTA) + EDGE)(t)


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)
