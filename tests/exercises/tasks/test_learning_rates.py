"""Typical wrong answers to the exercise `learning_rates`, each caught with the hint meant for it."""

import math

import pytest
import torch
from exercises.learners import Answers, assert_hint

from suprank_edu.exercises import check
from suprank_edu.training import Recipe, lr_factor

answers = Answers()


def half_cosine(share):
    return (1 + torch.cos(math.pi * share)) / 2


def with_fall(fall, steps, rise, peak):
    up = torch.arange(1, rise + 1) / max(rise, 1)
    return peak * torch.cat([up, fall])


@answers.wrong("learning_rates", "off-by-one", "rate 0")
def from_zero(steps, rise, peak):
    up = torch.arange(rise) / max(rise, 1)
    return peak * torch.cat([up, half_cosine((torch.arange(steps - rise) + 0.5) / (steps - rise))])


@answers.wrong("learning_rates", "off-by-one", "half a step early")
def at_the_peak_twice(steps, rise, peak):
    return with_fall(half_cosine(torch.arange(steps - rise) / (steps - rise)), steps, rise, peak)


@answers.wrong("learning_rates", "line", "jumps down")
def over_all_steps(steps, rise, peak):
    return with_fall(half_cosine((torch.arange(rise, steps) + 0.5) / steps), steps, rise, peak)


@answers.wrong("learning_rates", "term", "straight line")
def straight(steps, rise, peak):
    return with_fall(1 - (torch.arange(steps - rise) + 0.5) / (steps - rise), steps, rise, peak)


@answers.wrong("learning_rates", "sign", "uphill")
def plain_cosine(steps, rise, peak):
    return with_fall(torch.cos(math.pi * (torch.arange(steps - rise) + 0.5) / (steps - rise)), steps, rise, peak)


@answers.wrong("learning_rates", "shape", "One rate for each")
def the_fall_alone(steps, rise, peak):
    return peak * half_cosine((torch.arange(steps - rise) + 0.5) / max(steps - rise, 1))[1:]


@pytest.mark.parametrize(("name", "hint", "says", "fn"), answers.params)
def test_wrong_answer_gets_its_hint(name, hint, says, fn) -> None:
    assert_hint(name, hint, says, fn)


def test_the_library_passes() -> None:
    def ex_learning_rates(steps, rise, peak):
        recipe = Recipe(steps=steps, warmup=rise / steps)
        return torch.tensor([peak * lr_factor(step, recipe) for step in range(steps)])

    result = check("learning_rates", ex_learning_rates)
    assert result.passed, repr(result)


def test_torch_passes_with_its_own_schedules() -> None:
    def ex_learning_rates(steps, rise, peak):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=peak)
        fall = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 2 * (steps - rise))
        rates = []
        for _ in range(2 * (steps - rise)):  # in half steps, of which every second is the middle of a step
            optimizer.step()
            fall.step()
            rates.append(fall.get_last_lr()[0])
        return torch.tensor([peak * (t + 1) / rise for t in range(rise)] + rates[::2])

    result = check("learning_rates", ex_learning_rates)
    assert result.passed, repr(result)
