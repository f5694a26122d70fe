"""Answers to the exercise `learning_rates` by readers of the chapter."""

import math

import numpy as np
import torch


def right_loop(steps, rise, peak):
    rates = []
    for step in range(steps):
        if step < rise:
            rates.append(peak * (step + 1) / rise)
        else:
            share = (step - rise + 0.5) / (steps - rise)
            rates.append(peak * (1 + math.cos(math.pi * share)) / 2)
    return torch.tensor(rates)


def right_two_pieces(steps, rise, peak):
    up = (torch.arange(rise) + 1) / rise if rise else torch.zeros(0)
    share = (torch.arange(steps - rise) + 0.5) / (steps - rise)
    return peak * torch.cat([up, 0.5 + 0.5 * torch.cos(math.pi * share)])


def right_where(steps, rise, peak):
    step = torch.arange(steps, dtype=torch.float64)
    down = (1 + torch.cos(torch.pi * (step - rise + 0.5) / (steps - rise))) / 2
    return torch.where(step < rise, peak * (step + 1) / max(rise, 1), peak * down)


def right_numpy(steps, rise, peak):
    up = np.linspace(0, peak, rise + 1)[1:]
    middle = np.linspace(0, np.pi, 2 * (steps - rise) + 1)[1::2]
    return torch.from_numpy(np.concatenate([up, peak * (1 + np.cos(middle)) / 2]))


def right_half_angle(steps, rise, peak):
    # (1 + cos x) / 2 is the square of cos(x / 2)
    rates = torch.empty(steps)
    for step in range(steps):
        angle = math.pi / 2 * (step - rise + 0.5) / (steps - rise)
        rates[step] = peak * ((step + 1) / rise if step < rise else math.cos(angle) ** 2)
    return rates


# The first step has the rate 0.
def wrong_first_step_zero(steps, rise, peak):
    rates = right_loop(steps, rise, peak)
    for step in range(rise):
        rates[step] = peak * step / rise
    return rates


# Leaves out the half step: the first step of the fall is at the peak again.
def wrong_no_half_step(steps, rise, peak):
    rates = right_loop(steps, rise, peak)
    for step in range(rise, steps):
        rates[step] = peak * (1 + math.cos(math.pi * (step - rise) / (steps - rise))) / 2
    return rates


# The fall ends at 0, on the last step.
def wrong_last_step_zero(steps, rise, peak):
    rates = right_loop(steps, rise, peak)
    for step in range(rise, steps):
        rates[step] = peak * (1 + math.cos(math.pi * (step - rise + 1) / (steps - rise))) / 2
    return rates


# Counts the fall from step 0.
def wrong_cosine_of_all_steps(steps, rise, peak):
    step = torch.arange(steps)
    down = (1 + torch.cos(torch.pi * (step + 0.5) / steps)) / 2
    return torch.where(step < rise, peak * (step + 1) / max(rise, 1), peak * down)


# Divides the steps of the fall by all steps.
def wrong_divided_by_all_steps(steps, rise, peak):
    step = torch.arange(steps)
    down = (1 + torch.cos(torch.pi * (step - rise + 0.5) / steps)) / 2
    return torch.where(step < rise, peak * (step + 1) / max(rise, 1), peak * down)


# Never falls.
def wrong_stays_at_the_peak(steps, rise, peak):
    return torch.tensor([peak * min(1.0, (step + 1) / max(rise, 1)) for step in range(steps)])


# Falls along a straight line.
def wrong_straight_line(steps, rise, peak):
    step = torch.arange(steps)
    down = 1 - (step - rise + 0.5) / (steps - rise)
    return torch.where(step < rise, peak * (step + 1) / max(rise, 1), peak * down)


# A quarter of a turn instead of half of one.
def wrong_quarter_cosine(steps, rise, peak):
    step = torch.arange(steps)
    down = torch.cos(torch.pi / 2 * (step - rise + 0.5) / (steps - rise))
    return torch.where(step < rise, peak * (step + 1) / max(rise, 1), peak * down)


# A whole turn: the rate comes back up.
def wrong_whole_turn(steps, rise, peak):
    step = torch.arange(steps)
    down = (1 + torch.cos(2 * torch.pi * (step - rise + 0.5) / (steps - rise))) / 2
    return torch.where(step < rise, peak * (step + 1) / max(rise, 1), peak * down)


# One minus the cosine: up again.
def wrong_minus(steps, rise, peak):
    step = torch.arange(steps)
    down = (1 - torch.cos(torch.pi * (step - rise + 0.5) / (steps - rise))) / 2
    return torch.where(step < rise, peak * (step + 1) / max(rise, 1), peak * down)


# The cosine as it is, which becomes negative.
def wrong_negative_rates(steps, rise, peak):
    step = torch.arange(steps)
    down = torch.cos(torch.pi * (step - rise + 0.5) / (steps - rise))
    return torch.where(step < rise, peak * (step + 1) / max(rise, 1), peak * down)


# Forgets to halve: the fall begins at twice the peak.
def wrong_twice_the_peak(steps, rise, peak):
    step = torch.arange(steps)
    down = 1 + torch.cos(torch.pi * (step - rise + 0.5) / (steps - rise))
    return torch.where(step < rise, peak * (step + 1) / max(rise, 1), peak * down)


# Forgets the peak.
def wrong_shares_of_the_peak(steps, rise, peak):
    return right_loop(steps, rise, 1.0)


# Forgets the rise.
def wrong_no_rise(steps, rise, peak):
    return peak * (1 + torch.cos(torch.pi * (torch.arange(steps) + 0.5) / steps)) / 2


# Takes degrees for radians: the cosine hardly moves.
def wrong_degrees(steps, rise, peak):
    step = torch.arange(steps)
    down = (1 + torch.cos(180 * (step - rise + 0.5) / (steps - rise))) / 2
    return torch.where(step < rise, peak * (step + 1) / max(rise, 1), peak * down)


# Returns the rates of the fall alone.
def wrong_without_the_rise(steps, rise, peak):
    return right_loop(steps, rise, peak)[rise:]


# The rates come from the end of the training.
def wrong_backwards(steps, rise, peak):
    return right_loop(steps, rise, peak).flip(0)


# A list instead of a tensor.
def wrong_a_list(steps, rise, peak):
    return [str(rate) for rate in right_loop(steps, rise, peak).tolist()]


# The hint that each mistake deserves; with a question mark where the judge may only ask.
VERDICTS = {
    "off-by-one": "first_step_zero no_half_step last_step_zero",
    "line": "cosine_of_all_steps divided_by_all_steps no_rise",
    "term": "stays_at_the_peak straight_line quarter_cosine whole_turn",
    "sign": "minus negative_rates",
    "normaliser": "twice_the_peak",
    "product": "shares_of_the_peak",
    "order": "backwards",
    "wrong": "degrees",
    "shape": "without_the_rise",
    "type": "a_list",
}
